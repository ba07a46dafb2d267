// Today's appointments of a location: who is expected, who is here, and the check-in.

import { badge } from "./amd-words.js";
import { h, show } from "./dom.js";

const SPOKEN = {
  held: "Held",
  scheduled: "Expected",
  confirmed: "Confirmed",
  rescheduled: "Moved",
  checked_in: "Here",
  in_progress: "In consultation",
  completed: "Done",
  cancelled: "Cancelled",
  no_show: "No-show",
};
const EXPECTED = new Set(["scheduled", "confirmed", "rescheduled", "no_show"]);
const LATE = 15 * 60_000;
const MOST = 200;

export class Today {
  #found = new Map();
  loaded = false;

  constructor(ask) {
    this.ask = ask;
  }

  async read(location) {
    const found = new Map();
    let cursor = null;
    do {
      const query = new URLSearchParams({ location_id: location, limit: MOST, ...(cursor ? { cursor } : {}) });
      const { data, meta } = await this.ask("GET", `/api/appointments?${query}`);
      for (const one of data) found.set(one.id, one);
      cursor = meta?.next_cursor;
    } while (cursor);
    this.#found = found;
    this.loaded = true;
  }

  /** What an event says of an appointment; false when it is one that we have not read. */
  put({ id, status, queue_token: token, version }) {
    const known = this.#found.get(id);
    if (!known) return false;
    if (version >= known.version) Object.assign(known, { status, queue_token: token, version });
    return true;
  }

  get(id) {
    return this.#found.get(id);
  }

  /** Whether AdvancedMD is about to be told of something that is shown. */
  get syncing() {
    return [...this.#found.values()].some((one) => one.amd_sync_status === "pending");
  }

  draw(element, { wanted, act, now }) {
    const words = wanted.toLowerCase().split(/\s+/).filter(Boolean);
    const fits = (one) => {
      const text = `${one.patient_name} ${one.appointment_number} ${one.doctor_name} ${one.time}`.toLowerCase();
      return words.every((word) => text.includes(word));
    };
    // Where nothing stands at AdvancedMD, the location takes no part in it, and there is nothing to be missed.
    const linked = [...this.#found.values()].some((one) => one.amd_sync_status);
    const shown = [...this.#found.values()].filter(fits).sort((one, other) => one.scheduled_date.localeCompare(other.scheduled_date));
    show(element, [shown, this.loaded, Math.floor(now / 60_000)], () => {
      if (!this.loaded) return h("p", { class: "empty" }, "Reading …");
      if (!shown.length) return h("p", { class: "empty" }, words.length ? "No appointment fits." : "No appointments today.");
      return h(
        "table",
        { class: "rows" },
        h("thead", { class: "aside" }, h("tr", {}, ["Time", "Patient", "Actions"].map((text) => h("th", { scope: "col" }, text)))),
        h("tbody", {}, shown.map((one) => row(one, act, now, linked))),
      );
    });
  }
}

function row(one, act, now, linked) {
  const expected = EXPECTED.has(one.status);
  const late = expected && one.status !== "no_show" && now - Date.parse(one.scheduled_date) > LATE;
  return h(
    "tr",
    { tabindex: "-1", data: { appointment: one.id, status: one.status } },
    h("th", { scope: "row", class: "time" }, one.time),
    h(
      "td",
      { class: "who" },
      h("span", { class: "name" }, one.patient_name),
      h("span", { class: `chip ${late ? "late" : one.status}` }, late ? "Late" : SPOKEN[one.status], one.queue_token ? ` · ${one.queue_token.split("-").at(-1)}` : ""),
      linked ? badge(one.amd_sync_status, one.amd_sync_error, one.patient_name, () => act.showSync(one)) : null,
      h("span", { class: "why" }, `${one.doctor_name} · ${one.appointment_number}`),
    ),
    h(
      "td",
      { class: "deeds" },
      late ? h("button", { class: "button", type: "button", "aria-label": `No-show ${one.patient_name}`, onclick: () => act.missed(one) }, "No-show") : null,
      expected ? h("button", { class: "button first", type: "button", "aria-label": `Check in ${one.patient_name}`, onclick: () => act.checkIn(one) }, "Check in") : null,
    ),
  );
}
