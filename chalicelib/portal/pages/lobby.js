// The lobby's screen: who is called and where to, who waits and for how long, and whether what it shows is up to date.

import { Board } from "./board.js";
import { byId, h, show } from "./dom.js";
import { Feed } from "./feed.js";
import { openSession } from "./session.js";
import { askForToken } from "./signin.js";
import { allowSound, announce, canSound } from "./voice.js";
import { range, short, speaking } from "./words.js";

const CALL_SHOWN = 12_000; // milliseconds on the whole screen
const CALL_FRESH = 120_000; // an older call is not announced, as after a break
const PAGE_EVERY = 10_000;
const MOST_CALLS = 2; // of one doctor; more are not read from afar

const session = openSession();
const board = new Board();
const announced = new Map();
const calls = [];
let say = speaking(session.language);
let language = session.language ?? "en";
let zone;
let page = 0;
let messages = [];
let told = 0;
let fits = 8;
let calling = false;

function begin() {
  byId("screen").hidden = false;
  const feed = new Feed({
    session,
    board,
    place: (location) => {
      byId("place").textContent = location.name;
      zone = location.zone;
      messages = [...(location.display_messages ?? []), ...hours(location)];
      settle(session.language ?? location.language ?? "en");
    },
    changed: () => {
      draw();
      hear(feed.loaded);
    },
    connection: (state, since) => {
      const stale = state !== "live" && state !== "polling" && since;
      byId("connection").dataset.state = state;
      byId("connection").textContent = stale ? `${say(state)} · ${say("stale", { time: clock(since) })}` : say(state);
      if (state === "refused") askForToken({ ...FORM, complaint: "The key is no longer taken." });
    },
  });
  settle(language);
  setInterval(tick, 1_000);
  setInterval(turn, PAGE_EVERY);
  addEventListener("resize", draw);
  byId("sound").onclick = () => allowSound().then(offerSound);
  feed.start();
}

const FORM = {
  title: "Waiting room screen",
  hint: "Paste the display's key. It is kept in this tab only, until it is closed.",
};

function settle(chosen) {
  language = chosen;
  say = speaking(chosen);
  document.documentElement.lang = chosen;
  byId("next").textContent = say("next");
  byId("sound").textContent = say("sound");
  offerSound();
  tick();
  tell();
  draw();
}

/** When the location is open today, as one more sentence for the screen; nothing where it never closes. */
function hours({ opening, zone }) {
  if (!opening) return [];
  const today = new Date().toLocaleDateString("en", { weekday: "long", timeZone: zone }).toLowerCase();
  return [{ open: (opening[today] ?? []).map(({ start, end }) => `${start}–${end}`).join(", ") }];
}

function tell() {
  const one = messages[told % (messages.length || 1)];
  byId("message").hidden = !one;
  if (!one) return;
  byId("message").lang = one.language ?? language;
  byId("message").textContent = one.text ?? (one.open ? say("open", { hours: one.open }) : say("closed"));
}

function offerSound() {
  byId("sound").hidden = canSound();
}

function tick() {
  const now = new Date();
  byId("time").textContent = clock(now);
  byId("date").textContent = now.toLocaleDateString(language, { weekday: "long", day: "numeric", month: "long", timeZone: zone });
}

const clock = (when) => when.toLocaleTimeString(language, { hour: "2-digit", minute: "2-digit", timeZone: zone });

function draw() {
  const doctors = board.doctors();
  const upright = innerHeight > innerWidth;
  byId("doctors").style.setProperty("--columns", Math.ceil(Math.sqrt(doctors.length / (upright ? 2.5 : 1.6))) || 1);
  show(byId("doctors"), [language, doctors], () => doctors.map(card));
  show(byId("figures"), [language, board.statistics, doctors], () => figures(doctors));
  drawLine();
}

function card(doctor) {
  const recent = doctor.called
    .toSorted((one, other) => (other.called_time ?? "").localeCompare(one.called_time ?? ""))
    .slice(0, MOST_CALLS);
  return h(
    "article",
    { class: `doctor ${recent.length ? "calling" : ""}`, data: { doctor: doctor.doctor_id } },
    h("h2", { class: "doctor-name" }, doctor.doctor_name),
    h(
      "ul",
      { class: `calls ${recent.length > 1 ? "several" : ""}` },
      recent.length === 0 && h("li", { class: "nobody" }, say("free")),
      recent.map((entry) =>
        h("li", { class: "call" }, h("span", { class: "number" }, short(entry.token_number)), " ", h("span", { class: "room" }, entry.room_name ?? "")),
      ),
    ),
    h(
      "p",
      { class: "doctor-foot" },
      h("span", {}, `${say("seeing")} `, h("b", {}, doctor.inside.map((entry) => short(entry.token_number)).join(", ") || "–")),
      h("span", {}, `${say("waiting")} `, h("b", {}, String(doctor.waiting.length))),
    ),
  );
}

