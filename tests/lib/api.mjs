/*
 * api.mjs - the API as people use it, for tests that read like transcripts.
 *
 *   const ann = await api.signup();
 *   const room = await api.room(ann);
 *   const bob = await api.guest(room, "candidate");
 *   const res = await bob.post(`/api/rooms/${room.id}/chat`, { text: "hello" });
 *   assert.equal(res.status, 201);
 *   const ear = await ann.socket(`/ws/rooms/${room.id}/events`);
 *   await ear.next((event) => event.type === "chat");
 *
 * A reply is {status, headers, body, problem, errors, raw}: `body` is parsed JSON, bytes, or undefined;
 * `problem` is the problem's type ("denied"), `errors` its fields. Every reply is held against
 * schemas/api.yaml on its way (contract.mjs). Each person has an address of their own on loopback, so
 * that limits by address do not couple one test to another.
 */
import { randomBytes } from "node:crypto";
import { checkReply, operationOf } from "./contract.mjs";
import { origin, ownAddress, send } from "./http.mjs";
import { open } from "./socket.mjs";

export { waitFor, within } from "./wait.mjs";
export { base, origin } from "./http.mjs";

const unique = () => randomBytes(8).toString("hex");

/* Refresh this long before an access token ends, as the app does. */
const REFRESH_AHEAD_MS = 30_000;

function encode(body) {
  if (body === undefined) return {};
  if (body instanceof Uint8Array) return { body: Buffer.from(body), type: "application/octet-stream" };
  return { body: JSON.stringify(body), type: "application/json" };
}

function decode(reply) {
  const type = reply.headers["content-type"] ?? "";
  if (reply.raw.length === 0) return reply; /* HEAD tells a type too */
  if (/^application\/(problem\+)?json\b/.test(type)) {
    try {
      reply.body = JSON.parse(reply.raw.toString("utf8"));
    } catch (error) {
      throw new Error(`a reply of type ${type} is not JSON: ${reply.raw.subarray(0, 200)}`, { cause: error });
    }
  } else reply.body = new Uint8Array(reply.raw);
  if (type.startsWith("application/problem+json")) {
    reply.problem = reply.body.type;
    reply.errors = reply.body.errors ?? [];
  }
  return reply;
}

/* By a function and not by the gateway, which has a detail for who finds none to answer. */
const isShed = (res) => res.status === 503 && res.problem === "busy" && res.body.detail === undefined;

/* A caller: nobody yet, an account, or a guest. */
export class Person {
  constructor(session) {
    this.address = ownAddress();
    this.cookies = new Map();
    if (session) this.adopt(session);
  }

  adopt(session) {
    this.session = session;
    this.user = session.user ?? this.user;
    this.participant = session.participant ?? this.participant;
    this.token = session.access_token;
    this.expires = performance.now() + session.expires_in * 1000;
    return this;
  }

  get id() {
    return this.user?.id ?? this.participant?.id;
  }

  get name() {
    return this.user?.name ?? this.participant?.name;
  }

  /* A new access token when the present one is about to end. */
  async fresh() {
    if (!this.session || this.expires - performance.now() > REFRESH_AHEAD_MS) return;
    this.refreshing ??= this.refresh().finally(() => (this.refreshing = undefined));
    await this.refreshing;
  }

  async refresh() {
    const { refresh_token } = this.session;
    const res = await new Call("POST", "/api/auth/refresh", { refresh_token }, {}).send(this, {});
    if (res.status !== 200) throw new Error(`refresh: ${res.status} ${res.raw}`);
    this.adopt(res.body);
  }

  /*
   * options: headers (undefined removes one), type (content type), token (another's, or null for none),
   * by: "cookie" (send the cookies and the Origin of a page instead of the token), check: false.
   */
  async request(method, path, body, options = {}) {
    if (options.token === undefined && options.by !== "cookie") await this.fresh();
    return new Call(method, path, body, options).send(this, options);
  }

  get(path, options) {
    return this.request("GET", path, undefined, options);
  }

  post(path, body, options) {
    return this.request("POST", path, body, options);
  }

  put(path, body, options) {
    return this.request("PUT", path, body, options);
  }

  patch(path, body, options) {
    return this.request("PATCH", path, body, options);
  }

  delete(path, options) {
    return this.request("DELETE", path, undefined, options);
  }

  /*
   * The reply's body, or an error when the status is not `status`: for what a test needs but does not test. Where others ask so
   * much that a function sheds (overload.c), nothing was done: it is asked again.
   */
  async must(status, method, path, body) {
    let res = await this.request(method, path, body);
    for (let tries = 1; tries < 4 && isShed(res) && status !== 503; tries++) {
      await new Promise((wake) => setTimeout(wake, 1000 * Number(res.headers["retry-after"])));
      res = await this.request(method, path, body);
    }
    if (res.status !== status) throw new Error(`${method} ${path}: ${res.status}, not ${status}: ${res.raw}`);
    return res.body;
  }

