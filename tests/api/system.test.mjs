/*
 * system.test.mjs - the deployment about itself.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { api, waitFor } from "../lib/api.mjs";
import { document } from "../lib/contract.mjs";

test("health asks every part, and all of them answer", async () => {
  const health = async () => (await api.anyone().get("/api/health")).body;
  const body = await waitFor(async () => {
    const now = await health();
    return now.status === "ok" && now;
  }, { within: 20000, what: "everything to be well" });
  assert.deepEqual(body.parts.map((part) => part.name).sort(), ["disk", "postgres", "realtime", "redis", "runner", "signals"]);
  assert.ok(body.parts.every((part) => part.ok && part.detail === undefined));
});

test("the contract that is served is the contract", async () => {
  const res = await api.anyone().get("/api/openapi.json");
  assert.equal(res.status, 200);
  assert.deepEqual(JSON.parse(Buffer.from(res.raw).toString("utf8")), document);
});
