// News as they happen: one socket, followed topics, and nothing missed.
//
// Every frame says behind which version of its topic it comes (`after`) and to which it leads (`version`). A frame that
// comes twice is passed over; when one is missing, the rest is asked for. After a break the page asks for what happened
// since the last version it has, and is told that, or the whole state when it was away too long. Where sockets are not
// let through, it polls with the same versions.

import { asking } from "./ask.js";

const PING_EVERY = 20_000;
const SILENT_FOR = 45_000;
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 20_000;
const POLL_AFTER = 2; // failed attempts
const POLL_EVERY = 4_000;

export class Live {
  #socket = null;
  #versions = new Map();
  #parts = new Map();
  #etags = new Map();
  #attempts = 0;
  #heard = 0;
  #ended = false;
  #polling = false;
  #timer = null;

  /** `snapshot(topic, data)` and `event(topic, event)` bring news; `connection(state)` says how they come, `signal(frame)` what another browser has to say. */
  constructor({ token, topics, snapshot, event, connection, signal = () => {} }) {
    Object.assign(this, { token, topics: new Set(topics), snapshot, event, connection, signal });
    this.ask = asking(token).ask;
  }

  start() {
    addEventListener("online", () => this.#again(0));
    addEventListener("offline", () => this.#drop());
    setInterval(() => this.#watch(), PING_EVERY);
    this.#open();
    return this;
  }

  /** Follow another topic from now on. */
  follow(topic) {
    if (this.topics.has(topic)) return;
    this.topics.add(topic);
    this.say({ action: "subscribe", topics: [topic] });
  }

  #open() {
    this.#timer = null;
    if (this.#ended || this.#socket) return;
    if (!this.#polling) this.connection(navigator.onLine ? "connecting" : "offline");
    const socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}/ws/queue`);
    this.#socket = socket;
    this.#heard = Date.now();
    socket.onopen = () => this.#greet();
    socket.onmessage = ({ data }) => this.#socket === socket && this.#receive(JSON.parse(data));
    socket.onclose = () => this.#socket === socket && this.#lost();
  }

  /** Say who we are and, after a break, up to which version we were told everything. */
  #greet() {
    const [known] = this.#versions;
    const missed = known ? { topic: known[0], since: known[1] } : {};
    this.say({ action: "auth", token: this.token, ...missed });
  }

  #lost() {
    this.#socket = null;
    this.#parts.clear();
    if (this.#ended) return;
    this.#attempts += 1;
    if (this.#attempts < POLL_AFTER) this.connection("connecting");
    else if (!this.#polling) this.#poll();
    this.#again(Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** this.#attempts) * (0.5 + Math.random()));
  }

  /** Without a network nothing comes any more, and the socket does not know it yet. */
  #drop() {
    const silent = this.#socket;
    if (silent) this.#lost();
    silent?.close();
    this.connection("offline");
  }

  #again(pause) {
    if (this.#socket || this.#ended) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#open(), pause);
  }

  #watch() {
    if (!this.#socket) return;
    if (Date.now() - this.#heard > SILENT_FOR) {
      const silent = this.#socket;
      this.#lost();
      silent.close();
    } else this.say({ action: "ping" });
  }

  /** Say something on the socket, if it is open. */
  say(message) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  #resume(topic) {
    if (this.#versions.has(topic)) this.say({ action: "resume", topic, since: this.#versions.get(topic) });
    else this.say({ action: "subscribe", topics: [topic] });
  }

  #receive(frame) {
    this.#heard = Date.now();
    if (frame.type === "welcome") this.#welcome(frame);
    else if (frame.type === "error") this.#refused(frame.error ?? frame);
    else if (frame.type === "pong") this.#compare(frame.versions ?? {});
    else if (frame.type === "signal") this.signal(frame);
    else if (frame.topic) this.#take(frame);
  }

  #welcome({ topics }) {
    this.#attempts = 0;
    this.#polling = false;
    this.connection("live");
    for (const topic of this.topics) if (!topics.includes(topic)) this.#resume(topic);
    for (const topic of topics) this.topics.add(topic);
  }

  #refused(error) {
    if (error.status === 401 || ["unauthenticated", "session_ended"].includes(error.code)) this.#end("refused");
    else this.connection("live", error.message);
  }

  #end(state) {
    this.#ended = true;
    this.#socket?.close();
    this.connection(state);
  }

  #compare(versions) {
    for (const [topic, version] of Object.entries(versions)) {
      if (this.topics.has(topic) && version > (this.#versions.get(topic) ?? -1)) this.#resume(topic);
    }
  }

  #take(frame) {
    if (frame.type === "snapshot") this.#whole(frame);
    else if (frame.type === "events") this.#news(frame, frame.events);
    else this.#news(frame, [frame]);
  }

  #whole(frame) {
    const { topic, version } = frame;
    if (frame.parts) {
      const name = `${topic} ${version}`;
      const texts = this.#parts.get(name) ?? new Array(frame.parts).fill(null);
      texts[frame.part - 1] = frame.text;
      this.#parts.set(name, texts);
      if (texts.includes(null)) return;
      this.#parts.delete(name);
      frame.data = JSON.parse(texts.join(""));
    }
    this.#versions.set(topic, version);
    this.snapshot(topic, frame.data, frame.at);
  }

  #news({ topic, after, version }, events) {
    const known = this.#versions.get(topic);
    if (known === undefined || (after !== undefined && after > known)) return this.#resume(topic);
    if (version <= known) return;
    this.#versions.set(topic, version);
    for (const event of events) if (event.version > known) this.event(topic, event);
  }

  async #poll() {
    this.#polling = true;
    while (this.#polling && !this.#ended) {
      try {
        for (const topic of this.topics) await this.#fetch(topic);
        if (this.#polling) this.connection("polling");
      } catch (refusal) {
        if (refusal.status === 401) return this.#end("refused");
        if (this.#polling) this.connection("offline");
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_EVERY * (0.75 + Math.random() / 2)));
    }
  }

  async #fetch(topic) {
    const since = this.#versions.get(topic);
    const query = new URLSearchParams({ topic, ...(since === undefined ? {} : { since }) });
    const { data, meta, etag, unchanged } = await this.ask("GET", `/api/events?${query}`, { etag: this.#etags.get(topic) });
    if (unchanged || !this.#polling) return;
    this.#etags.set(topic, etag);
    for (const event of data) this.#take({ ...event, after: undefined });
    if (meta?.version > (this.#versions.get(topic) ?? -1)) this.#versions.set(topic, meta.version);
  }
}
