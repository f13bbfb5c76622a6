/*
 * soak.mjs - `make soak`: the parts named by its argument, one after another, against the stack at VIVA_URL.
 *
 * Each part prints what it saw and ends with what was wrong; the exit status is 1 if anything was.
 */
import { api, waitFor } from "../lib/api.mjs";
import { contract } from "./contract.mjs";
import { crash } from "./crash.mjs";
import { hostile } from "./hostile.mjs";
import { uniform } from "./uniform.mjs";

const PARTS = { hostile, crash, uniform, contract };
const names = (process.argv[2] ?? Object.keys(PARTS).join(",")).split(",");
let wrong = 0;

/* A new stack makes its sandboxes while people work, and attacks are in every language. The others are content with the first. */
const missing = async () => (await api.anyone().get("/api/languages")).body.languages.filter(({ ready }) => !ready).map(({ name }) => name);
async function everySandbox() {
  if ((await missing()).length > 0) console.log(`waiting for the sandboxes of ${(await missing()).join(", ")}`);
  await waitFor(async () => (await missing()).length === 0, { within: 900_000, what: "every language's sandbox" });
}
if (names.includes("hostile")) await everySandbox();

for (const name of names) {
  if (!PARTS[name]) throw new Error(`there is no part ${name}: ${Object.keys(PARTS)}`);
  console.log(`--- ${name}`);
  const found = await PARTS[name]();
  for (const line of found) console.log(`  WRONG ${line}`);
  console.log(`  ${name}: ${found.length} wrong`);
  wrong += found.length;
}
process.exit(wrong ? 1 : 0);
