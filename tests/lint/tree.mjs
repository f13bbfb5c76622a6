/*
 * tree.mjs - the files of the repository, as the lint tests look at them.
 */
import { execFileSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";

export const top = new URL("../..", import.meta.url).pathname;

function ls(...options) {
  const out = execFileSync("git", ["ls-files", "-z", ...options], { cwd: top, encoding: "utf8" });
  return out.split("\0").filter((name) => name && statSync(join(top, name), { throwIfNoEntry: false }));
}

/* Programs as candidates write them, that are run in sandboxes. */
const EXAMPLES = /^runner\/languages\/[^/]+\/examples\//;

/* What is committed, and what is about to be: everything that .gitignore does not name. */
export const files = [...new Set(ls("--cached", "--others", "--exclude-standard"))].filter((file) => !EXAMPLES.test(file)).sort();

export const read = (file) => readFileSync(join(top, file), "utf8");

/* Files with one of these endings, below one of these folders if any are given. */
export function ending(endings, ...folders) {
  const pattern = new RegExp(`\\.(${endings.join("|")})$`);
  const below = (file) => folders.length === 0 || folders.some((folder) => file.startsWith(`${folder}/`));
  return files.filter((file) => pattern.test(file) && below(file));
}

const BINARY = /\.(png|ico|woff2?|bin|gz)$|^tests\/fuzz\/(corpus|regression)\//;

/* Every text file that people wrote: not lock files, not what fuzzing found. */
export const written = files.filter((file) => !BINARY.test(file) && !/(^|\/)package-lock\.json$/.test(file));

/* Every line of these files for which `wrong` says something: "file:12: what". */
export function complaints(list, wrong) {
  return list.flatMap((file) =>
    read(file)
      .split("\n")
      .flatMap((line, i) => {
        const said = wrong(line, file);
        return said ? [`${file}:${i + 1}: ${said}: ${line.trim().slice(0, 100)}`] : [];
      }),
  );
}
