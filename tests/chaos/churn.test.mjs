/*
 * churn.test.mjs - thousands of people come and go, half of them without a goodbye, while others edit: no nginx
 * worker exits, nobody loses an edit, and nobody who stays is disconnected. Half of them are told of when they close (the
 * socket of events says its connection), and at the end nobody is shown who is not there.
 *
 * CHURN (20000) connections, by hand: a handshake, perhaps a moment, then a close frame or a reset.
 */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { before, test } from "node:test";
import { api } from "../lib/api.mjs";
import { closed, frame, handshake } from "../lib/handshake.mjs";
import { watch } from "../lib/stack.mjs";
import { waitFor } from "../lib/wait.mjs";
import { edit, level } from "../yjs/client.mjs";
import { typeFor } from "../yjs/people.mjs";

const COUNT = Number(process.env.CHURN ?? 20_000);
const AT_ONCE = 48;
const VISITORS = 8 + Math.ceil(COUNT / 600); /* each may come 600 times at once (x-limit) */
const CLOSE = frame({ opcode: 8, payload: Buffer.from([0x03, 0xe8]) });

let calm;
let room;
let guests;
let editors;

before(async () => {
  calm = watch();
  const owner = await api.signup();
  room = await api.room(owner);
  guests = await Promise.all(Array.from({ length: VISITORS }, () => api.guest(room)));
  editors = await Promise.all([owner, ...guests.slice(0, 3)].map((person) => edit(person, room)));
});

/* One visit; what the handshake was answered with. */
async function visit(n) {
  const person = guests[n % guests.length];
  await person.fresh();
  const path = `${room.ws}/${n % 4 >= 2 ? `events?connection=${randomBytes(16).toString("base64url")}` : "docs/code"}`;
  const headers = { Authorization: `Bearer ${person.token}` };
  const { status, socket } = await handshake(path, { headers, address: person.address, patience: 30_000 });
  if (n % 3 === 0) await new Promise((wake) => setTimeout(wake, n % 40));
  if (n % 2 === 0) socket.resetAndDestroy();
  else {
    socket.write(CLOSE);
    assert.ok(await closed(socket, 30_000), "a close frame is answered by closing");
    socket.destroy();
  }
  return status;
}

test(`${COUNT} connections come and go while four people edit`, { timeout: 600_000 }, async () => {
  const answers = new Map();
  let next = 0;
  let coming = true;
  const visitors = Array.from({ length: AT_ONCE }, async () => {
    while (next < COUNT) {
      const status = await visit(next++);
      answers.set(status, (answers.get(status) ?? 0) + 1);
    }
  });
  const typing = editors.map(async (editor, i) => {
    let edits = 0;
    for (let n = 0; coming; n++) edits += await typeFor(editor, 500, { seed: i * 1000 + n, gap: 150 });
    return edits;
  });
  await Promise.all(visitors).finally(() => (coming = false));
  const edits = (await Promise.all(typing)).reduce((sum, n) => sum + n, 0);

  assert.deepEqual([...answers], [[101, COUNT]], "every handshake was answered");
  await level(editors);
  assert.ok(edits > 50, `${edits} edits were made meanwhile`);
  calm();
});

test("the last who came and went is no longer here", async () => {
  await waitFor(async () => (await room.owner.must(200, "POST", `${room.path}/presence`, { connection: randomBytes(16).toString("base64url"), state: "gone" })).participants.length === 0, {
    what: "nobody is in the room",
    within: 60_000,
  });
  calm();
});

test("whoever comes afterwards finds everything", async () => {
  const joiner = await edit(guests[11], room);
  editors.push(joiner);
  await level(editors);
});
