/*
 * browser.test.mjs - browsers get over it by themselves: every nginx worker of the stack is killed, gateway and
 * broadcasters, while two people type. (kill.test.mjs kills everything else, with clients in Node.)
 */
import assert from "node:assert/strict";
import { after, afterEach, test } from "node:test";
import { nginxWorkers } from "../lib/stack.mjs";
import { waitFor } from "../lib/wait.mjs";
import { closeAll, guest, person, quit } from "../browser/window.mjs";

afterEach(closeAll);
after(quit);

/* A connection that is cut says so on the console. */
const CUT = /WebSocket connection|ERR_(CONNECTION|EMPTY_RESPONSE|INCOMPLETE|SOCKET)|status of 50[234]/;

const pids = () => nginxWorkers().map((worker) => Number(/: (\d+)@/.exec(worker)[1]));

function count(text, word) {
  return text.split(word).length - 1;
}

test("all nginx workers are killed while two people type: no edit is lost, nobody reloads, runs and chat go on", async () => {
  const anna = (await person("Anna")).expects(CUT);
  const room = await anna.newRoom("Recovery");
  const mira = (await guest(room, "candidate", "Mira")).expects(CUT);
  await anna.insert("top\n");
  await mira.sees("top");
  await mira.press("Control+End");
  await anna.press("Control+Home");
  const loads = () => [anna, mira].map((window) => window.requests.filter((url) => url.endsWith(`/r/${room.id}`)).length);
  const before = loads();

  let typing = true;
  const typed = { anna: 0, mira: 0 };
  const keepTyping = async (window, word) => {
    while (typing) {
      await window.type(`${word} `);
      typed[word] += 1;
    }
  };
  const both = Promise.all([keepTyping(anna, "anna"), keepTyping(mira, "mira")]);
  await waitFor(() => typed.anna > 3 && typed.mira > 3, { what: "both are typing" });
  const old = pids();
  for (const pid of old) process.kill(pid, "SIGKILL");
  await waitFor(() => pids().every((pid) => !old.includes(pid)), { what: "new workers" });
  const then = { ...typed };
  await waitFor(() => typed.anna > then.anna + 3 && typed.mira > then.mira + 3, { what: "both go on" });
  typing = false;
  await both;

  for (const window of [anna, mira]) await window.saved();
  await waitFor(async () => (await anna.text()) === (await mira.text()), { within: 60_000, what: "equal texts" });
  const text = await anna.text();
  assert.deepEqual({ anna: count(text, "anna"), mira: count(text, "mira") }, typed);

  await mira.page.getByLabel("Message", { exact: true }).fill("still here");
  await mira.press("Enter");
  await anna.page.getByText("still here").waitFor();
  await anna.editor.focus();
  await anna.press("Control+a");
  await anna.insert("print('runs')");
  await anna.press("Control+Enter");
  for (const window of [anna, mira]) await window.printed("runs");
  assert.deepEqual(loads(), before, "nobody reloaded");
});
