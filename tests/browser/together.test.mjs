/* together.test.mjs - several people in one room: typing at once, carets, runs, chat, roles. */
import assert from "node:assert/strict";
import { after, afterEach, test } from "node:test";
import { waitFor } from "../lib/wait.mjs";
import { closeAll, guest, person, quit } from "./window.mjs";

afterEach(closeAll);
after(quit);

async function pair(title, role = "candidate") {
  const anna = await person("Anna Kern");
  const room = await anna.newRoom(title);
  const mira = await guest(room, role, "Mira Berg");
  return { anna, mira, room };
}

test("two people type at once and read the same", async () => {
  const { anna, mira } = await pair("At once");
  await anna.insert("first\n\nlast");
  await mira.sees("last");
  await anna.press("Control+Home");
  await mira.press("Control+End");
  await Promise.all([anna.type("anna writes above "), mira.type(" mira writes below")]);
  const whole = "anna writes above first\n\nlast mira writes below";
  await anna.reads(whole);
  await mira.reads(whole);
  await anna.saved();
  await mira.saved();
});

test("each sees the other's caret with its name, also on the first line and at the right edge", async () => {
  const { anna, mira } = await pair("Carets");
  await anna.insert("one\ntwo\nthree");
  await mira.sees("three");
  await mira.press("Control+End");
  await mira.type("!");
  await anna.caret("Mira Berg").waitFor();
  await mira.caret("Anna Kern").waitFor();

  const visible = (window, name) =>
    waitFor(
      () =>
        window.caret(name).evaluate((caret) => {
          const label = caret.getBoundingClientRect();
          const view = caret.closest(".cm-scroller").getBoundingClientRect();
          return label.width > 0 && label.top >= view.top && label.left >= view.left && label.right <= view.right;
        }),
      { what: `the label of ${name} is inside of the view` },
    );
  await visible(anna, "Mira Berg");
  const heights = await anna.page.locator(".cm-line").evaluateAll((lines) => lines.map((line) => line.getBoundingClientRect().height));
  assert.deepEqual(heights, heights.map(() => heights[0]), "a caret moves no line");
  await mira.press("Control+Home");
  await mira.type("x");
  await anna.page.locator(".cm-person-below .cm-person-name").waitFor();
  await visible(anna, "Mira Berg");

  await anna.page.setViewportSize({ width: 900, height: 600 });
  await mira.insert("#".repeat(44));
  await anna.sees("####");
  await visible(anna, "Mira Berg");
});

test("a caret on an empty line does not throw another's off its way", async () => {
  const { anna, mira } = await pair("Empty line");
  await anna.insert("one\n\nthree\n");
  await mira.sees("three");
  await mira.press("Control+End");
  await mira.type(" ");
  await mira.press("Backspace");
  await anna.caret("Mira Berg").waitFor();
  await anna.press("Control+Home", "ArrowDown", "ArrowDown", "ArrowDown");
  await anna.page.getByText("Ln 4, Col 1").waitFor();
  await anna.press("ArrowUp");
  await anna.page.getByText("Ln 3, Col 1").waitFor();
});

test("undo takes back one's own edits only", async () => {
  const { anna, mira } = await pair("Undo");
  await anna.insert("anna\n");
  await mira.sees("anna");
  await mira.press("Control+End");
  await mira.insert("mira");
  await anna.sees("mira");
  await anna.press("Control+z");
  await anna.reads("mira");
  await mira.reads("mira");
  await anna.press("Control+y");
  await mira.reads("anna\nmira");
});

test("both watch a run: the same chunks, stdout and stderr apart, the same ending", async () => {
  const { anna, mira } = await pair("Run");
  await anna.insert("import sys, time\nfor i in range(5):\n    print('line', i, flush=True)\n    time.sleep(0.1)\nprint('wrong', file=sys.stderr)\nsys.exit(3)\n");
  await mira.sees("sys.exit");
  await mira.press("Control+Enter");
  await anna.printed("line 0");
  for (const window of [anna, mira]) {
    await window.runEnds("runtime_error");
    await window.page.getByText("exit 3", { exact: true }).waitFor();
    await window.printed("wrong");
    await window.printed("line 4\n");
  }
  const [hers, his] = [await anna.output(), await mira.output()];
  assert.deepEqual(hers, his);
  assert.equal(hers.filter((c) => c.stream === "stdout").map((c) => c.text).join(""), "line 0\nline 1\nline 2\nline 3\nline 4\n");
  assert.equal(hers.filter((c) => c.stream === "stderr").map((c) => c.text).join(""), "wrong\n");
  assert.deepEqual(hers.map((c) => c.seq), hers.map((_, i) => i + 1));
  assert.equal(await anna.run, await mira.run);
  await anna.page.getByText("run by Mira Berg", { exact: true }).waitFor();
  await mira.page.getByText("run by you").waitFor();
});