  headersFor(options) {
    if (options.by === "cookie") {
      return { cookie: [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; "), origin };
    }
    const token = options.token === undefined ? this.token : options.token;
    return token ? { authorization: `Bearer ${token}` } : {};
  }

  remember(reply) {
    for (const line of reply.headers["set-cookie"] ?? []) {
      const [name, value] = line.split(";")[0].split(/=(.*)/s);
      if (value === "" || /max-age=0\b/i.test(line)) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
  }

  /* Opens a WebSocket as this person; see socket.mjs. */
  async socket(path, { headers = {}, ...options } = {}) {
    if (options.token === undefined && options.by !== "cookie") await this.fresh();
    return open(path, { address: this.address, ...options, headers: { ...this.headersFor(options), ...headers } });
  }
}

class Call {
  constructor(method, path, body, { headers = {}, type } = {}) {
    const encoded = encode(body);
    this.method = method;
    this.path = path;
    this.body = encoded.body;
    this.headers = { ...headers };
    if (encoded.body !== undefined) {
      this.headers["content-type"] ??= type ?? encoded.type;
      this.headers["content-length"] ??= Buffer.byteLength(encoded.body);
    }
  }

  async send(person, options) {
    const headers = { ...person.headersFor(options), ...this.headers };
    for (const name of Object.keys(headers)) if (headers[name] === undefined) delete headers[name];
    const reply = decode(
      await send({ method: this.method, path: this.path, headers, body: this.body, address: person.address }),
    );
    person.remember(reply);
    if (options.check !== false) checkReply(operationOf(this.method, this.path), reply);
    return reply;
  }
}

/* Passwords cost the server on purpose, and it works on few at a time: try again when it says so. */
export async function patiently(call, tries = 40) {
  for (;;) {
    const res = await call();
    if ((res.status !== 503 && res.status !== 429) || --tries === 0) return res;
    const seconds = Math.min(Number(res.headers["retry-after"] ?? 1), 2);
    await new Promise((wake) => setTimeout(wake, seconds * 1000));
  }
}

function roomHandle(owner, body) {
  return { ...body, owner, path: `/api/rooms/${body.id}`, ws: `/ws/rooms/${body.id}` };
}

export const api = {
  /* Somebody who is not signed in. */
  anyone: () => new Person(),

  /* A new account, signed in: a Person with user, token, email and password. */
  async signup({ name = "Ann", email = `${unique()}@example.org`, password = unique() } = {}) {
    const person = new Person();
    const res = await patiently(() => person.post("/api/auth/signup", { email, password, name }));
    if (res.status !== 201) throw new Error(`sign-up: ${res.status} ${res.raw}`);
    return Object.assign(person.adopt(res.body), { email, password });
  },

  async signin({ email, password }) {
    const person = new Person();
    const res = await patiently(() => person.post("/api/auth/signin", { email, password }));
    if (res.status !== 200) throw new Error(`sign-in: ${res.status} ${res.raw}`);
    return Object.assign(person.adopt(res.body), { email, password });
  },

  /* A new room: what the API says of it, with owner, path (/api/rooms/ID) and ws (/ws/rooms/ID). */
  async room(owner, { title = "Pairing", language = "python" } = {}) {
    return roomHandle(owner, await owner.must(201, "POST", "/api/rooms", { title, language }));
  },

  /* The token of a new invite, or the whole of it with api.inviteLink(). */
  async invite(room, role = "candidate", by = room.owner) {
    return (await api.inviteLink(room, role, by)).token;
  },

  async inviteLink(room, role = "candidate", by = room.owner) {
    const invite = await by.must(201, "POST", `${room.path}/invites`, { role });
    return { ...invite, token: /[A-Za-z0-9_-]{22}$/.exec(invite.url)[0] };
  },

  /* Somebody without an account who came by a link. */
  async guest(room, role = "candidate", { name = "Bob" } = {}) {
    const invite = await api.invite(room, role);
    const person = new Person();
    return person.adopt(await person.must(201, "POST", "/api/join", { invite, name }));
  },

  /* An account that joins by a link. */
  async join(person, room, role = "interviewer") {
    const invite = await api.invite(room, role);
    const session = await person.must(201, "POST", "/api/join", { invite });
    person.participant = session.participant;
    return session;
  },

  /* Submits one file and returns the run. */
  async run(person, room, content, { language = "python", file, ...rest } = {}) {
    const path = file ?? (language === "python" ? "main.py" : "main.js");
    return person.must(202, "POST", `${room.path}/runs`, { language, files: [{ path, content }], ...rest });
  },
};
