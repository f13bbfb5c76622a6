/*
 * trace.test.mjs - one name for all that a request set going: in the gateway's log, the function's, the runner's, and
 * in what the API answers.
 */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { before, test } from "node:test";
import { api, waitFor } from "../lib/api.mjs";
import { base } from "../lib/http.mjs";
import { markLogs } from "../lib/stack.mjs";

const hex = (bytes) => randomBytes(bytes).toString("hex");
const traceparent = (trace, flags = "01") => `00-${trace}-${hex(8)}-${flags}`;
const RESPONSE = /^00-([0-9a-f]{32})-([0-9a-f]{16})-01$/;
const traceOf = (res) => RESPONSE.exec(res.headers.traceresponse)?.[1] ?? assert.fail(`traceresponse: ${res.headers.traceresponse}`);

/* What the services logged, as objects; what is no object is no business of this file. */
function parsed(lines) {
  return lines.flatMap(({ line }) => {
    const at = line.indexOf("{");
    try {
      return at < 0 ? [] : [JSON.parse(line.slice(at))];
    } catch {
      return [];
    }
  });
}

/* Lines of this trace, once each of these services has written one, for which `last` is true if it is the last to come. */
const traced = (since, trace, services, last = () => true) =>
  waitFor(() => {
    const found = parsed(since()).filter((line) => line.trace === trace);
    return services.every((name) => found.some((line) => line.service === name)) && found.some(last) && found;
  }, { what: `lines of ${services} with trace ${trace}` });

let ann;

before(async () => (ann = await api.signup({ name: "Ann" })));

test("a run's trace is its client's, through gateway, function, queue and runner", async () => {
  const room = await api.room(ann);
  const [since, trace] = [markLogs(), hex(16)];
  const body = { language: "python", files: [{ path: "main.py", content: "print(1)" }] };
  const res = await ann.post(`${room.path}/runs`, body, { headers: { traceparent: traceparent(trace) } });
  assert.deepEqual([res.status, res.body.trace, traceOf(res)], [202, trace, trace]);
  const run = await waitFor(async () => {
    const now = (await ann.get(`/api/runs/${res.body.id}`)).body;
    return now.ended_at && now;
  }, { within: 120_000, what: "the run to end" });
  assert.deepEqual([run.status, run.trace], ["ok", trace]);
  /* The runner says that a run has ended after everybody else knows. */
  const ended = (line) => line.service === "runner" && line.msg === `run ${run.id}: ok`;
  const lines = await traced(since, trace, ["gateway", "runs", "runner"], ended);
  const request = res.headers["x-request-id"];
  assert.ok(lines.some((line) => line.service === "gateway" && line.request === request && line.status === 202));
  assert.ok(lines.some((line) => line.service === "runs" && line.request === request));
});

test("a terminal's lines have the trace of who opened it", async () => {
  const room = await api.room(ann);
  const [since, trace] = [markLogs(), hex(16)];
  const res = await ann.post(`${room.path}/terminal`, { rows: 24, columns: 80 }, { headers: { traceparent: traceparent(trace) } });
  assert.equal(res.status, 202);
  await traced(since, trace, ["gateway", "terminal", "runner"]);
  await ann.delete(`${room.path}/terminal`);
});

test("without a valid traceparent the gateway begins a trace of its own", async () => {
  const taken = hex(16);
  const wrong = [
    undefined, "", "00", `00-${"0".repeat(32)}-${hex(8)}-01`, `00-${taken}-${"0".repeat(16)}-01`, `ff-${taken}-${hex(8)}-01`,
    `00-${taken.toUpperCase().replace(/\d/g, "A")}-${hex(8)}-01`, `00-${taken}-${hex(8)}-01-more`, `00-${taken}-${hex(8)}`,
    `00-${taken}-${hex(8)}-01 `.padEnd(3000, "x"), `00-${taken}"-${hex(8)}-01`,
  ];
  for (const header of wrong) {
    const res = await ann.get("/api/me", { headers: { traceparent: header } });
    assert.equal(res.status, 200);
    assert.equal(traceOf(res), res.headers["x-request-id"], `${header}`);
  }
  const later = await ann.get("/api/me", { headers: { traceparent: `01-${taken}-${hex(8)}-00-and.more` } });
  assert.equal(traceOf(later), taken);
});

test("what is refused is logged under the trace that the answer names", async () => {
  const since = markLogs();
  const res = await api.anyone().get(`/api/rooms/${"x".repeat(22)}`);
  assert.equal(res.status, 401);
  const lines = await traced(since, traceOf(res), ["gateway", "rooms"]);
  assert.ok(lines.every((line) => line.request === res.headers["x-request-id"] && line.level === "info"));
});

test("what the gateway refuses by itself has a trace, too", async () => {
  const [since, trace] = [markLogs(), hex(16)];
  const res = await fetch(`${base}/api/no/such/thing`, { headers: { traceparent: traceparent(trace) } });
  assert.equal(res.status, 404);
  await traced(since, trace, ["gateway"]);
});
