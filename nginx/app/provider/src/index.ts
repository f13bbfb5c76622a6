/*
 * index.ts - what `viva-provider` exports.
 *
 * Y and Awareness are the ones that the provider itself uses: a program with two copies of yjs breaks, so
 * whoever has none of its own (a test) takes these.
 */
export { Provider } from "./provider.js";
export { TIMING } from "./types.js";
export type { Problem, ProviderOptions, SocketLike, State, Status, Timing } from "./types.js";
export { readFrames, writeFrames, type Frame, type FrameKind } from "./frames.js";
export { splitUpdate, updatesByClient } from "./split.js";
export { lackingAt } from "./lacking.js";
export { Awareness } from "y-protocols/awareness";
export * as Y from "yjs";
