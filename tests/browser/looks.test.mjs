/*
 * looks.test.mjs - every page in both themes, on a desk and on a phone: a picture of it in build/shots
 * (VIVA_SHOTS moves that), nothing sticking out at the side, nothing that axe objects to.
 *
 * VIVA_PICTURES=1 also renews the pictures of the READMEs, nginx/app/pictures.
 */
import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { after, test } from "node:test";
import { api } from "../lib/api.mjs";
import { waitFor } from "../lib/wait.mjs";
import { Window, desktop, guest, inviteLink, person, phone, quit } from "./window.mjs";

after(quit);

const pictures = resolve(import.meta.dirname, "../../nginx/app/pictures");
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
/* Those that READMEs show. */
const PICTURED = new Set(["desk-dark-room", "desk-light-room", "desk-light-rooms", "phone-dark-room", "phone-light-join"]);
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

const PROGRAM = `from typing import Iterable


def merge(intervals: Iterable[list[int]]) -> list[list[int]]:
    """Smallest cover of the same points. O(n log n)."""
    merged: list[list[int]] = []
    for start, end in sorted(intervals):
        if merged and start <= merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], end)
        else:
            merged.append([start, end])
    return merged


print(merge([[1, 3], [2, 6], [8, 10]]))  # quick check
`;

/* The page does not scroll sideways. */
async function fits(window) {
  const over = await window.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.equal(over, 0, "sticks out at the side");
}

async function accessible(window) {
  await window.page.evaluate(axe);
  const { violations } = await window.page.evaluate((values) => globalThis.axe.run(document, { runOnly: { type: "tag", values } }), RULES);
  const told = violations.map((v) => `${v.id}: ${v.help}: ${v.nodes.map((n) => n.target.flat().join(" ")).join(", ")}`);
  assert.deepEqual(told, []);
}

const looks = [
  ["desk-light", { ...desktop, theme: "light" }],
  ["desk-dark", { ...desktop, theme: "dark" }],
  ["phone-light", { ...phone, theme: "light" }],
  ["phone-dark", { ...phone, theme: "dark" }],
];

/* Takes the picture, and on a phone looks at the narrowest one as well. */
async function seen(window, look, name) {
  if (look.startsWith("phone")) {
    await window.page.setViewportSize({ width: 320, height: 640 });
    await fits(window);
    await window.page.setViewportSize(phone.viewport);
  }
  await fits(window);
  await accessible(window);
  const file = await window.shot(`${look}-${name}`);
  if (process.env.VIVA_PICTURES && PICTURED.has(`${look}-${name}`)) {
    mkdirSync(pictures, { recursive: true });
    copyFileSync(file, join(pictures, `${look}-${name}.png`));
  }
}

/* Test cases that ran, one of them opened; then being written. */
async function seenTests(window, look) {
  await window.page.getByRole("tab", { name: /^Tests/ }).click();
  await window.page.locator('[data-case="2"]').getByRole("button").click();
  await seen(window, look, "room-tests");
  await window.button("Edit", { exact: true }).click();
  await window.field("Name of case 2").waitFor();
  await seen(window, look, "room-cases");
  await window.button("Cancel", { exact: true }).click();
}

/* One room in the middle of its work, for all looks. */
let setting;
function busyRoom() {
  setting ??= (async () => {
    const anna = await person("Anna Kern");
    await anna.account.post("/api/rooms", { title: "Platform, systems design", language: "javascript" });
    const old = await api.room(anna.account, { title: "Backend engineer · first round" });
    await anna.account.post(`${old.path}/end`);
    const room = await anna.newRoom("Backend engineer · second round");
    const mira = await guest(room, "candidate", "Mira Berg");
    await guest(room, "observer", "Jonas Lind");
    await mira.insert(PROGRAM);
    await mira.button("Add a file").click();
    await mira.field("Name").fill("test_merge.py");
    await mira.button("Add", { exact: true }).click();
    await mira.page.locator("[data-editor='test_merge.py']").waitFor();
    await mira.insert("from main import merge\n\nassert merge([]) == []\n");
    await mira.page.getByRole("tab", { name: "main.py" }).click();
    await mira.page.locator("[data-editor='main.py']").waitFor();
    await mira.saved();
    await anna.account.must(200, "PUT", `${room.path}/cases`, {
      cases: [
        { name: "from the task", input: "", expected: "[[1, 6], [8, 10]]\n" },
        { name: "nothing to merge", input: "", expected: "[[1, 3], [8, 10]]\n" },
        { name: "touching ends", input: "", expected: "[[1, 6], [8, 10]]\n", hidden: true },
      ],
    });
    await mira.page.getByRole("tab", { name: "Tests" }).click();
    await mira.button("Run tests").click();
    await mira.runEnds("wrong_answer");
    await mira.page.getByRole("tab", { name: "main.py" }).click();
    await mira.press("Control+Enter");
    await mira.runEnds("ok");
    await mira.page.getByLabel("Message", { exact: true }).fill("sorted by start, then one pass");
    await mira.press("Enter");
    await anna.page.getByText("one pass").waitFor();
    await anna.page.getByLabel("Message", { exact: true }).fill("and if they arrive as a stream?");
    await anna.press("Enter");
    await mira.page.getByText("as a stream").waitFor();
    await mira.page.locator(".cm-line", { hasText: "if merged" }).click();
    await mira.press("Home", "Shift+End");
    /* Anna comes again in each look; this window of hers goes. */
    await anna.goto("/");
    await mira.caret("Anna Kern").waitFor({ state: "detached" });
    return { anna, mira, room };
  })();
  return setting;
}

