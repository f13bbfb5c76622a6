/*
 * generate.mjs - request bodies from a schema of api.yaml: right ones, and wrong ones that know where they are
 * wrong.
 *
 * valid(schema) draws a value that fits, often at the edge of what fits. wrongs(schema, value) lists copies of
 * a right value with one thing wrong each: {what, pointer, body}, where `pointer` is the field that a reply
 * must name.
 */
import { resolve } from "./contract.mjs";

const ALPHABETS = [
  [..."abcdefghijklmnopqrstuvwxyz"],
  [..."aZ09 .,;:-_/\\\"'<>&%$#{}[]()"],
  [..."äßçñ€Ж中한"],
  ["😀", "👩‍💻", "𝔘", "é", "\u200d", "\u2028", "\ufeff"].flatMap((s) => [...s]),
];

/* Values for patterns, which no generator below could guess. */
const PATTERNS = [
  ["^[A-Za-z0-9_-]{22}$", (r) => Array.from({ length: 22 }, () => r.pick([..."abcXYZ019_-"])).join("")],
  ["^[^@\\s]+@[^@\\s]+$", (r) => `${r.int(2 ** 32).toString(36)}.${r.int(2 ** 32).toString(36)}@example.org`],
  ["^[a-z][a-z0-9]*$", (r) => r.pick(["python", "javascript"])],
  ["^[A-Za-z0-9_]", (r) => r.pick(["main.py", "a/b/c.txt", "x", "_", "a".repeat(120), "a/b/c/d/e/f/g/h"])],
];

function text(r, schema) {
  const { minLength = 0, maxLength } = schema;
  const edge = r.next();
  const most = Math.min(maxLength, 8000);
  const length = edge < 0.2 ? minLength : edge < 0.3 ? most : minLength + r.int(Math.min(most - minLength, 40) + 1);
  const letters = r.pick(ALPHABETS);
  return Array.from({ length }, () => r.pick(letters)).join("");
}

/* Text that happens to fit the pattern; most does where the pattern only forbids some letters. */
function fitting(r, schema) {
  const pattern = new RegExp(schema.pattern, "u");
  for (let tries = 0; tries < 1000; tries++) {
    const drawn = text(r, schema);
    if (pattern.test(drawn)) return drawn;
  }
  throw new Error(`generate.mjs: add an example for the pattern ${schema.pattern}`);
}

function string(r, schema) {
  if (schema.enum) return r.pick(schema.enum);
  if (!schema.pattern) return text(r, schema);
  const [, make] = PATTERNS.find(([start]) => schema.pattern.startsWith(start)) ?? [];
  return make ? make(r) : fitting(r, schema);
}

function integer(r, { minimum, maximum }) {
  const edge = r.next();
  return edge < 0.2 ? minimum : edge < 0.4 ? maximum : minimum + r.int(Math.min(maximum - minimum, 1000) + 1);
}

/* A value that fits the schema. */
export function valid(r, node) {
  const schema = resolve(node);
  switch (schema.type) {
    case "object":
      return Object.fromEntries(
        Object.entries(schema.properties ?? {})
          .filter(([name]) => schema.required?.includes(name) || r.chance(0.6))
          .map(([name, property]) => [name, valid(r, property)]),
      );
    case "array": {
      const { minItems = 0, maxItems } = schema;
      const length = r.chance(0.1) ? Math.min(maxItems, 8) : minItems + r.int(Math.min(maxItems - minItems, 3) + 1);
      return Array.from({ length }, () => valid(r, schema.items));
    }
    case "string":
      return string(r, schema);
    case "integer":
      return integer(r, schema);
    case "boolean":
      return r.chance(0.5);
    default:
      throw new Error(`generate.mjs: no values for ${JSON.stringify(schema)}`);
  }
}

/* A lone surrogate cannot be read as JSON at all: there is no field to name. */
const UNREADABLE = "a lone surrogate";

const OF_TYPE = { null: null, boolean: true, number: 7, string: "seven", array: [], object: {} };
const FITS = { object: ["object"], array: ["array"], string: ["string"], integer: ["number"], boolean: ["boolean"] };

function wrongTypes({ type }) {
  return Object.entries(OF_TYPE)
    .filter(([name]) => !FITS[type].includes(name))
    .map(([name, value]) => [`${name} for ${type}`, value]);
}

function wrongStrings(schema) {
  const bad = [[UNREADABLE, "\ud800aaaaaaaaaaaaaaaaaaaaa"], ["a NUL", "aaaaaaaaaaa\u0000aaaaaaaaaa"]];
  if (schema.enum) return [...bad, ["none of the enum", "nobody"], ["an enum with another case", schema.enum[0].toUpperCase()]];
  if (schema.minLength > 0) bad.push(["empty", ""], ["too short", "a".repeat(schema.minLength - 1)]);
  bad.push(["too long by one", "a".repeat(schema.maxLength + 1)]);
  if (schema.maxLength <= 5000) bad.push(["much too long", "a".repeat(30000)]);
  if (schema.pattern) bad.push(["not of the pattern", " ".repeat(schema.minLength ?? 5)]);
  return bad;
}

