/*
 * tree.test.mjs - the map: what lies where, in which language, and what must not be in a repository.
 */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { test } from "node:test";
import { complaints, files, read, top, written } from "./tree.mjs";

const ROOMS = ["functions", "nginx", "runner", "schemas", "infra", "tests", "Makefile", "README.md"];

test("the top level is six rooms, a Makefile and a README", () => {
  const entries = [...new Set(files.map((file) => file.split("/")[0]))].filter((name) => !name.startsWith("."));
  assert.deepEqual(entries.filter((name) => !ROOMS.includes(name)), []);
});

const DOORS = [
  ".", "functions", "nginx", "nginx/app", "nginx/app/provider", "runner", "schemas", "infra", "infra/machine", "infra/observe",
  "tests",
];

test("a README stands at each folder's door", () => {
  const missing = DOORS.map((folder) => join(folder, "README.md")).filter((file) => !files.includes(file));
  assert.deepEqual(missing, []);
});

/* Links of a Markdown file that point into the tree. */
function links(file) {
  return [...read(file).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target]) => target.split("#")[0])
    .filter((target) => target && !/^[a-z]+:/.test(target));
}

test("every link in a README leads somewhere", () => {
  const broken = files
    .filter((file) => file.endsWith(".md"))
    .flatMap((file) =>
      links(file)
        .filter((target) => !existsSync(join(top, normalize(join(dirname(file), target)))))
        .map((target) => `${file}: ${target}`),
    );
  assert.deepEqual(broken, []);
});

/* C; TypeScript and JavaScript; SQL, Lua and shell in files of their own; and what is no language. */
const LANGUAGES = /\.(c|h|mjs|js|ts|tsx|css|html|sql|lua|sh)$/;
const DATA = /\.(md|yaml|yml|json|jsonl|mk|conf|svg|png|ico|txt|bin|gz|woff2|seed|webmanifest|expected|golden|in|service|acl)$/;
const PLAIN = /(^|\/)(Makefile|Dockerfile|\.[\w.-]+|[a-z][a-z0-9-]*)$/;

test("no third language joins the build", () => {
  const foreign = files
    .filter((file) => !LANGUAGES.test(file) && !DATA.test(file) && !PLAIN.test(file))
    .filter((file) => !/^tests\/fuzz\/(corpus|regression)\//.test(file))
    /* What a candidate's own language needs inside its sandbox is written in that language. */
    .filter((file) => !/^runner\/languages\/[^/]+\//.test(file))
    .filter((file) => !/^tests\/runner\//.test(file))
    /* Whom we are measured beside. */
    .filter((file) => !/^tests\/bench\/functions\/peers\//.test(file));
  assert.deepEqual(foreign, []);
  const shebang = written.filter((file) => /^#!.*\b(python|perl|ruby|php|awk|tclsh)/.test(read(file).slice(0, 60)));
  assert.deepEqual(shebang.filter((file) => !file.startsWith("runner/languages/")), []);
});

test("nothing generated is committed", () => {
  const generated = /^build\/|(^|\/)(node_modules|dist|\.viva|coverage)\/|\.(o|a|so|d|log|pid|orig|rej|swp)$/;
  assert.deepEqual(files.filter((file) => generated.test(file)), []);
  assert.deepEqual(
    written.filter((file) => /^[^\n]{0,40}\b(@generated|DO NOT EDIT)\b/.test(read(file).slice(0, 400))),
    [],
  );
});

/* Spelled in pieces, so that this file does not find itself. */
const MACHINE = [`/${"work"}/`, `/${"root"}/`, `/${"home"}/`, `/tmp/${"b-"}`, `${".lib"}rary/`, `${"BRIEF"}.md`];

test("no path of the machine it was written on", () => {
  const wrong = complaints(written, (line) => {
    const found = MACHINE.find((path) => new RegExp(`(^|[^\\w.}])${path.replace(/\./g, "\\.")}`).test(line));
    return found && `names ${found}`;
  });
  assert.deepEqual(wrong, []);
});

const SECRETS = [
  new RegExp(`-----BEGIN ([A-Z]+ )*PRIVATE ${"KEY"}-----\\s*\\n?[A-Za-z0-9+/=]{16}`),
  new RegExp(`\\bA${"KIA"}[0-9A-Z]{16}\\b`),
  new RegExp(`\\be${"yJ"}[\\w-]{20,}\\.e${"yJ"}[\\w-]{20,}\\.[\\w-]{20,}`),
  new RegExp(`\\bgh${"p_"}[A-Za-z0-9]{36}\\b`),
  new RegExp(`\\$argon${"2id"}\\$v=\\d+\\$m=`),
];

test("no secret is in the repository", () => {
  const wrong = written.flatMap((file) => SECRETS.filter((s) => s.test(read(file))).map((s) => `${file}: ${s}`));
  assert.deepEqual(wrong, []);
});

test("no default password", () => {
  const wrong = complaints(
    written.filter((file) => !/^tests\/|\.test\.mjs$|\.md$|^nginx\/app\/|^schemas\/gen\//.test(file)),
    (line) => /\b(password|passwd|secret)\s*[:=]\s*["'][^"'$]{3,}["']/i.test(line) && "a password in the source",
  );
  assert.deepEqual(wrong, []);
});

test("text ends its lines the one way", () => {
  const wrong = written.filter((file) => {
    const text = read(file);
    return text.includes("\r") || (text !== "" && !text.endsWith("\n"));
  });
  assert.deepEqual(wrong, [], "unix line ends, and one at the end");
});
