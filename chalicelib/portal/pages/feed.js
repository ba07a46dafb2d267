// A location's board in a page: told whole at first, changed by news, and read anew once a minute.

import { asking } from "./ask.js";
import { Live } from "./live.js";

const READ_EVERY = 60_000; // ranges change with the clock even when nothing happens
const COUNT_AFTER = 10_000; // the day's figures may be as old as that

export class Feed {
  #live = null;
  #counting = null;
  #placed = null;
  #state = "connecting";
  #upToDate = null;
  loaded = false;

  constructor({ session, board, place, changed, connection, heard = () => {} }) {
    Object.assign(this, { session, board, place, changed, connection, heard });
    this.ask = asking(session.token).ask;
  }

  start() {
    const { token, location, doctor } = this.session;
    this.#live = new Live({
      token,
      topics: doctor ? doctor.split(",").map((id) => `doctor:${id}`) : location ? [`location:${location}`] : [],
      snapshot: (topic, data) => this.#whole(topic, data),
      event: (topic, event) => this.#take(event),
      connection: (state) => this.#connected(state),
    }).start();
    this.read();
    setInterval(() => this.read(), READ_EVERY * (0.9 + Math.random() / 5));
  }

  /** After a deed: what sockets will tell is not asked for, unless there is none. */
  settle() {
    if (this.#state !== "live") this.read();
    this.#countSoon();
  }

  async read() {
    try {
      await this.#readPlace();
      const { data, meta } = await this.ask("GET", `/api/queue/current?${this.#query()}`);
      if (meta?.now) this.board.skew = Date.parse(meta.now) - Date.now();
      this.#replace(data);
      await this.#count();
    } catch (refusal) {
      if (refusal.status === 401) this.#connected("refused");
      else if (!("status" in refusal)) throw refusal;
    }
  }

  #query() {
    const { location, doctor } = this.session;
    const one = doctor && !doctor.includes(",") ? { doctor_id: doctor } : {};
    return new URLSearchParams({ ...(location ? { location_id: location } : {}), ...one });
  }

  async #readPlace() {
    if (!this.session.location) return;
    const { data, etag, unchanged } = await this.ask("GET", `/api/locations/${this.session.location}`, { etag: this.#placed });
    if (unchanged) return;
    this.#placed = etag;
    this.place(data);
  }

  async #count() {
    if (!this.session.location) return;
    const { data } = await this.ask("GET", `/api/queue/statistics?${this.#query()}`);
    this.board.statistics = data.total;
    this.changed();
  }

  #countSoon() {
    this.#counting ??= setTimeout(() => {
      this.#counting = null;
      this.#count().catch(() => {}); // once a minute they are read anyway
    }, COUNT_AFTER);
  }

  #whole(topic, data) {
    const [kind, id] = topic.split(":");
    if (kind === "location" && !this.session.location) {
      this.session.location = id;
      this.read();
    }
    if (data?.now) this.board.skew = Date.parse(data.now) - Date.now();
    if (Array.isArray(data?.lines)) this.#replace(data.lines);
  }

  #replace(lines) {
    const { location, doctor } = this.session;
    const ours = (line) => (!location || line.location_id === location) && (!doctor || doctor.split(",").includes(line.doctor_id));
    this.board.replace(lines.filter(ours));
    this.#fresh();
    this.changed();
    this.loaded = true;
  }

  #take(event) {
    this.#fresh();
    const { type, data } = event;
    const here = !this.session.location || data?.location_id === this.session.location;
    if (type === "queue_update" && here) this.board.put(data.entry);
    if (type === "queue_position_change" && here) this.board.places(data.positions);
    this.heard(event);
    this.changed();
    this.#countSoon();
  }

  #fresh() {
    this.#upToDate = new Date();
  }

  #connected(state) {
    if (state === "live" || state === "polling") this.#fresh();
    this.#state = state;
    this.connection(state, this.#upToDate);
  }
}
