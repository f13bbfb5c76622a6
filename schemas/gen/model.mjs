// model.mjs - reads api.yaml into what the other generators need, and refuses what must not be built.
//
// A contract without bounds is refused here and not at run time: every text has a length, every array
// a count, every integer a range that JavaScript can hold. The model:
//
//   types       in an order in which each uses only earlier ones:
//               {kind: 'enum', name, values} or {kind: 'object', name, members: [{name, required, type}]}
//   type        {kind: 'text', min, max, pattern} | {kind: 'int', min, max} | {kind: 'bool'}
//               | {kind: 'enum', name} | {kind: 'object', name} | {kind: 'array', item: type, min, max}
//   operations  {id, function, method, path, who, limit, websocket, closed, atOnce, bodyMax, status, params, body, reply}
//   triggers    what is called otherwise than by a request: triggers.mjs

import { parse } from 'yaml';

import { readTriggers } from './triggers.mjs';

const BODY_MAX = 65536;
const WHO = ['public', 'someone', 'account', 'member', 'editor', 'interviewer', 'owner'];
/** The instances of nchan: nginx/realtime.conf, nginx/signals.conf. */
const BROADCASTERS = ['realtime', 'signals'];
const METHODS = ['get', 'post', 'put', 'patch', 'delete'];
const RESERVED = new Set(`auto break case char const continue default do double else enum extern float for goto if inline int
  long register restrict return short signed sizeof static struct switch typedef union unsigned void volatile while bool`.split(/\s+/));

export class Refused extends Error {}

/** RoomNew -> room_new */
export function snake(name) {
  return name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();
}

export class Model {
  constructor(yaml) {
    this.doc = typeof yaml === 'string' ? parse(yaml) : yaml;
    this.types = [];
    this.byName = new Map();
    for (const name of Object.keys(this.doc.components?.schemas ?? {})) this.component(name);
    this.operations = this.readOperations();
    this.triggers = readTriggers(this);
  }

  refuse(where, why) {
    throw new Refused(`schemas/api.yaml: ${where}: ${why}`);
  }

