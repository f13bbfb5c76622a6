/*
 * window.mjs - people at real browser windows, for tests that read like transcripts.
 *
 *   const anna = await person("Anna");                       an account, signed in by the page
 *   const room = await anna.newRoom("Pairing");
 *   const mira = await guest(room, "candidate", "Mira");     by a link, one field
 *   await anna.type("x = 1");
 *   await mira.sees("x = 1");
 *
 * Each window has a profile of its own. What goes wrong in one is collected: anything on the console,
 * a request to anywhere but the stack, a breach of the Content-Security-Policy. `closeAll` fails the test
 * that caused it; what a test provokes on purpose it names by `expects(/.../)`.
 */
import assert from "node:assert/strict";
import { existsSync, mkdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { chromium } from "playwright-core";
import { api, base, origin } from "../lib/api.mjs";
import { waitFor } from "../lib/wait.mjs";

const top = resolve(import.meta.dirname, "../..");
const shots = resolve(process.env.VIVA_SHOTS ?? join(top, "build/shots"));
const WITHIN = 60_000;

/* Debian's Chromium, or the one that CHROMIUM names. */
const executablePath = process.env.CHROMIUM ?? ["/usr/bin/chromium", "/usr/bin/chromium-browser"].find(existsSync);

let browser;
const windows = new Set();

async function launch() {
  browser ??= chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-dev-shm-usage"] });
  return browser;
}

export const desktop = { viewport: { width: 1440, height: 900 } };
export const phone = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 };

export class Window {
  constructor(context, page) {
    this.context = context;
    this.page = page;
    this.troubles = [];
    this.expected = [];
    this.requests = [];
    this.#watch();
  }

  static async open({ theme = "light", ...options } = {}) {
    const context = await (await launch()).newContext({ ...desktop, colorScheme: theme, reducedMotion: "reduce", ...options });
    context.setDefaultTimeout(WITHIN);
    const window = new Window(context, await context.newPage());
    windows.add(window);
    return window;
  }

