// The room as the server tells it: read anew at every piece of news, entered again after a break.

import { asking } from "./ask.js";
import { Live } from "./live.js";

const READ_EVERY = 30_000; // rooms open and close with the clock even when nothing happens
const TOGETHER = 80; // milliseconds; news come in bunches

export class Room {
  #live = null;
  #entered = null;
  #reading = null;
  #lost = false;
  #heard = Promise.resolve();
  data = null;

  /** `changed(data)` at every reading, `refused(refusal)` when the room may not be seen, `signal(from, text)`. */
  constructor({ id, token, changed, refused, signal, connection, back }) {
    Object.assign(this, { id, token, changed, refused, signal, connection, back });
    this.ask = asking(token).ask;
    this.path = `/api/telehealth/room/${encodeURIComponent(id)}`;
  }

  async start() {
    if (!(await this.read())) return;
    this.#live = new Live({
      token: this.token,
      topics: [`visit:${this.id}`],
      snapshot: () => this.#soon(),
      event: () => this.#soon(),
      signal: ({ from, signal }) => {
        this.#heard = this.#heard.then(() => this.signal(from, signal)).catch(() => {}); // in the order in which they come
      },
      connection: (state) => this.#connected(state),
    }).start();
    setInterval(() => this.read(), READ_EVERY);
  }

  /** The room as it is now; false when it cannot be told. */
  async read() {
    try {
      this.#settle((await this.ask("GET", this.path)).data);
      return true;
    } catch (refusal) {
      if (!refusal.mayPass) this.refused(refusal);
      return Boolean(refusal.mayPass);
    }
  }

  async enter(tab, requirements) {
    this.#entered = { tab, requirements };
    await this.do("enter", this.#entered);
  }

  async leave(tab) {
    this.#entered = null;
    await this.do("leave", { tab });
  }

  /** A deed in the room: admit, decline, consent … */
  async do(deed, body) {
    const { data } = await this.ask("POST", `${this.path}/${deed}`, { body, key: crypto.randomUUID() });
    if (data.room_id && data.people) this.#settle(data);
    return data;
  }

  send(person, text) {
    this.#live?.say({ action: "signal", topic: `visit:${this.id}`, to: person, signal: text });
  }

  #settle(data) {
    this.data = data;
    this.changed(data);
  }

  #soon() {
    this.#reading ??= setTimeout(() => {
      this.#reading = null;
      this.read();
    }, TOGETHER);
  }

  async #connected(state) {
    this.connection(state);
    if (state !== "live") this.#lost = true;
    else if (this.#lost) {
      this.#lost = false;
      if (this.#entered) await this.do("enter", this.#entered).catch(() => {}); // the next reading says why
      this.back();
    }
  }
}
