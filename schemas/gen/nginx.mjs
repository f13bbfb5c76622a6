// nginx.mjs - api.yaml to the gateway's routes: which path goes to which function, how much of it, how often.
//
// One location a path; methods, unknown fields and rights are the function's business. What every location needs
// besides (fastcgi_param, error pages) is in nginx/conf/function.conf. Two files: functions.conf is of the gateway's
// server, upstreams.conf of what surrounds it.
//
// Who is refused here costs no function anything. An operation's x-limit becomes a bucket of tokens for each address:
// as it is where anyone may call, else PEOPLE times as large, since an office has one address and the function counts
// each of them. How many requests a function may have is bounded where nginx connects to it, and not by limit_conn,
// which would count a body that is slow to come and a WebSocket for as long as it lives.

/** Behind one address. */
const PEOPLE = 64;
/** Requests a second from one address for everything together (VIVA_RATE): a bucket that fills faster is no bound. */
const RATE = 1000;
/** Requests that may wait for a function at most, beside those that its workers are at; how long, it decides (overload.c). */
export const QUEUE = 512;
/** What fnd does where pool.conf does not say (functions/lib/fnd/conf.h). */
export const POOL = { max: 8, deadline: 30 };
/** Until fnd has killed a worker that passed its deadline. */
const GRACE = 5;

/** pool.conf: lines `key number`. fnd, which owns the file, checks it. */
export function poolOf(text) {
  const number = (keys, otherwise) => Number(text.match(new RegExp(`^\\s*(?:${keys})\\s+(\\d+)`, 'm'))?.[1] ?? otherwise);
  return { max: number('max|workers', POOL.max), deadline: number('deadline', POOL.deadline) };
}

/** nginx compares decoded paths, where an encoded slash is one like others. */
function location(path, slashes) {
  if (!path.includes('{')) return `= ${path}`;
  const parts = path.split('/').map((p) => (p.startsWith('{') ? '[^/]+' : p.replaceAll('.', '\\.')));
  if (slashes) parts[parts.length - 1] = '.+';
  return `~ ^${parts.join('/')}$`;
}

/** The bucket of an operation: {a minute, at once}; null where it has none that nginx can keep. */
function bucket({ limit, who }) {
  if (!limit) return null;
  const count = limit.count * (who === 'public' ? 1 : PEOPLE);
  const minute = Math.ceil((count * 60) / limit.seconds);
  return minute < RATE * 60 ? { minute, count } : null;
}

/** Seconds until an empty bucket has a token. */
const wait = (ops) => Math.max(1, ...ops.filter(bucket).map((o) => Math.ceil(60 / bucket(o).minute)));

function block(path, ops, pools) {
  const limited = ops.filter(bucket).map((o) => `\tlimit_req zone=${o.id} burst=${bucket(o).count - 1} nodelay;\n`);
  const name = ops[0].function;
  return `# ${ops.map((o) => `${o.method} ${o.id}`).join(', ')}
location ${location(path, ops.some((o) => o.params.some((p) => p.slashes)))} {
	include /run/viva/tree/nginx/conf/function.conf;
	client_max_body_size ${Math.max(1024, ...ops.map((o) => o.bodyMax))};
${limited.join('')}	set $wait ${wait(ops)};
	fastcgi_read_timeout ${(pools[name] ?? POOL).deadline + GRACE}s;
	fastcgi_pass ${name};
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
# A function answers 405 and 404 of its own; a path of no function ends here.

${blocks.join('\n')}
location /api/ {
	return 404;
}
location /ws/ {
	return 404;
}
`;
}

function zone(op) {
  const methods = op.method === 'GET' ? 'GET $network; HEAD $network;' : `${op.method} $network;`;
  return `# ${op.limit.count} in ${op.limit.seconds} s${op.who === 'public' ? '' : ` for each of ${PEOPLE} people`}
map $request_method $calls_${op.id} { ${methods} default ""; }
limit_req_zone $calls_${op.id} zone=${op.id}:1m rate=${bucket(op).minute}r/m;
`;
}

function upstream(name, pool = POOL) {
  return `upstream ${name} {
	server unix:/run/viva/state/run/fn/${name}.sock max_conns=${pool.max + QUEUE} max_fails=0;
}
`;
}

export function upstreamsConf(model, pools = {}) {
  const names = [...new Set(model.operations.map((o) => o.function))];
  return `# upstreams.conf - made from schemas/api.yaml and functions/*/pool.conf by schemas/gen/nginx.mjs.
#
# max_conns: the workers of a function at most, and who may wait for one; more are answered 503 at once. Each worker
# of nginx counts its own: a count that they share would not come down again after one of them was killed.

${names.map((name) => upstream(name, pools[name])).join('\n')}
${model.operations.filter(bucket).map(zone).join('\n')}`;
}