  /** What a $ref names, with the last part of its path. */
  deref(ref, where) {
    const parts = ref.replace(/^#\//, '').split('/');
    const found = parts.reduce((at, part) => at?.[part], this.doc);
    if (found === undefined) this.refuse(where, `${ref} does not exist`);
    return { found, name: parts.at(-1) };
  }

  component(name, chain = []) {
    const where = `components/schemas/${name}`;
    if (!/^[A-Z][A-Za-z0-9]*$/.test(name)) this.refuse(where, 'a schema is named like RoomNew');
    if (chain.includes(name)) this.refuse(where, 'it contains itself');
    const cname = snake(name);
    const known = this.byName.get(cname);
    if (known) return known;
    const schema = this.doc.components.schemas[name];
    if (schema.oneOf) return null;
    const type = schema.type === 'object' ? this.object(cname, schema, where, [...chain, name]) : this.type(schema, where, cname, [...chain, name]);
    this.byName.set(cname, type);
    return type;
  }

  object(name, schema, where, chain) {
    const required = schema.required ?? [];
    const properties = Object.entries(schema.properties ?? {});
    for (const r of required) if (!schema.properties?.[r]) this.refuse(where, `${r} is required but no property`);
    if (properties.length === 0) this.refuse(where, 'an object needs properties');
    const members = properties.map(([key, sub]) => {
      this.checkName(key, `${where}/${key}`);
      return { name: key, required: required.includes(key), type: this.type(sub, `${where}/${key}`, `${name}_${key}`, chain) };
    });
    this.types.push({ kind: 'object', name, members });
    return { kind: 'object', name };
  }

  checkName(name, where) {
    if (!/^[a-z][a-z0-9_]*$/.test(name) || RESERVED.has(name)) this.refuse(where, 'a name is lower case with _, and no word of C');
  }

  /** `name` is what an enum found here would be called. */
  type(schema, where, name, chain = []) {
    if (schema.$ref) return this.reference(schema.$ref, where, chain);
    if (schema.enum) return this.enumeration(schema, where, name);
    switch (schema.type) {
      case 'string': return this.text(schema, where);
      case 'integer': return this.integer(schema, where);
      case 'boolean': return { kind: 'bool' };
      case 'array': return this.array(schema, where, name, chain);
      case 'object': return this.refuse(where, 'give an object inside another a name of its own in components/schemas');
      default: return this.refuse(where, `type ${schema.type} is not understood`);
    }
  }

  reference(ref, where, chain) {
    if (!ref.startsWith('#/components/schemas/')) this.refuse(where, `${ref} is no schema`);
    const { name } = this.deref(ref, where);
    const type = this.component(name, chain);
    if (type === null) this.refuse(where, `${name} is a oneOf: encode its members one by one`);
    return type;
  }

  enumeration(schema, where, name) {
    const values = schema.enum;
    if (schema.type !== 'string') this.refuse(where, 'an enum is of strings');
    if (values.length === 0 || values.some((v) => !/^[a-z][a-z0-9_]*$/.test(v))) this.refuse(where, 'enum values are lower case with _');
    if (new Set(values).size !== values.length) this.refuse(where, 'an enum value is there twice');
    this.types.push({ kind: 'enum', name, values });
    return { kind: 'enum', name };
  }

  text(schema, where) {
    const { minLength: min = 0, maxLength: max, pattern } = schema;
    if (!Number.isSafeInteger(max)) this.refuse(where, 'a string needs maxLength');
    if (min > max) this.refuse(where, 'minLength is above maxLength');
    return { kind: 'text', min, max, ...(pattern ? { pattern } : {}) };
  }

  integer(schema, where) {
    const { minimum: min, maximum: max } = schema;
    if (min === undefined || max === undefined) this.refuse(where, 'an integer needs minimum and maximum');
    if (!Number.isSafeInteger(min) || !Number.isSafeInteger(max)) this.refuse(where, 'an integer stays within +-(2^53-1)');
    if (min > max) this.refuse(where, 'minimum is above maximum');
    return { kind: 'int', min, max };
  }

  array(schema, where, name, chain) {
    const { minItems: min = 0, maxItems: max } = schema;
    if (!Number.isSafeInteger(max)) this.refuse(where, 'an array needs maxItems');
    const item = this.type(schema.items ?? {}, `${where}/items`, name, chain);
    if (item.kind !== 'text' && item.kind !== 'object') this.refuse(where, 'an array holds strings or objects by $ref');
    return { kind: 'array', item, min, max };
  }

  readOperations() {
    const out = [];
    for (const [path, item] of Object.entries(this.doc.paths ?? {})) {
      for (const method of METHODS.filter((m) => item[m])) out.push(this.operation(path, method, item));
    }
    const ids = out.map((o) => o.id);
    for (const id of ids) if (ids.filter((i) => i === id).length > 1) this.refuse(id, 'two operations have this id');
    for (const o of out) {
      if (o.atOnce?.together && out.some((p) => p !== o && p.path === o.path)) this.refuse(o.path, 'what is counted together with others has a path of its own');
      const other = out.find((p) => p.path === o.path && p.function !== o.function);
      if (other) this.refuse(o.path, `one path belongs to one function, not to ${o.function} and ${other.function}`);
    }
    return out;
  }

  operation(path, method, item) {
    const op = item[method];
    const id = op.operationId;
    const where = `${method.toUpperCase()} ${path}`;
    if (!/^[a-z]+(_[a-z]+)+$/.test(id ?? '')) this.refuse(where, 'operationId is <function>_<operation>');
    if (!WHO.includes(op['x-who'])) this.refuse(where, `x-who is one of ${WHO.join(', ')}`);
    const params = this.params([...(item.parameters ?? []), ...(op.parameters ?? [])], path, id);
    if (WHO.indexOf(op['x-who']) >= WHO.indexOf('member') && !params.some((p) => p.name === 'room' && p.in === 'path')) {
      this.refuse(where, `x-who: ${op['x-who']} needs the path parameter room`);
    }
    return {
      id, function: id.split('_')[0], method: method.toUpperCase(), path, who: op['x-who'], confirms: this.confirms(op, where), limit: this.limit(op, where),
      websocket: this.websocket(op, where), closed: this.closed(op, where), atOnce: this.atOnce(op, where), bodyMax: this.bodyMax(op, where), params,
      body: this.body(op, where), ...this.reply(op, where),
    };
  }

  confirms(op, where) {
    const confirms = op['x-confirms'] === true;
    if (confirms && WHO.indexOf(op['x-who']) < WHO.indexOf('member')) this.refuse(where, 'x-confirms is for operations of members');
    return confirms;
  }

  /** {count, seconds, gateway}: how often, and whether the gateway alone counts; null where api.yaml says why there is none. */
  limit(op, where) {
    const { none, count, seconds, by, ...rest } = op['x-limit'] ?? {};
    const known = Object.keys(rest).length === 0 && (by === undefined || by === 'gateway');
    if (known && typeof none === 'string' && none !== '' && count === undefined) return null;
    if (!known || none !== undefined || !(count > 0 && seconds > 0)) {
      this.refuse(where, "x-limit is { count, seconds }, perhaps with by: gateway; or { none: 'why it needs none' }");
    }
    return { count, seconds, gateway: by === 'gateway' };
  }

  websocket(op, where) {
    const broadcaster = op['x-websocket'] ?? null;
    if (broadcaster !== null && !BROADCASTERS.includes(broadcaster)) this.refuse(where, `x-websocket is one of ${BROADCASTERS.join(', ')}`);
    return broadcaster;
  }

  closed(op, where) {
    const closed = op['x-closed'] ?? null;
    if (closed !== null && op['x-websocket'] === undefined) this.refuse(where, 'x-closed is for a path with x-websocket');
    return closed;
  }

  /** {most, together}: how many, and with what other operations of the function they are counted: null, with none. */
  atOnce(op, where) {
    const said = op['x-at-once'] ?? null;
    if (said === null) return null;
    const { count: most, together = null } = typeof said === 'object' ? said : { count: said };
    if (!(Number.isSafeInteger(most) && most > 0 && most < 1024)) this.refuse(where, 'x-at-once is a number below 1024, or { count, together }');
    if (together !== null && !/^[a-z]+$/.test(together)) this.refuse(where, 'x-at-once: together is a name');
    return { most, together };
  }

  bodyMax(op, where) {
    const max = op['x-body-max'] ?? BODY_MAX;
    if (!Number.isSafeInteger(max) || max < 1 || max > 1 << 26) this.refuse(where, 'x-body-max is a number of bytes, at most 64 MiB');
    return op.requestBody ? max : 0;
  }

  params(list, path, id) {
    const params = list.map((p) => (p.$ref ? this.deref(p.$ref, id).found : p)).map((p) => {
      this.checkName(p.name, `${id}/${p.name}`);
      if (p.in !== 'path' && p.in !== 'query') this.refuse(id, `${p.name}: a parameter is in path or query`);
      const type = this.type(p.schema, `${id}/${p.name}`, `${id}_${p.name}`);
      if (type.kind === 'array' || type.kind === 'object') this.refuse(id, `${p.name}: a parameter is one value`);
      if (p['x-slashes'] && !path.endsWith(`{${p.name}}`)) this.refuse(id, `${p.name}: only the end of a path may hold slashes`);
      return { name: p.name, in: p.in, required: p.in === 'path' || p.required === true, type, ...(p['x-slashes'] ? { slashes: true } : {}) };
    });
    const named = [...path.matchAll(/\{([^}]*)\}/g)].map((m) => m[1]);
    for (const n of named) if (!params.some((p) => p.in === 'path' && p.name === n)) this.refuse(id, `{${n}} is not among the parameters`);
    for (const p of params) if (p.in === 'path' && !named.includes(p.name)) this.refuse(id, `${p.name} is not in the path`);
    return params;
  }

  body(op, where) {
    if (!op.requestBody) return null;
    const content = op.requestBody.content ?? {};
    const required = op.requestBody.required === true;
    if (content['application/octet-stream']) return { required, octets: true };
    return { required, type: this.jsonType(content, where) };
  }

  jsonType(content, where) {
    const ref = content['application/json']?.schema?.$ref;
    const type = ref && this.reference(ref, where, []);
    if (type?.kind !== 'object') this.refuse(where, 'a body is application/json with a $ref to an object, or application/octet-stream');
    return type.name;
  }

  reply(op, where) {
    const status = Object.keys(op.responses ?? {}).find((s) => /^[12]\d\d$/.test(s));
    if (!status) this.refuse(where, 'a 2xx response is missing');
    let response = op.responses[status];
    if (response.$ref) response = this.deref(response.$ref, where).found;
    if (!response.content) return { status: Number(status), reply: null };
    if ('text/plain' in response.content) return { status: Number(status), reply: { octets: true, text: true } };
    const octets = 'application/octet-stream' in response.content;
    return { status: Number(status), reply: octets ? { octets: true } : { type: this.jsonType(response.content, where) } };
  }
}
