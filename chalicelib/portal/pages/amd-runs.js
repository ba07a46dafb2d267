// Runs: many things told together, with how far each is.

import { ago, plural, waits, when } from "./amd-words.js";
import { h, show } from "./dom.js";

/** Today's date on this machine's wall, as the wire has it. */
export const today = () => new Date().toLocaleDateString("sv-SE");

const MOST = 8;

/** The latest runs of each kind: `kind` is what a run counts. */
export function drawRuns(element, runs) {
  const shown = [...runs].sort((one, other) => other.started_at.localeCompare(one.started_at)).slice(0, MOST);
  show(element, [shown, shown.map((run) => ago(run.started_at))], () =>
    shown.length
      ? h("ul", { class: "runs", "aria-label": "Runs" }, shown.map(drawn))
      : h("p", { class: "empty" }, "Nothing was synced by hand lately. What is synced together shows its progress here."),
  );
}

function drawn(run) {
  const settled = run.synced + run.failed;
  const what = run.kind ?? "appointment";
  const name = `${what === "patient" ? "Patients of " : ""}${days(run)}`;
  return h(
    "li",
    { class: "run", data: { run: run.id } },
    h("span", { class: "run-name" }, name, " ", h("span", { class: "note", title: when(run.started_at) }, ago(run.started_at))),
    h("progress", { max: String(run.total || 1), value: String(run.total ? settled : 1), "aria-label": name }),
    h("span", { class: "run-state" }, ...told(run, what)),
  );
}

function told(run, what) {
  if (!run.total) return ["nothing to sync"];
  const waiting = run.pending ? `${run.pending} waiting${run.estimated_wait_seconds ? `, done ${waits(run.estimated_wait_seconds)}` : ""}` : "";
  return [
    `${run.synced} of ${plural(run.total, what)} synced`,
    waiting && ` · ${waiting}`,
    run.failed ? h("span", { class: "bad" }, ` · ${run.failed} failed`) : "",
  ];
}

const days = (run) => (run.start_date === run.end_date ? run.start_date : `${run.start_date} – ${run.end_date}`);
