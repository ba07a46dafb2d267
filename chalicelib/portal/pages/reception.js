// The reception's page: today's appointments and the lines of a location, live, by mouse and by keyboard.

import { Card } from "./amd-card.js";
import { Names } from "./amd-names.js";
import { asking } from "./ask.js";
import { Board } from "./board.js";
import { Deeds } from "./deeds.js";
import { askForward, askTransfer, askUrgency, askWalkIn, showKeys } from "./dialogs.js";
import { byId, h, show } from "./dom.js";
import { Feed } from "./feed.js";
import { keepReachable, listen } from "./keys.js";
import { drawLines } from "./lines.js";
import { endSession, keep, openSession } from "./session.js";
import { askForToken } from "./signin.js";
import { Today } from "./today.js";
import { short, speaking } from "./words.js";

const say = speaking("en");
const session = openSession();
const { ask, insist } = asking(session.token);
const board = new Board();
const today = new Today(ask);
const chosen = new Map();
const state = { rooms: [], doctors: [], location: null, lastUndo: null };

const deeds = new Deeds({
  list: byId("log"),
  insist,
  done: (data) => {
    if (data?.token_number) board.put(data);
    draw();
    feed.settle();
    readToday();
  },
});

const feed = new Feed({
  session,
  board,
  place: (location) => {
    state.location = location;
    byId("place").textContent = location.name;
    document.title = `Reception · ${location.name}`;
    readPlace();
    readToday();
  },
  changed: () => draw(),
  heard: ({ type, data }) => {
    if ((type === "appointment_update" || type === "new_appointment") && data && !today.put(data)) readToday();
  },
  connection: (name, since) => {
    byId("connection").dataset.state = name;
    const stale = name !== "live" && name !== "polling" && since;
    byId("connection").textContent = stale ? `${say(name)} · ${say("stale", { time: clock(since) })}` : say(name);
    if (name === "refused") askForToken({ ...FORM, complaint: "You are not signed in any more." });
  },
});

const FORM = { title: "Reception", hint: "Paste your token. It is kept in this tab only, until it is closed." };
const clock = (when) => when.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", timeZone: state.location?.zone });

async function begin() {
  byId("screen").hidden = false;
  if (!session.location && !(await choosePlace())) return;
  feed.start();
  setInterval(draw, 20_000);
  setInterval(readToday, 120_000);
  byId("walk-in").onclick = () => act.walkIn();
  byId("help").onclick = showKeys;
  byId("leave").onclick = endSession;
  byId("search").oninput = draw;
  listen({ board, today, act });
}

/** A desk of several locations says at which one it stands; the only one there is needs no saying. */
async function choosePlace() {
  const { data } = await ask("GET", "/api/locations?limit=200").catch((refusal) => {
    askForToken({ ...FORM, complaint: refusal.message });
    return { data: [] };
  });
  const go = (id) => (keep({ location: id }), location.reload());
  if (data.length === 1) go(data[0].id);
  byId("places-field").hidden = data.length === 0;
  byId("places").append(h("option", { value: "" }, "Choose your location …"), ...data.map((one) => h("option", { value: one.id }, one.name)));
  byId("places").onchange = (event) => go(event.target.value);
  return false;
}

let place = null;
/** The location's rooms and doctors, read once: who needs them waits, and what could not be read is told and read again. */
function readPlace() {
  const here = session.location;
  place ??= Promise.all([
    deeds.read("Rooms", `/api/locations/${here}/rooms?limit=200`),
    deeds.read("Doctors", `/api/doctors?location_id=${here}&limit=200`),
  ]).then(([rooms, doctors]) => {
    if (!rooms || !doctors) place = null;
    Object.assign(state, { rooms: rooms ?? state.rooms, doctors: doctors ?? state.doctors });
    draw();
  });
  return place;
}

let reading = null;
let syncing = null;
function readToday() {
  reading ??= setTimeout(async () => {
    reading = null;
    await today.read(session.location).catch(() => {});
    draw();
    clearTimeout(syncing);
    if (today.syncing) syncing = setTimeout(readToday, 5_000);
  }, 300);
}

function draw() {
  const now = Date.now() + board.skew;
  drawLines(byId("lines"), { board, rooms: state.rooms, chosenRoom: (doctor) => chosen.get(doctor) ?? "", act, now });
  today.draw(byId("today"), { wanted: byId("search").value, act, now });
  drawFigures();
  keepReachable();
}

function drawFigures() {
  const { average_wait_minutes: average, served_per_hour: hourly } = board.statistics ?? {};
  const of = (status) => board.entries((entry) => entry.current_status === status).length;
  const known = [
    ["Waiting", of("waiting")],
    ["Called", of("called")],
    ["Average wait", average === null || average === undefined ? "–" : `${Math.round(average)} min`],
    ["Per hour", hourly === null || hourly === undefined ? "–" : Math.round(hourly * 10) / 10],
  ];
  show(byId("figures"), known, () => known.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, String(value)))));
}

const named = (entry) => [short(entry.token_number), entry.patient_name].filter(Boolean).join(" ");
const of = (entry, deed) => `/api/queue/${entry.id}/${deed}`;
const told = (entry) => (entry?.current_status === "called" ? [named(entry), entry.room_name].filter(Boolean).join(" → ") : "");
const takenBack = (entry) => ({ text: `Undo for ${named(entry)}`, path: of(entry, "undo") });

/** Do something with a patient in line; `undo` is null for what cannot be taken back. */
async function done(text, method, path, body, undo = takenBack) {
  const data = await deeds.do(text, method, path, body, { undo, told });
  if (data && undo) state.lastUndo = undo(data);
  return data;
}

