// What is done at the desk, one line each: under way, tried again, done, refused. Nothing fails in silence.

import { h } from "./dom.js";

const KEPT = 30;
const SHOWN_WHEN_DONE = 20_000; // milliseconds; complaints stay until they are taken away

export class Deeds {
  constructor({ list, insist, done }) {
    Object.assign(this, { list, insist, done });
  }

  /**
   * Do it, however often it has to be asked; gives back what was answered, or null when it was refused. Of what was
   * answered, `undo` says the request that takes it back, and `told` what is shown.
   */
  async do(text, method, path, body, { undo = null, complain = true, told = () => "" } = {}) {
    const line = this.#line(text);
    try {
      const { data } = await this.insist(method, path, body, (refusal, seconds, tries) =>
        this.#waiting(line, refusal, seconds, tries),
      );
      this.#settle(line, "done", told(data));
      if (undo) line.append(this.#button("Undo", () => this.#undo(line, data, undo)));
      setTimeout(() => line.remove(), SHOWN_WHEN_DONE);
      this.done(data);
      return data;
    } catch (refusal) {
      if (!("status" in refusal)) throw refusal;
      if (!complain) {
        line.remove();
        throw refusal;
      }
      this.#settle(line, "refused", refusal.message);
      line.append(
        refusal.mayPass ? this.#button("Try again", () => (line.remove(), this.do(text, method, path, body, { undo, told }))) : "",
        this.#button("Dismiss", () => line.remove()),
      );
      return null;
    }
  }

  /** Say something that has been done. */
  tell(text) {
    const line = this.#line(text);
    this.#settle(line, "done", "");
    setTimeout(() => line.remove(), SHOWN_WHEN_DONE);
  }

  #line(text) {
    const line = h("li", { class: "deed", data: { state: "doing" } }, h("span", { class: "deed-text" }, text), h("span", { class: "deed-state" }, "…"));
    this.list.prepend(line);
    while (this.list.children.length > KEPT) this.list.lastChild.remove();
    return line;
  }

  #settle(line, state, text) {
    line.dataset.state = state;
    line.querySelector(".deed-state").textContent = text || state;
    for (const button of line.querySelectorAll("button")) button.remove();
  }

  #waiting(line, refusal, seconds, tries) {
    this.#settle(line, "waiting", `${refusal.message} Trying again in ${seconds} s (${tries + 1}. time).`);
    return new Promise((resolve) => line.append(this.#button("Now", resolve)));
  }

  #undo(line, data, undo) {
    line.remove();
    const back = undo(data);
    this.do(back.text, "POST", back.path, back.body);
  }

  #button(text, act) {
    return h("button", { class: "button", type: "button", onclick: act }, text);
  }
}
