/*
 * uniform.mjs - the same program a hundred times: the same output, and about the same processor time.
 */
import { python } from "../runner/sandbox.mjs";

const TIMES = 100;
const PROGRAM = `
s = 0
for i in range(2_000_000):
    s = (s * 31 + i) % 1_000_003
print(s)
`;

export async function uniform() {
  const outputs = new Set();
  const cpu = [];
  for (let i = 0; i < TIMES; i++) {
    const done = await python(PROGRAM);
    outputs.add(`${done.status} ${done.stdout}${done.stderr}`);
    cpu.push(done.cpu_ms);
  }
  cpu.sort((a, b) => a - b);
  const at = (part) => cpu[Math.min(TIMES - 1, Math.floor(TIMES * part))];
  const spread = ((at(0.95) - at(0.05)) / at(0.5) / 2) * 100;
  console.log(`  processor: ${at(0)} ms least, ${at(0.5)} ms median, ${at(0.95)} ms p95, ${cpu.at(-1)} ms most; p5 to p95 is ±${spread.toFixed(1)} %`);
  return outputs.size === 1 ? [] : [`${outputs.size} different outputs: ${[...outputs].slice(0, 3)}`];
}
