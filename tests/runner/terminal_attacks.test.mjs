/*
 * terminal_attacks.test.mjs - a shell in the hands of somebody who means harm: it ends or stays as it is, its log stays
 * bounded, and the next terminal and the next run notice nothing.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { api } from "../lib/api.mjs";
import { place, python } from "./sandbox.mjs";
import { ended, open, Screen, type } from "./screen.mjs";

const LIMIT = { timeout: 300_000 };

async function scene() {
  const { ann } = await place();
  const room = await api.room(ann);
  await open(ann, room);
  const screen = await Screen.open(ann, room);
  await screen.sees(/\$ $/);
  return { ann, room, screen };
}

async function closed({ ann, room, screen }) {
  await ann.must(204, "DELETE", `${room.path}/terminal`);
  await ended(ann, room);
  await screen.close();
}

async function nobodyNotices() {
  const next = await python("print('fine')");
  assert.deepEqual([next.status, next.stdout], ["ok", "fine\n"]);
}

test("who kills all that the shell may reach kills the shell at most", LIMIT, async () => {
  const at = await scene();
  await type(at.ann, at.room, "kill -9 1; kill -STOP 1; echo init $(grep -c Name /proc/1/status); kill -9 -1\r");
  await at.screen.sees(/init 1\r\n/);
  await type(at.ann, at.room, "kill -9 $$\r");
  assert.equal((await ended(at.ann, at.room)).status, "ended");
  await at.screen.close();
  await open(at.ann, at.room);
  const again = await Screen.open(at.ann, at.room);
  await again.sees(/\$ $/);
  await closed({ ...at, screen: again });
});

test("a fork bomb stays in its terminal, which can be closed under it", LIMIT, async () => {
  const at = await scene();
  await type(at.ann, at.room, "b() { b | b & }; b; b; b\r");
  await at.screen.sees(/fork|Resource temporarily unavailable/);
  await nobodyNotices();
  await closed(at);
});

test("who fills the log ends the terminal, and what a joiner is given stays small", LIMIT, async () => {
  const at = await scene();
  await type(at.ann, at.room, "yes this is one line of many that fill the log\r");
  const done = await ended(at.ann, at.room);
  assert.match(done.reason, /printed/);
  const { chunks } = await at.ann.must(200, "GET", `${at.room.path}/terminal`);
  assert.ok(chunks.reduce((sum, c) => sum + c.data.length, 0) < 2_000_000);
  await at.screen.close();
  await nobodyNotices();
});

test("escape sequences and answers of terminals type nothing for anybody", LIMIT, async () => {
  const at = await scene();
  const asks = "\\033[c\\033[6n\\033]10;?\\007\\033]52;c;?\\007\\033[21t\\033P+q544e\\033\\\\\\033[?1000h\\0\\377\\ud800";
  await type(at.ann, at.room, `printf '${asks}'; echo; echo sta''ys\r`);
  await at.screen.sees(/stays\r\n/);
  assert.equal(at.screen.text("input").match(/printf/g).length, 1, "nobody typed but Ann");
  for (const { data } of at.screen.chunks()) assert.ok(data.isWellFormed());
  await closed(at);
});

test("a storm of resizes is taken in order, or refused, and the last one holds", LIMIT, async () => {
  const at = await scene();
  const sizes = Array.from({ length: 200 }, (_, i) => ({ rows: 10 + (i % 50), columns: 20 + i }));
  for (const size of sizes) {
    const { status } = await at.ann.post(`${at.room.path}/terminal/resize`, size);
    assert.ok([204, 429].includes(status), `${status}`);
  }
  for (const size of [{ rows: 0, columns: 80 }, { rows: 24, columns: 100000 }, { rows: "24", columns: 80 }])
    assert.equal((await at.ann.post(`${at.room.path}/terminal/resize`, size)).status, 422);
  await at.ann.must(204, "POST", `${at.room.path}/terminal/resize`, { rows: 33, columns: 99 });
  await type(at.ann, at.room, "echo size $(stty size)\r");
  await at.screen.sees(/size 33 99\r\n/);
  await closed(at);
});
