// The log of seven days: what was told and taken over, by kind, outcome and day, the newest first.

import { FIELDS, OPERATIONS, doer, outcome, problem, reading, trouble, when } from "./amd-words.js";
import { h, show } from "./dom.js";

const KINDS = [["", "Everything"], ["patient", "Patients"], ["appointment", "Appointments"], ["charge", "Charges"], ["doctor", "Doctors"], ["visit", "Visits"]];
const OUTCOMES = [["", "All"], ["synced", "Synced"], ["pending", "Waiting"], ["error", "Errors"], ["decided", "Decisions"]];

export class LogPart {
  #rows = [];
  #cursor = null;

  constructor({ element, ask, card }) {
    Object.assign(this, { ask, card });
    this.rows = h("div", {}, reading());
    this.more = h("p", { class: "row more" }, h("button", { class: "button", type: "button", onclick: () => this.#read(false) }, "Earlier ones"));
    this.more.hidden = true;
    const select = (name, options) => h("select", { name }, options.map(([value, text]) => h("option", { value }, text)));
    // Days are the office's: without any it is the last seven, so that no clock of this machine hides the newest.
    const date = (name) => h("input", { name, type: "date" });
    this.filters = h(
      "form",
      { class: "filters", onsubmit: (event) => event.preventDefault(), onchange: () => this.refresh() },
      h("label", {}, "Show ", select("type", KINDS)),
      h("label", {}, "Outcome ", select("status", OUTCOMES)),
      h("label", {}, "From ", date("from")),
      h("label", {}, "To ", date("to")),
    );
    element.append(
      h("section", { class: "panel", "aria-labelledby": "rows-title" }, h("header", { class: "panel-head" }, h("h2", { id: "rows-title" }, "Log"), this.filters), this.rows, this.more),
    );
  }

  refresh() {
    return this.#read(true);
  }

  async #read(anew) {
    this.more.firstChild.disabled = true; // until it is known where to go on
    const said = Object.fromEntries([...new FormData(this.filters)].filter(([, value]) => value));
    const query = new URLSearchParams({ ...said, limit: 50, ...(anew || !this.#cursor ? {} : { cursor: this.#cursor }) });
    const asked = (this.asked = query.toString());
    try {
      const { data, meta } = await this.ask("GET", `/api/advancedmd/sync/logs?${query}`);
      if (asked !== this.asked) return; // another filter was chosen meanwhile
      this.#rows = anew ? data : [...this.#rows, ...data];
      this.#cursor = meta?.next_cursor;
      this.#draw();
    } catch (refusal) {
      show(this.rows, refusal.message, () => trouble(refusal, () => this.refresh()));
    } finally {
      this.more.firstChild.disabled = asked !== this.asked;
    }
  }

  #draw() {
    this.more.hidden = !this.#cursor;
    show(this.rows, this.#rows, () =>
      this.#rows.length
        ? h(
            "table",
            { class: "rows log-rows" },
            h("thead", {}, h("tr", {}, ["When", "What", "Outcome", "By", "Took", ""].map((text) => (text ? h("th", { scope: "col" }, text) : h("td", {}))))),
            h("tbody", {}, this.#rows.map((row) => this.#row(row))),
          )
        : h("p", { class: "empty" }, "Nothing was told or taken over in these days that fits. Widen the filters to see more."),
    );
  }

  #row(row) {
    const patient = row.patient_id ?? (row.type === "patient" ? row.subject_id : null);
    const appointment = row.type === "appointment" ? row.subject_id : null;
    const open = () => this.card.open({ patient, appointment });
    return h(
      "tr",
      { data: { row: row.id, status: row.status } },
      h("th", { scope: "row", class: "at" }, when(row.at)),
      h("td", { class: "what" }, h("span", { class: "name" }, what(row)), h("span", { class: "why" }, row.fields.map((name) => FIELDS[name] ?? name).join(", "))),
      h("td", { class: "outcome" }, outcome(row), problem(row) && h("span", { class: "bad" }, problem(row)), row.detail && theirs(row.detail)),
      h("td", { class: "by" }, doer(row.actor)),
      h("td", { class: "took" }, row.duration_ms === null ? "" : `${row.duration_ms} ms`),
      h("td", { class: "deeds" }, patient && h("button", { class: "button", type: "button", "aria-label": `Who it was, ${when(row.at)}`, onclick: open }, "Who")),
    );
  }
}

const what = (row) => (row.type === "charge" ? "Charges of a visit" : `${OPERATIONS[row.operation] ?? row.operation}: ${row.type}`);

const theirs = (text) => h("details", {}, h("summary", {}, "What AdvancedMD wrote"), h("pre", {}, text));
