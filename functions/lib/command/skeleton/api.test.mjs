/*
 * skeleton.test.mjs - the function skeleton, through the gateway.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { api } from "../lib/api.mjs";

test("it says hello", async () => {
  const res = await api.anyone().get("/api/skeleton?name=Ann");
  assert.equal(res.status, 200);
  assert.deepEqual(res.body, { text: "Hello, Ann" });
});

test("a name that is none is refused, and the reply names it", async () => {
  const res = await api.anyone().get("/api/skeleton?name=");
  assert.equal(res.status, 422);
  assert.equal(res.errors[0].pointer, "name");
});