  #watch() {
    const { page } = this;
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) this.troubles.push(`console: ${message.text()} ${message.location().url}`);
    });
    page.on("pageerror", (error) => this.troubles.push(`page: ${error.stack}`));
    page.on("request", (request) => this.#saw(request.url()));
    page.on("websocket", (socket) => this.#saw(socket.url().replace(/^ws/, "http")));
  }

  #saw(url) {
    this.requests.push(url);
    if (!url.startsWith(`${origin}/`) && !/^(data|blob):/.test(url)) this.troubles.push(`a request to a third party: ${url}`);
  }

  expects(...patterns) {
    this.expected.push(...patterns);
    return this;
  }

  calm() {
    const surprises = this.troubles.filter((line) => !this.expected.some((pattern) => pattern.test(line)));
    assert.deepEqual(surprises, []);
  }

  async close() {
    windows.delete(this);
    await this.context.close();
  }

  /* Close the page, as one closes a tab, and open another of the same profile. */
  async reopen(path, between = async () => {}) {
    await this.page.close();
    await between();
    this.page = await this.context.newPage();
    this.#watch();
    await this.goto(path);
  }

  goto(path) {
    return this.page.goto(base + path);
  }

  /* The window's current path. */
  get path() {
    return new URL(this.page.url()).pathname;
  }

  button(name, options) {
    return this.page.getByRole("button", { name, ...options });
  }

  field(name) {
    return this.page.getByLabel(name, { exact: true });
  }

  heading(name) {
    return this.page.getByRole("heading", { name });
  }

  /* --- an account --- */

  async signIn({ email, password }) {
    await this.goto("/signin");
    await this.field("E-mail").fill(email);
    await this.field("Password").fill(password);
    await this.button("Sign in").click();
    await this.heading("Rooms").waitFor();
  }

  async newRoom(title, language = "Python") {
    await this.button("New room").first().click();
    await this.field("Title").fill(title);
    await this.field("Language").selectOption({ label: language });
    await this.button("Open the room").click();
    await this.inRoom();
    const id = this.path.split("/")[2];
    return { id, title, owner: this, path: `/api/rooms/${id}` };
  }

  /* --- a room --- */

  get editor() {
    return this.page.locator(".cm-content");
  }

  /* The editor is there and level with the server. */
  async inRoom() {
    await this.page.locator("[data-editor][data-synced]").waitFor();
    await this.editor.waitFor();
  }

  async type(text) {
    await this.editor.focus();
    await this.page.keyboard.type(text);
  }

  /* As by pasting: nothing is completed or indented on the way. */
  async insert(text) {
    await this.editor.focus();
    await this.page.keyboard.insertText(text);
  }

  press(...keys) {
    return keys.reduce((before, key) => before.then(() => this.page.keyboard.press(key)), Promise.resolve());
  }

  /* What a person reads in the editor: its lines, without the labels of others' carets. */
  text() {
    return this.editor.evaluate((content) =>
      [...content.querySelectorAll(".cm-line")]
        .map((line) => {
          const copy = line.cloneNode(true);
          for (const extra of copy.querySelectorAll(".cm-person, .cm-placeholder, .cm-widgetBuffer")) extra.remove();
          return copy.textContent;
        })
        .join("\n"),
    );
  }

  sees(text) {
    return this.#shows((now) => now.includes(text), `shows ${JSON.stringify(text)}`);
  }

  reads(text) {
    return this.#shows((now) => now === text, `reads ${JSON.stringify(text)}`);
  }

  async #shows(wanted, what) {
    let now;
    const look = async () => wanted((now = await this.text()));
    await waitFor(look, { within: WITHIN, what: `the editor ${what}` }).catch((error) => {
      throw new Error(`${error.message}; it reads ${JSON.stringify(now)}`);
    });
  }

  get pill() {
    return this.page.locator("footer [data-state]");
  }

  pillSays(pattern, within = WITHIN) {
    return waitFor(async () => pattern.test((await this.pill.textContent()) ?? ""), { within, what: `the pill says ${pattern}` });
  }

  saved() {
    return this.pillSays(/^saved/);
  }

  /* The caret of somebody else, by the name on it. */
  caret(name) {
    return this.page.locator(".cm-person-name", { hasText: name });
  }

  /* What the shown run has printed: [{seq, stream, text}]. */
  output() {
    return this.page
      .locator("[role=log] [data-seq]")
      .evaluateAll((all) => all.map((e) => ({ seq: Number(e.dataset.seq), stream: e.dataset.stream, text: e.textContent })));
  }

  async printed(text) {
    /* A line may come in several chunks. */
    const look = async () => {
      const chunks = await this.output();
      return ["stdout", "stderr"].some((stream) => chunks.filter((c) => c.stream === stream).map((c) => c.text).join("").includes(text));
    };
    await waitFor(look, { within: WITHIN, what: `output ${JSON.stringify(text)}` }).catch(async (error) => {
      const line = await this.page.locator("[data-run]").first().textContent({ timeout: 100 }).catch(() => "nothing has run");
      throw new Error(`${error.message}; there is: ${line}, ${JSON.stringify(await this.output())}`);
    });
  }

  async runEnds(status) {
    await this.page.locator(`[data-run][data-status="${status}"]`).waitFor();
  }

  get run() {
    return this.page.locator("[data-run]").first().getAttribute("data-run");
  }

  /* --- pictures --- */

  async shot(name) {
    const file = join(shots, `${name}.png`);
    mkdirSync(dirname(file), { recursive: true });
    await this.page.screenshot({ path: file, animations: "disabled", caret: "initial" });
    return file;
  }
}

/* An account of its own, signed in through the page. */
export async function person(name, options) {
  const account = await api.signup({ name });
  const window = await Window.open(options);
  await window.signIn(account);
  return Object.assign(window, { account, name });
}

export async function inviteLink(room, role) {
  const { account } = room.owner;
  return (await account.must(201, "POST", `${room.path}/invites`, { role })).url;
}

/* Somebody who opens a link and gives a name. */
export async function guest(room, role, name, options) {
  const url = new URL(await inviteLink(room, role));
  const window = Object.assign(await Window.open(options), { name });
  await window.goto(url.pathname + url.hash);
  await window.field("Your name").fill(name);
  await window.press("Enter");
  await window.inRoom();
  return window;
}

/* For after(): every window must have been calm. */
export async function closeAll() {
  const all = [...windows];
  try {
    for (const window of all) window.calm();
  } finally {
    for (const window of all) await window.close();
  }
}

export async function quit() {
  await (await browser)?.close();
}
