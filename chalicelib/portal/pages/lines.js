// The lines of the doctors at the desk: every row with what can be done now, by button and by key.

import { h, show } from "./dom.js";
import { range, short, speaking } from "./words.js";

const say = speaking("en");
const SPOKEN = {
  called: "Called",
  in_consultation: "In consultation",
  on_hold: "On hold",
};

/** Deeds by status: key, name, and the name's deed in `reception.js`; the first is done by Enter. */
export const DEEDS = {
  waiting: [["c", "Call", "call"], ["h", "Hold", "hold"], ["t", "Transfer", "transfer"], ["p", "Urgency", "prioritize"], ["x", "Left", "left"]],
  called: [["s", "Start", "start"], ["r", "Recall", "recall"], ["h", "Hold", "hold"], ["x", "No-show", "noShow"]],
  in_consultation: [["d", "Done", "complete"], ["f", "Forward", "forward"]],
  on_hold: [["c", "Resume", "resume"], ["x", "No-show", "noShow"]],
};

export function drawLines(element, { board, rooms, chosenRoom, act, now }) {
  const doctors = board.doctors();
  const kept = new Map([...element.children].map((section) => [section.dataset.doctor, section]));
  const sections = doctors.map((doctor) => section(kept.get(doctor.doctor_id), doctor, { rooms, chosenRoom, act, now }));
  if (sections.length === 0) sections.push(h("p", { class: "empty" }, "Nobody has come yet today."));
  if (sections.some((one, place) => element.children[place] !== one) || element.children.length !== sections.length) {
    element.replaceChildren(...sections);
  }
}

function section(kept, doctor, { rooms, chosenRoom, act, now }) {
  const made =
    kept ??
    h(
      "section",
      { class: "doctor", data: { doctor: doctor.doctor_id }, "aria-label": doctor.doctor_name },
      h("header", { class: "doctor-head" }),
      h("table", { class: "rows" }, h("thead", { class: "aside" }, headings()), h("tbody")),
    );
  const { doctor_id: id, doctor_name: name, waiting, called, inside } = doctor;
  show(made.querySelector("header"), [name, waiting.length, called.length, inside.length, rooms, chosenRoom(id)], () => [
    h("h3", {}, name),
    h("p", { class: "counts" }, `${waiting.length} waiting · ${called.length} called · ${inside.length} in consultation`),
    h("label", { class: "room" }, h("span", { class: "aside" }, `Room for ${name}`), roomSelect(id, rooms, chosenRoom(id), act)),
    h("button", { class: "button call", type: "button", disabled: waiting.length === 0, onclick: () => act.callNext(doctor) }, "Call next ", h("kbd", {}, "N")),
  ]);
  const body = made.querySelector("tbody");
  const rows = new Map([...body.children].map((row) => [row.dataset.entry, row]));
  const drawn = doctor.entries.map((entry) => row(rows.get(entry.id), entry, act, now));
  if (drawn.length !== body.children.length || drawn.some((one, place) => body.children[place] !== one)) {
    const focused = document.activeElement?.closest?.("tr");
    body.replaceChildren(...drawn);
    if (focused?.isConnected) focused.focus();
  }
  made.querySelector("table").hidden = drawn.length === 0;
  return made;
}

const headings = () =>
  h("tr", {}, ["Number", "Patient", "Wait", "Actions"].map((text) => h("th", { scope: "col" }, text)));

function roomSelect(doctor, rooms, chosen, act) {
  const options = [h("option", { value: "" }, "Usual room"), ...rooms.map((room) => h("option", { value: room.id }, room.name))];
  return h("select", { onchange: (event) => act.chooseRoom(doctor, event.target.value), value: chosen }, options);
}

function row(kept, entry, act, now) {
  const made = kept ?? h("tr", { tabindex: "-1", data: { entry: entry.id } });
  const waited = Math.max(0, Math.round((now - Date.parse(entry.check_in_time)) / 60_000));
  made.dataset.status = entry.current_status;
  const focused = made.contains(document.activeElement) && document.activeElement !== made;
  const before = made.shown;
  show(made, [entry, waited], () => cells(entry, waited, act));
  if (focused && before !== made.shown) made.focus();
  return made;
}

function cells(entry, waited, act) {
  const urgency = entry.urgency_level ?? "low";
  return [
    h("th", { scope: "row", class: "token" }, short(entry.token_number)),
    h(
      "td",
      { class: "who" },
      h("span", { class: "name" }, entry.patient_name ?? "—"),
      entry.patient_age === null || entry.patient_age === undefined ? null : h("span", { class: "age" }, String(entry.patient_age)),
      urgency === "low" ? null : h("span", { class: `chip ${urgency}` }, urgency),
      entry.current_status === "waiting" ? null : h("span", { class: `chip ${entry.current_status}` }, where(entry)),
      h("span", { class: "why" }, [booked(entry), before(entry), entry.reason_for_visit, entry.special_requirements, entry.notes].filter(Boolean).join(" · ")),
    ),
    h(
      "td",
      { class: "wait", title: factors(entry) },
      h("span", { class: "estimate" }, entry.current_status === "waiting" ? range(say, entry.estimated_wait_time_minutes, entry.estimated_wait_p90_minutes) : ""),
      h("span", { class: "so-far" }, `here ${waited} min`),
    ),
    h(
      "td",
      { class: "deeds" },
      DEEDS[entry.current_status].map(([key, text, deed], place) =>
        h("button", { class: `button ${place ? "" : "first"}`, type: "button", title: `${text} (${key.toUpperCase()})`, "aria-label": `${text} ${short(entry.token_number)}`, onclick: () => act[deed](entry) }, text),
      ),
    ),
  ];
}

const booked = (entry) =>
  entry.scheduled_start ? `booked ${new Date(entry.scheduled_start).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" })}` : "walk-in";

const before = (entry) => (entry.journey?.length ? `after ${entry.journey.map((stage) => stage.doctor_name).join(", ")}` : "");

function where(entry) {
  const again = entry.recalls ? ` ×${entry.recalls + 1}` : "";
  const room = ["called", "in_consultation"].includes(entry.current_status) && entry.room_name ? ` · ${entry.room_name}` : "";
  return `${SPOKEN[entry.current_status]}${again}${room}`;
}

function factors(entry) {
  const found = Object.entries(entry.ai_priority_factors ?? {}).filter(([, value]) => value);
  const points = found.map(([name, value]) => `${name.replaceAll("_", " ")} ${Math.round(value)}`);
  return points.length ? `${Math.round(entry.priority_score)} points: ${points.join(", ")}` : "";
}
