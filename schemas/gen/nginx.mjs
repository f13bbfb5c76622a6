// nginx.mjs - api.yaml to the gateway's routes: which path goes to which function, how much of it, how often.
//
// One location a path; methods, unknown fields and rights are the function's business. What every location needs
// besides (fastcgi_param, error pages) is in nginx/conf/function.conf. Two files: functions.conf is of the gateway's
// server, upstreams.conf of what surrounds it.
//
// Who is refused here costs no function anything. An operation's x-limit becomes a bucket of tokens for each address:
// as it is where anyone may call, else PEOPLE times as large, since an office has one address; and then one for each
// caller, that is for each access token, since nginx cannot know whose it is. The function does, and counts people.
// With `by: gateway` it does not: no exchange with Redis for what is asked often and costs little.
// x-at-once is kept in the same two ways by limit_conn, which counts from the head of a request to the end of its
// answer: a WebSocket for as long as it lives, and that by whom the function said that it is. Operations that are counted
// together share a zone. How many requests a function may have in all is bounded where nginx connects to it.
//
// Who is told that a WebSocket is over (x-closed) has an upstream of its name, another way to the same function: thousands may close
// at once, of whom nobody waits for an answer.

/** Behind one address. */
const PEOPLE = 64;
/** Requests a second from one address for everything together (VIVA_RATE): a bucket that fills faster is no bound. */
const RATE = 1000;
/** Connections from one address that are asking for something, or listen, for everything together. */
const CONNECTIONS = 4096;
/** Requests that may wait for a function at most, beside those that its workers are at; how long, it decides (overload.c). */
export const QUEUE = 512;
/** Ends of WebSockets that a function may be told of at a time: more are not told, since who waits for an answer goes before. */
export const CLOSED = 256;
/** What fnd does where pool.conf does not say (functions/lib/fnd/conf.h). */
export const POOL = { max: 8, deadline: 30 };
/** Until fnd has killed a worker that passed its deadline. */
const GRACE = 5;

/** pool.conf: lines `key number`. fnd, which owns the file, checks it. */
export function poolOf(text) {
  const number = (key, otherwise) => Number(text.match(new RegExp(`^\\s*${key}\\s+(\\d+)`, 'm'))?.[1] ?? otherwise);
  return { max: number('max', POOL.max), deadline: number('deadline', POOL.deadline) };
}

/** nginx compares decoded paths, where an encoded slash is one like others. */
function location(path, slashes) {
  if (!path.includes('{')) return `= ${path}`;
  const parts = path.split('/').map((p) => (p.startsWith('{') ? '[^/]+' : p.replaceAll('.', '\\.')));
  if (slashes) parts[parts.length - 1] = '.+';
  return `~ ^${parts.join('/')}$`;
}

/** Whom an operation's limits hold for: its zones' names, what nginx knows them by, and how many they are. */
function counted({ who }, id, key = '$caller') {
  const address = { zone: id, key: '$network', people: who === 'public' ? 1 : PEOPLE };
  return who === 'public' ? [address] : [address, { zone: `${id}_each`, key, people: 1 }];
}

/** The buckets of an operation: {zone, key, a minute, at once}, without those that nginx cannot keep or need not. */
function buckets(op) {
  if (!op.limit) return [];
  const { count, seconds } = op.limit;
  return counted(op, op.id)
    .map(({ people, ...by }) => ({ ...by, count: count * people, minute: Math.ceil((count * people * 60) / seconds) }))
    .filter(({ minute }) => minute < RATE * 60);
}

/** What may be held at once: {zone, key, most}, without what CONNECTIONS says already. */
function held(op) {
  if (!op.atOnce) return [];
  const { most, together } = op.atOnce;
  const name = together ? `${op.function}_${together}` : op.id;
  return counted(op, name, op.websocket ? '$upstream_http_x_caller' : '$caller')
    .map(({ people, zone, key }) => ({ zone: `${zone}_held`, key, most: most * people, shared: together !== null }))
    .filter(({ most }) => most < CONNECTIONS);
}

/** Seconds until an empty bucket has a token. */
const wait = (ops) => Math.max(1, ...ops.flatMap(buckets).map(({ minute }) => Math.ceil(60 / minute)));

const limitConn = (ops) => ops.flatMap(held).map(({ zone, most }) => `\tlimit_conn ${zone} ${most};\n`).join('');

/** What listens is counted when it does: nginx counts a request once, and who it is the function has to say first. */
const holds = (ops) => (ops.some((o) => o.websocket) ? '' : `\tlimit_conn connections ${CONNECTIONS};\n${limitConn(ops)}`);

function block(path, ops, pools) {
  const limited = ops.flatMap(buckets).map(({ zone, count }) => `\tlimit_req zone=${zone} burst=${count - 1} nodelay;\n`);
  const name = ops[0].function;
  return `# ${ops.map((o) => `${o.method} ${o.id}`).join(', ')}
location ${location(path, ops.some((o) => o.params.some((p) => p.slashes)))} {
	include /run/viva/tree/nginx/conf/function.conf;
	client_max_body_size ${Math.max(1024, ...ops.map((o) => o.bodyMax))};
${limited.join('')}${holds(ops)}	set $wait ${wait(ops)};
	fastcgi_read_timeout ${(pools[name] ?? POOL).deadline + GRACE}s;
	fastcgi_pass ${name};
}
`;
}

