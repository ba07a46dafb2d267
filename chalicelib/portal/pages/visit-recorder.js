// A recording of the visit, made in the doctor's browser while both sides agree: the other's picture, everybody's voice.

export class Recorder {
  #recorder = null;
  #parts = [];

  /** `store(blob)` takes what was recorded, once it is whole. */
  constructor({ store }) {
    this.store = store;
  }

  get running() {
    return this.#recorder?.state === "recording";
  }

  /** How many bytes there are so far. */
  get size() {
    return this.#parts.reduce((sum, part) => sum + part.size, 0);
  }

  /** Begin, with the first of the others as the picture. */
  start(own, others) {
    const sound = new AudioContext();
    const mixed = sound.createMediaStreamDestination();
    for (const stream of [own, ...others]) {
      if (stream.getAudioTracks().length) sound.createMediaStreamSource(stream).connect(mixed);
    }
    const picture = others.flatMap((stream) => stream.getVideoTracks()).slice(0, 1);
    this.#parts = [];
    this.#recorder = new MediaRecorder(new MediaStream([...picture, ...mixed.stream.getTracks()]), { mimeType: "video/webm" });
    this.#recorder.ondataavailable = ({ data }) => data.size && this.#parts.push(data);
    this.#recorder.start(1_000);
  }

  /** End it, and store it; what was begun is thrown away when somebody no longer agrees. */
  async stop({ keep }) {
    const recorder = this.#recorder;
    if (!recorder) return;
    this.#recorder = null;
    await new Promise((resolve) => {
      recorder.onstop = resolve;
      recorder.stop();
    });
    const parts = this.#parts;
    this.#parts = [];
    if (keep) await this.store(new Blob(parts, { type: "video/webm" }));
  }
}
