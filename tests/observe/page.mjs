/*
 * page.mjs - the page of metrics of the stack that is tested, as Prometheus gets it, and asking for a sample of it.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import net from "node:net";
import { join } from "node:path";
import { state } from "../lib/stack.mjs";

export const port = Number(readFileSync(join(state, "conf/metrics"), "utf8"));

/* A port on loopback that nobody has just now. */
export const freePort = () =>
  new Promise((done) => {
    const server = net.createServer().listen(0, "127.0.0.1", () => {
      const { port: free } = server.address();
      server.close(() => done(free));
    });
  });

export async function page(at = port) {
  const res = await fetch(`http://127.0.0.1:${at}/metrics`);
  assert.equal(res.status, 200);
  return res.text();
}

/* name -> [{labels, value}]. */
export function samples(text) {
  const found = new Map();
  for (const line of text.split("\n")) {
    const [, name, labels = "", value] = /^([a-z_:]+)(?:\{(.*)\})? (\S+)$/i.exec(line) ?? [];
    if (!name) continue;
    const set = Object.fromEntries([...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, key, text]) => [key, text]));
    found.set(name, [...(found.get(name) ?? []), { labels: set, value: Number(value) }]);
  }
  return found;
}

/* The one sample of a name with these labels. */
export async function value(name, labels = {}) {
  const all = samples(await page()).get(name) ?? [];
  const found = all.filter((s) => Object.entries(labels).every(([key, text]) => s.labels[key] === text));
  assert.equal(found.length, 1, `${name} ${JSON.stringify(labels)}`);
  return found[0].value;
}
