// Who is meant by the ids that the office's rows name: doctors and locations are read once, appointments and patients when asked for.

import { FIELDS, STAGES, foreign, when } from "./amd-words.js";

export class Names {
  #places = new Map();
  #doctors = new Map();
  #appointments = new Map();
  #patients = new Map();
  #all = null;
  #office = null;

  constructor(ask) {
    this.ask = ask;
  }

  /** All doctors and locations; what could not be read is a refusal, and is asked for again next time. */
  read() {
    this.#all ??= Promise.all([this.#every("/api/locations"), this.#every("/api/doctors")]).then(
      ([places, doctors]) => {
        this.#places = places;
        this.#doctors = doctors;
      },
      (refusal) => {
        this.#all = null;
        throw refusal;
      },
    );
    return this.#all;
  }

  /** Whom and what the office has, for administrators; null when it does not say. */
  office() {
    this.#office ??= this.ask("GET", "/api/advancedmd/office").then(
      ({ data }) => data,
      () => (this.#office = null),
    );
    return this.#office;
  }

  async #every(path) {
    const found = new Map();
    let cursor = null;
    do {
      const query = new URLSearchParams({ limit: 200, ...(cursor ? { cursor } : {}) });
      const { data, meta } = await this.ask("GET", `${path}?${query}`);
      for (const one of data) found.set(one.id, one);
      cursor = meta?.next_cursor;
    } while (cursor);
    return found;
  }

  /** The locations, in order of name. */
  get places() {
    return [...this.#places.values()];
  }

  zone(location) {
    return this.#places.get(location)?.zone;
  }

  /** An appointment or a patient as they are now, or null for who may not see them; asked for once at a time. */
  appointment(id) {
    return this.#one(this.#appointments, `/api/appointments/${id}`, id);
  }

  patient(id) {
    return this.#one(this.#patients, `/api/patients/${id}`, id);
  }

  #one(known, path, id) {
    if (!known.has(id)) {
      const found = this.ask("GET", path).then(
        ({ data }) => data,
        (refusal) => {
          known.delete(id);
          return refusal.status === 404 ? null : Promise.reject(refusal);
        },
      );
      known.set(id, found);
    }
    return known.get(id);
  }

  forget() {
    this.#appointments.clear();
    this.#patients.clear();
  }

  /** A field's value of either side, in words; `zone` is where times are meant. */
  value(field, value, zone) {
    if (value === null || value === undefined) return "–";
    if (foreign(value)) return `${FIELDS[field] ?? "Number"} ${foreign(value)} there, not linked`;
    const said = {
      start: () => when(value, zone),
      minutes: () => `${value} min`,
      doctor_id: () => this.#doctors.get(value)?.name ?? value,
      location_id: () => this.#places.get(value)?.name ?? value,
      stage: () => STAGES[value] ?? value,
    }[field];
    return said ? said() : String(value);
  }
}
