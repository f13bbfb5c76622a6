/* outofsync.test.mjs - a document that is not the server's is told, loaded anew, and loses nothing that was typed. */
import assert from "node:assert/strict";
import { after, afterEach, test } from "node:test";
import { waitFor } from "../lib/wait.mjs";
import { closeAll, guest, person, phone, quit } from "./window.mjs";

afterEach(closeAll);
after(quit);

const WARNED = /^Out of sync — reloading the document/;

/* It says so for a few seconds only: to be begun before there is a reason, and looked for in the page itself. */
const warned = (window) => window.pill.filter({ hasText: WARNED }).waitFor({ state: "attached" });

/* On its way to this window, every "good" becomes an "evil": same edits, other text. Before the room is opened. */
const corrupt = (window) =>
  window.page.routeWebSocket(/\/docs\/code$/, (page) => {
    const server = page.connectToServer();
    server.onMessage((message) => {
      const bytes = Buffer.from(message);
      for (let at; (at = bytes.indexOf("good")) >= 0; ) bytes.write("evil", at);
      page.send(bytes);
    });
  });

test("a divergence is flagged and healed; what was typed meanwhile is kept and sent", async () => {
  const anna = await person("Anna");
  const room = await anna.newRoom("Diverged");
  const mira = (await guest(room, "candidate", "Mira")).expects(/ERR_FAILED/);
  await mira.insert("mine: ");
  await mira.saved();
  await corrupt(mira);
  await mira.page.reload();
  await mira.inRoom();

  /* While the server's word is on its way she types, and nothing of it gets through. */
  let cut = false;
  await mira.page.route("**/docs/code/updates", (route) => (cut ? route.abort() : route.continue()));
  let asked = 0;
  await mira.page.route("**/docs/code/state", async (route) => {
    const response = await route.fetch();
    if (asked++ === 0 && (await mira.text()).includes("evil")) {
      cut = true;
      await mira.press("Control+End");
      await mira.insert(" unsent");
    } else asked = 0;
    await route.fulfill({ response });
  });
  const flagged = warned(mira);
  await anna.press("Control+End");
  await anna.insert("a good text");
  await Promise.all([flagged, mira.sees("an evil text".slice(3))]);
  assert.ok(cut, "it was flagged by another way than the one that is tested");
  cut = false;
  const whole = "mine: a good text unsent";
  await mira.reads(whole);
  await anna.reads(whole);
  await mira.saved();

  /* It was not only shown: what this browser keeps is right as well, and it goes on. */
  await mira.press("Control+End");
  await mira.type("!");
  await anna.reads(`${whole}!`);
  await mira.saved();
  await mira.reopen(`/r/${room.id}`);
  await mira.inRoom();
  await mira.reads(`${whole}!`);
});

/*
 * The page's clock is ours here, and stands still but where it is moved on: what the machine takes for itself does not
 * count. Chance is at its worst.
 */
test("a divergence is flagged within ten seconds", async () => {
  const anna = await person("Anna");
  const room = await anna.newRoom("Within ten seconds");
  const mira = await guest(room, "candidate", "Mira");
  const { page } = mira;
  await corrupt(mira);
  await page.clock.install();
  await page.reload();
  await mira.inRoom();
  await page.evaluate(() => (Math.random = () => 1 - 2 ** -53));
  await page.clock.pauseAt(new Date((await page.evaluate(() => Date.now())) + 60_000));
  await mira.saved();

  let asked = 0;
  let answered = 0;
  const open = new Set(); /* one that was asked before we look is not among them */
  page.on("request", (request) => {
    if (!request.url().endsWith("/docs/code/state")) return;
    asked++;
    open.add(request);
  });
  page.on("requestfinished", (request) => open.delete(request) && answered++);
  await anna.insert("a good text");
  await mira.sees("an evil text".slice(3));
  const flagged = async () => WARNED.test((await mira.pill.textContent()) ?? "");
  for (let passed = 0, looked = 0; !(await flagged()); passed += 250) {
    assert.ok(passed < 10_000, `not flagged after ${passed} ms, asked ${asked} times`);
    await page.clock.runFor(250);
    await waitFor(() => open.size === 0, { what: "the server's answer" });
    /* What was answered is looked at before the clock goes on. */
    if (answered > looked) await waitFor(flagged, { within: 5000 }).catch(() => {});
    looked = answered;
  }
  assert.ok(asked > 0);
  await page.clock.resume();
  await mira.reads("a good text");
});

test("an observer's document on a phone is healed, too", async () => {
  const anna = await person("Anna");
  const room = await anna.newRoom("Diverged for one who reads");
  const olga = await guest(room, "observer", "Olga", phone);
  await corrupt(olga);
  await olga.page.reload();
  await olga.inRoom();
  const flagged = warned(olga);
  await anna.insert("good work");
  await Promise.all([flagged, olga.sees("evil work")]);
  await olga.reads("good work");
});

test("Run runs what the server has, as soon as it has what was typed here", async () => {
  const anna = await person("Anna");
  const room = await anna.newRoom("Run the document");
  const mira = (await guest(room, "candidate", "Mira")).expects(/ERR_FAILED/);
  await corrupt(mira);
  await mira.page.reload();
  await mira.inRoom();
  await anna.insert("print('good' + ' work')\n");
  await mira.sees("evil");
  await mira.press("Control+End");
  await mira.insert("print('as ' + 'typed')\n");
  await mira.press("Control+Enter");
  await mira.printed("good work\nas typed");

  /* Edits that do not get through: what is on this screen runs nevertheless. */
  await mira.reads("print('good' + ' work')\nprint('as ' + 'typed')\n");
  await mira.saved();
  await mira.page.route("**/docs/code/updates", (route) => route.abort());
  await mira.press("Control+End");
  await mira.insert("print('only ' + 'here')");
  await mira.press("Control+Enter");
  await mira.printed("only here");
  await mira.page.unroute("**/docs/code/updates");
  await mira.saved();
  assert.match(Buffer.from((await anna.account.get(`${room.path}/files/main.py`)).body).toString(), /only/);
});
