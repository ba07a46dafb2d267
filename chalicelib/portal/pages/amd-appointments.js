// The appointments of a location's days, or a doctor's own: how each stands at AdvancedMD, and telling many together.

import { drawRuns, today } from "./amd-runs.js";
import { SYNCING, badge, plural, problem, reading, trouble } from "./amd-words.js";
import { h, show } from "./dom.js";

const MOST = 200;
const SETTLED = new Set(["synced", "pending", "error"]);

export class AppointmentsPart {
  constructor({ element, ask, deeds, names, card, session }) {
    Object.assign(this, { ask, deeds, names, card, session });
    this.list = h("div", {}, reading());
    this.runs = h("div", {});
    this.places = h("select", { name: "location_id" });
    const date = (name) => h("input", { name, type: "date", value: today(), required: true });
    this.days = h(
      "form",
      { class: "filters", onsubmit: (event) => (event.preventDefault(), this.#tell()), onchange: () => this.refresh() },
      session.role === "doctor" ? null : h("label", {}, "At ", this.places),
      h("label", {}, "From ", date("from")),
      h("label", {}, "To ", date("to")),
      SYNCING.has(session.role) ? h("button", { class: "button primary", type: "submit" }, "Sync these days") : null,
    );
    element.append(
      h("section", { class: "panel", "aria-labelledby": "days-title" }, h("header", { class: "panel-head" }, h("h2", { id: "days-title" }, "Appointments"), this.days), this.runs, this.list),
    );
  }

  #tell() {
    const { from, to } = this.#said();
    const told = (run) => {
      drawRuns(this.runs, [run]);
      return plural(run.total, "appointment");
    };
    this.deeds.do(`Sync ${from === to ? from : `${from} – ${to}`}, all locations`, "POST", "/api/advancedmd/appointments/bulk-sync", { start_date: from, end_date: to }, { told });
  }

  #said() {
    return Object.fromEntries(new FormData(this.days));
  }

  again() {
    return this.refresh();
  }

  async refresh() {
    const asked = (this.asked = {});
    try {
      await this.names.read();
      this.#drawPlaces();
      const found = await this.#read();
      if (asked !== this.asked) return; // other days were chosen meanwhile
      this.#draw(found);
      clearTimeout(this.soon);
      if (found.some((one) => one.amd_sync_status === "pending")) this.soon = setTimeout(() => this.list.isConnected && this.refresh(), 4_000);
    } catch (refusal) {
      show(this.list, [refusal.message], () => trouble(refusal, () => this.refresh()));
    }
  }

  #drawPlaces() {
    const { bound, hospital } = this.session;
    const mine = this.names.places.filter((one) => (bound ? one.id === bound : !hospital || one.hospital_id === hospital));
    show(this.places, mine.map((one) => one.id), () =>
      mine.map((one) => h("option", { value: one.id, selected: one.id === this.session.location }, one.name)),
    );
  }

  async #read() {
    const said = this.#said();
    const path = this.session.role === "doctor" ? `/api/doctors/${encodeURIComponent(this.session.person)}/appointments` : "/api/appointments";
    const found = [];
    let cursor = null;
    do {
      const { data, meta } = await this.ask("GET", `${path}?${new URLSearchParams({ ...said, limit: MOST, ...(cursor ? { cursor } : {}) })}`);
      found.push(...data);
      cursor = meta?.next_cursor;
    } while (cursor);
    return found;
  }

  #draw(found) {
    show(this.list, found, () =>
      found.length
        ? [counted(found), h("table", { class: "rows" }, heads(), h("tbody", {}, found.map((one) => this.#row(one))))]
        : h("p", { class: "empty" }, "No appointments in these days."),
    );
  }

  #row(one) {
    const open = () => this.card.open({ appointment: one.id, patient: one.patient_id });
    const wrong = problem({ status: one.amd_sync_status, error: one.amd_sync_error });
    return h(
      "tr",
      { data: { appointment: one.id } },
      h("th", { scope: "row", class: "at" }, `${one.date} ${one.time}`),
      h("td", {}, h("span", { class: "name" }, one.patient_name), h("span", { class: "why" }, `${one.doctor_name} · ${one.appointment_number} · ${one.status.replace("_", " ")}`)),
      h("td", { class: "outcome" }, badge(one.amd_sync_status, one.amd_sync_error, one.patient_name, open), wrong && h("span", { class: "bad" }, wrong)),
      h("td", { class: "took" }, one.advancedmd_visit_id ?? ""),
    );
  }
}

const heads = () => h("thead", {}, h("tr", {}, ["When", "Who", "At AdvancedMD", "Visit"].map((text) => h("th", { scope: "col" }, text))));

function counted(found) {
  const of = (status) => found.filter((one) => (one.amd_sync_status ?? "none") === status).length;
  const missing = found.filter((one) => !SETTLED.has(one.amd_sync_status)).length;
  const said = [`${plural(found.length, "appointment")}: ${of("synced")} synced`, of("pending") && `${of("pending")} syncing`, of("error") && `${of("error")} with errors`, missing && `${missing} not synced`];
  return h("p", { class: missing || of("error") ? "summary bad" : "summary note" }, said.filter(Boolean).join(", "));
}
