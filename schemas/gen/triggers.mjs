// triggers.mjs - the webhooks of api.yaml: what calls a function besides a request: a queue's message, a schedule, the end of a WebSocket.
//
//   webhooks:
//     docs_checkpoint:                 the operation; its handler is the C function of that name
//       x-trigger: { queue: checkpoint, once: true, seconds: 60, failures: 8, at_once: 2 }
//     auth_cleanup:
//       x-trigger: { schedule: every 10m }           or  daily 03:30 (UTC)
//     rooms_left:
//       x-trigger: { closed: true }                  a path with x-websocket says x-closed: rooms_left
//
// Made of them: a trigger's route (c.mjs), `queue_<name>_send()` and `<operation>_when_closed()` in api.h, and the dispatcher's
// table triggers.c. Who calls when a WebSocket has closed is the gateway (nginx.mjs).

const DEFAULTS = { after: 0, seconds: 25, failures: 8, at_once: 4 };
const KINDS = ['queue', 'schedule', 'closed'];
const KNOWN = [...KINDS, 'once', ...Object.keys(DEFAULTS)];
const LEAST = { after: 0 };
const MOST = { after: 3600, seconds: 3600, failures: 100, at_once: 16 };
const UNITS = { s: 1, m: 60, h: 3600 };

/** {period, start} in seconds; periods are counted from midnight UTC. */
function readSchedule(text, refuse) {
  const every = /^every (\d{1,4})([smh])$/.exec(text);
  if (every && Number(every[1]) > 0) return { period: Number(every[1]) * UNITS[every[2]], start: 0 };
  const daily = /^daily ([01]\d|2[0-3]):([0-5]\d)$/.exec(text);
  if (daily) return { period: 86400, start: Number(daily[1]) * 3600 + Number(daily[2]) * 60 };
  return refuse('a schedule is "every 10m" (s, m or h) or "daily 03:30"');
}

function checkTrigger(trigger, refuse) {
  for (const key of Object.keys(trigger)) if (!KNOWN.includes(key)) refuse(`x-trigger: ${key} is not one of ${KNOWN.join(', ')}`);
  if (KINDS.filter((kind) => trigger[kind] !== undefined).length !== 1) refuse('x-trigger names a queue or a schedule, or says closed: true');
  if (trigger.closed !== undefined && (trigger.closed !== true || Object.keys(trigger).length > 1)) refuse('x-trigger: { closed: true } has no options');
  for (const [key, most] of Object.entries(MOST)) {
    const n = trigger[key] ?? DEFAULTS[key];
    const least = LEAST[key] ?? 1;
    if (!Number.isSafeInteger(n) || n < least || n > most) refuse(`x-trigger: ${key} is a number from ${least} to ${most}`);
  }
}

/** One webhook as the generators need it. */
function readTrigger(model, id, item) {
  const refuse = (why) => model.refuse(`webhooks/${id}`, why);
  const op = item.post ?? refuse('an operation `post` is expected');
  const trigger = op['x-trigger'] ?? refuse('x-trigger is missing');
  if (!/^[a-z]+(_[a-z]+)+$/.test(id) || op.operationId !== id) refuse('it is named by its operationId, <function>_<operation>');
  checkTrigger(trigger, refuse);
  const { queue = null, once = false, closed = false } = trigger;
  const told = queue !== null || closed;
  if (queue !== null && !/^[a-z][a-z_]*$/.test(queue)) refuse('a queue is named by letters and _');
  if (told !== (op.requestBody !== undefined)) refuse(`${closed ? 'a socket' : 'a queue'} needs a requestBody, its message; a schedule has none`);
  const rule = told ? { period: 0, start: 0 } : readSchedule(trigger.schedule, refuse);
  return {
    id, function: id.split('_')[0], queue, name: queue ?? id, once, closed, ...rule,
    ...Object.fromEntries(Object.keys(DEFAULTS).map((key) => [key, trigger[key] ?? DEFAULTS[key]])),
    bodyMax: model.bodyMax(op, id), body: !told ? null : { required: true, type: model.jsonType(op.requestBody.content ?? {}, `webhooks/${id}`) },
  };
}

export function readTriggers(model) {
  const triggers = Object.entries(model.doc.webhooks ?? {}).map(([id, item]) => readTrigger(model, id, item));
  for (const t of triggers) {
    if (triggers.some((o) => o !== t && o.name === t.name)) model.refuse(`webhooks/${t.id}`, `two operations take the queue ${t.name}`);
    if (model.operations.some((o) => o.id === t.id)) model.refuse(`webhooks/${t.id}`, 'a path has this operationId');
    if (t.closed && !model.operations.some((o) => o.closed === t.id)) model.refuse(`webhooks/${t.id}`, 'no path says x-closed of it');
  }
  for (const o of model.operations.filter((op) => op.closed !== null)) {
    if (!triggers.some((t) => t.closed && t.id === o.closed && t.function === o.function)) {
      model.refuse(o.id, `x-closed: ${o.closed} is no webhook of this function with x-trigger: { closed: true }`);
    }
  }
  return triggers;
}

/** What api.h says of a trigger: the handler's prototype, and how to send. */
export function triggerPrototype(t) {
  if (t.closed) return `/* a WebSocket that has closed: its handler; and how a handshake asks for it, see fn_when_closed() */
int ${t.id}(struct fn *fn, const struct ${t.body.type} *in);
static inline void
${t.id}_when_closed(struct fn *fn, const struct ${t.body.type} *message)
{
	fn_when_closed(fn, &${t.body.type}_shape, message);
}
`;
  if (t.queue === null) return `/* a schedule */\nint ${t.id}(struct fn *fn);\n`;
  return `/* the queue ${t.queue}: its handler; and how to send to it, see fn_send() */
int ${t.id}(struct fn *fn, const struct ${t.body.type} *in);
static inline int
queue_${t.queue}_send(struct fn *fn, const struct ${t.body.type} *message)
{
	return fn_send(fn, "${t.queue}", ${t.once}, &${t.body.type}_shape, message);
}
`;
}

/** The function's side: a row of its table of triggers. */
export function triggerRoute(t) {
  const f = ['.method = "TRIGGER"', `.path = "${t.name}"`, `.id = "${t.id}"`, '.status = 204', `.call = call_${t.id}`];
  if (t.body) f.push('.body = ROUTE_JSON', '.body_required = true', `.body_max = ${t.bodyMax}`, `.in = &${t.body.type}_shape`);
  return `\t{ ${f.join(',\n\t  ')} },\n`;
}

/** The dispatcher's side: queues and schedules. */
export function triggersSource(model) {
  const handed = model.triggers.filter((t) => !t.closed);
  const row = (t) => `\t{ .queue = "${t.name}", .operation = "${t.id}", .function = "${t.function}", .after = ${t.after}, .seconds = ${t.seconds},
\t  .failures = ${t.failures}, .at_once = ${t.at_once}, .period = ${t.period}, .start = ${t.start} },\n`;
  return `/* triggers.c - made from schemas/api.yaml by schemas/gen/triggers.mjs. */
#include "triggers.h"

const struct trigger triggers[] = {
${handed.map(row).join('')}	{ .queue = NULL },
};
const size_t triggers_count = ${handed.length};
`;
}
