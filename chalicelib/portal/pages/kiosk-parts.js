// Parts of the kiosk's steps: large fields, a keypad, the reader, the number that is handed out.

import { h } from "./dom.js";
import { drawCode } from "./qr.js";
import { range, short } from "./words.js";

// Milliseconds between two characters: in a field nobody types that fast, and elsewhere nobody types.
const PAUSE_IN_FIELD = 60;
const PAUSE_ELSEWHERE = 1_000;

export function textField(name, text, { hint, ...attributes } = {}) {
  return h(
    "label",
    { class: "field" },
    text,
    hint && h("span", { class: "hint" }, hint),
    h("input", { name, autocomplete: "off", spellcheck: "false", type: "text", ...attributes }),
  );
}

export function bornField(say, language) {
  const months = Array.from({ length: 12 }, (_, month) => new Date(2024, month, 1).toLocaleDateString(language, { month: "long" }));
  const thisYear = new Date().getFullYear();
  const years = Array.from({ length: 121 }, (_, ago) => String(thisYear - ago));
  const days = Array.from({ length: 31 }, (_, day) => String(day + 1));
  return h(
    "fieldset",
    { class: "born" },
    h("legend", {}, say("born")),
    h(
      "div",
      { class: "trio" },
      choice("day", say("day"), days.map((day) => [day, day])),
      choice("month", say("month"), months.map((month, place) => [String(place + 1), month])),
      choice("year", say("year"), years.map((year) => [year, year])),
    ),
  );
}

function choice(name, text, pairs) {
  const options = [h("option", { value: "" }, "–"), ...pairs.map(([value, shown]) => h("option", { value }, shown))];
  return h("label", { class: "field" }, text, h("select", { name, required: true }, options));
}

export function keypad(input, erase) {
  const press = (text) => () => {
    input.value = text === null ? input.value.slice(0, -1) : input.value + text;
  };
  const digits = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "-", "0"];
  return h(
    "div",
    { class: "keypad", role: "group", "aria-label": "0–9" },
    digits.map((digit) => h("button", { class: "button", type: "button", onclick: press(digit) }, digit)),
    h("button", { class: "button", type: "button", "aria-label": erase, onclick: press(null) }, "⌫"),
  );
}

/** Hear what a reader of codes types: many characters in one go, and Enter. */
export function inOneGo(scanned) {
  let text = "";
  let last = 0;
  addEventListener("keydown", (event) => {
    const pause = event.target.matches?.("input, select, textarea") ? PAUSE_IN_FIELD : PAUSE_ELSEWHERE;
    const quick = event.timeStamp - last < pause;
    last = event.timeStamp;
    if (event.key === "Enter" && quick && text.length > 5) {
      event.preventDefault();
      scanned(text.trim());
    }
    if (event.key.length === 1) text = quick ? text + event.key : event.key;
    else if (event.key !== "Shift") text = "";
  });
}

export function ticketCard(entry, say) {
  const wait = range(say, entry.estimated_wait_time_minutes, entry.estimated_wait_p90_minutes);
  const address = entry.track ? `${location.origin}/portal/track/${entry.track}` : null;
  return h(
    "article",
    { class: "ticket" },
    h("p", { class: "ticket-number" }, short(entry.token_number)),
    h("p", { class: "ticket-doctor" }, entry.doctor_name ?? ""),
    entry.queue_position ? h("p", {}, say("place", { n: entry.queue_position })) : null,
    wait ? h("p", {}, say("expect", { range: wait })) : null,
    h("p", { class: "ticket-seat" }, say("seat")),
    address ? h("figure", { class: "follow" }, drawCode(address), h("figcaption", {}, say("follow"))) : null,
  );
}
