/*
 * engine.mjs - the document engine beside yjs and ywasm: the same log, CPU time of one process each.
 *
 * The log is the editing trace B4 (259,778 updates of one person) where the samples are at hand ($VIVA_YJS_SAMPLES,
 * or shared/data/yjs beside the repository), else one of 60,000 updates that is typed here.
 */
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { gunzipSync } from "node:zlib";
import * as Y from "yjs";

const run = promisify(execFile);
const here = import.meta.dirname;
const samples = process.env.VIVA_YJS_SAMPLES ?? join(here, "../../../shared/data/yjs");
const command = process.env.VIVA_YJS ?? join(process.env.VIVA_BUILD ?? join(here, "../../build"), "bin/yjs");
const TYPED = 60_000;

/* Typing with a caret that now and then goes elsewhere, and some deleting; the same each time. */
function typedLog() {
  const doc = new Y.Doc();
  const parts = [];
  let state = 1;
  const below = (n) => (state = (state * 1103515245 + 12345) % 2 ** 31) % n;
  let caret = 0;
  doc.clientID = 1;
  doc.on("update", (update) => parts.push(Buffer.from(Uint32Array.of(update.length).buffer), update));
  const text = doc.getText("text");
  while (parts.length < 2 * TYPED) {
    if (below(30) === 0) caret = below(text.length + 1);
    if (below(4) === 0 && caret > 0) text.delete(--caret, 1);
    else text.insert(caret++, String.fromCharCode(97 + below(26)));
  }
  return Buffer.concat(parts);
}

function makeLog() {
  const trace = join(samples, "b4.updates.u32le.bin.gz");
  return existsSync(trace) ? gunzipSync(readFileSync(trace)) : typedLog();
}

/* A curve, as far as text goes: it should be a straight line. */
function plot(linear, say) {
  const most = linear.at(-1).ms;
  say("  time against updates applied:");
  for (const { updates, ms } of linear) {
    say(`  ${String(updates).padStart(9)} ${"#".repeat(Math.round((40 * ms) / most))} ${ms.toFixed(1)} ms`);
  }
}

const ROWS = [
  ["apply_us", "apply one update", "µs"],
  ["load_ms", "load the final state", "ms"],
  ["encode_ms", "encode the state", "ms"],
  ["diff_ms", "difference of the state from the middle", "ms"],
  ["merge_10000_ms", "merge 10,000 updates", "ms"],
  ["merge_all_ms", "merge all updates", "ms"],
  ["validate_us", "check one update", "µs"],
  ["resident_bytes", "memory of the loaded document", "B"],
];

/* Rows as Report.add() takes them. */
export async function measureEngine(say) {
  const dir = mkdtempSync(join(tmpdir(), "viva-engine-"));
  const log = join(dir, "log");
  try {
    writeFileSync(log, makeLog());
    const ours = JSON.parse((await run(command, ["bench", log])).stdout);
    plot(ours.linear, say);
    const rows = [];
    for (const peer of ["yjs", "ywasm"]) {
      const flags = ["--expose-gc", "--experimental-wasm-modules", "--no-warnings", join(here, "engine_peer.mjs")];
      const theirs = JSON.parse((await run(process.execPath, [...flags, peer, log])).stdout);
      for (const [key, name, unit] of ROWS) rows.push([`engine: ${name}`, unit, ours[key], theirs[key] ?? null, peer, ours.updates]);
    }
    return rows;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
