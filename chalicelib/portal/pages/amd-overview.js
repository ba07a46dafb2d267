// The overview: what was kept in step in seven days, what waits and for how long, and the buttons that do it by hand.

import { drawRuns, readRuns, today } from "./amd-runs.js";
import { ADMINS, ago, fact, plural, reading, trouble, waits, when } from "./amd-words.js";
import { h, show } from "./dom.js";

const FREQUENCIES = { "real-time": "told at once", hourly: "told every hour", daily: "told every day", manual: "told by hand only" };

export class OverviewPart {
  constructor({ element, ask, deeds, session, standing, count }) {
    Object.assign(this, { ask, deeds, standing, count });
    this.whole = ADMINS.has(session.role);
    this.cards = h("section", { class: "cards", "aria-label": "How much was kept in step" }, reading());
    this.now = h("section", { class: "panel", "aria-labelledby": "now-title" });
    this.now.hidden = true;
    this.week = h("section", { class: "panel", "aria-labelledby": "week-title" });
    this.week.hidden = true;
    this.runs = h("div", {}, reading());
    element.append(
      ...(this.whole ? [this.cards, this.now] : []),
      h(
        "section",
        { class: "panel", "aria-labelledby": "hand-title" },
        h("header", { class: "panel-head" }, h("h2", { id: "hand-title" }, "By hand"), this.#buttons()),
        this.runs,
        this.whole ? this.#importing() : null,
      ),
      ...(this.whole ? [this.week] : []),
    );
  }

  #buttons() {
    const button = (text, deed) => h("button", { class: "button", type: "button", onclick: deed }, text);
    return h(
      "p",
      { class: "row" },
      button("Sync all patients", () => this.#patients()),
      button("Sync today’s appointments", () => this.#today()),
      button("Pull updates from AdvancedMD", () => this.#pull()),
    );
  }

  /** The first time, what AdvancedMD has is read day after day; it costs calls, so it is put away. */
  #importing() {
    const date = (name) => h("input", { name, type: "date", value: today(), min: today(), required: true });
    const days = h(
      "form",
      {
        class: "filters",
        onsubmit: (event) => {
          event.preventDefault();
          const { from, to } = Object.fromEntries(new FormData(days));
          const told = (run) => `${plural(run.days, "day")}, done ${waits(run.estimated_wait_seconds)}`;
          this.deeds.do(`Import ${from} – ${to}`, "POST", "/api/advancedmd/appointments/import", { start_date: from, end_date: to }, { told });
        },
      },
      h("label", {}, "From ", date("from")),
      h("label", {}, "To ", date("to")),
      h("button", { class: "button", type: "submit" }, "Import"),
    );
    return h("details", { class: "importing" }, h("summary", {}, "Import days from AdvancedMD"), days);
  }

  #patients() {
    const told = (run) => (run.total ? plural(run.total, "patient") : "nobody has appointments in the coming months");
    this.deeds.do("Sync all patients", "POST", "/api/advancedmd/patients/bulk-sync", {}, { told });
  }

  #flow(found) {
    const stopped = found.paused || found.halted_until;
    const [text, path] = stopped ? ["Resume", "resume"] : ["Pause", "pause"];
    return h("button", { class: "button", type: "button", onclick: () => this.deeds.do(`${text} the sync`, "POST", `/api/advancedmd/sync/${path}`, undefined) }, text);
  }

