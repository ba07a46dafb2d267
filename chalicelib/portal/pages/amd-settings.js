// The settings: what is kept in step, how often and where; the masked credentials; a test of the connection; pause and resume.

import { reading, trouble, waits } from "./amd-words.js";
import { h, show } from "./dom.js";

const PATH = "/api/advancedmd/settings";
const FREQUENCIES = [["real-time", "Real-time"], ["hourly", "Hourly"], ["daily", "Daily"], ["manual", "Manual"]];
const KINDS = [
  ["appointments", "Appointments, moves and cancellations"],
  ["statuses", "Check-in, check-out and no-show"],
  ["patients", "Patients, looked up and linked"],
  ["pull", "What changes at AdvancedMD"],
];

export class SettingsPart {
  #etag = null;

  constructor({ element, ask, names, standing }) {
    Object.assign(this, { ask, names, standing });
    this.sync = h("section", { class: "panel", "aria-labelledby": "sync-title" }, reading());
    this.connection = h("section", { class: "panel", "aria-labelledby": "connection-title" });
    this.tested = h("p", { class: "tested", role: "status" });
    element.classList.add("settings");
    element.append(this.sync, this.connection);
  }

  async refresh() {
    try {
      await this.names.read();
      this.#take(await this.ask("GET", PATH));
    } catch (refusal) {
      show(this.sync, [refusal.message, Date.now()], () => trouble(refusal, () => this.refresh()));
    }
  }

  #take({ data, etag }) {
    this.#etag = etag;
    if (data.office_key) this.standing(data.paused ? "connecting" : "live", data.paused ? "Paused" : `Office ${data.office_key}`);
    show(this.sync, data, () => this.#form(data));
    this.#name();
    show(this.connection, [data.office_key, data.username, data.password, data.app_name, data.connected], () => this.#connection(data));
  }

  #form(data) {
    const note = h("p", { class: "tested", role: "status" });
    const form = h(
      "form",
      { class: "settings-form", onsubmit: (event) => (event.preventDefault(), this.#save(form, note)) },
      toggle("auto_sync_appointments", "Auto-sync new appointments and changes", data.auto_sync_appointments),
      h("label", { class: "field" }, "Sync frequency", select("sync_frequency", FREQUENCIES, data.sync_frequency)),
      h("fieldset", {}, h("legend", {}, "What to sync"), KINDS.map(([kind, text]) => toggle(`kind:${kind}`, text, data.what_to_sync.includes(kind)))),
      this.#places(data),
      h(
        "div",
        { class: "pair" },
        h("label", { class: "field" }, "Time zone of the office", h("input", { name: "zone", value: data.zone ?? "America/Denver", required: true })),
        h("label", { class: "field" }, "Appointment type there", h("input", { name: "appointment_type_id", type: "number", min: "1", value: data.appointment_type_id ?? "", required: true })),
      ),
      h("label", { class: "field" }, "Weekly summary goes to", h("input", { name: "summary_email", type: "email", value: data.summary_email ?? "", placeholder: "nobody" })),
      h("p", { class: "row" }, h("button", { class: "button primary", type: "submit" }, "Save"), note),
    );
    return [h("header", { class: "panel-head" }, h("h2", { id: "sync-title" }, "Sync settings")), form];
  }

  /** Which locations take part: that is how a pilot begins, and grows. One that is listed no more stays until it is unchecked. */
  #places(data) {
    const chosen = new Map(data.locations.map((one) => [one.location_id, one.facility_id]));
    const listed = new Map(this.names.places.map((one) => [one.id, one]));
    const others = data.locations.filter((one) => !listed.has(one.location_id)).map(({ location_id: id }) => ({ id, name: `${id}, which is not listed` }));
    this.offered = [...listed.values(), ...others];
    const row = (place) =>
      h(
        "div",
        { class: "place" },
        toggle(`part:${place.id}`, place.name, chosen.has(place.id)),
        h("input", { name: `facility:${place.id}`, type: "number", min: "1", value: chosen.get(place.id) ?? "", placeholder: "any", "aria-label": `Facility of ${place.name} at AdvancedMD` }),
      );
    return h("fieldset", { class: "places" }, h("legend", {}, "Locations that take part, each with its facility there"), this.offered.map(row));
  }

  /** Numbers there become names to choose from, as soon as the office has said what it has. */
  async #name() {
    const office = await this.names.office();
    if (!office) return;
    for (const input of this.sync.querySelectorAll('input[name^="facility:"]')) input.replaceWith(chosen(input, office.facilities, "any"));
    const type = this.sync.querySelector('input[name="appointment_type_id"]');
    type?.replaceWith(chosen(type, office.appointment_types, ""));
  }

