// A telehealth visit: check the device, wait to be let in, talk. The same page for doctor, patient and guests; which of
// them somebody is, the server says.

import { byId, h, show } from "./dom.js";
import { openSession } from "./session.js";
import { askForToken } from "./signin.js";
import { Call } from "./visit-call.js";
import { openMedia, requirements } from "./visit-checks.js";
import { callPanel, checkPanel, inviteForm, message, nameOf, titleOf, waitPanel } from "./visit-panels.js";
import { Recorder } from "./visit-recorder.js";
import { Room } from "./visit-room.js";
import { language, say } from "./visit-words.js";

const STATES = ["live", "connecting", "offline", "refused", "polling"];
const WHY = { visit_link_ended: "linkEnded", not_found: "unknown", unauthenticated: "badLink" };
document.documentElement.lang = language;
document.title = say("title");
byId("with").textContent = say("title");
byId("own").querySelector("figcaption").textContent = say("you");
for (const [id, name] of Object.entries({ stage: "pictures", panel: "visit", asking: "guests", controls: "call" })) byId(id).ariaLabel = say(name);
const session = openSession();
const tab = crypto.randomUUID();
let stream = new MediaStream();
let room = null;
let call = null;
let phase = "checking"; // checking, visiting, left, ended
let trouble = "";

const recorder = new Recorder({
  store: async (blob) => {
    const leave = await room.do("recording", {});
    const reply = await fetch(leave.url, { method: "PUT", headers: leave.headers, body: blob });
    if (!reply.ok) throw new Error(say("notStored"));
  },
});

const deeds = {
  admit: (person) => attempt(() => room.do("admit", { person })),
  decline: (person) => attempt(() => room.do("decline", { person })),
  invite: (name) => attempt(() => room.do("guests", { name })),
  revoke: (person) => attempt(async () => {
    await room.ask("DELETE", `${room.path}/guests/${person}`);
    await room.read();
  }),
  agree: (agreed) => attempt(() => room.do("consent", { agreed })),
  record: () => attempt(async () => {
    if (recorder.running) await recorder.stop({ keep: true });
    else recorder.start(stream, call.pictures().map((one) => one.stream));
    draw();
  }),
  recording: () => recorder.running,
  enter: () => attempt(async () => {
    await room.enter(tab, requirements(stream));
    phase = "visiting";
    draw();
  }),
  leave: () => attempt(async () => {
    phase = "left";
    hangUp();
    await room.leave(tab);
    draw();
  }),
  retry: () => attempt(useDevices),
};

/** Do it, and say what stood in its way. */
async function attempt(deed) {
  trouble = "";
  try {
    return await deed();
  } catch (error) {
    trouble = error.message;
    draw();
    return null;
  }
}

async function useDevices() {
  for (const track of stream.getTracks()) track.stop();
  stream = await openMedia();
  byId("preview").srcObject = stream;
  draw();
}

function changed(data) {
  if (data.status === "over" && phase !== "left") {
    phase = "ended";
    hangUp();
  }
  const consents = Object.values(data.recording).every(Boolean);
  if (recorder.running && !consents) recorder.stop({ keep: false });
  if (phase === "visiting") visit(data);
  draw();
}

function visit(data) {
  const own = data.people.find((one) => one.person === data.person);
  if (own?.tab && own.tab !== tab) {
    phase = "elsewhere";
    hangUp();
  } else if (data.state === "admitted" && data.platform === "own") {
    call ??= new Call({ person: data.person, tab, stream, servers: data.ice_servers, send: (...said) => room.send(...said), changed: draw });
    call.meet(data.people.filter((one) => one.person !== data.person && one.state === "admitted"));
  } else if (call) hangUp();
}

function hangUp() {
  call?.end();
  call = null;
  recorder.stop({ keep: false });
}

function refused(refusal) {
  phase = "ended";
  hangUp();
  if (refusal.status === 401 && refusal.code !== "visit_link_ended" && !session.token?.startsWith("visit_")) {
    askForToken({ title: say("title"), hint: say("signIn"), complaint: refusal.message });
    return;
  }
  draw(refusal.code in WHY ? say(WHY[refusal.code]) : refusal.message);
}

