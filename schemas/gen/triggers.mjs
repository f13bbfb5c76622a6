// triggers.mjs - the webhooks of api.yaml: what calls a function besides a request, a queue's message or a schedule.
//
//   webhooks:
//     docs_checkpoint:                 the operation; its handler is the C function of that name
//       x-trigger: { queue: checkpoint, once: true, seconds: 60, failures: 8, at_once: 2 }
//     auth_cleanup:
//       x-trigger: { schedule: every 10m }           or  daily 03:30 (UTC)
//
// Made of them: a trigger's route (c.mjs), `queue_<name>_send()` in api.h, and the dispatcher's table triggers.c.

const DEFAULTS = { seconds: 25, failures: 8, at_once: 4 };
const KNOWN = ['queue', 'schedule', 'once', ...Object.keys(DEFAULTS)];
const MOST = { seconds: 3600, failures: 100, at_once: 16 };
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
  if ((trigger.queue === undefined) === (trigger.schedule === undefined)) refuse('x-trigger names a queue or a schedule');
  for (const [key, most] of Object.entries(MOST)) {
    const n = trigger[key] ?? DEFAULTS[key];
    if (!Number.isSafeInteger(n) || n < 1 || n > most) refuse(`x-trigger: ${key} is a number from 1 to ${most}`);
  }
}

/** One webhook as the generators need it. */
function readTrigger(model, id, item) {
  const refuse = (why) => model.refuse(`webhooks/${id}`, why);
  const op = item.post ?? refuse('an operation `post` is expected');
  const trigger = op['x-trigger'] ?? refuse('x-trigger is missing');
  if (!/^[a-z]+(_[a-z]+)+$/.test(id) || op.operationId !== id) refuse('it is named by its operationId, <function>_<operation>');
  checkTrigger(trigger, refuse);
  const { queue = null, once = false } = trigger;
  if (queue !== null && !/^[a-z][a-z_]*$/.test(queue)) refuse('a queue is named by letters and _');
  if ((queue !== null) !== (op.requestBody !== undefined)) refuse('a queue needs a requestBody, its message; a schedule has none');
  const rule = queue === null ? readSchedule(trigger.schedule, refuse) : { period: 0, start: 0 };
  return {
    id, function: id.split('_')[0], queue, name: queue ?? id, once, ...rule,
    ...Object.fromEntries(Object.keys(DEFAULTS).map((key) => [key, trigger[key] ?? DEFAULTS[key]])),
    bodyMax: model.bodyMax(op, id), body: queue === null ? null : { required: true, type: model.jsonType(op.requestBody.content ?? {}, `webhooks/${id}`) },
  };
}

export function readTriggers(model) {
  const triggers = Object.entries(model.doc.webhooks ?? {}).map(([id, item]) => readTrigger(model, id, item));
  for (const t of triggers) {
    if (triggers.some((o) => o !== t && o.name === t.name)) model.refuse(`webhooks/${t.id}`, `two operations take the queue ${t.name}`);
    if (model.operations.some((o) => o.id === t.id)) model.refuse(`webhooks/${t.id}`, 'a path has this operationId');
  }
  return triggers;
}

/** What api.h says of a trigger: the handler's prototype, and how to send. */
export function triggerPrototype(t) {
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

/** The dispatcher's side: all of them. */
export function triggersSource(model) {
  const row = (t) => `\t{ .queue = "${t.name}", .operation = "${t.id}", .function = "${t.function}", .seconds = ${t.seconds},
\t  .failures = ${t.failures}, .at_once = ${t.at_once}, .period = ${t.period}, .start = ${t.start} },\n`;
  return `/* triggers.c - made from schemas/api.yaml by schemas/gen/triggers.mjs. */
#include "triggers.h"

const struct trigger triggers[] = {
${model.triggers.map(row).join('')}	{ .queue = NULL },
};
const size_t triggers_count = ${model.triggers.length};
`;
}