const wrongIntegers = ({ minimum, maximum }) => [
  ["below the minimum", minimum - 1],
  ["above the maximum", maximum + 1],
  ["a fraction", minimum + 0.5],
  ["far too large", 1e300],
  ["far too small", -1e300],
];

/* The wrong values for one place. */
function wrongValues(schema) {
  const typed = wrongTypes(schema);
  if (schema.type === "string") return [...typed, ...wrongStrings(schema)];
  if (schema.type === "integer") return [...typed, ...wrongIntegers(schema)];
  return typed;
}

function put(body, path, value) {
  if (path.length === 0) return value;
  const copy = structuredClone(body);
  let at = copy;
  for (const key of path.slice(0, -1)) at = at[key];
  if (value === undefined) delete at[path.at(-1)];
  else at[path.at(-1)] = value;
  return copy;
}

const pointer = (path) => path.map((key) => `/${String(key).replace(/~/g, "~0").replace(/\//g, "~1")}`).join("");

function* wrongObject(schema, value, body, path) {
  for (const name of schema.required ?? []) {
    yield { what: "missing", pointer: pointer([...path, name]), body: put(body, [...path, name], undefined) };
  }
  for (const name of ["unknown", "__proto__x", "a/b~c", ""]) {
    if (schema.properties?.[name]) continue;
    yield { what: "unknown field", pointer: pointer([...path, name]), body: put(body, [...path, name], 1) };
  }
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    if (name in value) yield* wrongAt(property, value[name], body, [...path, name]);
    else yield* wrongAt(property, undefined, body, [...path, name]);
  }
}

function* wrongArray(schema, value, body, path) {
  if (schema.minItems > 0) yield { what: "too few", pointer: pointer(path), body: put(body, path, []) };
  if (value === undefined || value.length === 0) return;
  const many = Array.from({ length: schema.maxItems + 1 }, () => value[0]);
  yield { what: "too many", pointer: pointer(path), body: put(body, path, many) };
  yield* wrongAt(schema.items, value[0], body, [...path, 0]);
}

function* wrongAt(node, value, body, path) {
  const schema = resolve(node);
  for (const [what, wrong] of wrongValues(schema)) {
    yield { what, pointer: pointer(path), body: put(body, path, wrong) };
  }
  if (schema.type === "object" && value !== undefined) yield* wrongObject(schema, value, body, path);
  if (schema.type === "array") yield* wrongArray(schema, value, body, path);
}

/* Every body that is `value` with one thing wrong: {what, pointer, body}. */
export const wrongs = (node, value) =>
  [...wrongAt(node, value, value, [])].map((wrong) => (wrong.what === UNREADABLE ? { ...wrong, pointer: "" } : wrong));

/* Text that is not JSON, or that no parser should trust: [what, bytes]. `some` is a right body. */
export function brokenJson(some) {
  const good = JSON.stringify(some);
  const bytes = (...parts) => Buffer.concat(parts.map((part) => Buffer.from(part)));
  const first = good.indexOf('"');
  return [
    ["nothing", bytes("")],
    ["a space", bytes(" ")],
    ["the half of it", bytes(good.slice(0, good.length >> 1))],
    ["all but the end", bytes(good.slice(0, -1))],
    ["more behind it", bytes(good, "x")],
    ["twice", bytes(good, good)],
    ["a NUL behind it", bytes(good, [0])],
    ["a byte order mark", bytes([0xef, 0xbb, 0xbf], good)],
    ["UTF-16", Buffer.from(good, "utf16le")],
    ["a bare word", bytes("hello")],
    ["NaN", bytes('{"a":NaN}')],
    ["a comment", bytes("/* */", good)],
    ["single quotes", bytes("{'title':'x'}")],
    ["a trailing comma", bytes(good.slice(0, -1), ",}")],
    ["deep arrays", bytes("[".repeat(20000))],
    ["deep closed arrays", bytes("[".repeat(5000), "]".repeat(5000))],
    ["deep objects", bytes('{"a":'.repeat(8000))],
    ["a number of 50,000 digits", bytes('{"a":', "9".repeat(50000), "}")],
    ["an exponent beyond all", bytes('{"a":1e999999999}')],
    ["invalid UTF-8 in a key", bytes('{"a', [0xff, 0xfe], '":1}')],
    ["invalid UTF-8 in a value", bytes('{"title":"', [0xc3, 0x28], '","name":"', [0xed, 0xa0, 0x80], '"}')],
    ["an overlong encoding", bytes('{"title":"', [0xc0, 0xaf], '"}')],
    ["a control character in a string", bytes('{"title":"a\u0001b"}')],
    ["a raw line end in a string", bytes('{"title":"a\nb"}')],
    ["a bad escape", bytes('{"title":"\\x41"}')],
    ["half a surrogate escape", bytes('{"title":"\\ud83d"}')],
    ["the same field twice", bytes(first < 0 ? '{"a":1,"a":2}' : `{${good.slice(1, -1)},${good.slice(1, -1)}}`)],
    ["5,000 fields", bytes(JSON.stringify(Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`f${i}`, i]))))],
    ["the prototype", bytes('{"__proto__":{"a":1},"constructor":{"prototype":{}}}')],
    ["null", bytes("null")],
    ["an array of it", bytes("[", good, "]")],
    ["a string of it", bytes(JSON.stringify(good))],
  ];
}