test("anyone who may run may stop a run; input reaches it; the list keeps all", async () => {
  const { anna, mira } = await pair("Stop");
  await anna.page.getByRole("tab", { name: "Input" }).click();
  await anna.page.getByRole("textbox", { name: /reads this/ }).fill("42\n");
  await anna.insert("print(int(input()) + 1)\n");
  await anna.press("Control+Enter");
  await anna.printed("43");
  await anna.runEnds("ok");

  await anna.press("Control+a");
  await anna.insert("import time\nprint('begun', flush=True)\ntime.sleep(9)\n");
  await anna.press("Control+Enter");
  await mira.printed("begun");
  await mira.button("Stop").click();
  for (const window of [anna, mira]) await window.runEnds("cancelled");

  await mira.page.getByRole("tab", { name: /^Runs/ }).click();
  await mira.page.getByRole("listitem").filter({ hasText: "exit 0" }).getByRole("button").click();
  await mira.printed("43");
});

test("a change of language is everybody's, and each language keeps its file", async () => {
  const { anna, mira } = await pair("Languages");
  await anna.insert("print('snake')");
  await mira.sees("snake");
  await anna.page.getByRole("combobox", { name: "Language" }).selectOption({ value: "javascript" });
  await mira.page.locator("[data-editor='main.js']").waitFor();
  await mira.insert("console.log('coffee')");
  await anna.sees("coffee");
  await anna.press("Control+Enter");
  await mira.printed("coffee");
  await mira.page.getByRole("tab", { name: "main.py" }).click();
  await mira.reads("print('snake')");
});

test("files: add, import from another, rename, delete", async () => {
  const { anna, mira } = await pair("Files");
  await anna.button("Add a file").click();
  await anna.field("Name").fill("helper.py");
  await anna.button("Add", { exact: true }).click();
  await anna.page.locator("[data-editor='helper.py']").waitFor();
  await anna.insert("def answer():\n    return 42\n");
  await anna.page.getByRole("tab", { name: "main.py" }).click();
  await anna.page.locator("[data-editor='main.py']").waitFor();
  await anna.insert("from helper import answer\nprint(answer())\n");
  await anna.press("Control+Enter");
  await mira.printed("42");

  await mira.page.getByRole("tab", { name: "helper.py" }).click();
  await mira.sees("return 42");
  await mira.button("More for helper.py").click();
  await mira.button("Rename helper.py").click();
  await mira.field("Name").fill("better.py");
  await mira.button("Rename", { exact: true }).click();
  await mira.sees("return 42");
  await anna.page.getByRole("tab", { name: "better.py" }).waitFor();
  await mira.button("More for better.py").click();
  await mira.button("Delete better.py").click();
  await anna.page.getByRole("tab", { name: "better.py" }).waitFor({ state: "detached" });
});

test("an observer reads and chats, but cannot edit or run, and shows no caret", async () => {
  const { anna, mira: watcher } = await pair("Observed", "observer");
  await anna.insert("print('look')\n");
  await watcher.sees("look");
  assert.equal(await watcher.button(/^Run/).count(), 0);
  await watcher.type("I was here");
  await watcher.press("Control+Enter");
  await watcher.page.getByLabel("Message", { exact: true }).fill("I only watch");
  await watcher.press("Enter");
  await anna.page.getByText("I only watch").waitFor();
  await anna.type("# more");
  await watcher.sees("# more");
  assert.equal((await anna.text()).includes("I was here"), false);
  assert.equal((await watcher.text()).includes("I was here"), false);
  assert.equal(await anna.page.locator(".cm-person").count(), 0);
  assert.equal(await anna.page.locator("[data-run]").count(), 0);
});

test("the share dialog gives a link for each role, and the link works", async () => {
  const anna = await person("Anna Kern");
  await anna.newRoom("Shared");
  await anna.button("Share", { exact: true }).click();
  const link = anna.page.getByRole("textbox", { name: "Candidate link" });
  const url = await waitFor(() => link.inputValue(), { what: "a link" });
  await anna.context.grantPermissions(["clipboard-read", "clipboard-write"]);
  /* It says so for two seconds. */
  await Promise.all([anna.page.getByText("Copied").waitFor(), anna.button("Copy the candidate link").click()]);
  assert.equal(await anna.page.evaluate(() => navigator.clipboard.readText()), url);
  assert.notEqual(await waitFor(() => anna.page.getByRole("textbox", { name: "Observer link" }).inputValue(), { what: "another link" }), url);
});

test("who closes the window is gone at once for the others", async () => {
  const { anna, mira } = await pair("Gone");
  await anna.page.getByText("2 in the room").waitFor();
  mira.calm();
  await mira.page.close({ runBeforeUnload: true });
  await anna.page.getByText("1 in the room").waitFor();
});

test("whose browser crashes is gone for the others before the lease runs out", async () => {
  const { anna, mira } = await pair("Crashed");
  await anna.page.getByText("2 in the room").waitFor();
  mira.calm();
  const browser = await mira.context.newCDPSession(mira.page);
  browser.send("Page.crash").catch(() => {}); /* nobody is left to answer it */
  await anna.page.getByText("1 in the room").waitFor({ timeout: 35_000 });
});

test("a room is renamed for everyone", async () => {
  const { anna, mira } = await pair("Old title");
  await anna.button("More", { exact: true }).click();
  await anna.button("Rename the room").click();
  await anna.field("Title").fill("New title");
  await anna.press("Enter");
  await mira.page.getByRole("heading", { name: "New title" }).waitFor();
  assert.match(await mira.page.title(), /^New title/);
});
