// Requests to the API: the envelope opened, refusals as errors, and deeds that are tried again until they are answered.

export class Refusal extends Error {
  constructor(status, code, message, { details = [], after = null } = {}) {
    super(message);
    Object.assign(this, { status, code, details, after });
  }

  /** Nobody answered, or asked for patience: the same request may succeed later. */
  get mayPass() {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

const PATIENCE = 15_000;
const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 15_000;
const MOST_TRIES = 8;

export function asking(token) {
  const authorization = token ? { Authorization: `Bearer ${token}` } : {};

  async function ask(method, path, { body, key, etag, match } = {}) {
    const headers = { ...authorization };
    if (body !== undefined) headers["Content-Type"] = "application/json";
    if (key) headers["Idempotency-Key"] = key;
    if (etag) headers["If-None-Match"] = etag;
    if (match) headers["If-Match"] = match;
    let reply;
    try {
      reply = await fetch(path, {
        method,
        headers,
        body: body === undefined ? undefined : JSON.stringify(body),
        cache: "no-store",
        signal: AbortSignal.timeout(PATIENCE),
      });
    } catch {
      throw new Refusal(0, "no_answer", "No answer; is the network there?");
    }
    if (reply.status === 304) return { unchanged: true, etag };
    const said = await reply.json().catch(() => null);
    if (reply.ok && said?.success) return { data: said.data, meta: said.meta, etag: reply.headers.get("ETag") };
    const error = said?.error ?? {};
    const after = Number(reply.headers.get("Retry-After")) || null;
    throw new Refusal(reply.status, error.code ?? "unreadable", error.message ?? "The answer cannot be read.", {
      details: error.details,
      after,
    });
  }

  /**
   * Do something once, however often it has to be asked: every try carries the same key.
   * `waiting(refusal, seconds, tries)` hears of each pause; it may give back a promise that ends the pause early.
   */
  async function insist(method, path, body, waiting) {
    const key = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
    for (let tries = 1; ; tries += 1) {
      try {
        return await ask(method, path, { body, key });
      } catch (refusal) {
        if (!refusal.mayPass || tries === MOST_TRIES) throw refusal;
        const pause = refusal.after ? refusal.after * 1_000 : Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (tries - 1));
        await Promise.race([delay(pause), waiting?.(refusal, Math.round(pause / 1_000), tries) ?? delay(pause)]);
      }
    }
  }

  return { ask, insist };
}

export const delay = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
