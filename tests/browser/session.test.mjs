/* session.test.mjs - tokens of five minutes that nobody notices; sessions that end. */
import assert from "node:assert/strict";
import { after, afterEach, test } from "node:test";
import { closeAll, guest, person, quit } from "./window.mjs";

afterEach(closeAll);
after(quit);

const refreshes = (window) => window.requests.filter((url) => url.endsWith("/api/auth/refresh")).length;

/*
 * As if the five minutes were over: the cookie with the access token is gone, and the page knows the time. What the
 * page asks between the two is refused once, and renewed.
 */
async function expire(window) {
  window.expects(/\b401\b/);
  const cookies = await window.context.cookies();
  assert.ok(cookies.every((cookie) => cookie.httpOnly && cookie.sameSite !== "None"), "cookies that scripts cannot read");
  for (const { name } of cookies.filter((cookie) => !/refresh/.test(cookie.name))) await window.context.clearCookies({ name });
  await window.page.evaluate(() => localStorage.setItem("viva.expires", "0"));
}

test("a token that has ended is renewed on the way; nothing is interrupted", async () => {
  const anna = await person("Anna");
  const room = await anna.newRoom("Tokens");
  const mira = await guest(room, "candidate", "Mira");
  for (const window of [anna, mira]) {
    await expire(window);
    await window.insert(`print('${window.name}')\n`);
    await window.saved();
    await window.press("Control+Enter");
    await window.printed(window.name);
    assert.ok(refreshes(window) >= 1);
  }
});

/* The refresh token that a request carried. */
const spends = async (request) => /refresh=([^;]+)/.exec((await request.allHeaders()).cookie)[1];

test("two tabs never spend the same refresh token", async () => {
  const anna = await person("Anna");
  await anna.newRoom("Tabs");
  const other = await anna.context.newPage();
  const seen = [];
  anna.context.on("request", (request) => request.url().endsWith("/api/auth/refresh") && seen.push(request));
  await other.goto(anna.page.url());
  await other.locator("[data-editor][data-synced]").waitFor();
  await expire(anna);
  const list = (page) => page.evaluate(() => dispatchEvent(new Event("offline")) && dispatchEvent(new Event("online")));
  await Promise.all([list(anna.page), list(other)]);
  await Promise.all([anna.insert("x"), other.locator(".cm-content").focus().then(() => other.keyboard.insertText("y"))]);
  await anna.sees("y");
  await anna.saved();
  const spent = await Promise.all(seen.map(spends));
  assert.ok(spent.length >= 1);
  assert.equal(new Set(spent).size, spent.length);
});

test("signing out in one tab ends the room in the other, and says what to do", async () => {
  const anna = (await person("Anna")).expects(/401/);
  await anna.newRoom("Signed out");
  const other = await anna.context.newPage();
  await other.goto(new URL("/", anna.page.url()).href);
  await other.getByRole("button", { name: "Account of Anna" }).click();
  await other.getByRole("button", { name: "Sign out" }).click();
  await other.getByRole("heading", { name: "Sign in" }).waitFor();
  await anna.type("more");
  await anna.heading("You are not in this room").waitFor();
  await anna.page.getByRole("link", { name: "Sign in" }).waitFor();
});
