// A patient's card is found here by name and birth date, phone or e-mail.

import { badge, trouble } from "./amd-words.js";
import { h, show } from "./dom.js";

export class PatientsPart {
  constructor({ element, ask, card }) {
    Object.assign(this, { ask, card });
    this.found = h("div", {});
    const field = (text, name, more = {}) => h("label", { class: "field" }, text, h("input", { name, autocomplete: "off", ...more }));
    this.form = h(
      "form",
      { class: "find", onsubmit: (event) => (event.preventDefault(), this.refresh()) },
      field("Name", "name", { required: true, placeholder: "First and last name" }),
      field("Date of birth", "date_of_birth", { type: "date" }),
      field("Phone", "phone", { type: "tel" }),
      field("E-mail", "email", { type: "email" }),
      h("button", { class: "button primary", type: "submit" }, "Find"),
    );
    element.append(
      h(
        "section",
        { class: "panel", "aria-labelledby": "patients-title" },
        h("header", { class: "panel-head" }, h("h2", { id: "patients-title" }, "Patients")),
        this.form,
        this.found,
      ),
    );
    const whom = card.wanted
      ? `Find who of ours is no. ${card.wanted} at AdvancedMD, and link them on their card.`
      : "Find a patient to see who they are at AdvancedMD, and what was told of them.";
    show(this.found, whom, () => h("p", { class: "empty" }, whom));
  }

  async refresh() {
    const said = Object.fromEntries([...new FormData(this.form)].filter(([, value]) => value.trim()));
    if (!said.name) return;
    try {
      const { data } = await this.ask("POST", "/api/patients/search", { body: said });
      show(this.found, data, () => (data.length ? h("ul", { class: "people" }, data.map((one) => this.#row(one))) : empty()));
    } catch (refusal) {
      show(this.found, [refusal.message, Date.now()], () => trouble(refusal));
    }
  }

  #row(one) {
    const name = `${one.first_name} ${one.last_name}`;
    const open = () => this.card.open({ patient: one.id });
    return h(
      "li",
      { data: { patient: one.id } },
      h("button", { class: "name link", type: "button", onclick: open }, name),
      h("span", { class: "note" }, [one.patient_number, one.date_of_birth].filter(Boolean).join(" · ")),
      badge(one.amd_sync_status, one.amd_sync_error, name, open),
    );
  }
}

const empty = () => h("p", { class: "empty" }, "Nobody here has all of that. The whole name counts, and the phone with its country.");
