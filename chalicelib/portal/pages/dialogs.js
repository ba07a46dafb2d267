// The desk's dialogs: a walk-in patient, another doctor, another urgency, and the keys.

import { h } from "./dom.js";

const URGENCIES = ["low", "medium", "high", "emergency"];

export const isOpen = () => document.querySelector("dialog[open]") !== null;

/** Ask in a dialog; gives back the form's values, or null when it was closed. */
function dialog(title, fields, { submit, complaint = "" }) {
  return new Promise((resolve) => {
    const form = h(
      "form",
      { method: "dialog", class: "dialog-form" },
      h("h2", { id: "dialog-title" }, title),
      complaint && h("p", { class: "complaint", role: "alert" }, complaint),
      ...fields,
      h(
        "p",
        { class: "dialog-deeds" },
        h("button", { class: "button", type: "button", onclick: () => made.close() }, submit ? "Cancel" : "Close"),
        submit && h("button", { class: "button primary", type: "submit", value: "done" }, submit),
      ),
    );
    const made = h("dialog", { "aria-labelledby": "dialog-title" }, form);
    made.addEventListener("close", () => {
      resolve(made.returnValue === "done" ? Object.fromEntries(new FormData(form)) : null);
      made.remove();
    });
    document.body.append(made);
    made.showModal();
    form.querySelector("input, select")?.focus();
  });
}

const field = (text, control) => h("label", { class: "field" }, text, control);
const options = (pairs, chosen) => pairs.map(([value, text]) => h("option", { value, selected: value === chosen }, text));
const doctorSelect = (doctors, chosen) =>
  h("select", { name: "doctor_id", required: true }, options(doctors.map((one) => [one.id, one.specialty ? `${one.name}, ${one.specialty}` : one.name]), chosen));
const urgencySelect = (chosen) =>
  h("select", { name: "urgency_level" }, options(URGENCIES.map((one) => [one, one]), chosen));

export function askWalkIn({ doctors, doctor, said = {}, complaint, known = [] }) {
  const input = (name, more = {}) => h("input", { name, autocomplete: "off", value: said[name] ?? "", ...more });
  return dialog(
    "Walk-in patient",
    [
      field("Doctor", doctorSelect(doctors, said.doctor_id ?? doctor)),
      h("div", { class: "pair" }, field("First name", input("first_name", { required: true })), field("Last name", input("last_name", { required: true }))),
      h("div", { class: "pair" }, field("Date of birth", input("date_of_birth", { type: "date" })), field("Phone", input("phone", { type: "tel", placeholder: "+1 212 555 0123" }))),
      known.length
        ? field("Record", h("select", { name: "patient_id" }, options([...known.map((one) => [one.id, `Known: ${one.patient_number}`]), ["", "Another person: make a new record"]])))
        : null,
      field("Reason", input("reason_for_visit")),
      h("div", { class: "pair" }, field("Urgency", urgencySelect(said.urgency_level ?? "low")), field("Special requirements", input("special_requirements"))),
    ].filter(Boolean),
    { submit: "Give a number", complaint },
  );
}

function askDoctor({ doctors, entry, title, submit }) {
  const others = doctors.filter((one) => one.id !== entry.doctor_id);
  return dialog(title, [field("Doctor", doctorSelect(others)), field("Note", h("input", { name: "notes", autocomplete: "off" }))], { submit });
}

export const askTransfer = (asked) => askDoctor({ ...asked, title: "Transfer to another doctor", submit: "Transfer" });
export const askForward = (asked) => askDoctor({ ...asked, title: "Done here; goes on to", submit: "Forward" });

export function askUrgency({ entry }) {
  return dialog("How urgent is it?", [field("Urgency", urgencySelect(entry.urgency_level ?? "low"))], { submit: "Set" });
}

export function showKeys() {
  const keys = [
    ["↑ ↓ or K J", "another row"],
    ["← →", "lines or appointments"],
    ["Enter", "the first action of the row"],
    ["N", "call the doctor’s next patient"],
    ["C", "call, or resume"],
    ["R", "call again"],
    ["S", "start the consultation"],
    ["D", "done"],
    ["F", "forward to another doctor"],
    ["H", "hold"],
    ["T", "transfer"],
    ["P", "urgency"],
    ["X", "left, or no-show"],
    ["W", "walk-in patient"],
    ["U", "undo the last deed"],
    ["/", "find an appointment"],
  ];
  const list = h("dl", { class: "keys" }, keys.flatMap(([key, text]) => [h("dt", {}, h("kbd", {}, key)), h("dd", {}, text)]));
  return dialog("Keys", [list], {});
}
