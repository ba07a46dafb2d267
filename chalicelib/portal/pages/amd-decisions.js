// Two sides beside each other, and the buttons that say which one counts; in the list of all and on a single card.

import { ADMINS, FIELDS, foreign, numbered } from "./amd-words.js";
import { h } from "./dom.js";

const PATIENT = /patient/i;
const DOCTOR = /doctor/i;
const LINK = /link/i;

export class Decisions {
  constructor({ deeds, names, role }) {
    Object.assign(this, { deeds, names, role });
  }

  /** What differs, field by field; of a visit that is no appointment here only what is there. */
  differences(found, { zone, visit = false }) {
    if (!found.length) return null;
    const heads = visit ? ["", "At AdvancedMD"] : ["", "Both had", "Here", "At AdvancedMD"];
    const row = (one) => {
      const sides = visit ? [one.theirs] : [one.base, one.ours, one.theirs];
      return h(
        "tr",
        {},
        h("th", { scope: "row" }, FIELDS[one.field] ?? one.field),
        sides.map((side) => h("td", {}, this.names.value(one.field, side, zone))),
      );
    };
    return h(
      "table",
      { class: "sides" },
      h("thead", {}, h("tr", {}, heads.map((text) => (text ? h("th", { scope: "col" }, text) : h("td", {}))))),
      h("tbody", {}, found.map(row)),
    );
  }

  /**
   * The buttons of a conflict. `open` shows the patient's card, `find` where a patient of ours is found for a number
   * there; `appointment` is the one that it is about, if it is about one.
   */
  buttons(one, { name, appointment = null, open = null, find = null }) {
    const button = (text, onclick, primary = false) =>
      h("button", { class: primary ? "button primary" : "button", type: "button", "aria-label": `${text}: ${name}`, onclick }, text);
    const settle = (text, keep) =>
      button(text, () => this.deeds.do(`${name}: ${text}`, "POST", `/api/advancedmd/conflicts/${encodeURIComponent(one.id)}/resolve`, { keep }));
    const card = open && button("Patient and history", open);
    if (!one.appointment_id) {
      const number = foreign(one.differences.find(({ field }) => field === "patient_id")?.theirs);
      return [number && find ? button("Find the patient here", () => find(number), true) : null, settle("Book it here", "theirs"), settle("Leave it there", "ours")];
    }
    if (one.differences.some(({ theirs }) => theirs !== null)) return [settle("Keep ours", "ours"), settle("Take theirs", "theirs"), card];
    if (LINK.test(one.problem) && PATIENT.test(one.problem) && open) return [button("Link the patient", open, true), settle("Try again", "ours")];
    if (LINK.test(one.problem) && DOCTOR.test(one.problem)) return [this.#doctor(one, appointment), settle("Try again", "ours"), card];
    return [settle("Try again", "ours"), card];
  }

  #doctor(one, appointment) {
    if (!ADMINS.has(this.role) || !appointment) return h("span", { class: "note" }, "An administrator can link the doctor.");
    const { doctor_id: id, doctor_name: name } = appointment;
    const field = numbered(`Link ${name} to this profile`, async (number) => {
      const linked = await this.deeds.do(`${name} is profile ${number}`, "PUT", `/api/advancedmd/doctors/${id}/link`, { advancedmd_provider_id: number });
      if (linked) await this.deeds.do("Try again", "POST", `/api/advancedmd/conflicts/${one.id}/resolve`, { keep: "ours" });
    });
    this.#profiles(field, id);
    return field;
  }

  /** Under the number stand the names of those whom the office has, once it has said so. */
  async #profiles(field, id) {
    const office = await this.names.office();
    if (!office) return;
    const options = office.profiles.map((one) => h("option", { value: String(one.id), label: one.name }));
    field.append(h("datalist", { id: `profiles-${id}` }, options));
    field.querySelector("input").setAttribute("list", `profiles-${id}`);
  }
}
