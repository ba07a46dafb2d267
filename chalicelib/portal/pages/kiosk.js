// The kiosk: check in with a booked appointment, or take a number. Whoever walks away leaves nothing on the screen.

import { asking, Refusal } from "./ask.js";
import { byId, h } from "./dom.js";
import { KIOSK } from "./kiosk-words.js";
import { bornField, inOneGo, keypad, textField, ticketCard } from "./kiosk-parts.js";
import { openSession } from "./session.js";
import { askForToken } from "./signin.js";
import { LANGUAGES, range, speaking } from "./words.js";

const IDLE = 60_000; // milliseconds until somebody is thought to have gone
const SHOWN = 30_000; // milliseconds for which a number is shown

const session = openSession();
const { ask, insist } = asking(session.token);
let language = session.language ?? "en";
let say = speaking(language, KIOSK);
let here = null;
let idle = null;
let visitor = 0; // counts up whenever somebody begins, so that nobody is shown another's answer

async function begin() {
  byId("screen").hidden = false;
  for (const [code, name] of Object.entries(LANGUAGES)) {
    byId("languages").append(h("button", { class: "button", type: "button", lang: code, onclick: () => speak(code) }, name));
  }
  byId("home").onclick = home;
  for (const event of ["pointerdown", "keydown"]) addEventListener(event, () => rest(IDLE));
  inOneGo(scanned);
  speak(language);
  try {
    if (!session.location) session.location = (await ask("GET", "/api/queue/current")).data[0]?.location_id;
    here = (await ask("GET", `/api/locations/${session.location}`)).data;
    byId("place").textContent = here.name;
    speak(session.language ?? here.language ?? "en");
  } catch (refusal) {
    if (refusal.status === 401) askForToken({ title: say("title"), hint: say("signIn"), complaint: refusal.message });
  }
}

function speak(chosen) {
  language = chosen;
  say = speaking(chosen, KIOSK);
  document.documentElement.lang = chosen;
  for (const button of byId("languages").children) button.setAttribute("aria-pressed", String(chosen.startsWith(button.lang)));
  byId("languages").setAttribute("aria-label", "Language");
  byId("home").textContent = say("home");
  home();
}

/** Back to the beginning after a while, in the location's language and without what was typed. */
function rest(after) {
  clearTimeout(idle);
  idle = setTimeout(() => speak(session.language ?? here?.language ?? "en"), after);
}

function step(title, ...content) {
  byId("home").hidden = false;
  byId("step").replaceChildren(h("h1", {}, title), ...content.flat().filter(Boolean));
  byId("step").focus();
}

function home() {
  clearTimeout(idle);
  visitor += 1;
  step(
    say("ask"),
    h(
      "div",
      { class: "ways" },
      way("booked", "bookedHint", chooseProof),
      way("ticket", "ticketHint", chooseDoctor),
    ),
  );
  byId("home").hidden = true;
}

function way(title, hint, act) {
  return h("button", { class: "way", type: "button", onclick: act }, h("span", { class: "way-title" }, say(title)), h("span", { class: "way-hint" }, say(hint)));
}

function chooseProof() {
  step(
    say("bookedHint"),
    h("p", { class: "lead" }, say("scan")),
    h(
      "div",
      { class: "ways" },
      h("button", { class: "way", type: "button", onclick: typeNumber }, h("span", { class: "way-title" }, say("byNumber"))),
      h("button", { class: "way", type: "button", onclick: typePhone }, h("span", { class: "way-title" }, say("byPhone"))),
    ),
  );
}

function typeNumber() {
  const field = textField("appointment_number", say("number"), { hint: say("numberHint"), required: true, value: `APT-${new Date().getFullYear()}-`, autocapitalize: "characters" });
  form(say("bookedHint"), [field, keypad(field.querySelector("input"), say("erase"))], say("checkIn"), checkIn);
}

function typePhone() {
  const phone = textField("phone", say("phone"), { hint: say("phoneHint"), type: "tel", required: true });
  form(say("byPhone"), [phone, bornField(say, language)], say("checkIn"), checkIn);
}

