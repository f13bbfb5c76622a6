/* colours.test.mjs - a language's colours come when they are needed; until then, and without them, the text is plain. */
import assert from "node:assert/strict";
import { after, afterEach, test } from "node:test";
import { waitFor } from "../lib/wait.mjs";
import { closeAll, person, quit } from "./window.mjs";

afterEach(closeAll);
after(quit);

const coloured = async (window) => (await window.editor.locator(".cm-line span").count()) > 0;
const getsColours = (window) => waitFor(() => coloured(window), { what: "colours" });

/* From here on, scripts that this window asks for are answered by `answer`; says which they were. */
async function intercept(window, answer) {
  const asked = [];
  await window.page.route("**/assets/*.js", (route) => {
    asked.push(route.request().url());
    return answer(route);
  });
  return asked;
}

/* Python's colours are there; nothing of any other language is. */
async function pythonRoom() {
  const window = await person("Anna");
  await window.newRoom("Colours");
  await window.insert("import sys\n");
  await getsColours(window);
  return window;
}

async function addFile(window, name) {
  await window.button("Add a file").click();
  await window.field("Name").fill(name);
  await window.button("Add", { exact: true }).click();
  await window.page.locator(`[data-editor='${name}']`).waitFor();
}

test("colours that come late change neither the text nor where one types", async () => {
  const window = await pythonRoom();
  let release;
  const released = new Promise((resolve) => (release = resolve));
  const asked = await intercept(window, (route) => released.then(() => route.continue()));
  await addFile(window, "late.rb");
  await window.insert("def late; 1; end");
  await window.press("ArrowLeft", "ArrowLeft", "ArrowLeft");
  await waitFor(() => asked.length > 0, { what: "the colours are asked for" });
  assert.equal(await coloured(window), false);
  release();
  await getsColours(window);
  await window.page.keyboard.insertText("nil; ");
  await window.reads("def late; 1; nil; end");
  await window.saved();
});

test("colours that never come leave an editor", async () => {
  const window = (await pythonRoom()).expects(/ERR_FAILED/);
  const asked = await intercept(window, (route) => route.abort());
  await addFile(window, "never.rs");
  await waitFor(() => asked.length > 0, { what: "the colours are asked for" });
  await window.insert("use std::fs;");
  await window.reads("use std::fs;");
  await window.saved();
  assert.equal(await coloured(window), false);
});
