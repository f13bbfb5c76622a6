/*
 * routes.test.mjs - the gateway's routes and api.yaml agree: read as nginx reads them, not as they were made.
 */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { parse } from "yaml";
import { Model } from "../../schemas/gen/model.mjs";
import { functionsConf, POOL, poolOf, upstreamsConf } from "../../schemas/gen/nginx.mjs";

const text = readFileSync(new URL("../../schemas/api.yaml", import.meta.url), "utf8");
const document = parse(text);
const model = new Model(text);
const [routes, upstreams] = [functionsConf(model), upstreamsConf(model)];
const METHODS = ["get", "put", "post", "delete", "patch"];

const operations = Object.entries(document.paths).flatMap(([path, item]) => METHODS.filter((m) => item[m]).map((m) => ({ path, ...item[m] })));

/* Every location: whether it takes a path, and its directives by name. */
const locations = [...routes.matchAll(/^location (?:(=|~) )?(\S+) \{\n([\s\S]*?)^\}/gm)].map(([, how, what, inside]) => ({
  how,
  what,
  internal: /^\tinternal;$/m.test(inside),
  takes: (path) => (how === "=" ? path === what : how === "~" ? new RegExp(what).test(path) : false),
  directives: [...inside.matchAll(/^\t(\S+) (.*);/gm)].map(([, name, value]) => [name, value]),
}));
const of = (location, name) => location.directives.filter(([n]) => n === name).map(([, value]) => value);
const routeOf = (path) => locations.filter((l) => l.takes(path));

test("every operation has one route: to its function, with room for its body and no more", () => {
  for (const op of operations) {
    const found = routeOf(op.path.replace(/\{\w+\}/g, "AAAAAAAAAAAAAAAAAAAAAA"));
    assert.equal(found.length, 1, `${op.operationId}: ${found.length} routes`);
    assert.deepEqual(of(found[0], "fastcgi_pass"), [op.operationId.split("_")[0]]);
    const sizes = METHODS.map((m) => document.paths[op.path][m]).filter((o) => o?.requestBody).map((o) => o["x-body-max"] ?? 65536);
    assert.deepEqual(of(found[0], "client_max_body_size"), [String(Math.max(1024, ...sizes))]);
  }
});

test("there is no route of which api.yaml does not know", () => {
  assert.equal(locations.length, [...routes.matchAll(/^\s*location\b/gm)].length, "every location is read");
  const served = locations.filter((l) => !l.internal);
  const paths = [...new Set(operations.map((op) => op.path))];
  const shape = (path) => path.replace(/\{\w+\}/g, "A");
  for (const l of served) {
    assert.equal(of(l, "fastcgi_pass").length, 1, l.what);
    assert.ok(l.how === "=" || /^\^\/.*\$$/.test(l.what), `${l.what} takes a whole path`);
    assert.equal(paths.filter((path) => l.takes(shape(path))).length, 1, l.what);
  }
  assert.equal(served.length, paths.length);
  const handshakes = operations.filter((op) => op["x-websocket"]).map((op) => `/internal/${op.operationId}`);
  const closed = operations.filter((op) => op["x-closed"]).map((op) => `/internal/${op["x-closed"]}`);
  assert.deepEqual(locations.filter((l) => l.internal).map((l) => l.what).sort(), [...handshakes, ...new Set(closed)].sort());
  for (const path of ["/api", "/api/", "/api/nobody", "/ws/rooms", "/api/rooms/a/b/c", "/api/healthy", "/x/api/health"]) assert.deepEqual(routeOf(path), [], path);
});

test("the end of a socket leads to the operation that its path names, and is told by nothing else", () => {
  for (const op of operations.filter((o) => o["x-websocket"])) {
    const [handshake] = routeOf(`/internal/${op.operationId}`);
    const wanted = op["x-closed"] ? [`/internal/${op["x-closed"]}`] : [];
    assert.deepEqual(of(handshake, "post_action"), wanted);
    for (const path of wanted) {
      const [told] = routeOf(path);
      assert.deepEqual([of(told, "fastcgi_param"), of(told, "fastcgi_pass")], [[`TRIGGER ${op["x-closed"]}`], [op["x-closed"]]]);
      const to = new RegExp(`^upstream ${op["x-closed"]} \\{\\n\\tserver unix:/run/viva/state/run/fn/(\\w+)\\.sock`, "m").exec(upstreams);
      assert.equal(to?.[1], op.operationId.split("_")[0], "a function is told of its own sockets");
    }
  }
  for (const l of locations) assert.equal(of(l, "fastcgi_param").length, of(l, "fastcgi_pass").length * Number(l.internal), `${l.what} names a trigger where it is internal, and only there`);
});

test("no file written by hand leads to a function or a broadcaster", () => {
  const folder = new URL("../../nginx/", import.meta.url);
  const files = ["gateway.conf", ...readdirSync(new URL("conf/", folder)).map((name) => `conf/${name}`)];
  const passing = files.filter((name) => /^\s*(?:fastcgi|proxy|uwsgi|scgi|grpc|memcached)_pass\s/m.test(readFileSync(new URL(name, folder), "utf8")));
  assert.deepEqual(passing, ["conf/subscribe.conf"]);
  assert.doesNotMatch(readFileSync(new URL("conf/subscribe.conf", folder), "utf8"), /^\s*location/m, "only what is included by internal locations");
});

