// What people have to decide: each with both sides, and settled by one click.

import { Decisions } from "./amd-decisions.js";
import { Drift } from "./amd-drift.js";
import { ago, reading, trouble, when } from "./amd-words.js";
import { h, show } from "./dom.js";

const MOST = 40; // are shown at once, the longest waiting first

export class ConflictsPart {
  constructor({ element, ask, deeds, names, card, session, count }) {
    Object.assign(this, { ask, names, card, count, element });
    this.decisions = new Decisions({ deeds, names, role: session.role });
    this.list = h("div", {}, reading());
    this.title = h("h2", { id: "conflicts-title" }, "To decide");
    const hint = "Neither side is overwritten until somebody says which one counts.";
    this.drift = new Drift({ ask, names, card });
    element.append(
      h("section", { class: "panel", "aria-labelledby": "conflicts-title" }, h("header", { class: "panel-head" }, this.title, h("span", { class: "note" }, hint)), this.list),
      this.drift.element,
    );
  }

  refresh() {
    this.drift.refresh();
    return this.again();
  }

  async again() {
    try {
      const { data } = await this.ask("GET", "/api/advancedmd/conflicts");
      await this.names.read();
      const first = data.slice(0, MOST);
      const known = await Promise.all(first.map((one) => (one.appointment_id ? this.names.appointment(one.appointment_id) : null)));
      this.count("conflicts", data.length);
      this.title.textContent = data.length ? `To decide: ${data.length}` : "To decide";
      const rest = data.length - first.length;
      show(this.list, [first, known, rest], () =>
        first.length ? [...first.map((one, place) => this.#row(one, known[place])), rest && more(rest)] : empty(),
      );
    } catch (refusal) {
      show(this.list, refusal.message, () => trouble(refusal, () => this.refresh()));
    }
  }

  #row(one, appointment) {
    const zone = this.names.zone(appointment?.location_id);
    const name = appointment ? appointment.patient_name : `Visit ${one.advancedmd_visit_id} at AdvancedMD`;
    const facts = appointment ? `${appointment.appointment_number} · ${when(appointment.scheduled_date, zone)} · ${appointment.doctor_name}` : "no appointment here";
    const open = one.patient_id ? () => this.card.open({ appointment: one.appointment_id, patient: one.patient_id }) : null;
    const find = (number) => {
      this.card.wanted = number;
      location.hash = "#patients";
    };
    return h(
      "article",
      { class: "conflict", data: { conflict: one.id }, "aria-label": name },
      h(
        "header",
        {},
        h("h3", {}, name),
        h("span", { class: "note" }, facts),
        h("span", { class: "note since", title: when(one.since) }, ago(one.since)),
      ),
      h("p", { class: "problem" }, one.problem),
      this.decisions.differences(one.differences, { zone, visit: !appointment }),
      h("p", { class: "row" }, ...this.decisions.buttons(one, { name, appointment, open, find })),
    );
  }
}

const more = (rest) => h("p", { class: "empty" }, `and ${rest} more, which follow as these are decided`);

const empty = () =>
  h("p", { class: "empty" }, "Nothing to decide. Where both sides have changed the same, or AdvancedMD refuses, it is listed here.");
