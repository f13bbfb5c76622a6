/*
 * recover.test.mjs - a forgotten password, the whole way: asked for on the page, through the queue and a mail server, back by the
 * link. Every state that a person can meet has its pictures, on a desk and on a phone, light and dark.
 */
import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { api } from "../lib/api.mjs";
import { sql } from "../lib/database.mjs";
import { MailServer, linkIn } from "../lib/mailserver.mjs";
import { redis } from "../lib/redis.mjs";
import { state } from "../lib/stack.mjs";
import { Window, closeAll, desktop, phone, quit } from "./window.mjs";

const FRESH = "a better long sentence";
let server;

before(async () => {
  redis("DEL", "limit:auth_recover:127.0.0.1"); /* of who ran this a moment ago */
  server = await MailServer.ofStack(state);
});
afterEach(closeAll);
after(async () => {
  await quit();
  await server.close();
});

const looks = [
  ["desk-light", { ...desktop, theme: "light" }],
  ["desk-dark", { ...desktop, theme: "dark" }],
  ["phone-light", { ...phone, theme: "light" }],
  ["phone-dark", { ...phone, theme: "dark" }],
];

const alert = (window) => window.page.getByRole("alert");

async function seen(window, look, name) {
  const over = await window.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.equal(over, 0, "sticks out at the side");
  await window.shot(`${look}-${name}`);
}

/* Asked for by the keyboard alone. */
async function ask(window, email) {
  await window.goto("/signin");
  await window.page.getByRole("link", { name: "Forgot your password?" }).focus();
  await window.press("Enter");
  await window.heading("Forgot your password?").waitFor();
  await window.page.locator("input[type=email]:focus").waitFor();
  await window.page.keyboard.type(email);
  await window.press("Enter");
  await window.heading("Look at your mail").waitFor();
}

/* Only a navigation that loads the page: a link is opened, not typed into one that is there. */
async function open(window, link) {
  const { pathname, hash } = new URL(link);
  await window.goto("/signin");
  await window.goto(`${pathname}${hash}`);
}

async function set(window, password) {
  await window.field("New password").fill(password);
  await window.press("Enter");
}

const expire = (email) => sql(`UPDATE recovery SET expires_at = now() - interval '1 s' WHERE email = '${email}'`);

for (const [look, options] of looks)
  test(`${look}: a forgotten password is set anew, and every other way it can go`, async () => {
    const ann = await api.signup();
    const window = (await Window.open(options)).expects(/401|410|422|ERR_INTERNET_DISCONNECTED/);
    await window.goto("/signin");
    await window.page.getByRole("link", { name: "Forgot your password?" }).waitFor();
    await seen(window, look, "recover-signin");

    await window.goto("/forgot");
    await window.button("Send the link").waitFor();
    await seen(window, look, "recover-ask");
    await window.context.setOffline(true);
    await window.field("E-mail").fill(ann.email);
    await window.button("Send the link").click();
    assert.match(await alert(window).textContent(), /does not answer/);
    await seen(window, look, "recover-offline");
    await window.context.setOffline(false);
    await ask(window, ann.email);
    await seen(window, look, "recover-sent");

    const late = linkIn(await server.next(ann.email)).link;
    expire(ann.email);
    await open(window, late);
    await set(window, FRESH);
    await window.heading("This link does not work any more").waitFor();
    await seen(window, look, "recover-expired");

    await window.page.getByRole("link", { name: "Ask for another link" }).click();
    await window.button("Send the link").waitFor();
    await api.anyone().must(202, "POST", "/api/auth/recover", { email: ann.email }); /* all windows are of one address, which may not ask often */
    const { link } = linkIn(await server.next(ann.email, 2));
    await open(window, link);
    await set(window, "short");
    await window.page.locator("input[aria-invalid=true]").waitFor();
    await seen(window, look, "recover-weak");
    await set(window, FRESH);
    await window.heading("Rooms").waitFor();

    await open(window, link);
    await set(window, "yet another sentence");
    await window.page.getByText("A link works once").waitFor();
    await seen(window, look, "recover-used");

    assert.equal((await api.anyone().post("/api/auth/signin", { email: ann.email, password: ann.password })).status, 401);
    const again = await Window.open(options);
    await again.signIn({ email: ann.email, password: FRESH });
  });

test("a page says the same of an address that has no account, and the token of a link is in no request", async () => {
  const window = await Window.open();
  await ask(window, "nobody@example.org");
  const words = await window.page.getByRole("status").first().textContent();
  const ann = await api.signup();
  await ask(window, ann.email);
  assert.equal((await window.page.getByRole("status").first().textContent()).replace(ann.email, "nobody@example.org"), words);
  const { link, token } = linkIn(await server.next(ann.email));
  await open(window, link);
  await set(window, FRESH);
  await window.heading("Rooms").waitFor();
  assert.deepEqual(window.requests.filter((url) => url.replace(/#.*/, "").includes(token)), []);
});
