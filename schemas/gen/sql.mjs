// sql.mjs - a queries.sql becomes typed C calls and a table of statements to prepare.
//
//   -- room_insert: what it does; further comment lines may follow
//   -- $1 id, $2 title, $3 most int
//   -- > id, created_at, people int
//   INSERT ... ;
//
// Types after a name: none is text, int, bool, bytes; `int?` and `bool?` may be NULL (text and bytes always may).

import { cString } from './out.mjs';

/* What the made code calls its own. */
const TAKEN = ['pg', 'rows', 'row', 'p', 'n', 'cell', 'got'];
const TYPES = ['text', 'int', 'bool', 'bytes', 'int?', 'bool?'];

function fail(file, line, why) {
  throw new Error(`${file}:${line}: ${why}`);
}

function parseNames(list, file, line) {
  return list.split(',').map((item) => {
    const m = /^\s*(?:\$(\d+)\s+)?([a-z][a-z0-9_]*)(?:\s+(\S+))?\s*$/.exec(item);
    if (!m) fail(file, line, `"${item.trim()}" is not a name and a type`);
    const type = m[3] ?? 'text';
    if (!TYPES.includes(type)) fail(file, line, `type ${type} is not one of ${TYPES.join(', ')}`);
    if (TAKEN.includes(m[2]) && m[1]) fail(file, line, `a parameter cannot be called ${m[2]}`);
    return { number: m[1] && Number(m[1]), name: m[2], type };
  });
}

/** [{name, comment, params, columns, sql}] of a file's text. */
export function parseQueries(text, file = 'queries.sql') {
  const out = [];
  let q = null;
  text.split('\n').forEach((raw, i) => {
    const line = raw.trimEnd();
    const head = /^-- ([a-z][a-z0-9_]*): (.*)$/.exec(line);
    if (head && !q?.sql) {
      if (q) fail(file, i + 1, `${q.name} has no statement`);
      q = { name: head[1], comment: head[2], params: [], columns: [], sql: '' };
      return;
    }
    if (q && !q.sql && /^-- \$/.test(line)) return void q.params.push(...parseNames(line.slice(3), file, i + 1));
    if (q && !q.sql && /^-- >/.test(line)) return void q.columns.push(...parseNames(line.slice(4), file, i + 1));
    if (line === '' || (line.startsWith('--') && !q?.sql)) return;
    if (!q) fail(file, i + 1, 'a statement begins with a line "-- name: what it does"');
    q.sql += (q.sql ? '\n' : '') + line;
    if (!line.endsWith(';')) return;
    q.sql = q.sql.slice(0, -1);
    check(q, file, i + 1);
    if (out.some((o) => o.name === q.name)) fail(file, i + 1, `${q.name} is there twice`);
    out.push(q);
    q = null;
  });
  if (q) fail(file, text.split('\n').length, `${q.name} does not end in a line with ;`);
  return out;
}

function check(q, file, line) {
  q.params.forEach((p, i) => {
    if (p.number !== i + 1) fail(file, line, `${q.name}: $${i + 1} is expected where $${p.number} stands`);
  });
  const used = Math.max(0, ...[...q.sql.matchAll(/\$(\d+)/g)].map((m) => Number(m[1])));
  if (used !== q.params.length) fail(file, line, `${q.name}: ${q.params.length} parameters are named, but the statement uses $${used}`);
  if (q.columns.length > 60) fail(file, line, `${q.name}: more than 60 columns`);
  const other = isRaw(q) && q.columns.find((c) => !['bytes', 'text'].includes(c.type));
  if (other) fail(file, line, `${q.name}: beside bytes only text can be read, and ${other.name} is ${other.type}`);
}

const C_PARAM = { text: 'const char *', int: 'int64_t ', bool: 'bool ', bytes: 'struct bytes ', 'int?': 'const int64_t *', 'bool?': 'const bool *' };
const C_COLUMN = { text: 'const char *', int: 'int64_t ', bool: 'bool ', bytes: 'struct bytes ', 'int?': 'int64_t ', 'bool?': 'bool ' };

function signature(q) {
  const args = ['struct pg *pg'];
  if (q.columns.length) args.push(`struct ${q.name}_row **rows`);
  args.push(...q.params.map((p) => `${C_PARAM[p.type]}${p.name}`));
  return `${q.name}(${args.join(', ')})`;
}