for (const [look, options] of looks) {
  const onPhone = look.startsWith("phone");

  test(`${look}: the pages before a room`, async () => {
    const { room } = await busyRoom();
    const window = (await Window.open(options)).expects(/40\d|410|422/);
    await window.goto("/signin");
    await window.heading("Sign in").waitFor();
    await seen(window, look, "signin");
    await window.goto("/signup");
    await window.field("Name").fill("Anna");
    await window.field("E-mail").fill("no address");
    await window.button("Open an account").click();
    await window.page.locator("[aria-invalid]").first().waitFor();
    await seen(window, look, "signup");
    await window.goto(`/first#${"x".repeat(32)}`);
    await window.page.getByText("make link").waitFor();
    await seen(window, look, "first");
    await window.goto("/nothing");
    await window.heading("There is nothing here").waitFor();
    await seen(window, look, "notfound");
    const url = new URL(await inviteLink(room, "candidate"));
    await window.goto(url.pathname + url.hash);
    await window.field("Your name").fill("Lea Sand");
    await seen(window, look, "join");
    window.calm();
    await window.close();
  });

  test(`${look}: the list of rooms, empty and full`, async () => {
    const { anna } = await busyRoom();
    const fresh = await person("Otto Ahl", options);
    await fresh.page.getByText("No rooms yet").waitFor();
    await seen(fresh, look, "rooms-empty");
    await fresh.close();

    const window = await Window.open(options);
    await window.signIn(anna.account);
    await window.page.getByText("Mira Berg").waitFor();
    await seen(window, look, "rooms");
    await window.button("New room").click();
    await window.field("Title").waitFor();
    await seen(window, look, "newroom");
    await window.press("Escape");
    await window.button("Account of Anna Kern").click();
    await seen(window, look, "account-menu");
    await window.button("Name, e-mail, password").click();
    await seen(window, look, "account");
    window.calm();
    await window.close();
  });

  test(`${look}: a room at work`, async () => {
    const { anna, room } = await busyRoom();
    const window = await Window.open(options);
    await window.signIn(anna.account);
    await window.goto(`/r/${room.id}`);
    await window.inRoom();
    await window.caret("Mira Berg").waitFor();
    if (!onPhone) await window.printed("[[1, 6], [8, 10]]");
    await waitFor(() => window.page.evaluate(() => document.querySelector("[data-editor]").shadowRoot.querySelector(".cm-line span") !== null), { what: "colours" });
    await seen(window, look, "room");

    if (onPhone) {
      await window.editor.click();
      await window.page.getByRole("toolbar", { name: "Symbols" }).waitFor();
      await seen(window, look, "room-typing");
      for (const pane of ["Output", "Chat", "People"]) {
        await window.page.getByRole("navigation", { name: "Panes" }).getByRole("button", { name: pane }).click();
        await seen(window, look, `room-${pane.toLowerCase()}`);
        if (pane === "Output") await seenTests(window, look);
      }
    } else {
      await seenTests(window, look);
      for (const tab of ["Input", "Runs"]) {
        await window.page.getByRole("tab", { name: new RegExp(`^${tab}`) }).click();
        await seen(window, look, `room-${tab.toLowerCase()}`);
      }
      await window.button(/in the room$/).click();
      await seen(window, look, "room-people");
    }
    await window.button("More", { exact: true }).click();
    await seen(window, look, "room-menu");
    await window.button(/^Keyboard shortcuts/).first().click();
    await seen(window, look, "room-keys");
    await window.press("Escape");
    if (onPhone) {
      await window.button("More", { exact: true }).click();
      await window.button("Share this room").click();
    } else await window.button("Share", { exact: true }).click();
    const link = window.page.getByRole("textbox", { name: "Interviewer link" });
    await waitFor(() => link.inputValue(), { what: "a link" });
    await seen(window, look, "room-share");
    window.calm();
    await window.close();
  });

  test(`${look}: a new room, a watched one, an ended one`, async () => {
    const window = await person("Lea Sand", options);
    const room = await window.newRoom("Intern screening", "JavaScript");
    await seen(window, look, "room-new");
    await window.insert('console.log("before");\nthrow new Error("of all things");\n');
    await window.press("Control+Enter");
    await window.runEnds("runtime_error");
    await window.printed("of all things");
    await seen(window, look, "room-failed");
    const watcher = await guest(room, "observer", "Jonas Lind", options);
    await watcher.sees("of all things");
    await seen(watcher, look, "room-observer");
    await window.context.setOffline(true);
    if (onPhone) await window.page.getByRole("navigation", { name: "Panes" }).getByRole("button", { name: "Code" }).click();
    await window.type("// kept");
    if (!onPhone) await window.pillSays(/kept here/);
    await seen(window, look, "room-offline");
    await window.context.setOffline(false);
    await window.account.must(200, "POST", `${room.path}/end`);
    await watcher.page.getByText("The interview ended at").waitFor();
    await seen(watcher, look, "room-ended");
    watcher.calm();
    await watcher.close();
    await window.close();
  });
}
