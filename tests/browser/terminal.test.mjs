/* terminal.test.mjs - the shared terminal in two windows, and typing into a program that runs. */
import assert from "node:assert/strict";
import { after, afterEach, test } from "node:test";
import { waitFor } from "../lib/wait.mjs";
import { closeAll, guest, person, phone, quit } from "./window.mjs";

afterEach(closeAll);
after(quit);

const showTerminal = (window) => window.page.getByRole("tab", { name: /^Terminal/ }).click();
const screen = (window) => window.page.locator("[data-terminal] .xterm-rows");
const text = async (window) => (await screen(window).innerText()).replaceAll("\u00a0", " ");
const sees = (window, pattern) =>
  waitFor(async () => pattern.test(await text(window)), { within: 90_000, every: 50, what: `${pattern} in the terminal` }).catch(async (error) => {
    throw new Error(`${error.message}; it shows ${JSON.stringify(await text(window))}`);
  });

async function types(window, line) {
  await window.page.locator("[data-terminal] textarea").focus();
  await window.page.keyboard.type(`${line}\n`);
}

const grid = (window) => window.page.locator('[title^="rows and columns"]').innerText();

test("two windows see and type in the same terminal, in one size", async () => {
  const anna = await person("Anna Kern", { theme: "dark" });
  const room = await anna.newRoom("Terminal");
  const mira = await guest(room, "candidate", "Mira Berg");
  await anna.insert("print('from the file')\n");
  await anna.saved();
  await showTerminal(anna);
  await showTerminal(mira);
  await anna.button("Open terminal").click();
  await sees(anna, /\$ /);
  await types(anna, "x=one; echo $x for all; python3 main.py");
  await sees(mira, /\none for all\nfrom the file\n/);
  await types(mira, "echo $x from mira; printf '\\e[38;2;200;40;40mred\\e[0m\\n'");
  await sees(anna, /\none from mira\nred\n/);
  await anna.page.getByText("Mira Berg typed last").waitFor();
  await waitFor(async () => (await grid(anna)) === (await grid(mira)), { what: "both to have the same rows and columns" });
  await anna.shot("desk-dark-terminal");
  await mira.shot("desk-light-terminal");

  const late = await guest(room, "observer", "Olga Wise", { ...phone, theme: "dark" });
  await late.button("Output").click();
  await showTerminal(late);
  await sees(late, /one from mira/);
  await late.shot("phone-dark-terminal");
  assert.equal(await late.button("Close").count(), 0);

  await types(mira, "exit");
  for (const window of [anna, mira, late]) await window.page.getByText("Ended: the shell has ended", { exact: true }).waitFor();
  await mira.shot("desk-light-terminal-ended");
  await mira.button("Open again").click();
  await sees(anna, /^\s*viva@viva:~\$ /);
  await anna.button("Close", { exact: true }).click();
  await mira.page.getByText("Ended: it was closed", { exact: true }).waitFor();
});

test("F6 leaves the terminal, Tab does not; a window that was away catches up", async () => {
  const anna = (await person("Anna Kern")).expects(/WebSocket|ERR_INTERNET_DISCONNECTED|ERR_NETWORK_CHANGED|Failed to load/);
  const room = await anna.newRoom("Keys");
  const mira = await guest(room, "candidate", "Mira Berg");
  for (const window of [anna, mira]) await showTerminal(window);
  await anna.button("Open terminal").click();
  await sees(anna, /\$ /);
  const inside = () => anna.page.evaluate(() => document.activeElement?.closest("[data-terminal]") !== null);
  await anna.page.locator("[data-terminal] textarea").focus();
  await anna.press("Tab");
  assert.ok(await inside(), "Tab is the shell's");
  await anna.press("F6");
  assert.ok(!(await inside()), "F6 is the room's");
  await anna.context.setOffline(true);
  await types(mira, "echo while you were away");
  await sees(mira, /\nwhile you were away/);
  await anna.context.setOffline(false);
  await sees(anna, /\nwhile you were away/);
  await mira.button("Close", { exact: true }).click();
});

test("a program asks, and whoever may answers in the line under the output", async () => {
  const anna = await person("Anna Kern");
  const room = await anna.newRoom("Input");
  const mira = await guest(room, "candidate", "Mira Berg");
  await anna.insert("name = input('Name? ')\nprint('hello', name)\nimport sys\nprint(len(sys.stdin.read()))\n");
  await anna.press("Control+Enter");
  await anna.printed("Name? ");
  await mira.field("Type into the program").fill("Mira");
  await mira.press("Enter");
  await anna.printed("hello Mira");
  await anna.shot("desk-light-typing");
  await anna.field("Type into the program").fill("abc");
  await anna.press("Control+d");
  await mira.printed("3");
  await anna.runEnds("ok");
  const typed = (await mira.output()).filter((c) => c.stream === "stdin").map((c) => c.text);
  assert.deepEqual(typed, ["Mira\n", "abc", "^D\n"]);
});