  #today() {
    const told = (run) => (run.total ? plural(run.total, "appointment") : "there are none today");
    this.deeds.do("Sync today’s appointments", "POST", "/api/advancedmd/appointments/bulk-sync", {}, { told });
  }

  #pull() {
    const told = ({ estimated_wait_seconds: wait, last_pulled: last }) =>
      `asked for, ${waits(wait)}${last === null ? "" : `; the last time ${plural(last, "visit")} had changed`}`;
    this.deeds.do("Pull updates", "POST", "/api/advancedmd/appointments/pull-updates", undefined, { told });
  }

  refresh() {
    return Promise.all([this.whole && this.#readWhole(), this.whole && this.#readWeek(), this.#readRuns()]);
  }

  again() {
    return Promise.all([this.whole && this.#readWhole(), this.#readRuns()]);
  }

  async #readWhole() {
    try {
      const { data } = await this.ask("GET", "/api/advancedmd/sync/dashboard");
      this.#draw(data);
    } catch (refusal) {
      show(this.cards, refusal.message, () => trouble(refusal, () => this.refresh()));
    }
  }

  async #readWeek() {
    const { data } = await this.ask("GET", "/api/advancedmd/sync/stats").catch(() => ({ data: null }));
    this.week.hidden = !data || !(data.synced + data.failed);
    if (!this.week.hidden) show(this.week, data, () => week(data));
  }

  async #readRuns() {
    try {
      const data = await readRuns(this.ask, this.whole);
      drawRuns(this.runs, data);
      clearTimeout(this.soon);
      if (data.some((run) => run.pending)) this.soon = setTimeout(() => this.runs.isConnected && this.refresh(), 5_000);
    } catch (refusal) {
      show(this.runs, refusal.message, () => trouble(refusal, () => this.#readRuns()));
    }
  }

  #draw(found) {
    if (!found.office_key) {
      this.standing("offline", "Not set up");
      show(this.cards, "none", () => h("p", { class: "empty" }, "No office at AdvancedMD is set up for this clinic. Its key is a setting of the deployment; everything else is settled under Settings."));
      this.now.hidden = true;
      return;
    }
    this.now.hidden = false;
    this.standing(...state(found));
    this.count("conflicts", found.waiting_for_people);
    show(this.cards, [found.cards, found.cards.map((one) => ago(one.last_synced_at))], () => found.cards.map(card));
    show(this.now, [found, ago(found.last_pulled_at)], () => [
      h("header", { class: "panel-head" }, h("h2", { id: "now-title" }, "Now"), h("span", { class: "note how" }, how(found)), this.#flow(found)),
      h("dl", { class: "facts" }, ...figures(found)),
    ]);
  }
}

function week(data) {
  const errors = data.errors.map(({ error, count }) => h("li", {}, h("span", { class: "bad" }, `${count} ×`), ` ${error}`));
  return [
    h("header", { class: "panel-head" }, h("h2", { id: "week-title" }, "The last seven days")),
    h(
      "dl",
      { class: "facts" },
      fact("Success", `${data.success_rate} %`),
      fact("Synced", String(data.synced)),
      fact("Failed", String(data.failed)),
      fact("One took", `${Math.round(data.average_duration_ms)} ms on average`),
    ),
    errors.length ? h("ul", { class: "errors", "aria-label": "What went wrong" }, errors) : null,
  ];
}

function state(found) {
  if (found.paused) return ["connecting", "Paused"];
  if (found.halted_until) return ["offline", "Waiting for AdvancedMD"];
  return [found.auto_sync_appointments ? "live" : "polling", `Office ${found.office_key}`];
}

function how(found) {
  if (found.paused) return "Paused: nothing is told or heard until it is resumed; nothing is lost meanwhile.";
  if (found.halted_until) return `${found.halted_because} It is left alone until ${when(found.halted_until)}; nothing is lost meanwhile.`;
  return FREQUENCIES[found.auto_sync_appointments ? found.sync_frequency : "manual"];
}

function card({ type, synced, failed, last_synced_at: last }) {
  const charges = type === "charges";
  return h(
    "article",
    { class: "card", data: { type, state: failed ? "failed" : "good" } },
    h("h2", {}, type[0].toUpperCase() + type.slice(1)),
    h("p", { class: "number" }, String(synced)),
    h("p", { class: "note" }, charges ? "posted at AdvancedMD in 7 days" : "synced in 7 days"),
    charges ? null : h("p", { class: failed ? "bad" : "note" }, failed ? `${failed} failed` : "none failed"),
    h("p", { class: "note", title: when(last) }, last ? `last ${ago(last)}` : "none yet in these days"),
  );
}

function figures(found) {
  const waiting = found.waiting_to_be_told;
  return [
    fact("Waiting to be told", waiting ? `${waiting}, the last ${waits(found.estimated_wait_seconds)}` : "nothing"),
    fact("Waiting to be taken over", found.waiting_to_be_taken_over ? plural(found.waiting_to_be_taken_over, "visit") : "nothing"),
    fact("To decide", found.waiting_for_people ? h("a", { href: "#conflicts" }, plural(found.waiting_for_people, "thing")) : "nothing"),
    fact("Last heard", h("span", { title: when(found.last_pulled_at) }, ago(found.last_pulled_at)), found.last_pulled ? `: ${plural(found.last_pulled, "visit")} had changed` : ""),
    fact("Nightly check", found.last_swept_on ? h("a", { href: "#conflicts" }, `${found.last_swept_on}: ${found.drift ? `${plural(found.drift, "visit")} had drifted` : found.days_unread ? `${plural(found.days_unread, "day")} could not be read` : "no drift"}`) : "not yet"),
  ];
}