function drawLine() {
  const names = new Map(board.doctors().map((doctor) => [doctor.doctor_id, doctor.doctor_name]));
  const soonest = (entry) => entry.estimated_wait_time_minutes ?? Infinity;
  const waiting = board
    .entries((entry) => entry.current_status === "waiting")
    .sort((one, other) => soonest(one) - soonest(other) || one.queue_position - other.queue_position);
  const pages = Math.max(1, Math.ceil(waiting.length / fits));
  page %= pages;
  const shown = waiting.slice(page * fits, (page + 1) * fits);
  show(byId("line"), [language, shown], () =>
    shown.length
      ? shown.map((entry) =>
          h(
            "li",
            { class: "waiting" },
            h("span", { class: "token" }, short(entry.token_number)),
            h("span", { class: "wait" }, range(say, entry.estimated_wait_time_minutes, entry.estimated_wait_p90_minutes)),
            h("span", { class: "with" }, names.get(entry.doctor_id) ?? ""),
          ),
        )
      : h("li", { class: "nobody" }, say("nobody")),
  );
  byId("pages").textContent = pages > 1 ? say("page", { page: page + 1, pages }) : "";
  const room = measured();
  if (room === fits) return;
  fits = room;
  drawLine();
}

/** How many rows the list has room for, as its first row is drawn. */
function measured() {
  const list = byId("line");
  const row = list.querySelector(".waiting");
  const columns = getComputedStyle(list).gridTemplateColumns.split(" ").length;
  return row ? Math.max(4, Math.floor(list.clientHeight / row.offsetHeight) * columns) : fits;
}

function turn() {
  page += 1;
  told += 1;
  tell();
  drawLine();
  offerSound();
}

function figures(doctors) {
  const count = (name) => String(doctors.reduce((sum, doctor) => sum + doctor[name].length, 0));
  const { average_wait_minutes: average, served_per_hour: hourly } = board.statistics ?? {};
  const known = [
    [say("waiting"), count("waiting")],
    [say("called"), count("called")],
    [say("inside"), count("inside")],
    [say("average"), average === null || average === undefined ? "–" : say("minutes", { n: Math.round(average) })],
    [say("hourly"), hourly === null || hourly === undefined ? "–" : String(Math.round(hourly * 10) / 10)],
  ];
  return known.map(([name, value]) => h("dl", { class: "figure" }, h("dt", {}, name), h("dd", {}, value)));
}

/** Announce whoever was called or recalled since we last looked; what we find when we begin counts as heard. */
function hear(aloud) {
  const names = new Map(board.doctors().map((doctor) => [doctor.doctor_id, doctor.doctor_name]));
  for (const entry of board.entries((one) => one.current_status === "called")) {
    const call = `${entry.called_time} ${entry.recalls ?? 0}`;
    if (announced.get(entry.id) === call) continue;
    announced.set(entry.id, call);
    const fresh = Date.now() + board.skew - Date.parse(entry.called_time) < CALL_FRESH;
    if (aloud && fresh) calls.push({ number: short(entry.token_number), room: entry.room_name, doctor: names.get(entry.doctor_id) });
  }
  if (!calling) tellNext();
}

async function tellNext() {
  const call = calls.shift();
  calling = Boolean(call);
  const out = byId("call");
  out.hidden = !call;
  if (!call) return;
  out.replaceChildren(
    h("p", { class: "kicker" }, say("calling")),
    h("p", { class: "token" }, call.number),
    call.room && h("p", { class: "where" }, call.room),
    h("p", { class: "with" }, call.doctor ?? ""),
  );
  const spoken = { number: String(Number(call.number) || call.number), room: call.room, doctor: call.doctor };
  const said = announce(say(call.room ? "spoken" : "spokenDoctor", spoken), language);
  const shown = new Promise((resolve) => setTimeout(resolve, CALL_SHOWN));
  await (calls.length ? said : Promise.all([said, shown]));
  tellNext();
}

if (session.token) begin();
else askForToken(FORM);
