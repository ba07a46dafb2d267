// A location's board in a page: read whole at first and once a minute, and changed by news in between.

import { asking } from "./ask.js";
import { Live } from "./live.js";

const READ_EVERY = 60_000; // ranges change with the clock, and counters with the hour
const SOON = 700; // milliseconds in which several news lead to one reading

export class Feed {
  #live = null;
  #soon = null;
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
      snapshot: (topic, data) => {
        this.#locate(topic);
        if (Array.isArray(data?.queue)) this.#replace(data.queue);
        this.readSoon();
      },
      event: (topic, event) => this.#take(event),
      connection: (state) => this.#connected(state),
    }).start();
    this.read();
    setInterval(() => this.read(), READ_EVERY * (0.9 + Math.random() / 5));
  }

  readSoon() {
    this.#soon ??= setTimeout(() => {
      this.#soon = null;
      this.read();
    }, SOON);
  }

  async read() {
    const { location, doctor } = this.session;
    const query = new URLSearchParams({ ...(location ? { location_id: location } : {}), ...(doctor ? { doctor_id: doctor } : {}) });
    try {
      await this.#readPlace();
      const { data, meta } = await this.ask("GET", `/api/queue/current?${query}`);
      if (meta?.now) this.board.skew = Date.parse(meta.now) - Date.now();
      this.board.statistics = (await this.ask("GET", `/api/queue/statistics?${query}`)).data;
      this.#replace(data);
    } catch (refusal) {
      if (refusal.status === 401) this.#connected("refused");
    }
  }

  async #readPlace() {
    if (this.placed || !this.session.location) return;
    const { data } = await this.ask("GET", `/api/locations/${this.session.location}`);
    this.placed = data;
    this.place(data);
  }

  #locate(topic) {
    const [kind, id] = topic.split(":");
    if (kind === "location") this.session.location ??= id;
  }

  #replace(groups) {
    this.board.replace(groups);
    this.#fresh();
    this.changed();
    this.loaded = true;
  }

  #take(event) {
    this.#fresh();
    const { data } = event;
    if (Array.isArray(data?.queue)) this.board.places(data.queue);
    else if (data?.token_number) this.board.put(data);
    this.heard(event);
    this.changed();
    this.readSoon();
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
