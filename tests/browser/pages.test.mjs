/* pages.test.mjs - the way in: accounts, the first link, joining by a link, the end. */
import assert from "node:assert/strict";
import { after, afterEach, test } from "node:test";
import { api } from "../lib/api.mjs";
import { Window, closeAll, guest, inviteLink, person, quit } from "./window.mjs";

afterEach(closeAll);
after(quit);

test("sign up, open the first room, sign out, sign in again", async () => {
  const anna = await Window.open();
  const email = `anna-${Date.now()}@example.org`;
  await anna.goto("/");
  await anna.heading("Sign in").waitFor();
  await anna.page.getByRole("link", { name: "Open an account" }).click();
  await anna.field("Name").fill("Anna Kern");
  await anna.field("E-mail").fill(email);
  await anna.field("Password").fill("a good long sentence");
  await anna.button("Open an account").click();

  await anna.page.getByText("No rooms yet").waitFor();
  await anna.newRoom("First round");
  await anna.type("hello");
  await anna.saved();

  await anna.page.getByTitle("Your rooms").click();
  await anna.page.getByRole("link", { name: "First round" }).waitFor();
  await anna.button("Account of Anna Kern").click();
  await anna.button("Sign out").click();
  await anna.heading("Sign in").waitFor();

  await anna.signIn({ email, password: "a good long sentence" });
  await anna.page.getByRole("link", { name: "First round" }).click();
  await anna.inRoom();
  await anna.reads("hello");
});

test("a wrong password says so and names no account", async () => {
  const { email } = await api.signup();
  const anna = (await Window.open()).expects(/401/);
  await anna.goto("/signin");
  await anna.field("E-mail").fill(email);
  await anna.field("Password").fill("not the password");
  await anna.button("Sign in").click();
  const said = await anna.page.getByRole("alert").textContent();
  assert.ok(said.length > 0 && !said.includes(email));
  assert.equal(anna.path, "/signin");
});

test("what is wrong with a form stands beside its field", async () => {
  const anna = (await Window.open()).expects(/422/);
  await anna.goto("/signup");
  await anna.field("Name").fill("Anna");
  await anna.field("E-mail").fill("no address");
  await anna.field("Password").fill("a good long sentence");
  await anna.button("Open an account").click();
  await anna.page.locator("input[type=email][aria-invalid=true]").waitFor();
  const described = await anna.field("E-mail").getAttribute("aria-describedby");
  assert.ok((await anna.page.locator(`[id="${described}"]`).textContent()).length > 0);
});

test("a first link that was used says what to do", async () => {
  const owner = (await Window.open()).expects(/40[0-9]|410|422/);
  await owner.goto(`/first#${"x".repeat(32)}`);
  await owner.heading("This link has been used").waitFor();
  await owner.page.getByText("make link").waitFor();
});

test("a guest goes from the link to the caret with one field", async (t) => {
  const anna = await person("Anna");
  const room = await anna.newRoom("Quick");
  const url = new URL(await inviteLink(room, "candidate"));
  const mira = await Window.open();

  const began = performance.now();
  await mira.goto(url.pathname + url.hash);
  await mira.field("Your name").waitFor();
  assert.equal(await mira.page.locator("input, select, textarea").count(), 1, "one field");
  await mira.page.getByText("recorded").waitFor();
  await mira.page.keyboard.type("Mira");
  await mira.press("Enter");
  await mira.editor.waitFor();
  await mira.page.keyboard.type("x");
  await mira.sees("x");
  t.diagnostic(`from the link to the first character: ${Math.round(performance.now() - began)} ms`);
  await anna.sees("x");
});

test("an account joins a room by a link under its own name", async () => {
  const anna = await person("Anna");
  const room = await anna.newRoom("Panel");
  const jonas = await person("Jonas");
  const url = new URL(await inviteLink(room, "interviewer"));
  await jonas.goto(url.pathname + url.hash);
  await jonas.button("Join as Jonas").click();
  await jonas.inRoom();
  await jonas.button("Share").waitFor();
  await jonas.goto("/");
  await jonas.page.getByRole("link", { name: "Panel" }).waitFor();
});

test("links that are incomplete or unknown, rooms that are not there", async () => {
  const mira = (await Window.open()).expects(/40[0-9]|410|422/);
  await mira.goto("/join#short");
  await mira.heading("This link is not complete").waitFor();
  await mira.goto("/nowhere");
  await mira.heading("There is nothing here").waitFor();
  await mira.goto(`/join#${"k".repeat(22)}`);
  await mira.field("Your name").fill("Mira");
  await mira.press("Enter");
  await mira.heading("This link no longer works").waitFor();

  const anna = (await person("Anna")).expects(/40[34]/);
  await anna.goto(`/r/${"A".repeat(22)}`);
  await anna.heading("There is no such room for you").waitFor();
});

test("a guest sees nothing but the room, and leaves for good", async () => {
  const anna = await person("Anna");
  const room = await anna.newRoom("One room");
  const mira = await guest(room, "candidate", "Mira");
  await mira.goto("/");
  await mira.heading("You are a guest").waitFor();
  await mira.page.getByRole("link", { name: "Back to the room" }).click();
  await mira.inRoom();
  await anna.page.getByText("2 in the room").waitFor();

  await mira.button("More", { exact: true }).click();
  await mira.button("Leave for good").click();
  await mira.button("Leave", { exact: true }).click();
  await mira.heading("You have left the room").waitFor();
  await anna.page.getByText("1 in the room").waitFor();
});

test("an interview that ends can be read but not changed, by nobody", async () => {
  const anna = await person("Anna");
  const room = await anna.newRoom("The end");
  const mira = await guest(room, "candidate", "Mira");
  await mira.insert("print('bye')");
  await mira.saved();
  await anna.sees("bye");
  await anna.button("More", { exact: true }).click();
  await anna.button("End the interview").click();
  await anna.button("End it").click();

  for (const window of [anna, mira]) {
    await window.page.getByText("The interview ended at").waitFor();
    await window.button(/^Run/).waitFor({ state: "detached" });
    await window.type("no");
    await window.reads("print('bye')");
  }
  await anna.goto("/");
  await anna.page.getByRole("heading", { name: "Earlier" }).waitFor();
  await anna.page.getByRole("link", { name: "The end" }).click();
  await anna.page.getByText("The interview ended at").waitFor();
  await anna.sees("bye");
});

test("a page from before an update, whose parts are gone, reloads itself; a list that fails is asked for again", async () => {
  const anna = (await person("Anna")).expects(/404|503|Failed to fetch dynamically imported module|preload/);
  let gone = 1;
  await anna.page.route(/\/assets\/page-.*\.js$/, (route) => (gone-- > 0 ? route.fulfill({ status: 404 }) : route.continue()));
  let away = 2;
  await anna.page.route("**/api/languages", (route) => (away-- > 0 ? route.fulfill({ status: 503 }) : route.continue()));
  const { id } = await anna.account.must(201, "POST", "/api/rooms", { title: "Updated", language: "python" });
  await anna.goto(`/r/${id}`);
  await anna.inRoom();
  await anna.type("works");
  await anna.saved();
});
