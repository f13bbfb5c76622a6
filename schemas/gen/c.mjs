// c.mjs - api.yaml to C: types, codecs, prototypes, route tables.
//
//   api_types.{h,c}      structs, enums, decoders and encoders; uses lib/base and lib/io only (the runner has it too)
//   api.h                api_types.h, fn.h, parameters and prototypes of every operation
//   routes_<function>.c  the table that lib/runtime serves a function from
//
// Codecs are tables (`struct shape`, functions/lib/io/shape.h) that one interpreter follows, so that the code
// which meets hostile bytes is written and tested once.

import { automaton } from './pattern.mjs';
import { cString } from './out.mjs';
import { triggerPrototype, triggerRoute } from './triggers.mjs';

const upper = (s) => s.toUpperCase();
const banner = (what) => `/* ${what} - made from schemas/api.yaml by schemas/gen/c.mjs. */\n`;

/** The C declaration of a member, and of what says whether it is there. */
function declaration({ name, required, type }) {
  switch (type.kind) {
    case 'text': return `\tconst char *${name};\n`;
    case 'int': return `\tint64_t ${name};\n${required ? '' : `\tbool has_${name};\n`}`;
    case 'bool': return `\tbool ${name};\n${required ? '' : `\tbool has_${name};\n`}`;
    case 'enum': return `\tenum ${type.name} ${name};\n`;
    case 'object': return required ? `\tstruct ${type.name} ${name};\n` : `\tstruct ${type.name} *${name};\n`;
    case 'array': return `\t${type.item.kind === 'text' ? 'const char *' : `struct ${type.item.name} `}*${name};\n\tsize_t ${name}_count;\n`;
  }
}

function enumHeader({ name, values }) {
  const all = ['NONE', ...values.map(upper)].map((v) => `${upper(name)}_${v}`);
  return `enum ${name} { ${all.join(', ')} };
extern const char *const ${name}_names[];	/* by enum ${name}; [0] is NULL */
enum ${name} ${name}_of(const char *text);	/* ${all[0]} for anything else, and for NULL */
`;
}

function objectHeader({ name, members }) {
  return `struct ${name} {\n${members.map(declaration).join('')}};
extern const struct shape ${name}_shape;
int ${name}_decode(struct arena *, struct err *, struct bytes json, struct ${name} **out);
void ${name}_encode(struct buf *, const struct ${name} *);
`;
}

export function typesHeader(model) {
  return `${banner('api_types.h')}#ifndef GEN_API_TYPES_H
#define GEN_API_TYPES_H

#include "arena.h"
#include "buf.h"
#include "err.h"
#include "shape.h"

#include <stdbool.h>
#include <stdint.h>

${model.types.map((t) => (t.kind === 'enum' ? enumHeader(t) : objectHeader(t))).join('\n')}
#endif
`;
}

/** Patterns get a number each; the same text is the same table. */
class Patterns {
  constructor() {
    this.texts = [];
  }

  name(text) {
    if (!this.texts.includes(text)) this.texts.push(text);
    return `pattern_${this.texts.indexOf(text)}`;
  }

  source() {
    return this.texts.map((text, i) => table(text, `pattern_${i}`)).join('\n');
  }
}

function table(text, name) {
  const a = automaton(text);
  const comment = text.replaceAll('*/', '* /').replaceAll('/*', '/ *');
  return `/* ${comment} */
static const struct pattern_run ${name}_runs[] = { ${a.runs.map((r) => `{ ${r.from}, ${r.cls} }`).join(', ')} };
static const uint16_t ${name}_next[] = {
${a.next.map((row) => `\t${row.join(', ')},`).join('\n')}
};
static const uint8_t ${name}_accept[] = { ${a.accept.map(Number).join(', ')} };
static const struct pattern ${name} = { ${cString(text)}, ${name}_runs, ${a.runs.length}, ${a.classes}, ${name}_next, ${name}_accept };
`;
}

/** One line of a shape: everything the interpreter must know about a member. */
function member(owner, m, patterns, where = null) {
  const { name, required, type } = m;
  const f = [`.name = "${name}"`, `.at = offsetof(struct ${owner}, ${name})`];
  if (required) f.push('.required = true');
  if (where) f.push(`.in_path = ${where === 'path'}`);
  const has = () => !required && f.push(`.has = offsetof(struct ${owner}, has_${name})`);
  const text = (t) => {
    f.push(`.min = ${t.min}`, `.max = ${t.max}`);
    if (t.pattern) f.push(`.pattern = &${patterns.name(t.pattern)}`);
  };
  switch (type.kind) {
    case 'text': f.push('.kind = SHAPE_TEXT'); text(type); break;
    case 'int': f.push('.kind = SHAPE_INT', `.min = ${int(type.min)}`, `.max = ${int(type.max)}`); has(); break;
    case 'bool': f.push('.kind = SHAPE_BOOL'); has(); break;
    case 'enum': f.push('.kind = SHAPE_ENUM', `.names = ${type.name}_names`); break;
    case 'object': f.push('.kind = SHAPE_OBJECT', `.shape = &${type.name}_shape`); break;
    case 'array':
      f.push(`.has = offsetof(struct ${owner}, ${name}_count)`, `.min_items = ${type.min}`, `.max_items = ${type.max}`);
      if (type.item.kind === 'text') {
        f.push('.kind = SHAPE_TEXTS');
        text(type.item);
      } else f.push('.kind = SHAPE_OBJECTS', `.shape = &${type.item.name}_shape`);
  }
  return `\t{ ${f.join(', ')} },\n`;
}

const int = (n) => (Math.abs(n) < 2 ** 31 ? `${n}` : `INT64_C(${n})`);