function header(q) {
  const columns = q.columns.map((c) => `\t${C_COLUMN[c.type]}${c.name};\n${c.type.endsWith('?') ? `\tbool has_${c.name};\n` : ''}`).join('');
  return `/* ${q.comment.replaceAll('*/', '* /')} */\n${columns ? `struct ${q.name}_row {\n${columns}};\n` : ''}int ${signature(q)};\n`;
}

function setParam(p, i) {
  const at = `p[${i}]`;
  switch (p.type) {
    case 'text': return `\t${at}.data = ${p.name};\n`;
    case 'bytes': return `\tpg_param_bytes(&${at}, ${p.name});\n`;
    case 'int': return `\tpg_param_int(&${at}, n[${i}], &${p.name});\n`;
    case 'int?': return `\tpg_param_int(&${at}, n[${i}], ${p.name});\n`;
    case 'bool': return `\tpg_param_bool(&${at}, &${p.name});\n`;
    case 'bool?': return `\tpg_param_bool(&${at}, ${p.name});\n`;
  }
}

function getColumn(c, i) {
  const to = `row->${c.name}`;
  switch (c.type) {
    case 'text': return `\t\t${to} = (const char *)cell[${i}].data;\n`;
    case 'bytes': return `\t\t${to} = cell[${i}];\n`;
    case 'int': return `\t\t${to} = pg_cell_int(cell[${i}]);\n`;
    case 'bool': return `\t\t${to} = pg_cell_bool(cell[${i}]);\n`;
    case 'int?': return `\t\trow->has_${c.name} = cell[${i}].data != NULL;\n\t\t${to} = pg_cell_int(cell[${i}]);\n`;
    case 'bool?': return `\t\trow->has_${c.name} = cell[${i}].data != NULL;\n\t\t${to} = pg_cell_bool(cell[${i}]);\n`;
  }
}

function mask(q, pick) {
  return `UINT64_C(0x${q.columns.reduce((m, c, i) => m | (pick(c.type) ? 1n << BigInt(i) : 0n), 0n).toString(16)})`;
}

/* Bytes come as they are kept, not as hex; then so does the rest of the row. */
const isRaw = (q) => q.columns.some((c) => c.type === 'bytes');

function source(q, index, dir) {
  const n = q.params.length;
  const locals = (n ? `\tstruct pg_param p[${n}] = { 0 };\n` : '') + (q.params.some((p) => p.type.startsWith('int')) ? `\tchar n[${n}][PG_INT_TEXT];\n` : '')
    + (q.columns.length ? '\tstruct bytes *cell;\n' : '');
  const args = `pg, &queries_${dir}[${index}], ${n ? 'p' : 'NULL'}, ${isRaw(q)}`;
  const set = q.params.map(setParam).join('');
  const start = `/* ${q.comment.replaceAll('*/', '* /')} */\nint\n${signature(q)}\n{\n${locals}${locals ? '\n' : ''}${set}`;
  if (!q.columns.length) return `${start}\treturn pg_exec(${args}, NULL);\n}\n`;
  return `${start}	int got = pg_exec(${args}, &cell);
	if (got < 0)
		return -1;
	*rows = pg_rows(pg, got, sizeof(**rows));
	for (struct ${q.name}_row *row = *rows; row < *rows + got; row++, cell += ${q.columns.length}) {
${q.columns.map(getColumn).join('')}	}
	return got;
}
`;
}

export function queriesHeader(queries, dir) {
  return `/* queries_${dir}.h - made from the queries.sql of ${dir} by schemas/gen/sql.mjs. */
#ifndef GEN_QUERIES_${dir.toUpperCase()}_H
#define GEN_QUERIES_${dir.toUpperCase()}_H

#include "pg.h"

extern const struct pg_statement queries_${dir}[];
extern const size_t queries_${dir}_count;

${queries.map(header).join('\n')}
#endif
`;
}

export function queriesSource(queries, dir) {
  const notNull = (t) => t === 'int' || t === 'bool';
  return `/* queries_${dir}.c - made from the queries.sql of ${dir} by schemas/gen/sql.mjs. */
#include "queries_${dir}.h"

const struct pg_statement queries_${dir}[] = {
${queries.map((q) => `	{ "${q.name}",\n\t${cString(q.sql)},\n	  ${q.params.length}, ${q.columns.length}, ${mask(q, notNull)} },\n`).join('')}};
const size_t queries_${dir}_count = sizeof(queries_${dir}) / sizeof(*queries_${dir});

${queries.map((q, i) => source(q, i, dir)).join('\n')}`;
}
