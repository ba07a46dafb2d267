// A patient's own place in line. The address's last part is the only key; it shows a number and never a name.

import { asking } from "./ask.js";
import { byId, h, show } from "./dom.js";
import { TRACK } from "./track-words.js";
import { allowSound, announce } from "./voice.js";
import { LANGUAGES, range, short, speaking } from "./words.js";

const EVERY = 10_000; // milliseconds
const LONGEST = 60_000;
const OVER = new Set(["completed", "cancelled", "no_show"]);
const STEPS = ["arrived", "waitingStep", "calledStep", "insideStep"];
const AT = { waiting: 1, on_hold: 1, called: 2, in_consultation: 3, completed: 4 };

const secret = location.pathname.split("/").at(-1);
const language = navigator.languages.map((one) => one.slice(0, 2)).find((one) => one in LANGUAGES) ?? "en";
const say = speaking(language, TRACK);
const { ask } = asking(null);
let ticket = null;
let aloud = false;
let etag = null;

async function follow() {
  let pause = EVERY;
  for (;;) {
    pause = (await read()) ? EVERY : Math.min(LONGEST, pause * 1.5);
    if (OVER.has(ticket?.current_status)) pause = LONGEST;
    await new Promise((resolve) => {
      const timer = setTimeout(resolve, pause * (0.8 + Math.random() * 0.4));
      const now = () => document.visibilityState === "visible" && (clearTimeout(timer), resolve());
      document.addEventListener("visibilitychange", now, { once: true });
      addEventListener("online", now, { once: true });
    });
  }
}

async function read() {
  try {
    const said = await ask("GET", `/api/queue/track/${encodeURIComponent(secret)}`, { etag });
    etag = said.etag;
    if (!said.unchanged) settle(said.data);
    connection("live");
    return true;
  } catch (refusal) {
    if (refusal.status === 404) unknown();
    else connection(refusal.status ? "connecting" : "offline");
    return false;
  }
}

function connection(state) {
  byId("connection").dataset.state = state;
  byId("connection").textContent = say(state);
}

function settle(found) {
  const isCall = found.current_status === "called" && (ticket?.current_status !== "called" || ticket.recalls !== found.recalls);
  if (ticket && isCall) alarm(found);
  ticket = found;
  byId("place").textContent = found.location ?? "";
  document.body.classList.toggle("called", found.current_status === "called");
  document.title = `${short(found.token_number)} · ${found.current_status === "called" ? say("go") : wait(found)}`;
  show(byId("ticket"), found, () => [...head(found), ...body(found)]);
}

const wait = (found) => range(say, found.estimated_wait_time_minutes, found.estimated_wait_p90_minutes);

function head(found) {
  return [
    h("div", {}, h("p", { class: "kicker" }, say("yours")), h("h1", {}, short(found.token_number))),
    h(
      "ol",
      { class: "steps" },
      STEPS.map((step, place) => {
        const at = AT[found.current_status] ?? 0;
        return h("li", { class: place < at ? "past" : "", "aria-current": place === at ? "step" : null }, say(step));
      }),
    ),
  ];
}

function body(found) {
  if (found.current_status === "called") {
    const where = found.room_name ? say("toRoom", { room: found.room_name }) : say("toDesk");
    return [h("div", {}, h("p", { class: "kicker" }, say("go")), h("p", { class: "range" }, where))];
  }
  if (found.current_status === "waiting") {
    const before = (found.queue_position ?? 1) - 1;
    return [
      h("div", {}, h("p", { class: "kicker" }, say("expect")), h("p", { class: "range" }, wait(found))),
      h("dl", { class: "facts" }, h("div", {}, h("dt", {}, say("before")), h("dd", {}, before ? say("beforeSome", { n: before }) : say("beforeNobody")))),
      h("p", { class: "note" }, say("keepOpen")),
    ];
  }
  if (found.current_status === "in_consultation") return [];
  return [h("p", { class: "facts" }, say(found.current_status === "on_hold" ? "hold" : found.current_status))];
}

function alarm(found) {
  navigator.vibrate?.([400, 150, 400, 150, 800]);
  if (aloud) announce(say("alert", { number: String(Number(short(found.token_number))) }), language);
}

function unknown() {
  connection("live");
  byId("connection").hidden = true;
  byId("sound").hidden = true;
  show(byId("ticket"), "unknown", () => h("h1", { class: "facts note" }, say("unknown")));
}

document.documentElement.lang = language;
byId("sound").textContent = say("soundOn");
byId("sound").hidden = false;
byId("sound").onclick = async () => {
  aloud = !aloud;
  if (aloud) await allowSound();
  byId("sound").setAttribute("aria-pressed", String(aloud));
};
follow();
