// Drift: what the nightly reading found not to be as both sides had agreed on, and how it stands by now.

import { FIELDS, chip, plural, trouble } from "./amd-words.js";
import { h, show } from "./dom.js";

const MOST = 40; // are shown; the count stands beside them
const FOUND = { differs: "is otherwise there", missing: "is missing there", unknown: "was not known here", untold: "had not been told" };

export class Drift {
  constructor({ ask, names, card }) {
    Object.assign(this, { ask, names, card });
    this.list = h("div", {});
    this.when = h("span", { class: "note" });
    this.element = h(
      "section",
      { class: "panel", "aria-labelledby": "drift-title" },
      h("header", { class: "panel-head" }, h("h2", { id: "drift-title" }, "Found by the nightly reading"), this.when),
      this.list,
    );
  }

  async refresh() {
    try {
      const { data, meta } = await this.ask("GET", "/api/advancedmd/drift");
      const first = data.slice(0, MOST);
      const known = await Promise.all(first.map((one) => (one.appointment_id ? this.names.appointment(one.appointment_id) : null)));
      this.when.textContent = meta.swept_on ? `${meta.swept_on}: ${plural(meta.drift, "visit")}, ${meta.days_read} of ${plural(meta.days, "day")} read${meta.days_unread ? `, ${meta.days_unread} could not be` : ""}` : "";
      show(this.list, [first, known, meta], () => (first.length ? h("ul", { class: "people" }, first.map((one, place) => this.#row(one, known[place]))) : empty(meta)));
    } catch (refusal) {
      show(this.list, refusal.message, () => trouble(refusal, () => this.refresh()));
    }
  }

  #row(one, appointment) {
    const zone = this.names.zone(appointment?.location_id);
    const open = () => this.card.open({ appointment: one.appointment_id, patient: one.patient_id });
    const name = appointment?.patient_name ?? `Visit ${one.advancedmd_visit_id}`;
    const said = one.differences.map(({ field, base, ours, theirs }) => `${FIELDS[field] ?? field}: ${this.names.value(field, base, zone)} → ${this.names.value(field, ours ?? theirs, zone)}`);
    return h(
      "li",
      { data: { drift: one.advancedmd_visit_id ?? one.appointment_id } },
      one.patient_id ? h("button", { class: "name link", type: "button", onclick: open }, name) : h("span", { class: "name" }, name),
      h("span", { class: "note" }, [FOUND[one.drift] ?? one.drift, ...said].join(" · ")),
      chip(one.amd_sync_status),
    );
  }
}

const empty = (meta) =>
  h("p", { class: "empty" }, meta.days_unread ? "No drift on the days that could be read; the others are tried again next night." : meta.swept_on ? "No drift: both sides are as they were told to each other." : "Between two and five at night the coming weeks are compared; what differs is listed here.");