/** Where the function of a handshake sends a browser that may listen (conf/subscribe.conf). */
function handshake(op) {
  return `location = /internal/${op.id} {
	internal;
	set $broadcaster ${op.websocket};
	set $channels $upstream_http_x_channels;
	set $wait 1;
	limit_conn connections ${CONNECTIONS};
${limitConn([op])}${op.closed ? `	set $message $upstream_http_x_closed;\n	post_action /internal/${op.closed};\n` : ''}	include /run/viva/tree/nginx/conf/subscribe.conf;
}
`;
}

/** And whom nginx tells when that socket is over. */
function closed({ id }) {
  return `location = /internal/${id} {
	internal;
	include /run/viva/tree/nginx/conf/closed.conf;
	fastcgi_param TRIGGER ${id};
	fastcgi_pass ${id};
}
`;
}

export function functionsConf(model, pools = {}) {
  const paths = [...new Set(model.operations.map((o) => o.path))];
  const blocks = paths.map((path) => block(path, model.operations.filter((o) => o.path === path), pools));
  return `# functions.conf - made from schemas/api.yaml by schemas/gen/nginx.mjs; gateway.conf includes it in its server.
#
# function.conf (nginx/conf, written by hand) is included by every location first: FastCGI parameters
# (infra/machine/README.md names them) and time-outs; problems.conf makes errors of the gateway's own problem+json.
# A function answers 405 and 404 of its own; a path of no function ends in conf/app.conf.

${blocks.join('\n')}
${[...model.operations.filter((o) => o.websocket).map(handshake), ...model.triggers.filter((t) => t.closed).map(closed)].join('\n')}`;
}

/** A path's limits are kept by method: a map gives who is counted, or nothing. */
function only(op, variable, key) {
  const methods = op.method === 'GET' ? `GET ${key}; HEAD ${key};` : `${op.method} ${key};`;
  return `map $request_method $${variable} { ${methods} default ""; }`;
}

const rateZone = (op) => ({ zone, key, minute }) => `${only(op, `calls_${zone}`, key)}
limit_req_zone $calls_${zone} zone=${zone}:1m rate=${minute}r/m;
`;

/** Larger, since nginx would refuse everybody when it is full; a socket's address counts where its location does. */
const heldZone = (op) => ({ zone, key, shared }) => (shared ? `limit_conn_zone ${key} zone=${zone}:4m;\n` : `${only(op, `has_${zone}`, key)}
limit_conn_zone $has_${zone} zone=${zone}:4m;
`);

/** What is counted together has its zone where the first of them is. */
const isFirst = (op, all) => !op.atOnce?.together || all.find((o) => o.function === op.function && o.atOnce?.together === op.atOnce.together) === op;

function zones(op, i, all) {
  const said = [op.limit && `${op.limit.count} in ${op.limit.seconds} s`, op.atOnce && `${op.atOnce.most} at once`].filter(Boolean).join(', ');
  const lines = [...buckets(op).map(rateZone(op)), ...(isFirst(op, all) ? held(op).map(heldZone(op)) : [])];
  return lines.length > 0 ? [`# ${op.id}: ${said}${op.who === 'public' ? '' : ` for each of ${PEOPLE} people`}\n${lines.join('')}`] : [];
}

/** What 405 has to say: the methods of a path, and those of a page where it is none of ours. */
function allow(path, ops) {
  const methods = ops.flatMap((o) => (o.method === 'GET' ? ['GET', 'HEAD'] : [o.method]));
  const parts = path.split('/').map((p) => (p.startsWith('{') ? '[^/?]+' : p.replaceAll('.', '\\.')));
  if (ops.some((o) => o.params.some((p) => p.slashes))) parts[parts.length - 1] = '[^?]+';
  return `	"~^${parts.join('/')}(?:\\?|$)" "${methods.join(', ')}";`;
}

function upstream(name, owner, most) {
  return `upstream ${name} {
	server unix:/run/viva/state/run/fn/${owner}.sock max_conns=${most} max_fails=0;
}
`;
}

export function upstreamsConf(model, pools = {}) {
  const names = [...new Set(model.operations.map((o) => o.function))];
  return `# upstreams.conf - made from schemas/api.yaml and functions/*/pool.conf by schemas/gen/nginx.mjs.
#
# max_conns: the workers of a function at most, and who may wait for one; more are answered 503 at once. Each worker
# of nginx counts its own: a count that they share would not come down again after one of them was killed.

${names.map((name) => upstream(name, name, (pools[name] ?? POOL).max + QUEUE)).join('\n')}
${model.triggers.filter((t) => t.closed).map((t) => upstream(t.id, t.function, CLOSED)).join('\n')}
${model.operations.flatMap(zones).join('\n')}
map $request_uri $allow {
	default "GET, HEAD";
${[...new Set(model.operations.map((o) => o.path))].map((path) => allow(path, model.operations.filter((o) => o.path === path))).join('\n')}
}
`;
}
