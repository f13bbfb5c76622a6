/*
 * engine.test.mjs - the engine that a stack starts for itself where the machine has none that answers: it is not the machine's own.
 *
 * The two services are run as the stack runs them, in namespaces of their own and without the rest.
 */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import http from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { waitFor } from "../lib/wait.mjs";

const top = new URL("../..", import.meta.url).pathname;

/* As `stack` lays it out; and an /etc that says what the machine's engine is to do, seen from in here only. */
const NAMESPACE = `
mount -t tmpfs viva /run && mkdir -p /run/viva/state /run/viva/tree /run/containerd /run/upper /run/work
mount --bind "$1" /run/viva/state && mount --bind "$2" /run/viva/tree
mount -t overlay -o lowerdir=/etc,upperdir=/run/upper,workdir=/run/work viva /etc
mkdir -p /etc/docker
echo '{ "data-root": "/somewhere/else", "hosts": ["tcp://0.0.0.0:2375"] }' > /etc/docker/daemon.json
/run/viva/tree/infra/machine/services/containerd/run &
exec /run/viva/tree/infra/machine/services/dockerd/run`;

const ping = (socketPath) =>
  new Promise((done) => http.get({ socketPath, path: "/_ping" }, (reply) => done(reply.resume().statusCode)).on("error", () => done(0)));

test("settings of the machine's engine are not ours", { timeout: 180_000 }, async () => {
  const state = mkdtempSync(join(tmpdir(), "viva-engine-"));
  mkdirSync(join(state, "run"));
  const unshare = ["--mount", "--propagation", "private", "--pid", "--fork", "--kill-child", "--mount-proc"];
  const engine = spawn("unshare", [...unshare, "sh", "-ec", NAMESPACE, "sh", state, top]);
  const gone = new Promise((end) => engine.on("exit", () => end("it ended")));
  let said = "";
  engine.stdout.on("data", (data) => (said += data));
  try {
    const answers = waitFor(async () => (await ping(join(state, "run/docker.sock"))) === 200, { within: 120_000, what: "an engine" });
    assert.notEqual(await Promise.race([answers, gone]), "it ended", said);
  } finally {
    engine.kill("SIGKILL");
    await gone;
    rmSync(state, { recursive: true, force: true });
  }
});