const card = new Card({ ask, insist, names: new Names(ask), role: session.role, changed: () => readToday() });

const act = {
  showSync: (one) => card.open({ appointment: one.id, patient: one.patient_id }),
  chooseRoom: (doctor, room) => chosen.set(doctor, room),
  callNext: async (doctor) => {
    const room = chosen.get(doctor.doctor_id);
    const body = { doctor_id: doctor.doctor_id, location_id: session.location, ...(room ? { room_id: room } : {}) };
    const called = await done(`Call next for ${doctor.doctor_name}`, "POST", "/api/queue/call-next", body);
    if (called) byId("lines").querySelector(`[data-entry="${CSS.escape(called.id)}"]`)?.focus();
  },
  call: (entry) => {
    const room = chosen.get(entry.doctor_id);
    return done(`Call ${named(entry)}`, "POST", of(entry, "call"), room ? { room_id: room } : {});
  },
  recall: (entry) => done(`Call ${named(entry)} again`, "POST", of(entry, "recall"), undefined, null),
  hold: (entry) => done(`Hold ${named(entry)}`, "POST", of(entry, "hold"), {}),
  resume: (entry) => done(`Resume ${named(entry)}`, "POST", of(entry, "resume"), {}),
  left: (entry) => done(`${named(entry)} has left`, "POST", of(entry, "left"), {}),
  start: (entry) => done(`Start ${named(entry)}`, "PUT", of(entry, "status"), { status: "in_consultation" }),
  complete: (entry) => {
    const undo = entry.next_doctor_ids?.length ? null : takenBack; // who goes on to the next doctor is not called back
    return done(`${named(entry)} is done`, "PUT", of(entry, "status"), { status: "completed" }, undo);
  },
  noShow: (entry) => done(`No-show of ${named(entry)}`, "PUT", of(entry, "status"), { status: "no_show" }),
  transfer: async (entry) => {
    await readPlace();
    const said = await askTransfer({ doctors: allDoctors(), entry });
    if (!said) return;
    await done(`Transfer ${named(entry)}`, "POST", of(entry, "transfer"), filled(said), () => ({
      text: `Transfer ${named(entry)} back`,
      path: of(entry, "transfer"),
      body: { doctor_id: entry.doctor_id },
    }));
  },
  forward: async (entry) => {
    await readPlace();
    const said = await askForward({ doctors: allDoctors(), entry });
    if (said) await done(`Forward ${named(entry)}`, "POST", of(entry, "forward"), filled(said), null);
  },
  prioritize: async (entry) => {
    const said = await askUrgency({ entry });
    if (!said) return;
    const path = "/api/queue/prioritize";
    const body = (urgency) => ({ doctor_id: entry.doctor_id, queue_id: entry.id, priority_factors: { medical_urgency: urgency } });
    await done(`${named(entry)}: urgency ${said.urgency_level}`, "POST", path, body(said.urgency_level), () => ({
      text: `${named(entry)}: urgency ${entry.urgency_level} again`,
      path,
      body: body(entry.urgency_level ?? "low"),
    }));
  },
  checkIn: (one) => 
    done(`Check in ${one.patient_name}`, "POST", "/api/queue/check-in", { appointment_id: one.id }, () => ({
      text: `Undo the check-in of ${one.patient_name}`,
      path: `/api/appointments/${one.id}/undo`,
    })),
  missed: (one) => deeds.do(`No-show of ${one.patient_name}`, "PUT", `/api/appointments/${one.id}/status`, { status: "no_show" }),
  undoLast: () => {
    const back = state.lastUndo;
    state.lastUndo = null;
    if (back) deeds.do(back.text, "POST", back.path, back.body);
  },
  walkIn: async () => {
    const doctor = document.activeElement?.closest?.(".doctor")?.dataset.doctor;
    let again = {};
    await readPlace();
    for (let said; (said = await askWalkIn({ doctors: allDoctors(), doctor, ...again })); ) {
      const refusal = await joined(said);
      if (!refusal) return;
      again = { said, complaint: refusal.message, known: refusal.code === "possible_duplicate" ? refusal.details : [] };
    }
  },
};

/** Put a walk-in patient in line; the refusal, when the dialog has to be shown again. */
async function joined({ first_name, last_name, date_of_birth, phone, patient_id, ...visit }) {
  if (!date_of_birth && !phone) return { message: "A name alone could be anybody’s: give a date of birth or a phone, too." };
  const details = { ...filled({ first_name, last_name, date_of_birth, phone }), ...(patient_id === "" ? { allow_duplicate: true } : {}) };
  const body = { ...filled(visit), location_id: session.location, ...(patient_id ? { patient_id } : { patient_details: details }) };
  try {
    const entry = await deeds.do(`Number for ${first_name} ${last_name}`, "POST", "/api/queue/join", body, { complain: false });
    deeds.tell(`${first_name} ${last_name} has number ${short(entry.token_number)}`);
    return null;
  } catch (refusal) {
    return refusal;
  }
}

const filled = (values) => Object.fromEntries(Object.entries(values).filter(([, value]) => value));

function allDoctors() {
  const known = new Map(state.doctors.map((one) => [one.id, { id: one.id, name: one.name, specialty: one.specialty }]));
  for (const one of board.doctors()) if (!known.has(one.doctor_id)) known.set(one.doctor_id, { id: one.doctor_id, name: one.doctor_name });
  return [...known.values()].sort((one, other) => one.name.localeCompare(other.name));
}

if (session.token) begin();
else askForToken(FORM);
