// What is said of AdvancedMD, in words: standings, fields, times and waits; and who may do what.

import { h } from "./dom.js";

export const ADMINS = new Set(["admin"]);
export const SYNCING = new Set(["admin", "hospital_admin", "billing"]);
export const FINDING = new Set([...SYNCING, "receptionist"]);
export const SEEING = new Set([...FINDING, "doctor"]);

const STATUS = { synced: "Synced", pending: "Syncing", error: "Sync error", posted: "Posted", decided: "Decided", none: "Not synced" };
const FOREIGN = "advancedmd:";
const EXPLAINED = {
  synced: "AdvancedMD has it as it is here.",
  pending: "It is about to be told to AdvancedMD.",
  error: "Both sides have changed this.",
  decided: "Somebody has said which side counts.",
  posted: "Charges were posted at AdvancedMD.",
  none: "AdvancedMD does not know of it.",
};

/** How something stands, as a word on a ground; what went wrong is said to whoever points at it. */
export function chip(status, error = null, word = null) {
  const kind = status ?? "none";
  return h("span", { class: `chip sync ${kind}`, title: error ?? EXPLAINED[kind] ?? "" }, word ?? STATUS[kind] ?? kind);
}

/** The number at AdvancedMD of somebody who is nobody here, as an id of ours has it; null for all others. */
export const foreign = (id) => (typeof id === "string" && id.startsWith(FOREIGN) ? id.slice(FOREIGN.length) : null);

/** A row of the log as a chip: what could not be done yet waits for people. */
export const outcome = ({ status, error }) => chip(status, error, status === "pending" ? "Waiting" : null);

/** What went wrong with a row of the log; where nothing did, both sides have changed the same. */
export const problem = ({ status, error }) => (status === "error" ? (error ?? EXPLAINED.error) : error);

/** The same as a chip, to be pressed, for tables in which a row is somebody. */
export function badge(status, error, whose, onclick) {
  const kind = status ?? "none";
  const said = error ?? EXPLAINED[kind];
  return h(
    "button",
    { class: `chip sync ${kind}`, type: "button", title: said, "aria-label": `AdvancedMD, ${whose}: ${STATUS[kind]}. ${said}`, onclick },
    STATUS[kind],
  );
}

export const FIELDS = {
  start: "Time",
  minutes: "Length",
  doctor_id: "Doctor",
  location_id: "Location",
  patient_id: "Patient",
  stage: "Status",
};
export const STAGES = { expected: "Expected", arrived: "Arrived", done: "Done", cancelled: "Cancelled", missed: "No-show" };
export const OPERATIONS = { push: "Told AdvancedMD", pull: "Taken over", link: "Linked", unlink: "Unlinked", keep_ours: "Ours was kept", keep_theirs: "Theirs was kept" };

/** Who had it done: `role:sub` as a person reads it; what nobody asked for goes by itself. */
export const doer = (actor) => (!actor || actor.endsWith(":system") ? "by itself" : actor.replace(":", " "));

const DAY = { weekday: "short", day: "numeric", month: "short", year: "numeric" };
const TIME = { hour: "2-digit", minute: "2-digit" };

/** `Thu, 3 Dec 2026, 10:00`, on the wall of a zone or of this machine. */
export const when = (instant, zone) => (instant ? new Date(instant).toLocaleString([], { ...DAY, ...TIME, timeZone: zone }) : "–");

/** How long ago an instant was, in the largest unit that fits. */
export function ago(instant, now = Date.now()) {
  if (!instant) return "never";
  const minutes = Math.round((now - Date.parse(instant)) / 60_000);
  if (minutes < 1) return "just now";
  if (minutes < 60) return `${minutes} min ago`;
  if (minutes < 48 * 60) return `${Math.round(minutes / 60)} h ago`;
  return `${Math.round(minutes / 1_440)} days ago`;
}

/** A wait of so many seconds, as people say it; null is as long as the office is paused. */
export function waits(seconds) {
  if (seconds === null) return "once it is resumed";
  if (!seconds) return "at once";
  if (seconds < 90) return `in about ${Math.ceil(seconds)} s`;
  if (seconds < 90 * 60) return `in about ${Math.round(seconds / 60)} min`;
  return `in about ${Math.round(seconds / 3_600)} h`;
}

/** A place for a number of AdvancedMD's, and the button that uses it. */
export function numbered(text, used) {
  const input = h("input", { type: "number", min: "1", max: "2147483647", "aria-label": "Number at AdvancedMD", placeholder: "No." });
  const button = h("button", { class: "button", type: "button", onclick: () => input.checkValidity() && input.value && used(Number(input.value)) }, text);
  return h("span", { class: "by-number" }, input, button);
}

/** One line of a description list. */
export const fact = (name, ...value) => h("div", {}, h("dt", {}, name), h("dd", {}, ...value));

export const plural = (number, one, many = `${one}s`) => `${number} ${number === 1 ? one : many}`;

export const reading = () => h("p", { class: "empty" }, "Reading …");

/** What could not be read, with what to do about it. */
export function trouble(refusal, again) {
  const hint = refusal.status === 0 ? "Check the network of this machine." : refusal.mayPass ? "It may pass by itself." : "";
  return h(
    "p",
    { class: "complaint", role: "alert" },
    `${refusal.message} ${hint} `,
    again && h("button", { class: "button", type: "button", onclick: again }, "Try again"),
  );
}
