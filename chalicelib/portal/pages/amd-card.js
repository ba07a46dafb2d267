// The sync card: how one appointment and its patient stand at AdvancedMD, what was told of them, and doing it by hand.

import { Decisions } from "./amd-decisions.js";
import { FIELDS, OPERATIONS, SYNCING, chip, fact, numbered, outcome, problem, reading, trouble, waits, when } from "./amd-words.js";
import { Deeds } from "./deeds.js";
import { h, show } from "./dom.js";

const SOON = 2_000;
const MOST_LOOKS = 15;

export class Card {
  wanted = null; // whom at AdvancedMD somebody is being found for

  constructor({ ask, insist, names, role, changed }) {
    Object.assign(this, { ask, insist, names, role, changed });
    this.acts = SYNCING.has(role);
  }

  /** Show it; closes with Escape or its button. */
  open(about) {
    const log = h("ol", { class: "card-log", role: "log", "aria-live": "polite" });
    const looking = { about, looks: 0, body: h("div", { class: "card-body" }) };
    looking.deeds = new Deeds({ list: log, insist: this.insist, done: () => this.#anew(looking) });
    looking.decisions = new Decisions({ deeds: looking.deeds, names: this.names, role: this.role });
    const close = h("button", { class: "button", type: "button", onclick: () => looking.dialog.close() }, "Close");
    looking.title = h("h2", { id: "card-title" }, "AdvancedMD");
    looking.dialog = h("dialog", { class: "sync-card", "aria-labelledby": "card-title" }, h("header", {}, looking.title, close), looking.body, log);
    looking.dialog.addEventListener("close", () => {
      looking.dialog.remove();
      clearTimeout(looking.soon);
    });
    document.body.append(looking.dialog);
    looking.dialog.showModal();
    show(looking.body, "reading", reading);
    return this.#read(looking);
  }

  #anew(looking) {
    looking.looks = 0;
    for (const input of looking.body.querySelectorAll("input")) input.value = "";
    this.names.forget();
    this.changed();
    return this.#read(looking);
  }

  async #read(looking) {
    const { about } = looking;
    try {
      await this.names.read();
      const appointment = about.appointment ? await this.names.appointment(about.appointment) : null;
      const patient = about.patient ?? appointment?.patient_id;
      const [visit, person, standing, rows] = await Promise.all([
        appointment && this.#get(`/api/advancedmd/appointments/${appointment.id}/sync-status`),
        this.names.patient(patient),
        this.#get(`/api/advancedmd/patients/${patient}/sync-status`),
        this.#get(`/api/advancedmd/patients/${patient}/sync-logs`),
      ]);
      this.#draw(looking, { appointment, visit, person, standing, rows, patient });
      // The appointment was read before its link: what has become of it in between is read once more.
      const between = visit?.advancedmd_visit_id && !appointment.advancedmd_visit_id;
      const unsettled = (between || visit?.amd_sync_status === "pending") && (looking.looks += 1) <= MOST_LOOKS;
      if (unsettled) looking.soon = setTimeout(() => (this.names.forget(), this.#read(looking)), SOON);
    } catch (refusal) {
      show(looking.body, [refusal.message, Date.now()], () => trouble(refusal, () => this.#read(looking)));
    }
  }

  async #get(path) {
    return (await this.ask("GET", path)).data;
  }

  #draw(looking, found) {
    // What somebody is typing is not taken from under their hands.
    if ([...looking.body.querySelectorAll("input")].some((input) => input.value)) return;
    const { appointment, person, standing, rows } = found;
    const name = person ? `${person.first_name} ${person.last_name}` : "Patient";
    looking.title.textContent = appointment ? `${name} · ${appointment.appointment_number}` : name;
    show(looking.body, found, () => [
      appointment && this.#visit(looking, found),
      this.#patient(looking, standing, name),
      h("section", { "aria-label": "History" }, h("h3", {}, "The last seven days"), history(rows)),
    ]);
  }

  #visit(looking, { appointment, visit, standing }) {
    const zone = this.names.zone(appointment.location_id);
    const path = `/api/advancedmd/appointments/${appointment.id}`;
    const conflict = visit.amd_conflict ?? { differences: [] };
    const made = visit.advancedmd_visit_id !== null;
    const again = made ? "Sync again" : "Create visit in AdvancedMD";
    const ready = made || standing.advancedmd_patient_id !== null;
    const differs = visit.amd_sync_status === "error" && conflict.differences.length;
    return h(
      "section",
      { "aria-label": "Appointment", data: { card: "appointment" } },
      h("h3", {}, "Appointment ", chip(visit.amd_sync_status, visit.amd_sync_error)),
      h(
        "dl",
        { class: "facts" },
        fact("When", `${when(appointment.scheduled_date, zone)}, ${appointment.doctor_name}`),
        fact("Visit at AdvancedMD", visit.advancedmd_visit_id ?? "none yet"),
        fact("Last synced", when(visit.last_synced_to_amd)),
        visit.estimated_wait_seconds ? fact("Will be told", waits(visit.estimated_wait_seconds)) : "",
      ),
      visit.amd_sync_error && ready && h("p", { class: "complaint" }, visit.amd_sync_error),
      ready ? null : h("p", { class: "note" }, "The visit is made once the patient is linked."),
      looking.decisions.differences(conflict.differences, { zone }),
      h(
        "p",
        { class: "row" },
        this.acts && differs ? looking.decisions.buttons({ id: appointment.id, appointment_id: appointment.id, differences: conflict.differences }, { name: appointment.patient_name, appointment }) : null,
        this.acts && !differs && ready ? button(again, () => looking.deeds.do(again, "POST", `${path}/sync`, undefined), !made) : null,
        appointment.amd_visit_url && h("a", { class: "button", href: appointment.amd_visit_url, target: "_blank", rel: "noopener noreferrer" }, "View in AdvancedMD ↗"),
      ),
    );
  }

  #patient(looking, standing, name) {
    const path = `/api/advancedmd/patients/${standing.patient_id}`;
    const number = standing.advancedmd_patient_id;
    // Whose name is shown was looked at; a number that was typed is compared, and shown with its name where that is another.
    const put = async (one, seen = false) => {
      if (one === Number(this.wanted)) this.wanted = null;
      const body = { advancedmd_patient_id: one, ...(seen ? { confirm: true } : {}) };
      if (!(await looking.deeds.do(`${name} is no. ${one} at AdvancedMD`, "PUT", `${path}/link`, body))) await this.#anew(looking);
    };
    const find = async () => {
      // Where several may be meant nobody is linked, and the card shows whom there is to choose from.
      if (!(await looking.deeds.do(`Find or add ${name} at AdvancedMD`, "POST", `${path}/sync`, undefined))) await this.#anew(looking);
    };
    const people = new Map(standing.amd_candidate_people.map((one) => [one.advancedmd_patient_id, one]));
    const alike = [...new Set([...(this.wanted ? [this.wanted] : []), ...standing.amd_candidates])];
    const offered = (one) => {
      const { name: whose, date_of_birth: born } = people.get(one) ?? {};
      const who = whose ? `${whose}, ${born ? `born ${born}` : "no birth date there"}` : "";
      return h("li", {}, button(`Link to no. ${one}`, () => put(Number(one), Boolean(whose))), who && h("span", { class: "note" }, who));
    };
    return h(
      "section",
      { "aria-label": "Patient", data: { card: "patient" } },
      h("h3", {}, "Patient ", number ? chip(standing.amd_sync_status) : chip("none", standing.amd_sync_error, "Not linked")),
      h("dl", { class: "facts" }, fact("Patient at AdvancedMD", number ?? "not linked"), fact("Last synced", when(standing.last_synced_to_amd))),
      standing.amd_sync_error && h("p", { class: "complaint" }, standing.amd_sync_error),
      this.acts && !number && alike.length ? h("ul", { class: "people", "aria-label": "Who may be meant" }, alike.map(offered)) : null,
      this.acts
        ? h(
            "p",
            { class: "row" },
            number
              ? button("Unlink", () => this.#unlink(looking, path, name))
              : [
                  button("Sync to AdvancedMD", find, true),
                  numbered("Link", put),
                ],
          )
        : number
          ? null
          : h("p", { class: "note" }, "Billing or an administrator can link the patient."),
    );
  }

  #unlink(looking, path, name) {
    const sure = button(`Really unlink ${name}`, () => looking.deeds.do(`Unlink ${name}`, "DELETE", `${path}/link`, undefined));
    looking.body.querySelector('[data-card="patient"] .row').replaceChildren(sure, button("Keep the link", () => this.#anew(looking)));
    sure.focus();
  }
}

const button = (text, onclick, primary = false) => h("button", { class: primary ? "button primary" : "button", type: "button", onclick }, text);

function history(rows) {
  if (!rows.length) return h("p", { class: "note" }, "Nothing was told or taken over.");
  const row = (one) =>
    h(
      "tr",
      { data: { row: one.id } },
      h("th", { scope: "row", class: "at" }, when(one.at)),
      h("td", {}, h("span", { class: "name" }, one.type === "charge" ? "Charges of a visit" : `${OPERATIONS[one.operation] ?? one.operation}: ${one.type}`), h("span", { class: "why" }, one.fields.map((name) => FIELDS[name] ?? name).join(", "))),
      h("td", { class: "outcome" }, outcome(one), problem(one) && h("span", { class: "bad" }, problem(one))),
    );
  return h("table", { class: "rows" }, h("thead", { class: "aside" }, h("tr", {}, ["When", "What", "Outcome"].map((text) => h("th", { scope: "col" }, text)))), h("tbody", {}, rows.map(row)));
}
