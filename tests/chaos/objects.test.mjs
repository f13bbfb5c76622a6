/*
 * objects.test.mjs - the store of objects goes away, as a full or broken disk does: runs end with all that they printed.
 */
import assert from "node:assert/strict";
import { existsSync, renameSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { api } from "../lib/api.mjs";
import { quote, sql } from "../lib/database.mjs";
import { state } from "../lib/stack.mjs";
import { chunksOf, ended, text } from "../runner/sandbox.mjs";

const [here, away] = [join(state, "objects"), join(state, "objects-away")];
const back = () => existsSync(away) && renameSync(away, here);
after(back);

test("without its store a large output goes into the database, a large program is asked to come again", { timeout: 120_000 }, async () => {
  const ann = await api.signup();
  const room = await api.room(ann);
  renameSync(here, away);
  const run = await ended(ann, await api.run(ann, room, "print('x' * 99 + '\\n', end='' )\nfor i in range(3000): print('y' * 99)"));
  assert.equal(run.status, "ok");
  assert.equal(text(await chunksOf(ann, run), "stdout").length, 300_100);
  assert.deepEqual(sql(`SELECT printed IS NULL FROM run WHERE id = ${quote(run.id)}`), [["t"]]);
  const files = Array.from({ length: 32 }, (_, i) => ({ path: i ? `f${i}.py` : "main.py", content: `print(1)#${"x".repeat(4000)}` }));
  const refused = await ann.post(`${room.path}/runs`, { language: "python", files });
  assert.equal(refused.status, 503);
  assert.ok(Number(refused.headers["retry-after"]) > 0);
  back();
  const done = await ended(ann, await ann.must(202, "POST", `${room.path}/runs`, { language: "python", files }));
  assert.equal(text(await chunksOf(ann, done), "stdout"), "1\n");
});
