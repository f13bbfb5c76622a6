// nginx.mjs - api.yaml to the gateway's routes: which path goes to which function's socket.
//
// One location a path; methods, unknown fields and rights are the function's business. What every location
// needs besides (fastcgi_param, time-outs, error pages) is in nginx/conf/function.conf.

/** nginx compares decoded paths, where an encoded slash is one like others. */
function location(path, slashes) {
  if (!path.includes('{')) return `= ${path}`;
  const parts = path.split('/').map((p) => (p.startsWith('{') ? '[^/]+' : p.replaceAll('.', '\\.')));
  if (slashes) parts[parts.length - 1] = '.+';
  return `~ ^${parts.join('/')}$`;
}

export function functionsConf(model) {
  const paths = [...new Set(model.operations.map((o) => o.path))];
  const blocks = paths.map((path) => {
    const ops = model.operations.filter((o) => o.path === path);
    const max = Math.max(1024, ...ops.map((o) => o.bodyMax));
    return `# ${ops.map((o) => `${o.method} ${o.id}`).join(', ')}
location ${location(path, ops.some((o) => o.params.some((p) => p.slashes)))} {
	include /run/viva/tree/nginx/conf/function.conf;
	client_max_body_size ${max};
	fastcgi_pass unix:/run/viva/state/run/fn/${ops[0].function}.sock;
}
`;
  });
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
