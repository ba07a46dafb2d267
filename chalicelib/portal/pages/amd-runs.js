// Runs: many things told together, with how far each is.

import { ago, plural, waits, when } from "./amd-words.js";
import { h, show } from "./dom.js";

/** Today's date on this machine's wall, as the wire has it. */
export const today = () => new Date().toLocaleDateString("sv-SE");

const MOST = 8;
const NAMED = { appointment: "Appointments of", patient: "Patients of", day: "Import of" };

/** What a caller of this role sees of runs of all kinds, each told alike: `kind` is what a run counts. */
export async function readRuns(ask, whole) {
  const read = async (path, told) => (await ask("GET", `/api/advancedmd/${path}`)).data.map(told);
  const found = await Promise.all([
    read("appointments/bulk-sync", (run) => ({ ...run, kind: "appointment" })),
    read("patients/bulk-sync", (run) => ({ ...run, kind: "patient" })),
    whole ? read("appointments/import", imported) : [],
  ]);
  return found.flat();
}

/** An import as a run over its days. */
export function imported(run) {
  const pending = run.ended_at ? 0 : run.days - run.days_read - run.days_failed;
  return { ...run, kind: "day", total: run.days, synced: run.days_read, failed: run.days_failed, pending };
}

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
  const name = `${NAMED[what]} ${days(run)}`;
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
    `${run.synced} of ${plural(run.total, what)} ${what === "day" ? `read, ${plural(run.visits_found, "visit")} found` : "synced"}`,
    waiting && ` · ${waiting}`,
    run.failed ? h("span", { class: "bad" }, ` · ${run.failed} failed`) : "",
  ];
}

const days = (run) => (run.start_date === run.end_date ? run.start_date : `${run.start_date} – ${run.end_date}`);
