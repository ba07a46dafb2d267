// The call: one connection from this browser to each other one in the room. Sound and picture are encrypted between
// the browsers; through the server go only the signals by which they find each other.
//
// Of two, the one whose name sorts first makes all offers, so that no two offers ever cross; the other one asks for them.

const GATHER = 120; // milliseconds in which addresses are collected before they are sent together
const AGAIN = 4_000; // after which an offer that nobody has answered is sent once more

export class Call {
  #peers = new Map();
  #heard = Promise.resolve();

  /** `send(person, text)` passes a signal on; `changed()` hears of pictures that come and go. */
  constructor({ person, tab, stream, servers, send, changed }) {
    Object.assign(this, { person, tab, stream, servers, send, changed });
  }

  /** Everybody else who is in: `[{person, tab, here}]`. Connections to others end, new ones begin. */
  meet(people) {
    const wanted = new Map(people.filter((one) => one.tab).map((one) => [one.person, one]));
    for (const [person, peer] of this.#peers) {
      const one = wanted.get(person);
      const lost = one && !one.here && peer.pc.connectionState !== "connected";
      if (!one || lost || one.tab !== peer.tab) this.#drop(person);
    }
    for (const one of wanted.values()) if (one.here && !this.#peers.has(one.person)) this.#begin(one);
  }

  /** A signal has come; `again()` reads the room anew when it is of somebody who is not known yet. */
  hear(from, text, again) {
    this.#heard = this.#heard.then(() => this.#take(from, JSON.parse(text), again)).catch(() => {});
  }

  /** Signals may have been lost: whoever is not connected is looked for again. */
  recover() {
    for (const [person, peer] of this.#peers) if (peer.pc.connectionState !== "connected") this.#again(person, peer);
  }

  #again(person, peer) {
    if (peer.offers) peer.pc.restartIce();
    else this.send(person, JSON.stringify({ tab: this.tab, for: peer.tab, again: true }));
  }

  /** `[{person, stream, state}]` as they are now. */
  pictures() {
    return [...this.#peers].map(([person, { media, pc }]) => ({ person, stream: media, state: pc.connectionState }));
  }

  /** The connections themselves, for figures of how they fare. */
  connections() {
    return [...this.#peers.values()].map(({ pc }) => pc);
  }

  end() {
    for (const person of [...this.#peers.keys()]) this.#drop(person);
  }

  #begin({ person, tab }) {
    const pc = new RTCPeerConnection({ iceServers: this.servers });
    const peer = { pc, tab, media: new MediaStream(), offers: this.person < person, found: [], early: [] };
    this.#peers.set(person, peer);
    const say = (what) => this.send(person, JSON.stringify({ tab: this.tab, for: tab, ...what }));
    pc.onnegotiationneeded = async () => {
      if (!peer.offers) return;
      await pc.setLocalDescription();
      say({ description: pc.localDescription });
    };
    peer.repeat = setInterval(() => {
      if (pc.signalingState === "have-local-offer") say({ description: pc.localDescription });
    }, AGAIN);
    pc.onicecandidate = ({ candidate }) => {
      if (!candidate) return;
      peer.found.push(candidate);
      peer.timer ??= setTimeout(() => {
        say({ candidates: peer.found });
        peer.found = [];
        peer.timer = null;
      }, GATHER);
    };
    pc.ontrack = ({ track }) => {
      peer.media.addTrack(track);
      this.changed();
    };
    pc.onconnectionstatechange = () => {
      if (pc.connectionState === "failed") this.#again(person, peer);
      this.changed();
    };
    for (const kind of ["audio", "video"]) {
      const track = this.stream.getTracks().find((one) => one.kind === kind);
      if (track) pc.addTrack(track, this.stream);
      else pc.addTransceiver(kind, { direction: "recvonly" });
    }
    return peer;
  }

  #drop(person) {
    const peer = this.#peers.get(person);
    clearTimeout(peer.timer);
    clearInterval(peer.repeat);
    peer.pc.onconnectionstatechange = null;
    peer.pc.close();
    this.#peers.delete(person);
    this.changed();
  }

  async #take(from, said, again) {
    if (said.for !== this.tab) return;
    if (this.#peers.get(from)?.tab !== said.tab) await again();
    const peer = this.#peers.get(from);
    if (peer?.tab !== said.tab) return;
    if (said.again && peer.offers) peer.pc.restartIce();
    if (said.description) await this.#agree(from, peer, said.description);
    peer.early.push(...(said.candidates ?? []));
    if (peer.pc.remoteDescription) await this.#tryAll(peer);
  }

  /** Addresses may come before what they belong to; those of an offer that was passed over fit nothing any more. */
  async #tryAll({ pc, early }) {
    for (const candidate of early.splice(0)) await pc.addIceCandidate(candidate).catch(() => {});
  }

  async #agree(from, { pc, tab, offers }, description) {
    if ((description.type === "answer") !== offers) return;
    await pc.setRemoteDescription(description);
    if (offers) return;
    await pc.setLocalDescription();
    this.send(from, JSON.stringify({ tab: this.tab, for: tab, description: pc.localDescription }));
  }
}
