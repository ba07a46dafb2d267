// What stands beside the pictures: the check before a visit, the wait, and the doctor's door.

import { h } from "./dom.js";
import { ADVICE, NAMES } from "./visit-checks.js";

const clock = (instant) => new Date(instant).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
const button = (text, onclick, more = {}) => h("button", { class: "button", type: "button", onclick, ...more }, text);

export function nameOf({ person, side, name }, room) {
  if (side === "host") return room.doctor_name;
  return side === "patient" ? (room.patient_name ?? "The patient") : (name ?? person);
}

export function message(title, text, ...more) {
  return [h("h1", {}, title), h("p", { class: "lead" }, text), ...more];
}

/** Before the visit: what the browser can do, and the way in. */
export function checkPanel(room, checks, { enter, retry }) {
  const early = room.status === "early";
  const title = room.side === "host" ? `Visit of ${room.patient_name}` : `Visit with ${room.doctor_name}`;
  const when = `${clock(room.starts_at)} – ${clock(room.ends_at)}`;
  return [
    h("h1", {}, title),
    h("p", { class: "lead" }, early ? `${when}. The room opens at ${clock(room.opens_at)}; this page waits for it.` : `${when}. The room is open.`),
    h(
      "ul",
      { class: "checks", "aria-label": "What this device can do" },
      Object.entries(NAMES).map(([key, name]) =>
        h(
          "li",
          { data: { check: key, works: String(checks[key]) } },
          h("span", { class: "mark", "aria-hidden": "true" }, checks[key] ? "✓" : "!"),
          h("span", {}, h("strong", {}, name), " ", checks[key] ? "works" : ADVICE[key]),
        ),
      ),
    ),
    h(
      "div",
      { class: "row" },
      button(room.side === "host" ? "Open the room" : "Ask to be let in", enter, {
        class: "button primary",
        id: "enter",
        disabled: early || !checks.browser,
      }),
      button("Check again", retry),
    ),
  ];
}

/** At the door. */
export function waitPanel(room, { leave }) {
  const there = room.people.some((one) => one.side === "host" && one.here);
  const text = there ? `${room.doctor_name} is there and will let you in.` : `${room.doctor_name} will let you in as soon as possible.`;
  const before = room.ahead ? `${room.ahead === 1 ? "One visit is" : `${room.ahead} visits are`} before yours. ` : "";
  const patience = room.estimated_wait_p90_minutes ? `About ${room.estimated_wait_time_minutes}–${room.estimated_wait_p90_minutes} minutes.` : "";
  const declined = room.state === "declined";
  return declined
    ? message("Not now", `${room.doctor_name} cannot let you in at the moment.`, h("div", { class: "row" }, button("Leave", leave)))
    : message("You are in the waiting room", text, before || patience ? h("p", { id: "turn" }, before, patience) : "", h("div", { class: "row" }, button("Leave", leave)));
}

/** During the visit: who waits at the doctor's door, whom to ask to the visit, and whether it may be recorded. */
export function callPanel(room, deeds) {
  return [
    h("h1", {}, room.side === "host" ? `Visit of ${room.patient_name}` : `Visit with ${room.doctor_name}`),
    ...elsewhere(room),
    ...(room.side === "host" ? doorOf(room, deeds) : [h("p", { class: "lead" }, alone(room) ? "Nobody else is here yet." : "You are connected.")]),
    ...consentOf(room, deeds),
  ];
}

const PLATFORMS = { zoom: "Zoom", teams: "Microsoft Teams" };

/** The way to a platform where the visit takes place, or that it cannot take place there. */
function elsewhere(room) {
  if (room.fallback_from) return [h("p", { class: "notice" }, `${PLATFORMS[room.fallback_from]} cannot be reached, so the visit takes place here.`)];
  if (!room.join_url) return [];
  const attributes = { class: "button primary", href: room.join_url, target: "_blank", rel: "noreferrer" };
  return [h("p", { class: "row" }, h("a", attributes, `Join at ${PLATFORMS[room.platform]}`))];
}

const alone = (room) => !room.people.some((one) => one.person !== room.person && one.here && one.state === "admitted");

function doorOf(room, { admit, decline, revoke }) {
  const others = room.people.filter((one) => one.side !== "host");
  const words = { invited: "is invited", waiting: "waits", declined: "was not let in", admitted: "is in", revoked: "is not invited any more" };
  return [
    room.missing === "patient" && h("p", { class: "notice" }, "The patient has not come for a quarter of an hour. The desk can mark the visit as missed."),
    others.length === 0 && h("p", { class: "lead" }, "Nobody has come yet. This page tells you when somebody does."),
    h(
      "ul",
      { class: "people", "aria-label": "Who has come" },
      others.map((one) => {
        const name = nameOf(one, room);
        const lacks = Object.entries(one.requirements ?? {}).filter(([, works]) => !works);
        return h(
          "li",
          { data: { person: one.person, state: one.state, here: String(one.here) } },
          h("p", {}, h("strong", {}, name), ` ${words[one.state]}${one.came_at && !one.here ? ", and has gone" : ""}`),
          lacks.length > 0 && h("p", { class: "note" }, `Without: ${lacks.map(([key]) => NAMES[key].toLowerCase()).join(", ")}`),
          h(
            "div",
            { class: "row" },
            one.state === "waiting" && button("Let in", () => admit(one.person), { class: "button primary", "aria-label": `Let in ${name}` }),
            one.state === "waiting" && button("Not now", () => decline(one.person), { "aria-label": `Not now: ${name}` }),
            one.state === "admitted" && button("Back to the door", () => decline(one.person), { "aria-label": `Back to the door: ${name}` }),
            one.side === "guest" && one.state !== "revoked" && button("Take back", () => revoke(one.person), { "aria-label": `Take back the invitation of ${name}` }),
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
    const address = h("input", { readonly: true, value: made.url, "aria-label": `Link for ${made.name}` });
    link.replaceChildren("Give this link to them, and to nobody else: ", address);
    address.select();
  };
  return h(
    "details",
    {},
    h("summary", {}, "Ask somebody else to this visit"),
    h("form", { class: "row", onsubmit: submit }, h("label", { class: "field" }, "Who it is", name), h("button", { class: "button", type: "submit" }, "Make a link")),
    link,
  );
}

function consentOf(room, { agree, record, recording }) {
  const all = Object.values(room.recording).every(Boolean);
  const mine = room.agreed;
  const texts = all ? "Everybody has agreed to a recording." : mine ? "You have agreed to a recording; not everybody else has." : "Nothing is recorded.";
  return [
    h(
      "fieldset",
      { class: "consent" },
      h("legend", {}, "Recording"),
      h("p", { class: all ? "notice" : "note" }, recording() ? "This visit is being recorded." : texts),
      h(
        "div",
        { class: "row" },
        button(mine ? "Take back my agreement" : "I agree to a recording", () => agree(!mine), { "aria-pressed": String(mine), id: "agree" }),
        room.side === "host" && all && button(recording() ? "Stop recording" : "Record", record, { id: "record" }),
      ),
    ),
  ];
}