/* A directive's zone, as upstreams.conf declares it: what of a request it counts. */
const counts = (zone) => {
  const variable = new RegExp(`^limit_(?:req|conn)_zone \\$(\\w+) zone=${zone}:`, "m").exec(upstreams)?.[1];
  return new RegExp(`^map \\$request_method \\$${variable} \\{ (.*) default ""; \\}`, "m").exec(upstreams)?.[1];
};
const methodsOf = (op, key) => (op.method === "GET" ? `GET ${key}; HEAD ${key};` : `${op.method} ${key};`);
const withMethods = model.operations;

test("x-limit holds for each token as it is, where one is needed", () => {
  for (const op of withMethods.filter((o) => o.limit && o.who !== "public")) {
    const { count, seconds } = op.limit;
    const [route] = routeOf(op.path.replace(/\{\w+\}/g, "A"));
    assert.ok(of(route, "limit_req").includes(`zone=${op.id}_each burst=${count - 1} nodelay`), op.id);
    assert.equal(counts(`${op.id}_each`), methodsOf(op, "$caller"), op.id);
    const rate = Number(new RegExp(`zone=${op.id}_each:1m rate=(\\d+)r/m;`).exec(upstreams)?.[1]);
    assert.ok(rate * seconds >= count * 60 && (rate - 1) * seconds < count * 60, `${op.id}: ${rate} a minute`);
  }
});

test("x-at-once holds for each caller; for a socket where it is opened, by whom the function said that it is", () => {
  for (const op of withMethods.filter((o) => o.atOnce)) {
    const at = op.websocket ? `/internal/${op.id}` : op.path.replace(/\{\w+\}/g, "A");
    const [route] = routeOf(at);
    const { most, together } = op.atOnce;
    const zone = `${together ? `${op.function}_${together}` : op.id}_each_held`;
    assert.ok(of(route, "limit_conn").includes(`${zone} ${most}`), op.id);
    if (together) assert.equal(upstreams.split(`limit_conn_zone $caller zone=${zone}:`).length, 2, `${op.id}: one zone for all`);
    else assert.equal(counts(zone), methodsOf(op, op.websocket ? "$upstream_http_x_caller" : "$caller"), op.id);
    assert.ok(of(route, "limit_conn").includes("connections 4096"), op.id);
  }
  /* nginx counts a request once, at the first location that has a limit: a handshake's must have none. */
  for (const op of withMethods.filter((o) => o.websocket)) assert.deepEqual(of(routeOf(op.path.replace(/\{\w+\}/g, "A"))[0], "limit_conn"), [], op.id);
});

test("every function that is routed to has an upstream that bounds it", () => {
  for (const name of new Set(operations.map((op) => op.operationId.split("_")[0]))) {
    assert.match(upstreams, new RegExp(`upstream ${name} \\{\\n\\tserver unix:/run/viva/state/run/fn/${name}\\.sock max_conns=[1-9]\\d* max_fails=0;`));
  }
});

test("x-limit of what anyone may call is a bucket of that size for each address, and only for its method", () => {
  for (const op of operations.filter((o) => o["x-limit"] && o["x-who"] === "public")) {
    const { count, seconds } = op["x-limit"];
    const [route] = routeOf(op.path);
    assert.ok(of(route, "limit_req").includes(`zone=${op.operationId} burst=${count - 1} nodelay`), op.operationId);
    const rate = Number(new RegExp(`zone=${op.operationId}:1m rate=(\\d+)r/m;`).exec(upstreams)?.[1]);
    assert.ok(rate * seconds >= count * 60 && (rate - 1) * seconds < count * 60, `${op.operationId}: ${rate} a minute`);
    assert.match(upstreams, new RegExp(`calls_${op.operationId} \\{ [A-Z]+ \\$network;(?: HEAD \\$network;)? default ""; \\}`));
  }
});

test("an upstream is as wide as pool.conf says, and a request has the time of it", () => {
  const pools = { docs: poolOf("# edits\nmin 1\nmax 9\ndeadline 7\n") };
  assert.deepEqual(pools.docs, { max: 9, deadline: 7 });
  const wide = (conf) => Number(/upstream docs \{\n.*max_conns=(\d+)/.exec(conf)[1]);
  assert.equal(wide(upstreamsConf(model, pools)) - wide(upstreamsConf(model, { docs: { max: 4, deadline: 7 } })), 5);
  assert.match(functionsConf(model, pools), /fastcgi_read_timeout 12s;\n\tfastcgi_pass docs;/);
});

test("the gateway and fnd have the same defaults", () => {
  const manual = readFileSync(new URL("../../functions/lib/fnd/conf.h", import.meta.url), "utf8");
  const said = Object.fromEntries(Object.keys(POOL).map((key) => [key, Number(new RegExp(`\\*\\t${key}\\t+(\\d+)`).exec(manual)?.[1])]));
  assert.deepEqual(said, POOL);
});
