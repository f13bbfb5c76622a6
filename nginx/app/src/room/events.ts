/*
 * events.ts - the room's downlink: presence, chat, runs and their output as they happen.
 *
 * A socket that opens has missed what happened before, so each opening calls `catchUp` first and
 * events are merged by id afterwards: subscribe, then fetch, and nothing falls between. A lost
 * socket is tried again after a pause that doubles, with jitter, and at once when the network is
 * back.
 */
import { ensureFresh } from "../api/refresh";
import type { RoomEvent } from "../api/types";

const FIRST_MS = 500;
const MOST_MS = 15_000;

export class EventSocket<T = RoomEvent> {
	private socket: WebSocket | null = null;
	private timer: ReturnType<typeof setTimeout> | undefined;
	private pause = FIRST_MS;
	private closed = false;
	private readonly retryNow = () => this.retry(0);

	constructor(
		private readonly room: string,
		private readonly onEvent: (event: T) => void,
		private readonly catchUp: () => void,
		private readonly what: `events?connection=${string}` | "terminal",
		private readonly onConnected: (connected: boolean) => void = () => undefined,
	) {
		addEventListener("online", this.retryNow);
		void this.open();
	}

	close(): void {
		this.closed = true;
		clearTimeout(this.timer);
		removeEventListener("online", this.retryNow);
		this.socket?.close();
	}

	private async open(): Promise<void> {
		await ensureFresh();
		if (this.closed || this.socket)
			return;
		const socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}/ws/rooms/${this.room}/${this.what}`);
		this.socket = socket;
		socket.onopen = () => {
			this.pause = FIRST_MS;
			this.onConnected(true);
			this.catchUp();
		};
		socket.onmessage = (message: MessageEvent<string>) => this.onEvent(JSON.parse(message.data) as T);
		socket.onclose = () => {
			this.socket = null;
			this.onConnected(false);
			this.retry(this.pause * (0.5 + Math.random()));
			this.pause = Math.min(this.pause * 2, MOST_MS);
		};
	}

	private retry(after: number): void {
		clearTimeout(this.timer);
		if (!this.closed && !this.socket)
			this.timer = setTimeout(() => void this.open(), after);
	}
}