function shape(owner, members, patterns, statics = '') {
  return `static const struct shape_member ${owner}_members[] = {
${members.map((m) => member(owner, m, patterns, m.in ?? null)).join('')}};
${statics}const struct shape ${owner}_shape = { "${owner}", sizeof(struct ${owner}), ${owner}_members, ${members.length} };
`;
}

function enumSource({ name, values }) {
  return `const char *const ${name}_names[] = { NULL, ${values.map((v) => `"${v}"`).join(', ')}, NULL };

enum ${name}
${name}_of(const char *text)
{
	return (enum ${name})shape_enum_of(${name}_names, text);
}
`;
}

function objectSource({ name, members }, patterns) {
  return `${shape(name, members, patterns)}
int
${name}_decode(struct arena *a, struct err *e, struct bytes json, struct ${name} **out)
{
	void *p;

	if (shape_decode(a, e, json, &${name}_shape, &p) < 0)
		return -1;
	*out = p;
	return 0;
}

void
${name}_encode(struct buf *b, const struct ${name} *in)
{
	shape_encode(b, &${name}_shape, in);
}
`;
}

export function typesSource(model) {
  const patterns = new Patterns();
  const body = model.types.map((t) => (t.kind === 'enum' ? enumSource(t) : objectSource(t, patterns))).join('\n');
  return `${banner('api_types.c')}#include "api_types.h"

#include <stddef.h>

${patterns.source()}
${body}`;
}

const paramsName = (op) => `${op.id}_params`;

/** The operation's arguments after fn, as prototype and as the call that the route table makes. */
function callArguments(op) {
  const args = [];
  if (op.params?.length) args.push([`const struct ${paramsName(op)} *params`, 'call->params']);
  if (op.body) args.push(op.body.octets ? ['struct bytes in', 'call->octets'] : [`const struct ${op.body.type} *in`, 'call->in']);
  if (op.reply) args.push(op.reply.octets ? ['struct buf *out', 'call->out_octets'] : [`struct ${op.reply.type} *out`, 'call->out']);
  return args;
}

function prototype(op) {
  const params = op.params.length ? `struct ${paramsName(op)} {\n${op.params.map(declaration).join('')}};\n` : '';
  return `/* ${op.method} ${op.path} */\n${params}int ${op.id}(${['struct fn *fn', ...callArguments(op).map(([p]) => p)].join(', ')});\n`;
}

export function apiHeader(model) {
  return `${banner('api.h')}#ifndef GEN_API_H
#define GEN_API_H

#include "api_types.h"
#include "fn.h"

/* The document that all of this was made from, as JSON. */
extern const char openapi_json[];
extern const size_t openapi_json_len;

${[...model.operations.map(prototype), ...model.triggers.map(triggerPrototype)].join('\n')}
#endif
`;
}

function route(op) {
  const f = [`.method = "${op.method}"`, `.path = "${op.path}"`, `.id = "${op.id}"`, `.who = WHO_${upper(op.who)}`, `.status = ${op.status}`,
    `.call = call_${op.id}`];
  if (op.confirms) f.push('.confirms = true');
  if (op.limit && !op.limit.gateway) f.push(`.limit_count = ${op.limit.count}`, `.limit_seconds = ${op.limit.seconds}`);
  if (op.websocket) f.push('.websocket = true');
  if (op.params.length) f.push(`.params = &${paramsName(op)}_shape`);
  const room = op.params.find((p) => p.in === 'path' && p.name === 'room');
  if (room) f.push(`.room_at = offsetof(struct ${paramsName(op)}, room)`);
  if (op.body) f.push(`.body = ${op.body.octets ? 'ROUTE_OCTETS' : 'ROUTE_JSON'}`, `.body_required = ${op.body.required}`, `.body_max = ${op.bodyMax}`);
  if (op.body?.type) f.push(`.in = &${op.body.type}_shape`);
  if (op.params.some((p) => p.slashes)) f.push('.slashes = true');
  if (op.reply) f.push(`.reply = ${op.reply.text ? 'ROUTE_TEXT' : op.reply.octets ? 'ROUTE_OCTETS' : 'ROUTE_JSON'}`);
  if (op.reply?.type) f.push(`.out = &${op.reply.type}_shape`);
  return `\t{ ${f.join(',\n\t  ')} },\n`;
}

function thunk(op) {
  const args = callArguments(op).map(([, a]) => a);
  return `static int
call_${op.id}(struct fn *fn, const struct route_call *call)
{
${args.length ? '' : '\t(void)call;\n'}	return ${op.id}(${['fn', ...args].join(', ')});
}
`;
}

/** `queries`: the names of the tables of statements that the function prepares. */
export function routesSource(model, name, queries) {
  const ops = model.operations.filter((o) => o.function === name);
  const triggers = model.triggers.filter((t) => t.function === name);
  const patterns = new Patterns();
  const shapes = ops.filter((o) => o.params.length).map((o) => shape(paramsName(o), o.params, patterns, 'static ')).join('\n');
  return `${banner(`routes_${name}.c`)}#include "api.h"
#include "route.h"
${queries.map((q) => `#include "queries_${q}.h"\n`).join('')}
#include <stddef.h>

${patterns.source()}
${shapes}
${[...ops, ...triggers].map(thunk).join('\n')}
static const struct route routes[] = {
${ops.map(route).join('')}};
${triggers.length ? `static const struct route triggers[] = {\n${triggers.map(triggerRoute).join('')}};\n` : ''}
const struct function function_table = {
	"${name}", routes, ${ops.length}, ${triggers.length ? 'triggers' : 'NULL'}, ${triggers.length},
	{ ${[...queries.map((q) => `{ queries_${q}, &queries_${q}_count }`), '{ NULL, NULL }'].join(', ')} }
};
`;
}
