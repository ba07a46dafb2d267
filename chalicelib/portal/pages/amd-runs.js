// Runs: many things told together, with how far each is.

import { ago, plural, waits, when } from "./amd-words.js";
import { h, show } from "./dom.js";

/** Today's date on this machine's wall, as the wire has it. */
export const today = () => new Date().toLocaleDateString("sv-SE");

export function drawRuns(element, runs) {
  show(element, [runs, runs.map((run) => ago(run.started_at))], () =>
    runs.length
      ? h("ul", { class: "runs", "aria-label": "Runs" }, runs.slice(0, 8).map(drawn))
      : h("p", { class: "empty" }, "Nothing was synced by hand lately. What is synced together shows its progress here."),
  );
}

function drawn(run) {
  const settled = run.synced + run.failed;
  const what = run.kind === "patients" ? "All patients" : days(run);
  return h(
    "li",
    { class: "run", data: { run: run.id } },
    h("span", { class: "run-name" }, what, " ", h("span", { class: "note", title: when(run.started_at) }, ago(run.started_at))),
    h("progress", { max: String(run.total || 1), value: String(run.total ? settled : 1), "aria-label": what }),
    h("span", { class: "run-state" }, ...told(run)),
  );
}

function told(run) {
  if (!run.total) return ["nothing to sync"];
  const waiting = run.pending ? `${run.pending} waiting${run.estimated_wait_seconds ? `, done ${waits(run.estimated_wait_seconds)}` : ""}` : "";
  return [
    `${run.synced} of ${plural(run.total, "thing")} synced`,
    waiting && ` · ${waiting}`,
    run.failed ? h("span", { class: "bad" }, ` · ${run.failed} failed`) : "",
  ];
}

const days = (run) => (run.start_date === run.end_date ? run.start_date : `${run.start_date} – ${run.end_date}`);
