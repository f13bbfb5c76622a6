/* keyboard.test.mjs - the whole way without a mouse, and what is around the editor. */
import assert from "node:assert/strict";
import { after, afterEach, test } from "node:test";
import { api } from "../lib/api.mjs";
import { waitFor } from "../lib/wait.mjs";
import { Window, closeAll, guest, person, quit } from "./window.mjs";

afterEach(closeAll);
after(quit);

const MANY = 60;

const focused = (locator) => locator.evaluate((element) => element.matches(":focus"));

/* Presses Tab until the thing has the focus, and sees that the focus shows. */
async function tabTo(window, locator, key = "Tab") {
  for (let i = 0; i < MANY; i++) {
    if ((await locator.count()) === 1 && (await focused(locator))) {
      const outline = await locator.evaluate((e) => getComputedStyle(e).outlineStyle);
      assert.notEqual(outline, "none", "the focus is visible");
      return;
    }
    await window.press(key);
  }
  throw new Error(`${MANY} times Tab did not reach ${locator}`);
}

const button = (window, name) => window.page.getByRole("button", { name });

test("sign in, open a room, type, run, share, end: by keyboard alone", async () => {
  const account = await api.signup({ name: "Anna" });
  const anna = await Window.open();
  await anna.goto("/signin");
  await anna.field("E-mail").waitFor();
  await tabTo(anna, anna.field("E-mail"));
  await anna.page.keyboard.type(account.email);
  await tabTo(anna, anna.field("Password"));
  await anna.page.keyboard.type(account.password);
  await anna.press("Enter");

  await anna.page.getByText("No rooms yet").waitFor();
  await tabTo(anna, button(anna, "New room"));
  await anna.press("Enter");
  await anna.field("Title").waitFor();
  assert.ok(await focused(anna.field("Title")), "the dialog begins at its first field");
  await anna.page.keyboard.type("By hand");
  await anna.press("Enter");

  await anna.inRoom();
  await waitFor(() => anna.editor.evaluate((e) => e.getRootNode().activeElement === e), { what: "the caret is in the editor" });
  await anna.page.keyboard.type("print('typed')");
  await anna.press("Control+Enter");
  await anna.printed("typed");

  await anna.press("Escape", "Tab");
  assert.equal(await anna.text(), "print('typed')", "Escape, then Tab leaves the editor and types nothing");
  await tabTo(anna, button(anna, "Share").first(), "Shift+Tab");
  await anna.press("Enter");
  await anna.heading("Share this room").waitFor();
  await anna.press("Escape");
  assert.ok(await focused(button(anna, "Share").first()), "the focus comes back");

  await tabTo(anna, anna.button("More", { exact: true }));
  await anna.press("Enter", "ArrowUp");
  assert.ok(await focused(anna.button("End the interview")));
  await anna.press("Enter");
  await tabTo(anna, anna.button("End it"));
  await anna.press("Enter");
  await anna.page.getByText("The interview ended at").waitFor();
});

test("Tab indents in the editor; F6 goes around the page; ? lists the keys", async () => {
  const anna = await person("Anna");
  await anna.newRoom("Keys");
  await anna.editor.focus();
  await anna.press("Tab");
  await anna.reads("    ");
  const inRegion = (name) => anna.page.evaluate((region) => document.activeElement.closest("[data-region]")?.dataset.region === region, name);
  for (const region of ["results", "chat", "top", "code"]) {
    await anna.press("F6");
    assert.ok(await inRegion(region), region);
  }
  await anna.press("F6");
  await anna.page.keyboard.type("?");
  await anna.heading("Keyboard shortcuts").waitFor();
  await anna.press("Escape");
  assert.ok(await inRegion("results"));
});

test("panes are resized and folded by keyboard and mouse, and the sizes are remembered", async () => {
  const anna = await person("Anna");
  await anna.newRoom("Panes");
  const line = anna.page.getByRole("separator", { name: "Width of results and chat" });
  const width = async () => Number(await line.getAttribute("aria-valuenow"));
  const before = await width();
  await line.focus();
  await anna.press("ArrowLeft", "ArrowLeft");
  assert.equal(await width(), before + 32);

  const box = await line.boundingBox();
  await anna.page.mouse.move(box.x, box.y + 300);
  await anna.page.mouse.down();
  await anna.page.mouse.move(box.x - 100, box.y + 300, { steps: 4 });
  await anna.page.mouse.up();
  const dragged = await width();
  assert.ok(Math.abs(dragged - (before + 132)) <= 2, `${dragged}`);
  await anna.page.reload();
  await anna.inRoom();
  assert.equal(await width(), dragged);

  await anna.press("Control+j");
  await line.waitFor({ state: "detached" });
  await anna.page.reload();
  await anna.inRoom();
  assert.equal(await line.count(), 0);
  await anna.press("Control+j");
  await line.waitFor();
});

test("a finished run and a newcomer are said to a screen reader, once", async () => {
  const anna = await person("Anna");
  const room = await anna.newRoom("Said");
  const said = anna.page.locator("[aria-live=polite][role=status]");
  await guest(room, "candidate", "Mira");
  await waitFor(async () => (await said.textContent()) === "Mira joined", { what: "Mira is announced" });
  await anna.insert("print(1)");
  await anna.press("Control+Enter");
  await waitFor(async () => (await said.textContent()) === "Run by Anna finished: exit 0", { what: "the run is announced" });
});
