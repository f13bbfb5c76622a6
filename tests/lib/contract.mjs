/*
 * contract.mjs - schemas/api.yaml as the tests see it: the operations, and a judge of replies.
 *
 * A reply passes when its status is listed for its operation (or is an error, for `default`), its content
 * type is the one listed and its body fits the schema. Here every object is closed: a property that the
 * file does not name fails the test, so nothing leaves the server that the contract does not know.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { parse } from "yaml";

const file = new URL("../../schemas/api.yaml", import.meta.url);
export const document = parse(readFileSync(file, "utf8"));

/* Follows a $ref of the file, if it is one. */
export function resolve(node) {
  while (node && node.$ref) node = node.$ref.slice(2).split("/").reduce((at, key) => at[key], document);
  return node;
}

/* A copy whose references name the file and whose objects are closed. */
function closed(node) {
  if (Array.isArray(node)) return node.map(closed);
  if (node === null || typeof node !== "object") return node;
  const copy = {};
  for (const [key, value] of Object.entries(node)) {
    if (key === "$ref") copy.$ref = `api${value}`;
    else copy[key] = closed(value);
  }
  if (copy.type === "object" && copy.properties) copy.additionalProperties ??= false;
  return copy;
}

const ajv = new Ajv2020({ strict: false, allErrors: true });
ajv.addSchema({ $id: "api", ...closed(document) }, "api");

const validators = new Map();

function validator(schema) {
  if (!validators.has(schema)) validators.set(schema, ajv.compile(closed(schema)));
  return validators.get(schema);
}

/* Fails unless `value` is a `name` of components/schemas. */
export function check(name, value) {
  const schema = document.components.schemas[name];
  assert.ok(schema, `api.yaml has no schema ${name}`);
  const valid = validator(schema);
  assert.ok(valid(value), `not a ${name}: ${ajv.errorsText(valid.errors)}: ${JSON.stringify(value)}`);
  return value;
}

const METHODS = ["get", "put", "post", "delete", "patch"];

/* What paths are an operation's; with `slashes` its last parameter may hold some. */
function pattern(path, slashes) {
  const source = path.replace(/[.]/g, "\\.").replace(/\{[^}]+\}/g, "[^/]+");
  return new RegExp(`^${slashes ? source.replace(/\[\^\/\]\+$/, ".+") : source}$`);
}

function operation(path, item, method) {
  const op = item[method];
  const parameters = [...(item.parameters ?? []), ...(op.parameters ?? [])].map(resolve);
  const request = resolve(op.requestBody);
  const [type, media] = Object.entries(request?.content ?? {})[0] ?? [];

  return {
    id: op.operationId,
    method: method.toUpperCase(),
    path,
    who: op["x-who"],
    limit: op["x-limit"].none ? undefined : op["x-limit"],
    bodyMax: op["x-body-max"] ?? 65536,
    websocket: op["x-websocket"] !== undefined,
    atOnce: op["x-at-once"]?.count ?? op["x-at-once"],
    together: op["x-at-once"]?.together,
    parameters,
    body: type && { type, required: request.required === true, schema: media.schema },
    responses: op.responses,
    pattern: pattern(path, parameters.some((p) => p["x-slashes"])),
  };
}

/* Every operation: {id, method, path, who, parameters, body: {type, required, schema}, websocket, ...}. */
export const operations = Object.entries(document.paths).flatMap(([path, item]) =>
  METHODS.filter((method) => item[method]).map((method) => operation(path, item, method)),
);

/* The operation that serves a request, or undefined. */
export function operationOf(method, path) {
  const bare = path.split(/[?#]/)[0];
  return operations.find((op) => op.method === method && op.pattern.test(bare));
}

/* The path of an operation with its parameters put in: {room, document, ...}; the rest become the query. */
export function fill(op, values = {}) {
  const query = new URLSearchParams();
  let path = op.path;

  for (const { name, in: where } of op.parameters) {
    if (values[name] === undefined) continue;
    if (where === "path") path = path.replace(`{${name}}`, encodeURIComponent(values[name]));
    else query.append(name, values[name]);
  }
  return query.size > 0 ? `${path}?${query}` : path;
}

function expectedBody(op, status) {
  const listed = op.responses[status] ?? (status >= 400 ? op.responses.default : undefined);
  assert.ok(listed, `${op.id} answered ${status}, which api.yaml does not list`);
  return resolve(listed).content;
}

/* Judges a reply {status, headers, raw, body} against its operation; undefined where no operation takes the request. */
export function checkReply(op, reply) {
  const { status } = reply;
  const type = (reply.headers["content-type"] ?? "").split(";")[0].trim();
  /* A request that no operation takes is still answered by a problem. */
  const content = op ? expectedBody(op, status) : document.components.responses.Problem.content;
  const where = `${op?.id ?? "no operation"} ${status}`;

  if (content === undefined) {
    assert.equal(reply.raw.length, 0, `${where} has a body, though api.yaml lists none`);
    return;
  }
  const media = content[type];
  assert.ok(media, `${where}: content type "${type}" is not in api.yaml: ${reply.raw.subarray(0, 300)}`);
  if (!media.schema) return;
  const valid = validator(media.schema);
  assert.ok(valid(reply.body), `${where}: ${ajv.errorsText(valid.errors)}: ${reply.raw.subarray(0, 500)}`);
  if (type === "application/problem+json") {
    assert.equal(reply.body.status, status, `${where}: the problem tells another status`);
  }
}
