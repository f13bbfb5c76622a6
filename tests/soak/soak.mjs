/*
 * soak.mjs - `make soak`: the parts named by its argument, one after another, against the stack at VIVA_URL.
 *
 * Each part prints what it saw and ends with what was wrong; the exit status is 1 if anything was.
 */
import { contract } from "./contract.mjs";
import { crash } from "./crash.mjs";
import { hostile } from "./hostile.mjs";
import { uniform } from "./uniform.mjs";

const PARTS = { hostile, crash, uniform, contract };
const names = (process.argv[2] ?? Object.keys(PARTS).join(",")).split(",");
let wrong = 0;

for (const name of names) {
  if (!PARTS[name]) throw new Error(`there is no part ${name}: ${Object.keys(PARTS)}`);
  console.log(`--- ${name}`);
  const found = await PARTS[name]();
  for (const line of found) console.log(`  WRONG ${line}`);
  console.log(`  ${name}: ${found.length} wrong`);
  wrong += found.length;
}
process.exit(wrong ? 1 : 0);
