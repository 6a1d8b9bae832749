// Real Countersign servers: started on a free port with a data folder of their own, and stopped again.
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, readdirSync } from "node:fs";
import { createInterface } from "node:readline";
import os from "node:os";
import path from "node:path";

/** The program under test. There is no default: a test of some other build would prove nothing. */
export const BIN = process.env.COUNTERSIGN_BIN;
if (!BIN) throw new Error("COUNTERSIGN_BIN must name the program to test, for example target/debug/countersign");

/** Everyone's password in the demonstration. */
export const DEMO_PASSWORD = "countersigned by both";

const START_LIMIT = 90_000;
const STOP_LIMIT = 20_000;

const folders = new Set();
const running = new Set();
process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A folder that is gone when the tests are over. */
export function scratchFolder(name) {
  const folder = mkdtempSync(path.join(os.tmpdir(), `countersign-${name}-`));
  folders.add(folder);
  return folder;
}

// The tests' own environment must not decide what a server does.
function environment(more = {}) {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith("COUNTERSIGN_"));
  return { ...Object.fromEntries(kept), COUNTERSIGN_LOG: "info,sqlx=warn", ...more };
}

/** Starts a server and waits until it serves. `setupLink` is a promise that only an empty store keeps. */
export async function startServer({ data = scratchFolder("data"), database, demo = false, args = [], env = {} } = {}) {
  const words = ["--data-folder", data, "--listen", "127.0.0.1:0"];
  if (database) words.push("--database", database);
  if (demo) words.push("--demo");
  const child = spawn(BIN, [...words, ...args], { env: environment(env), stdio: ["ignore", "pipe", "pipe"] });
  running.add(child);
  const server = { data, database, child, pid: child.pid, base: "", said: [], log: "" };
  child.stderr.on("data", (bytes) => { server.log += bytes; });
  server.ended = new Promise((resolve) => child.on("exit", (code, signal) => { running.delete(child); resolve({ code, signal }); }));

  await new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`the server did not start in ${START_LIMIT} ms\n${server.log}`)), START_LIMIT);
    server.ended.then(({ code, signal }) => reject(new Error(`the server ended while starting (${code ?? signal})\n${server.log}`)));
    server.setupLink = new Promise((told) => {
      createInterface({ input: child.stdout }).on("line", (line) => {
        server.said.push(line);
        const address = /^Countersign \S+ serves (http\S+)$/.exec(line);
        const setup = /^Set it up, once: (http\S+)$/.exec(line);
        if (setup) told(setup[1]);
        if (!address) return;
        [, server.base] = address;
        clearTimeout(late);
        resolve();
      });
    });
  });
  // The address is told before the first request is taken.
  const healthy = await fetch(`${server.base}/healthz`);
  if (healthy.status !== 200) throw new Error(`the server says of itself: ${healthy.status} ${await healthy.text()}`);

  server.kill = async () => { child.kill("SIGKILL"); await server.ended; };
  server.stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGTERM");
    const late = setTimeout(() => child.kill("SIGKILL"), STOP_LIMIT);
    const { code, signal } = await server.ended;
    clearTimeout(late);
    if (code !== 0) throw new Error(`the server did not stop in order (${code ?? signal})\n${server.log}`);
  };
  return server;
}

/** Runs a command of the program to its end. */
export function run(words, { env = {}, timeout = 120_000, cwd } = {}) {
  const done = spawnSync(BIN, words, { env: environment(env), encoding: "utf8", timeout, cwd, maxBuffer: 256 << 20 });
  return { code: done.status, out: done.stdout, err: done.stderr };
}

/** `countersign ledger verify` on a store whose server has stopped. */
export function verifyStore(server) {
  const words = ["ledger", "verify", "--data-folder", server.data];
  if (server.database) words.push("--database", server.database);
  return run(words);
}

/** Most resident memory that a process ever had, in MB (Linux keeps the mark). */
export function peakMemory(pid) {
  const line = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
  return Math.round(Number(line[1]) / 1024);
}

/** Watches the memory of the processes that a server starts for its documents; `stop()` says the most, in MB. */
export function watchChildren(pid) {
  let most = 0;
  const look = () => {
    for (const name of readdirSync("/proc")) {
      if (!/^\d+$/.test(name)) continue;
      try {
        const status = readFileSync(`/proc/${name}/status`, "utf8");
        if (!status.includes(`\nPPid:\t${pid}\n`)) continue;
        const held = /^VmHWM:\s+(\d+) kB$/m.exec(status);
        if (held) most = Math.max(most, Math.round(Number(held[1]) / 1024));
      } catch { /* it ended while we looked */ }
    }
  };
  const timer = setInterval(look, 20);
  return { stop() { clearInterval(timer); look(); return most; } };
}
