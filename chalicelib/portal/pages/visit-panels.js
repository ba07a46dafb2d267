// What stands beside the pictures: the check before a visit, the wait, and the doctor's door.

import { h } from "./dom.js";
import { ADVICE, NAMES } from "./visit-checks.js";
import { say } from "./visit-words.js";

const clock = (instant) => new Date(instant).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
const button = (text, onclick, more = {}) => h("button", { class: "button", type: "button", onclick, ...more }, text);

export function nameOf({ person, side, name }, room) {
  if (side === "host") return room.doctor_name;
  return side === "patient" ? (room.patient_name ?? say("thePatient")) : (name ?? person);
}

/** What the visit is called for the side that looks at it. */
export function titleOf(room) {
  return room.side === "host" ? say("visitOf", { name: room.patient_name }) : say("visitWith", { name: room.doctor_name });
}

export function message(title, text, ...more) {
  return [h("h1", {}, title), h("p", { class: "lead" }, text), ...more];
}

/** Before the visit: what the browser can do, and the way in. */
export function checkPanel(room, checks, { enter, retry }) {
  const early = room.status === "early";
  const when = `${clock(room.starts_at)} – ${clock(room.ends_at)}`;
  return [
    h("h1", {}, titleOf(room)),
    h("p", { class: "lead" }, early ? say("early", { when, opens: clock(room.opens_at) }) : say("ready", { when })),
    h(
      "ul",
      { class: "checks", "aria-label": say("device") },
      Object.entries(NAMES).map(([key, name]) =>
        h(
          "li",
          { data: { check: key, works: String(checks[key]) } },
          h("span", { class: "mark", "aria-hidden": "true" }, checks[key] ? "✓" : "!"),
          h("span", {}, h("strong", {}, name), " ", checks[key] ? say("works") : ADVICE[key]),
        ),
      ),
    ),
    h(
      "div",
      { class: "row" },
      button(say(room.side === "host" ? "openRoom" : "knock"), enter, {
        class: "button primary",
        id: "enter",
        disabled: early || !checks.browser,
      }),
      button(say("again"), retry),
    ),
  ];
}

/** At the door. */
export function waitPanel(room, { leave }) {
  const there = room.people.some((one) => one.side === "host" && one.here);
  const name = room.doctor_name;
  const away = h("div", { class: "row" }, button(say("leave"), leave));
  if (room.state === "declined") return message(say("notNow"), say("notLetIn", { name }), away);
  const likely = room.estimated_wait_p90_minutes;
  const turn = [
    room.ahead && say(room.ahead === 1 ? "oneBefore" : "someBefore", { n: room.ahead }),
    likely && say("patience", { n: room.estimated_wait_time_minutes === likely ? likely : `${room.estimated_wait_time_minutes}–${likely}` }),
  ].filter(Boolean);
  return message(say("door"), say(there ? "hostThere" : "hostAway", { name }), turn.length ? h("p", { id: "turn" }, turn.join(" ")) : "", away);
}

/** During the visit: who waits at the doctor's door, whom to ask to the visit, and whether it may be recorded. */
export function callPanel(room, deeds) {
  return [
    h("h1", {}, titleOf(room)),
    ...elsewhere(room),
    ...(room.side === "host" ? doorOf(room, deeds) : [h("p", { class: "lead" }, say(alone(room) ? "alone" : "connected"))]),
    ...consentOf(room, deeds),
  ];
}

const PLATFORMS = { zoom: "Zoom", teams: "Microsoft Teams" };

/** The way to a platform where the visit takes place, or that it cannot take place there. */
function elsewhere(room) {
  if (room.fallback_from) return [h("p", { class: "notice" }, say("instead", { name: PLATFORMS[room.fallback_from] }))];
  if (!room.join_url) return [];
  const attributes = { class: "button primary", href: room.join_url, target: "_blank", rel: "noreferrer" };
  return [h("p", { class: "row" }, h("a", attributes, say("joinAt", { name: PLATFORMS[room.platform] })))];
}

const alone = (room) => !room.people.some((one) => one.person !== room.person && one.here && one.state === "admitted");

function doorOf(room, { admit, decline, revoke }) {
  const others = room.people.filter((one) => one.side !== "host");
  return [
    room.missing === "patient" && h("p", { class: "notice" }, say("missed")),
    others.length === 0 && h("p", { class: "lead" }, say("nobodyYet")),
    h(
      "ul",
      { class: "people", "aria-label": say("whoCame") },
      others.map((one) => {
        const name = nameOf(one, room);
        const lacks = Object.entries(one.requirements ?? {}).filter(([, works]) => !works);
        return h(
          "li",
          { data: { person: one.person, state: one.state, here: String(one.here) } },
          h("p", {}, h("strong", {}, say(one.state, { name })), one.came_at && !one.here ? `, ${say("gone")}` : ""),
          lacks.length > 0 && h("p", { class: "note" }, say("without", { what: lacks.map(([key]) => NAMES[key].toLowerCase()).join(", ") })),
          h(
            "div",
            { class: "row" },
            one.state === "waiting" && button(say("letIn"), () => admit(one.person), { class: "button primary", "aria-label": `${say("letIn")}: ${name}` }),
            one.state === "waiting" && button(say("notNow"), () => decline(one.person), { "aria-label": `${say("notNow")}: ${name}` }),
            one.state === "admitted" && button(say("toDoor"), () => decline(one.person), { "aria-label": `${say("toDoor")}: ${name}` }),
            one.side === "guest" && one.state !== "revoked" && button(say("takeBack"), () => revoke(one.person), { "aria-label": `${say("takeBack")}: ${name}` }),
          ),
        );
      }),
    ),
  ];
}

/** The form that makes a guest's link; it stands apart, so that nothing disturbs who is filling it in. */
export function inviteForm(invite) {
  const name = h("input", { id: "guest", name: "guest", autocomplete: "off", maxlength: "80", required: true });
  const link = h("p", { class: "note", role: "status" });
  const submit = async (event) => {
    event.preventDefault();
    const made = await invite(name.value.trim());
    if (!made) return;
    const address = h("input", { readonly: true, value: made.url, "aria-label": say("linkFor", { name: made.name }) });
    link.replaceChildren(say("giveLink"), address);
    address.select();
  };
  return h(
    "details",
    {},
    h("summary", {}, say("askOther")),
    h("form", { class: "row", onsubmit: submit }, h("label", { class: "field" }, say("whoItIs"), name), h("button", { class: "button", type: "submit" }, say("makeLink"))),
    link,
  );
}

function consentOf(room, { agree, record, recording }) {
  const all = Object.values(room.recording).every(Boolean);
  const mine = room.agreed;
  const texts = say(all ? "allAgreed" : mine ? "youAgreed" : "notRecorded");
  return [
    h(
      "fieldset",
      { class: "consent" },
      h("legend", {}, say("recording")),
      h("p", { class: all ? "notice" : "note" }, recording() ? say("recorded") : texts),
      h(
        "div",
        { class: "row" },
        button(say(mine ? "disagree" : "agree"), () => agree(!mine), { "aria-pressed": String(mine), id: "agree" }),
        room.side === "host" && all && button(say(recording() ? "stopRecording" : "record"), record, { id: "record" }),
      ),
    ),
  ];
}
