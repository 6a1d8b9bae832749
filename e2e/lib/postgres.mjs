// Databases of their own on the PostgreSQL that the tests were given, made and dropped with `psql`.
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";

const SERVER = process.env.COUNTERSIGN_TEST_POSTGRES;

/** Runs SQL and gives back what it selected, one row a line, fields behind tabs. */
export function psql(url, sql) {
  const done = spawnSync("psql", ["-X", "-q", "-A", "-t", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-d", url, "-c", sql], { encoding: "utf8" });
  if (done.error) throw new Error(`psql cannot be run: ${done.error.message}`);
  if (done.status !== 0) throw new Error(`psql refused: ${done.stderr}`);
  return done.stdout.trim();
}

/** An empty database; `drop()` takes it away with whoever is still connected. */
export function scratchDatabase() {
  if (!SERVER) throw new Error("COUNTERSIGN_TEST_POSTGRES must be the address of a PostgreSQL that the tests may make databases on");
  const name = `countersign_e2e_${randomBytes(6).toString("hex")}`;
  psql(SERVER, `create database ${name}`);
  const url = new URL(SERVER);
  url.pathname = `/${name}`;
  return { url: url.toString(), sql: (text) => psql(url.toString(), text), drop: () => psql(SERVER, `drop database if exists ${name} with (force)`) };
}
