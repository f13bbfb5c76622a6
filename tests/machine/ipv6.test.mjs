/*
 * ipv6.test.mjs - a stack that listens on every address, those of IPv6 too, and whom it counts as one caller there.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import http from "node:http";
import { after, before, test } from "node:test";
import { operations } from "../lib/contract.mjs";
import { ports, Second } from "./second.mjs";

const stack = new Second({ VIVA_LISTEN: "" }, await ports(2));
before(() => stack.start());
after(() => stack.stop());

/* Addresses of two networks on this machine, for as long as `use` takes; false where there can be none. */
async function withNetworks(use) {
  const prefix = `fd5e:${Math.floor(Math.random() * 65536).toString(16)}:${Math.floor(Math.random() * 65536).toString(16)}`;
  /* What is before and after :: in one is not in another: the text of an address is no measure of its network. */
  const addresses = [`${prefix}:1::1`, `${prefix}:1:2:3:4:5`, `${prefix}:1::5:0:1`, `${prefix}:1:0:7::`, `${prefix}:2::1`];
  const ip = (...args) => execFileSync("ip", ["-6", "addr", ...args], { stdio: "ignore" });
  const added = [];
  try {
    for (const address of addresses) {
      ip("add", `${address}/128`, "dev", "lo", "nodad");
      added.push(address);
    }
    return await use(addresses);
  } catch (error) {
    if (added.length === addresses.length) throw error;
    return false;
  } finally {
    for (const address of added) ip("del", `${address}/128`, "dev", "lo");
  }
}

/* A request from an address of IPv6; its status. */
const from = (address, path) =>
  new Promise((done, fail) => {
    const call = http.request({ host: "::1", port: stack.port, localAddress: address, method: "POST", path, agent: false }, (res) => {
      res.resume().on("end", () => done(res.statusCode));
    });
    call.on("error", fail);
    call.end();
  });

test("whoever has a network of IPv6 is one caller, and the next network another", { timeout: 180_000 }, async (t) => {
  const { path, limit } = operations.find((op) => op.id === "auth_first");
  const done = await withNetworks(async (addresses) => {
    const other = addresses.pop();
    for (let i = 0; i < limit.count; i++) assert.notEqual(await from(addresses[i % addresses.length], path), 429, "refused too soon");
    let found = false;
    for (let i = 0; !found && i < 50 * limit.count; i++) found = (await from(addresses[i % addresses.length], path)) === 429;
    assert.ok(found, "four addresses of one network had four buckets");
    assert.notEqual(await from(other, path), 429);
    return true;
  });
  if (!done) t.skip("no addresses of IPv6 can be added here");
});
