/*
 * uniform.mjs - the same program a hundred times: the same output, and about the same processor time.
 *
 * No machine takes the same time for the same thing twice. So each run is followed by the program as it is, bare, on this
 * host: what that spreads is the machine's (its caches, its other processors, its neighbours), the rest is ours.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { python } from "../runner/sandbox.mjs";

const TIMES = 100;
const MOST = 10; // %
const PROGRAM = `
s = 0
for i in range(2_000_000):
    s = (s * 31 + i) % 1_000_003
print(s)
`;

/* ms of processor, user and system, of the program without anything around it. */
function bare(file) {
  const script = 'TIMEFORMAT="%3U %3S"; time /usr/bin/python3 "$0" 2>&1 >/dev/null';
  const [user, system] = execFileSync("/bin/bash", ["-c", `{ ${script}; } 2>&1`, file], { encoding: "utf8" }).trim().split(" ");
  return Math.round((Number(user) + Number(system)) * 1000);
}

/* From p5 to p95, as a part of the median to either side, in %. */
function spread(name, list) {
  const sorted = list.toSorted((a, b) => a - b);
  const at = (part) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))];
  const percent = ((at(0.95) - at(0.05)) / at(0.5) / 2) * 100;
  console.log(`  ${name}: ${at(0)} ms least, ${at(0.5)} ms median, ${at(0.95)} ms p95, ${sorted.at(-1)} ms most; p5 to p95 is ±${percent.toFixed(1)} %`);
  return percent;
}

async function measure(file) {
  const outputs = new Set();
  const [inside, outside] = [[], []];
  for (let i = 0; i < TIMES; i++) {
    const done = await python(PROGRAM);
    outputs.add(`${done.status} ${done.stdout}${done.stderr}`);
    inside.push(done.cpu_ms);
    outside.push(bare(file));
  }
  return { outputs, inside, outside };
}

export async function uniform() {
  const dir = mkdtempSync(join(tmpdir(), "viva-uniform-"));
  const file = join(dir, "main.py");
  const wrong = [];
  try {
    writeFileSync(file, PROGRAM);
    const { outputs, inside, outside } = await measure(file);
    if (outputs.size !== 1) wrong.push(`${outputs.size} different outputs: ${[...outputs].slice(0, 3)}`);
    const [ours, machine] = [spread("in a sandbox", inside), spread("bare", outside)];
    if (ours > MOST && ours > machine) wrong.push(`it spreads by ±${ours.toFixed(1)} %, and the machine alone by ±${machine.toFixed(1)} %`);
    return wrong;
  } finally {
    rmSync(dir, { recursive: true });
  }
}
