/* offline.test.mjs - without a network nothing that was typed is lost. */
import assert from "node:assert/strict";
import { after, afterEach, test } from "node:test";
import { closeAll, guest, person, quit } from "./window.mjs";

afterEach(closeAll);
after(quit);

/* What Chromium writes on the console while there is no network. */
const NO_NETWORK = /ERR_INTERNET_DISCONNECTED|WebSocket connection|ERR_NETWORK_CHANGED|ERR_FAILED/;

test("edits made offline are kept, said to be kept, and reach the others on return", async () => {
  const anna = await person("Anna");
  const room = await anna.newRoom("Offline");
  const mira = (await guest(room, "candidate", "Mira")).expects(NO_NETWORK);
  await anna.insert("together\n");
  await mira.sees("together");
  await mira.saved();

  await mira.context.setOffline(true);
  await mira.press("Control+End");
  await mira.type("typed offline");
  await mira.pillSays(/^offline, \d+ edits? kept here/);
  await anna.press("Control+Home");
  await anna.type("meanwhile ");
  await anna.saved();
  assert.equal((await anna.text()).includes("offline"), false);

  await mira.context.setOffline(false);
  const whole = "meanwhile together\ntyped offline";
  await mira.reads(whole);
  await anna.reads(whole);
  await mira.saved();
});

test("edits made offline survive closing the page, and reach the others when it is opened again", async () => {
  const anna = await person("Anna");
  const room = await anna.newRoom("Reload");
  const mira = (await guest(room, "candidate", "Mira")).expects(NO_NETWORK);
  await mira.insert("before\n");
  await anna.sees("before");
  await mira.saved();

  await mira.context.setOffline(true);
  await mira.press("Control+End");
  await mira.type("kept over a reload");
  await mira.pillSays(/^offline, \d+ edits? kept here/);
  await mira.reopen(`/r/${room.id}`, () => mira.context.setOffline(false));
  await mira.inRoom();
  await mira.reads("before\nkept over a reload");
  await anna.reads("before\nkept over a reload");
  await mira.saved();
});

test("while offline a run says why it cannot start, and editing goes on", async () => {
  const anna = (await person("Anna")).expects(NO_NETWORK);
  await anna.newRoom("No run");
  await anna.context.setOffline(true);
  await anna.press("Control+Enter");
  await anna.page.getByRole("alert").filter({ hasText: "does not answer" }).waitFor();
  await anna.type("still here");
  await anna.reads("still here");
  await anna.context.setOffline(false);
  await anna.saved();
});
