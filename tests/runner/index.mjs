/*
 * index.mjs - an index of Python libraries and a registry of Node's, on loopback, with what the tests put into it.
 *
 *   const shelf = await index();
 *   shelf.wheel("greeting", "1.0", { "greeting.py": "..." }, { needs: ["other==1.0"] });
 *   await shelf.package("shout", "1.0.0", { "index.js": "..." }, { dependencies: { other: "1.0.0" } });
 *   shelf.serve("/path", file or function(request, reply)); a file may be a link: { "out": { symlink: "/etc" } }
 *   shelf.pypi, shelf.npm        // addresses for the runner's settings
 *   shelf.asked                  // the paths that were asked for
 *
 * The first is PEP 503's simple repository, the second npm's registry as far as `npm install` asks it.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import http from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { zip } from "../lib/zip.mjs";

function wheelOf(name, version, files, needs) {
  const info = `${name}-${version}.dist-info`;
  return zip({
    ...files,
    [`${info}/METADATA`]: `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n${needs.map((n) => `Requires-Dist: ${n}\n`).join("")}`,
    [`${info}/WHEEL`]: "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    [`${info}/RECORD`]: `${[...Object.keys(files), `${info}/METADATA`, `${info}/WHEEL`, `${info}/RECORD`].map((f) => `${f},,`).join("\n")}\n`,
  });
}

function tarball(files) {
  const dir = mkdtempSync(join(tmpdir(), "viva-package-"));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, "package", name)), { recursive: true });
    if (content.symlink) symlinkSync(content.symlink, join(dir, "package", name));
    else writeFileSync(join(dir, "package", name), content);
  }
  const data = execFileSync("tar", ["-C", dir, "-czf", "-", "package"]);
  rmSync(dir, { recursive: true });
  return data;
}

export async function index() {
  const served = new Map();
  const asked = [];
  const server = http.createServer((ask, reply) => {
    const path = decodeURIComponent(ask.url);
    asked.push(path);
    const what = served.get(path);
    if (typeof what === "function") return what(ask, reply);
    if (what === undefined) return reply.writeHead(404).end();
    reply.writeHead(200, { "content-type": Buffer.isBuffer(what) ? "application/octet-stream" : what.startsWith("{") ? "application/json" : "text/html" });
    reply.end(what);
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const address = `http://127.0.0.1:${server.address().port}`;

  return {
    asked,
    address,
    port: server.address().port,
    pypi: `${address}/simple/`,
    npm: `${address}/npm/`,
    serve: (path, what) => served.set(path, what),
    times: (path) => asked.filter((p) => p === path).length,
    /* A project's page with links to these files. */
    page: (name, ...links) => served.set(`/simple/${name}/`, `<!doctype html>${links.map((l) => `<a href="${l}">${l.split("/").at(-1)}</a>`).join("\n")}`),
    wheel(name, version, files, { needs = [] } = {}) {
      const file = `/wheels/${name}-${version}-py3-none-any.whl`;
      served.set(file, wheelOf(name, version, files, needs));
      this.page(name.replaceAll("_", "-"), file);
      return file;
    },
    package(name, version, files, more = {}) {
      const file = `/npm/${name}/-/${version}.tgz`;
      const data = tarball({ ...files, "package.json": JSON.stringify({ name, version, ...more }) });
      served.set(file, data);
      const dist = { tarball: `${address}${file}`, integrity: `sha512-${createHash("sha512").update(data).digest("base64")}` };
      served.set(`/npm/${name}`, JSON.stringify({ name, "dist-tags": { latest: version }, versions: { [version]: { name, version, ...more, dist } } }));
      return file;
    },
    close: () => {
      server.closeAllConnections();
      return new Promise((done) => server.close(done));
    },
  };
}
