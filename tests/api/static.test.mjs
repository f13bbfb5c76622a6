/*
 * static.test.mjs - the app's files as a browser fetches them: packed before anybody asks, kept for ever where the name
 * says what is inside, and with the headers that keep other sites out.
 */
import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { test } from "node:test";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { send } from "../lib/http.mjs";

const app = resolve(import.meta.dirname, "../../build/app");
const files = readdirSync(app, { recursive: true })
  .map(String)
  .filter((name) => /\.(js|css|svg|html)$/.test(name) && statSync(join(app, name)).isFile());
const assets = files.filter((name) => name.startsWith("assets/"));
const get = (path, headers = {}, method = "GET") => send({ method, path, headers });
const content = (name) => readFileSync(join(app, name));
/* As infra/machine/prepare decides. */
const hasBrotli = existsSync("/usr/lib/nginx/modules/ngx_http_brotli_static_module.so");
const UNPACK = { gzip: gunzipSync, ...(hasBrotli ? { br: brotliDecompressSync } : {}) };

test("every file is what the build made, whole or packed, and packed where that is worth it", async () => {
  assert.ok(assets.length > 10, "the app is built");
  for (const name of files) {
    const whole = await get(`/${name}`);
    assert.equal(whole.status, 200, name);
    assert.equal(whole.headers["content-encoding"], undefined);
    assert.ok(whole.raw.equals(content(name)), name);
    for (const [encoding, unpack] of Object.entries(UNPACK)) {
      const packed = await get(`/${name}`, { "accept-encoding": encoding });
      if (content(name).length < 1024) continue;
      assert.equal(packed.headers["content-encoding"], encoding, name);
      assert.match(packed.headers.vary, /Accept-Encoding/, name);
      assert.equal(packed.headers["content-type"], whole.headers["content-type"], name);
      assert.ok(packed.raw.length < whole.raw.length);
      assert.ok(unpack(packed.raw).equals(content(name)), name);
    }
  }
});

test("of what a browser takes it gets the smallest", { skip: !hasBrotli }, async () => {
  const largest = assets.reduce((a, b) => (content(a).length > content(b).length ? a : b));
  const { headers, raw } = await get(`/${largest}`, { "accept-encoding": "gzip, deflate, br" });
  assert.equal(headers["content-encoding"], "br");
  assert.ok(raw.length < content(`${largest}.gz`).length);
});

/* What a browser, or somebody's program, may say that it takes; the best of that. */
const TAKES = [
  ["", undefined], ["identity", undefined], ["*;q=0", undefined], ["x-gzip", undefined], ["abr", undefined], ["gzip", "gzip"], ["gzip;q=0", undefined],
  ["gzip;q=0.001", "gzip"], ["br", "br"], ["BR", "br"], ["br;q=0", undefined], ["br; q=0, gzip", "gzip"], ["br;q=0.000, gzip;q=1.0", "gzip"], ["br;q=0, gzip;q=0", undefined],
  ["gzip, deflate, br, zstd", "br"], ["gzip;q=0.5, br;q=1.0", "br"],
];

test("nobody gets what they do not take, and every form has a tag of its own", { skip: !hasBrotli }, async () => {
  const name = assets.find((each) => existsSync(join(app, `${each}.br`)));
  const tags = new Map();
  for (const [takes, wanted] of TAKES) {
    for (const more of [{}, { via: "1.1 cache" }]) {
      const { headers } = await get(`/${name}`, { "accept-encoding": takes, ...more });
      assert.deepEqual([headers["content-encoding"], headers.vary], [wanted, "Accept-Encoding"], takes);
      tags.set(wanted, headers.etag);
    }
  }
  assert.equal(new Set(tags.values()).size, 3);
  const known = async (tag, takes) => (await get(`/${name}`, { "if-none-match": tag, "accept-encoding": takes })).status;
  assert.deepEqual([await known(tags.get("br"), "br"), await known(tags.get("gzip"), "br"), await known(tags.get("gzip"), "gzip")], [304, 200, 304]);
});

test("a file whose name holds its hash is kept for ever; a page is asked for again, and seldom sent again", async () => {
  for (const name of assets) assert.equal((await get(`/${name}`)).headers["cache-control"], "public, max-age=31536000, immutable", name);
  for (const path of ["/", "/signin", "/theme.js", "/favicon.svg"]) {
    const { status, headers } = await get(path);
    assert.deepEqual([status, headers["cache-control"]], [200, "no-cache"], path);
    const again = await get(path, { "if-none-match": headers.etag });
    assert.deepEqual([again.status, again.raw.length], [304, 0], path);
  }
});

test("a page runs its own code only, in nobody's frame, and tells nobody where it came from", async () => {
  for (const path of ["/", `/${assets[0]}`]) {
    const { headers } = await get(path);
    const policy = headers["content-security-policy"];
    for (const part of ["default-src 'self'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"]) assert.ok(policy.includes(part), part);
    assert.doesNotMatch(policy, /unsafe|\*|https?:/);
    assert.equal(headers["x-content-type-options"], "nosniff");
    assert.equal(headers["referrer-policy"], "no-referrer");
    assert.equal(headers["cross-origin-opener-policy"], "same-origin");
    assert.match(headers["permissions-policy"], /geolocation=\(\)/);
    assert.equal(headers.server, undefined);
  }
  assert.doesNotMatch(String(content("index.html")), /<script(?![^>]*src=)[^>]*>|style=|onload=/, "nothing inline that the policy would stop");
});

test("what is not there is a problem, and is not kept", async () => {
  for (const path of ["/assets/none.js", "/assets/", "/assets/../../api.yaml", "/assets/%2e%2e/%2e%2e/gen/api.h"]) {
    const { status, headers, raw } = await get(path);
    if (status === 200) assert.ok(raw.equals(content("index.html")), path);
    else assert.deepEqual([status, headers["content-type"]], [status === 400 ? 400 : 404, "application/problem+json"], path);
    assert.doesNotMatch(headers["cache-control"] ?? "", /immutable/, path);
  }
});

test("a page is read, not written", async () => {
  for (const method of ["POST", "PUT", "DELETE"]) {
    const { status, headers } = await get("/", {}, method);
    assert.deepEqual([status, headers["content-type"]], [405, "application/problem+json"], method);
  }
  assert.deepEqual([(await get("/", {}, "HEAD")).status], [200]);
});
