// Two sides beside each other, and the buttons that say which one counts; in the list of all and on a single card.

import { FIELDS } from "./amd-words.js";
import { h } from "./dom.js";

const NOT_LINKED = /patient.*link|link.*patient/i;

export class Decisions {
  constructor({ deeds, names }) {
    Object.assign(this, { deeds, names });
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

  /** The buttons of a conflict; `open` shows the patient's card, where the patient has to be linked first. */
  buttons(one, { name, open }) {
    const settle = (text, keep, primary = false) =>
      h(
        "button",
        {
          class: primary ? "button primary" : "button",
          type: "button",
          "aria-label": `${text}: ${name}`,
          onclick: () => this.deeds.do(`${name}: ${text}`, "POST", `/api/advancedmd/conflicts/${encodeURIComponent(one.id)}/resolve`, { keep }),
        },
        text,
      );
    const link = open && h("button", { class: "button", type: "button", "aria-label": `Patient and history: ${name}`, onclick: open }, "Patient and history");
    if (!one.appointment_id) return [settle("Book it here", "theirs"), settle("Leave it there", "ours")];
    if (one.differences.length) return [settle("Keep ours", "ours"), settle("Take theirs", "theirs"), link];
    if (NOT_LINKED.test(one.problem) && open) {
      return [h("button", { class: "button primary", type: "button", "aria-label": `Link the patient: ${name}`, onclick: open }, "Link the patient"), settle("Try again", "ours")];
    }
    return [settle("Try again", "ours"), link];
  }
}
