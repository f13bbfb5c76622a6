/*
 * attacks.test.mjs - programs that mean harm (attacks/), several at a time, and after each group one that does not: it must
 * run as if nothing had happened.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { api } from "../lib/api.mjs";
import { attacksOf, attempt, groups } from "./attack.mjs";
import { python } from "./sandbox.mjs";

const here = new Set((await (await api.signup()).must(200, "GET", "/api/languages")).languages.map(({ name }) => name));

for (const group of groups) {
  test(`${group}:`, { concurrency: 4 }, async (t) => {
    const all = attacksOf(group).map((attack) => {
      const skip = here.has(attack.language) ? false : `this stack has no ${attack.language}`;
      return t.test(`${attack.claim} (${attack.name})`, { skip }, () => attempt(attack));
    });
    await Promise.all(all);
    await t.test("and whoever comes next notices nothing", async () => {
      const next = await python("import os\nprint('fine', sorted(os.listdir('/w') + os.listdir('/tmp') + os.listdir('/dev/shm')))");
      assert.deepEqual([next.status, next.stdout], ["ok", "fine ['main.py']\n"]);
    });
  });
}
