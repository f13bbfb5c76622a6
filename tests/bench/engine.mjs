/*
 * engine.mjs - the document engine beside yjs and ywasm: the same log, CPU time of one process each.
 *
 * The log is the editing trace B4 (259,778 updates of one person) where the samples are at hand ($VIVA_YJS_SAMPLES,
 * or shared/data/yjs beside the repository), else one as long that is typed here.
 */
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { gunzipSync } from "node:zlib";
import * as Y from "yjs";
import { plotSvg, plotText } from "./plot.mjs";

const run = promisify(execFile);
const here = import.meta.dirname;
const samples = process.env.VIVA_YJS_SAMPLES ?? join(here, "../../../shared/data/yjs");
const command = process.env.VIVA_YJS ?? join(process.env.VIVA_BUILD ?? join(here, "../../build"), "bin/yjs");
const TYPED = 259_778;

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

function makeLog(say) {
  const trace = join(samples, "b4.updates.u32le.bin.gz");
  say(`  the log: ${existsSync(trace) ? "B4" : "typed here"}`);
  return existsSync(trace) ? gunzipSync(readFileSync(trace)) : typedLog();
}

/* What is measured, and the most it may be: ours, and of each peer's. */
const ROWS = [
  { key: "apply_us", name: "apply one update", unit: "µs", most: 1.0, beside: { yjs: 1 / 8, ywasm: 1 / 4 } },
  { key: "load_ms", name: "load the final state", unit: "ms", most: 3 },
  { key: "encode_ms", name: "encode the state", unit: "ms", most: 1 },
  { key: "diff_ms", name: "difference of the state from the middle", unit: "ms", most: 1 },
  { key: "merge_10000_ms", name: "merge 10,000 updates", unit: "ms", most: 15 },
  { key: "merge_all_ms", name: "merge all updates", unit: "ms", most: 400 },
  { key: "validate_us", name: "check one update", unit: "µs", most: 0.15 },
  { key: "resident_bytes", name: "memory of the loaded document", unit: "B", most: 1.5 * 2 ** 20 },
];

const number = (value) => (value >= 1000 ? value.toFixed(0) : value.toPrecision(3));

/* One line: ours, the bound, and how many times as much each peer needs. */
function line({ key, name, unit, most, beside = {} }, ours, peers) {
  const ratios = Object.entries(peers).map(([peer, theirs]) => {
    if (!(theirs[key] >= 0)) return `${peer} -`;
    const met = !beside[peer] || ours[key] <= theirs[key] * beside[peer];
    return `${peer} ${number(theirs[key])} (${(theirs[key] / ours[key]).toFixed(1)}×${met ? "" : ", TOO LITTLE"})`;
  });
  const verdict = ours[key] <= most ? "" : "  TOO MUCH";
  return `  ${name}: ${number(ours[key])} ${unit}, at most ${number(most)}; ${ratios.join(", ")}${verdict}`;
}

/* Time against updates: each engine's should be a straight line. */
function curves(ours, peers) {
  const points = (list) => list?.map(({ updates, ms }) => [updates, ms]) ?? [];
  const all = (key) =>
    Object.entries({ Viva: ours, ...peers })
      .map(([name, figures]) => ({ name, points: points(figures[key]) }))
      .filter((curve) => curve.points.length > 0);
  return [
    { title: "apply updates one by one", x: "updates", y: "ms of CPU", curves: all("linear") },
    { title: "merge updates", x: "updates", y: "ms of CPU", curves: all("linear_merge") },
  ];
}

/* Rows as Report.add() takes them; plots and all figures go to `folder`. */
export async function measureEngine(say, folder) {
  const dir = mkdtempSync(join(tmpdir(), "viva-engine-"));
  const log = join(dir, "log");
  try {
    writeFileSync(log, makeLog(say));
    const ours = JSON.parse((await run(command, ["bench", log])).stdout);
    const peers = {};
    for (const peer of ["yjs", "ywasm"]) {
      const flags = ["--expose-gc", "--experimental-wasm-modules", "--no-warnings", join(here, "engine_peer.mjs")];
      peers[peer] = JSON.parse((await run(process.execPath, [...flags, peer, log])).stdout);
    }
    for (const row of ROWS) say(line(row, ours, peers));
    const plots = curves(ours, peers);
    for (const plot of plots) say(plotText(plot));
    writeFileSync(join(folder, "bench-engine.svg"), plotSvg(plots));
    writeFileSync(join(folder, "bench-engine.json"), `${JSON.stringify({ viva: ours, ...peers }, null, 1)}\n`);
    return Object.entries(peers).flatMap(([peer, theirs]) =>
      ROWS.map(({ key, name, unit }) => [`engine: ${name}`, unit, ours[key], theirs[key] ?? null, peer, ours.updates]),
    );
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