const checkIn = (said) => arrive("/api/queue/check-in", said, typePhone);

function scanned(text) {
  const number = /^APT-\d{4}-\d+$/i.test(text);
  if (number || /^[a-z]+_\S+$/i.test(text)) checkIn(number ? { appointment_number: text.toUpperCase() } : { code: text });
}

async function chooseDoctor() {
  const mine = visitor;
  step(say("wait"));
  try {
    const today = new Date().toLocaleDateString("en-CA", { timeZone: here.zone });
    const [{ data: lines }, { data: doctors }] = await Promise.all([
      ask("GET", `/api/queue/current?location_id=${session.location}`),
      ask("GET", `/api/doctors?location_id=${session.location}&available_on=${today}&limit=50`),
    ]);
    if (visitor !== mine) return;
    const now = new Map(lines.map((line) => [line.doctor_id, line]));
    if (!doctors.length) return sorry(new Refusal(409, "nobody", say("nobody")));
    step(say("choose"), h("div", { class: "ways doctors" }, doctors.map((doctor) => doctorWay(doctor, now.get(doctor.id)))));
  } catch (refusal) {
    if (visitor === mine) sorry(refusal);
  }
}

function doctorWay(doctor, line) {
  const waits = line && line.estimated_wait_p90_minutes > 0;
  const text = range(say, line?.estimated_wait_time_minutes, line?.estimated_wait_p90_minutes);
  return h(
    "button",
    { class: "way", type: "button", onclick: () => describe(doctor) },
    h("span", { class: "way-title" }, doctor.name),
    h("span", { class: "way-hint" }, doctor.specialty ?? ""),
    h("span", { class: "way-wait" }, waits ? say("waitNow", { range: text }) : say("noWait")),
  );
}

function describe(doctor) {
  const names = h("div", { class: "pair" }, textField("first_name", say("first"), { required: true }), textField("last_name", say("last"), { required: true }));
  const fields = [names, bornField(say, language), textField("reason", say("reason"), {})];
  form(say("aboutYou"), fields, say("take"), ({ reason, ...patient_details }) =>
    arrive("/api/queue/join", {
      doctor_id: doctor.id,
      location_id: session.location,
      patient_details,
      ...(reason ? { reason_for_visit: reason } : {}),
    }),
  );
}

function form(title, fields, submit, act) {
  const made = h(
    "form",
    {
      class: "form",
      autocomplete: "off",
      onsubmit: (event) => {
        event.preventDefault();
        const said = Object.fromEntries([...new FormData(made)].map(([name, value]) => [name, value.trim()]).filter(([, value]) => value));
        const { day, month, year, ...rest } = said;
        act(year ? { ...rest, date_of_birth: `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}` } : rest);
      },
    },
    fields,
    h("button", { class: "button primary big", type: "submit" }, submit),
  );
  step(title, made);
  made.querySelector("input").focus();
}

async function arrive(path, said) {
  const mine = visitor;
  step(say("wait"));
  const body = path.endsWith("check-in") && !said.code ? { ...said, location_id: session.location } : said;
  try {
    const { data } = await insist("POST", path, body, (refusal, seconds) => {
      if (visitor === mine) step(say("wait"), h("p", { class: "complaint", role: "status" }, `${refusal.message} (${seconds} s)`));
    });
    if (visitor === mine) welcome(data);
  } catch (refusal) {
    if (visitor === mine) sorry(refusal);
  }
}

function welcome(entry) {
  const done = h("button", { class: "button primary big", type: "button", onclick: home }, say("done"));
  const printed = h("button", { class: "button big", type: "button", onclick: () => print() }, say("print"));
  step(say("yours"), ticketCard(entry, say), h("div", { class: "row" }, printed, done));
  byId("home").hidden = true;
  rest(SHOWN);
}

function sorry(refusal) {
  step(
    say("sorry"),
    h("p", { class: "complaint", role: "alert" }, refusal.message),
    h("p", { class: "lead" }, say("desk")),
    h("button", { class: "button primary big", type: "button", onclick: home }, say("again")),
  );
}

if (session.token) begin();
else askForToken({ title: say("title"), hint: say("signIn") });
