// The desk's keys: rows are walked with the arrows, and done with a letter what their buttons do.

import { isOpen, showKeys } from "./dialogs.js";
import { byId } from "./dom.js";
import { DEEDS } from "./lines.js";

const rowsOf = (element) => [...element.querySelectorAll("tbody tr")];

/** One row at a time is reached by Tab; the arrows lead on from there. */
export function keepReachable() {
  for (const panel of [byId("lines"), byId("today")]) {
    const rows = rowsOf(panel);
    if (rows.length && !rows.some((row) => row.tabIndex === 0)) rows[0].tabIndex = 0;
  }
}

function go(row) {
  if (!row) return;
  for (const other of rowsOf(row.closest("#lines") ?? byId("today"))) other.tabIndex = other === row ? 0 : -1;
  row.focus();
  row.scrollIntoView({ block: "nearest" });
}

function step(by) {
  const here = document.activeElement?.closest?.("tr");
  const rows = rowsOf(here?.closest("#today") ?? byId("lines"));
  go(here ? rows[rows.indexOf(here) + by] : rows[0]);
}

const into = (panel) => go(rowsOf(byId(panel)).find((row) => row.tabIndex === 0));

export function listen({ board, today, act }) {
  const moves = {
    arrowdown: () => step(1),
    j: () => step(1),
    arrowup: () => step(-1),
    k: () => step(-1),
    arrowleft: () => into("lines"),
    arrowright: () => into("today"),
    "/": () => byId("search").focus(),
    "?": () => showKeys(),
    w: () => act.walkIn(),
    u: () => act.undoLast(),
    n: () => {
      const id = document.activeElement?.closest?.(".doctor")?.dataset.doctor;
      const doctor = board.doctors().find((one) => (id ? one.doctor_id === id : one.waiting.length));
      if (doctor) act.callNext(doctor);
    },
  };

  function deedOf(event, key) {
    const row = event.target.closest("tr");
    if (!row || (key === "enter" && event.target !== row)) return null;
    const visit = today.get(row.dataset.appointment);
    if (visit) return (key === "enter" || key === "c") && row.querySelector(".first") ? () => act.checkIn(visit) : null;
    const entry = board.get(row.dataset.entry);
    const deeds = entry ? DEEDS[entry.current_status] : [];
    const found = deeds.find(([letter], place) => (key === "enter" ? place === 0 : letter === key));
    return found ? () => act[found[2]](entry) : null;
  }

  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, select, textarea");
    if (event.key === "Escape" && typing) typing.blur();
    if (typing || isOpen() || event.ctrlKey || event.metaKey || event.altKey) return;
    const key = event.key.toLowerCase();
    const move = moves[key] ?? deedOf(event, key);
    if (!move) return;
    event.preventDefault();
    move();
  });
}