function draw(why = "") {
  const data = room.data;
  document.body.dataset.phase = phase === "visiting" ? (data.state === "admitted" ? "in" : "door") : phase;
  byId("controls").hidden = phase !== "visiting" || data.state !== "admitted";
  byId("asking").hidden = byId("controls").hidden || data.side !== "host";
  show(byId("asking"), "guests", () => inviteForm(deeds.invite));
  byId("own").hidden = !["checking", "visiting"].includes(phase);
  if (data) byId("with").textContent = titleOf(data);
  const checks = requirements(stream);
  const shown = [phase, trouble, why, checks, data && { ...data, now: null }, recorder.running, call?.pictures().map(({ person, state }) => [person, state])];
  const focused = byId("panel").contains(document.activeElement) ? document.activeElement.id : "";
  show(byId("panel"), shown, () => [panel(data, checks, why), trouble && h("p", { class: "complaint", role: "alert" }, trouble)].flat());
  if (focused && document.activeElement === document.body) byId(focused)?.focus();
  pictures(data);
  controls();
}

function panel(data, checks, why) {
  if (phase === "ended") return message(say("over"), why || say("close"));
  if (phase === "elsewhere") return message(say("elsewhere"), say("elsewhereWhy"));
  if (phase === "left") return message(say("left"), say("leftWhy"), h("div", { class: "row" }, h("button", { class: "button primary", type: "button", onclick: deeds.enter }, say("comeBack"))));
  if (phase === "checking") return checkPanel(data, checks, deeds);
  return data.state === "admitted" ? callPanel(data, deeds) : waitPanel(data, deeds);
}

function pictures(data) {
  const others = call?.pictures() ?? [];
  const place = byId("others");
  for (const figure of [...place.children]) if (!others.some((one) => one.person === figure.dataset.person)) figure.remove();
  for (const { person, stream: media, state } of others) {
    let figure = [...place.children].find((one) => one.dataset.person === person);
    if (!figure) {
      const one = data.people.find((each) => each.person === person);
      figure = h("figure", { data: { person } }, h("video", { autoplay: true, playsinline: true }), h("figcaption", {}, nameOf(one, data)));
      figure.querySelector("video").srcObject = media;
      place.append(figure);
      byId("news").textContent = say("joined", { name: nameOf(one, data) });
    }
    figure.dataset.state = state;
  }
}

function controls() {
  const media = (kind) => stream.getTracks().filter((track) => track.kind === kind);
  const flip = (kind) => {
    for (const track of media(kind)) track.enabled = !track.enabled;
    draw();
  };
  const part = (kind, on, off, key) => {
    const works = media(kind).length > 0;
    const off_ = works && !media(kind)[0].enabled;
    return h("button", { class: "button", type: "button", id: kind, disabled: !works, "aria-pressed": String(off_), "aria-keyshortcuts": key, onclick: () => flip(kind) }, off_ ? off : on);
  };
  show(byId("controls"), [stream.id, ...stream.getTracks().map((track) => track.enabled)], () => [
    part("audio", say("mute"), say("unmute"), "m"),
    part("video", say("cameraOff"), say("cameraOn"), "v"),
    h("button", { class: "button leave", type: "button", id: "leave", onclick: deeds.leave }, say("leave")),
  ]);
}

addEventListener("keydown", ({ key, target, ctrlKey, metaKey, altKey }) => {
  if (ctrlKey || metaKey || altKey || target.closest("input, textarea, select")) return;
  const id = { m: "audio", v: "video" }[key.toLowerCase()];
  if (id && !byId("controls").hidden) byId(id)?.click();
});
addEventListener("online", () => room?.data && draw());
addEventListener("offline", () => room?.data && draw());

if (!session.token) {
  askForToken({ title: say("title"), hint: say("signIn") });
} else {
  room = new Room({
    id: location.pathname.split("/").at(-1),
    token: session.token,
    changed,
    refused,
    signal: async (from, text) => {
      if (!call) await room.read(); // it may be older than the news that we are let in
      call?.hear(from, text, () => room.read());
    },
    connection: (state) => {
      byId("connection").dataset.state = state;
      byId("connection").textContent = STATES.includes(state) ? say(state) : state;
    },
    back: () => call?.recover(),
  });
  // How the call fares, for whoever looks into it.
  globalThis.visit = { connections: () => call?.connections() ?? [], recorded: () => recorder.size };
  await room.start();
  if (room.data) await useDevices();
}
