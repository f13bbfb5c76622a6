/*
 * store.ts - a value that tells who listens when it changes.
 *
 * All of the app's shared state lives in stores made here; React reads them by useStore, code
 * outside of React by get and subscribe. A selector must return something stable (a field, not a
 * fresh object), as React compares its results by identity.
 */
import { useSyncExternalStore } from "react";

export interface Store<T> {
	get(): T;
	set(change: Partial<T> | ((now: T) => Partial<T>)): void;
	subscribe(listener: () => void): () => void;
}

export function createStore<T extends object>(initial: T): Store<T> {
	let value = initial;
	const listeners = new Set<() => void>();
	return {
		get: () => value,
		set(change) {
			value = { ...value, ...(typeof change === "function" ? change(value) : change) };
			for (const listener of [...listeners])
				listener();
		},
		subscribe(listener) {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
	};
}

export function useStore<T extends object, S>(store: Store<T>, select: (value: T) => S): S {
	return useSyncExternalStore(store.subscribe, () => select(store.get()));
}
