/*
 * gen.mjs - `node gen.mjs OUT`: api.yaml and bench/queries.sql to C, by the generators of schemas/gen.
 *
 * The runtime's own types (what a problem looks like) are the product's: they are added, so that the one runtime of
 * build/lib.a serves this function as it serves ours.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { apiHeader, routesSource, typesHeader, typesSource } from "../../../schemas/gen/c.mjs";
import { Model } from "../../../schemas/gen/model.mjs";
import { write } from "../../../schemas/gen/out.mjs";
import { parseQueries, queriesHeader, queriesSource } from "../../../schemas/gen/sql.mjs";

const here = import.meta.dirname;
const out = process.argv[2];
/* The generators have their own packages. */
const { parse } = createRequire(join(here, "../../../schemas/package.json"))("yaml");
const yaml = (file) => parse(readFileSync(file, "utf8"));
const ours = yaml(join(here, "api.yaml"));
const product = yaml(join(here, "../../../schemas/api.yaml"));
for (const name of ["FieldError", "Problem"]) ours.components.schemas[name] = product.components.schemas[name];

const model = new Model(ours);
const queries = parseQueries(readFileSync(join(here, "bench/queries.sql"), "utf8"), "bench/queries.sql");
write(join(out, "api_types.h"), typesHeader(model));
write(join(out, "api_types.c"), typesSource(model));
write(join(out, "api.h"), apiHeader(model));
write(join(out, "routes_bench.c"), routesSource(model, "bench", ["bench"]));
write(join(out, "queries_bench.h"), queriesHeader(queries, "bench"));
write(join(out, "queries_bench.c"), queriesSource(queries, "bench"));
