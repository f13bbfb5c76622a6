/*
 * http.ts - one request with a deadline, and what its answer means.
 */
import type { Problem, Timing } from "./types.js";

export type Verdict = "retry" | "unauthorized" | "denied" | "ended" | "conflict" | "refused";

/* An answer that is not a success, or none at all (status 0). */
export class PostError extends Error {
  constructor(
    readonly problem: Problem,
    /* Milliseconds that the server asks to wait; 0 where it does not. */
    readonly retryAfter = 0,
  ) {
    super(problem.detail ?? problem.title);
    this.name = "PostError";
  }

  get verdict(): Verdict {
    const { status } = this.problem;

    if (status === 401) return "unauthorized";
    if (status === 403 || status === 404) return "denied";
    if (status === 410) return "ended";
    if (status === 409) return "conflict";
    if (status === 0 || status === 408 || status === 425 || status === 429 || status >= 500) return "retry";
    return "refused";
  }
}

const RETRY_AFTER_MOST = 60_000;

function retryAfter(value: string | null): number {
  const ms = value === null ? NaN : /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return ms > 0 ? Math.min(ms, RETRY_AFTER_MOST) : 0;
}

async function refusal(reply: Response): Promise<PostError> {
  let problem: Problem = { type: "http", title: `The server answered ${reply.status}`, status: reply.status };

  if (reply.headers.get("content-type")?.startsWith("application/problem+json")) {
    problem = { ...problem, ...((await reply.json().catch(() => ({}))) as Partial<Problem>), status: reply.status };
  }
  return new PostError(problem, retryAfter(reply.headers.get("retry-after")));
}

const away = (detail: string): PostError =>
  new PostError({ type: "network", title: "The server cannot be reached", status: 0, detail });

export interface Poster {
  fetch: typeof fetch;
  headers: () => Promise<Record<string, string>>;
  timing: Timing;
}

const NOTHING = new Uint8Array(0);

/* The answer's bytes; throws a PostError. Without a body it is a GET. */
async function call(poster: Poster, url: string, body: Uint8Array<ArrayBuffer> | null, stopped: AbortSignal): Promise<Uint8Array> {
  const patience = poster.timing.request + ((body ?? NOTHING).length / poster.timing.bytesPerSecond) * 1000;
  const given = new AbortController();
  const giveUp = (): void => given.abort();
  const timer = setTimeout(giveUp, patience);

  stopped.addEventListener("abort", giveUp);
  try {
    const type: Record<string, string> = body === null ? {} : { "content-type": "application/octet-stream" };
    const reply = await poster.fetch(url, {
      method: body === null ? "GET" : "POST",
      headers: { ...(await poster.headers()), ...type },
      ...(body === null ? {} : { body }),
      credentials: "same-origin",
      cache: "no-store",
      signal: given.signal,
    });
    if (!reply.ok) throw await refusal(reply);
    return new Uint8Array(await reply.arrayBuffer());
  } catch (error) {
    if (error instanceof PostError) throw error;
    throw away(error instanceof Error ? error.message : String(error));
  } finally {
    clearTimeout(timer);
    stopped.removeEventListener("abort", giveUp);
  }
}

export const post = (poster: Poster, url: string, body: Uint8Array<ArrayBuffer>, stopped: AbortSignal): Promise<Uint8Array> =>
  call(poster, url, body, stopped);

export async function getJson<T>(poster: Poster, url: string, stopped: AbortSignal): Promise<T> {
  return JSON.parse(new TextDecoder().decode(await call(poster, url, null, stopped))) as T;
}