  async #save(form, note) {
    const said = new FormData(form);
    const body = {
      auto_sync_appointments: said.has("auto_sync_appointments"),
      sync_frequency: said.get("sync_frequency"),
      zone: said.get("zone").trim(),
      appointment_type_id: Number(said.get("appointment_type_id")),
      locations: this.offered.filter((one) => said.has(`part:${one.id}`)).map((one) => ({ location_id: one.id, facility_id: Number(said.get(`facility:${one.id}`)) || null })),
      what_to_sync: KINDS.map(([kind]) => kind).filter((kind) => said.has(`kind:${kind}`)),
      summary_email: said.get("summary_email").trim() || null,
    };
    tell(note, "", "…");
    try {
      const reply = await this.ask("PUT", PATH, { body, match: this.#etag });
      this.#take(reply);
      tell(this.sync.querySelector(".tested"), "good", "Saved.");
    } catch (refusal) {
      const hint = refusal.status === 412 ? "Somebody has changed the settings meanwhile; they are read again." : refusal.message;
      if (refusal.status === 412) await this.refresh();
      tell(note.isConnected ? note : this.sync.querySelector(".tested"), "bad", hint);
    }
  }

  #connection(data) {
    const masked = (text, value) => h("label", { class: "field" }, text, h("input", { value: value ?? "none", disabled: true }));
    return [
      h("header", { class: "panel-head" }, h("h2", { id: "connection-title" }, "Connection")),
      h(
        "div",
        { class: "settings-form" },
        masked("Office key", data.office_key),
        masked("User", data.username),
        masked("Password", data.password),
        masked("Application", data.app_name),
        h("p", { class: "note" }, data.connected ? "Key, user and password are kept in the deployment’s secret and never shown." : "There are no credentials: put ADVANCEDMD_USERNAME, ADVANCEDMD_PASSWORD and ADVANCEDMD_APP_NAME into the deployment’s secret."),
        h("p", { class: "row" }, h("button", { class: "button", type: "button", disabled: !data.connected, onclick: () => this.#test() }, "Test connection")),
        this.tested,
      ),
    ];
  }

  async #test() {
    tell(this.tested, "", "Signing in at AdvancedMD …");
    try {
      const { data } = await this.ask("POST", `${PATH}/test-connection`);
      const again = data.retry_after_seconds ? ` Try again ${waits(data.retry_after_seconds)}.` : "";
      tell(this.tested, data.connected ? "good" : "bad", data.connected ? `Connected with office ${data.office_key}.` : `${data.problem}${again}`);
    } catch (refusal) {
      tell(this.tested, "bad", refusal.message);
    }
  }
}

function tell(note, state, text) {
  if (!note) return;
  note.dataset.state = state;
  note.textContent = text;
}

/** A choice in place of a number; one that is not listed stays as it is. */
function chosen(input, things, none) {
  const pairs = [["", none], ...things.map(({ id, name }) => [String(id), `${name} (${id})`])];
  if (!pairs.some(([value]) => value === input.value)) pairs.push([input.value, `no. ${input.value}`]);
  const made = select(input.name, pairs, input.value);
  if (input.ariaLabel) made.ariaLabel = input.ariaLabel;
  made.required = input.required;
  return made;
}

const toggle = (name, text, on) => h("label", { class: "toggle" }, h("input", { type: "checkbox", name, checked: on }), h("span", {}, text));
const select = (name, pairs, chosen) => h("select", { name }, pairs.map(([value, text]) => h("option", { value, selected: value === chosen }, text)));
