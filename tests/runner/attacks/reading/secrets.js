// claim: no small file that can be read anywhere looks like a secret of the host
// status: ok
// prints: held
const { readdirSync, readFileSync, lstatSync } = require("node:fs");
const { held } = require("./attempt.js");
const SECRET = /-----BEGIN [A-Z ]*PRIVATE KEY-----\s+[A-Za-z0-9+/=]{40}|pgpass|VIVA_NONCE|static-auth-secret|docker\.sock/;

function look(path, depth) {
  let names = [];
  try {
    names = readdirSync(path);
  } catch {
    return;
  }
  for (const name of names) {
    const file = `${path}/${name}`;
    try {
      const stat = lstatSync(file);
      if (stat.isDirectory() && depth < 6) look(file, depth + 1);
      else if (stat.isFile() && stat.size < 65536 && SECRET.test(readFileSync(file, "latin1"))) console.log("ESCAPED:", file);
    } catch {
      /* Not for us. */
    }
  }
}
for (const top of ["/etc", "/run", "/var", "/root", "/home", "/opt", "/srv", "/mnt", "/media", "/tmp", "/.viva"]) look(top, 0);
held();
