/*
 * downlink.ts - the socket on which others' edits arrive, opened again whenever it is lost.
 *
 * It only hears. A browser does not see the server's pings, so a socket whose other end is gone can look open for
 * many minutes: whoever knows that something should have been heard calls expect(), and silence after that
 * replaces the socket.
 */
import { Backoff, Timer, now } from "./timing.js";
import type { SocketLike, Timing } from "./types.js";

export interface DownlinkEvents {
  open(): void;
  message(bytes: Uint8Array): void;
  /* opened: whether it had been open; if not, the reason is to be learned by a request. */
  lost(opened: boolean): void;
}

export class Downlink {
  readonly #retry: Timer;
  readonly #silence: Timer;
  readonly #opening: Timer;
  readonly #backoff: Backoff;
  #socket: SocketLike | null = null;
  #running = false;
  #open = false;
  #attempt = 0;
  heardAt = 0;

  constructor(
    readonly connect: () => Promise<SocketLike>,
    readonly on: DownlinkEvents,
    readonly timing: Timing,
  ) {
    this.#backoff = new Backoff(timing.retryFirst, timing.retryMost);
    this.#retry = new Timer(() => void this.#dial());
    this.#silence = new Timer(() => this.replace());
    this.#opening = new Timer(() => this.#lost());
  }

  get open(): boolean {
    return this.#open;
  }

  start(): void {
    if (this.#running) return;
    this.#running = true;
    void this.#dial();
  }

  stop(): void {
    this.#running = false;
    this.#retry.stop();
    this.#drop();
  }

  /* Tries now rather than after the pause: the network came back, or a request just got through. */
  hurry(): void {
    if (!this.#running || !this.#retry.set) return;
    this.#retry.stop();
    void this.#dial();
  }

  /* Something sent at `since` comes back on a socket that lives. */
  expect(since: number): void {
    if (this.#open && this.heardAt < since && !this.#silence.set) this.#silence.start(this.timing.echo);
  }

  /* Gives this socket up and opens another. */
  replace(): void {
    if (this.#running && this.#socket !== null) this.#lost();
  }

  async #dial(): Promise<void> {
    const attempt = ++this.#attempt;
    let socket: SocketLike;

    this.#opening.start(this.timing.request);
    try {
      socket = await this.connect();
    } catch {
      if (attempt === this.#attempt) this.#lost();
      return;
    }
    if (!this.#running || attempt !== this.#attempt) {
      socket.onerror = () => {};
      socket.close();
      return;
    }
    this.#listen(socket);
  }

  #listen(socket: SocketLike): void {
    this.#socket = socket;
    socket.binaryType = "arraybuffer";
    socket.onopen = () => {
      this.#opening.stop();
      this.#open = true;
      this.heardAt = now();
      this.on.open();
    };
    socket.onmessage = ({ data }: { data: unknown }) => {
      this.heardAt = now();
      this.#silence.stop();
      this.#backoff.reset();
      if (data instanceof ArrayBuffer) this.on.message(new Uint8Array(data));
    };
    socket.onerror = () => {};
    socket.onclose = () => this.#lost();
  }

  #lost(): void {
    const opened = this.#open;

    this.#drop();
    if (!this.#running) return;
    this.#retry.start(this.#backoff.next());
    this.on.lost(opened);
  }

  #drop(): void {
    const socket = this.#socket;

    this.#attempt++;
    this.#socket = null;
    this.#open = false;
    this.#silence.stop();
    this.#opening.stop();
    if (socket === null) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.onerror = () => {};
    socket.close();
  }
}
