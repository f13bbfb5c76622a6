/*
 * express.mjs - Express, tRPC and zod as one would run them: a process for each core, pools and connections kept,
 * auto-pipelining to Redis, prepared statements by name, checked tokens remembered.
 *
 * Environment: SOCKET, PROCESSES, REDIS, PG (a directory), PGUSER, PGPASSWORD, PUBLIC_KEY (PEM).
 */
import cluster from "node:cluster";
import { chmodSync, rmSync } from "node:fs";
import { initTRPC, TRPCError } from "@trpc/server";
import { createExpressMiddleware } from "@trpc/server/adapters/express";
import express from "express";
import { createVerifier } from "fast-jwt";
import { Redis } from "ioredis";
import pg from "pg";
import { z } from "zod";

const { SOCKET, PROCESSES, REDIS, PG, PGUSER, PGPASSWORD, PUBLIC_KEY } = process.env;

const Event = z.strictObject({
  room: z.string().regex(/^[A-Za-z0-9_-]{22}$/),
  kind: z.enum(["typed", "ran", "said", "left"]),
  text: z.string().min(1).max(200),
  line: z.int().min(0).max(1_000_000),
  column: z.int().min(0).max(1000).optional(),
  labels: z.array(z.string().min(1).max(20)).max(8),
});
const Note = z.strictObject({ note: z.int().min(1).max(1_000_000) });

function router(redis, pool) {
  const verify = createVerifier({ key: PUBLIC_KEY, algorithms: ["ES256"], cache: 1000 });
  const t = initTRPC.context().create();
  const signedIn = t.procedure.use(async ({ ctx, next }) => {
    let who;
    try {
      who = verify(ctx.authorization?.replace(/^Bearer /, ""));
    } catch {
      throw new TRPCError({ code: "UNAUTHORIZED" });
    }
    if (await redis.exists(`session:gone:${who.sid}`)) throw new TRPCError({ code: "UNAUTHORIZED" });
    return next({ ctx: { who } });
  });

  return t.router({
    empty: t.procedure.query(() => undefined),
    push: t.procedure.input(Event).mutation(async ({ input }) => ({
      id: await redis.xadd("bench", "MAXLEN", "~", 1000, "*", "event", JSON.stringify(input)),
    })),
    note: signedIn.input(Note).query(async ({ input }) => {
      const text = "SELECT id, title, text, author, iso(created_at) AS created_at FROM bench_note WHERE id = $1::int";
      const { rows } = await pool.query({ name: "note_get", text, values: [input.note] });
      if (rows.length === 0) throw new TRPCError({ code: "NOT_FOUND" });
      return rows[0];
    }),
  });
}

function serve() {
  const redis = new Redis({ path: REDIS, enableAutoPipelining: true });
  const pool = new pg.Pool({ host: PG, database: "viva", user: PGUSER, password: PGPASSWORD, max: 10 });
  const app = express().disable("x-powered-by").disable("etag");

  app.use("/trpc", createExpressMiddleware({
    router: router(redis, pool),
    createContext: ({ req }) => ({ authorization: req.headers.authorization }),
  }));
  const server = app.listen(SOCKET, () => chmodSync(SOCKET, 0o777));
  server.keepAliveTimeout = 65_000;
}

if (cluster.isPrimary) {
  rmSync(SOCKET, { force: true });
  for (let i = 0; i < Number(PROCESSES); i++) cluster.fork();
} else serve();
