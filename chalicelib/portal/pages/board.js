// What a location's lines look like, kept up to date from snapshots and events.

const RANK = { called: 0, in_consultation: 1, waiting: 2, on_hold: 3 };
const OVER = new Set(["completed", "cancelled", "no_show"]);

export class Board {
  #doctors = new Map();
  #entries = new Map();
  statistics = null;
  skew = 0; // milliseconds by which the server's clock is ahead of ours

  /** The whole state: groups per doctor as `GET /api/queue/current` has them. */
  replace(groups) {
    this.#doctors = new Map(groups.map(({ queue: _, ...doctor }) => [doctor.doctor_id, doctor]));
    this.#entries = new Map();
    for (const group of groups) {
      for (const row of group.queue ?? []) this.#entries.set(row.id, { doctor_id: group.doctor_id, ...row });
    }
  }

  /** One entry as it is now; an older version than we have is passed over. */
  put(row) {
    const known = this.#entries.get(row.id);
    if (known?.version > row.version) return null;
    if (!this.#doctors.has(row.doctor_id)) {
      this.#doctors.set(row.doctor_id, { doctor_id: row.doctor_id, doctor_name: row.doctor_name ?? "" });
    }
    const entry = { ...known, ...row };
    this.#entries.set(row.id, entry);
    return entry;
  }

  /** Places and ranges of those who wait, which change with everybody else's. */
  places(rows) {
    for (const row of rows) {
      const known = this.#entries.get(row.id);
      if (known) Object.assign(known, row);
    }
  }

  get(id) {
    return this.#entries.get(id);
  }

  doctors() {
    const groups = [...this.#doctors.values()].map((doctor) => {
      const entries = this.entries((entry) => entry.doctor_id === doctor.doctor_id);
      const of = (status) => entries.filter((entry) => entry.current_status === status);
      return { ...doctor, entries, waiting: of("waiting"), called: of("called"), inside: of("in_consultation") };
    });
    return groups.sort((one, other) => one.doctor_name.localeCompare(other.doctor_name));
  }

  /** Entries that are not over: the called, those inside, those who wait in their order, those on hold. */
  entries(wanted = () => true) {
    const open = [...this.#entries.values()].filter((entry) => !OVER.has(entry.current_status) && wanted(entry));
    return open.sort(
      (one, other) =>
        RANK[one.current_status] - RANK[other.current_status] ||
        (one.queue_position ?? 1e6) - (other.queue_position ?? 1e6) ||
        one.token_number.localeCompare(other.token_number),
    );
  }
}
