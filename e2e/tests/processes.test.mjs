// Two server processes on one PostgreSQL behave as one.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { cpSync } from "node:fs";
import path from "node:path";
import { Client, FACTS, register, signedIn, upload } from "../lib/client.mjs";
import { scratchDatabase } from "../lib/postgres.mjs";
import { scratchFolder, startServer, verifyStore } from "../lib/server.mjs";

let database, one, two;

before(async () => {
  database = scratchDatabase();
  one = await startServer({ database: database.url, demo: true });
  // What a second node is given: the same keys. Files would lie in an S3 store; a shared folder does the same here.
  const data = scratchFolder("second");
  cpSync(one.data, data, { recursive: true, filter: (from) => path.basename(from) !== "files" });
  two = await startServer({ database: database.url, data });
});
after(async () => {
  await two?.stop();
  await one?.stop();
  database?.drop();
});

test("a process with other keys than the store's says what to do, and does not start", async () => {
  await assert.rejects(startServer({ database: database.url }), /another server\.key: copy that file into the data folder/);
});

/** The same person, at the other process. */
function elsewhere(client, server) {
  const other = new Client(server.base, { token: client.token });
  other.cookie = client.cookie;
  return other;
}

test("who signed in on one is signed in on the other, until the session is ended on either", async () => {
  const here = await signedIn(one.base, "mara@demo.example");
  const there = elsewhere(here, two);
  const page = await there.get("/");
  assert.equal(page.status, 200);
  assert.match(await page.text(), /Mara Lindqvist/);

  const second = await signedIn(two.base, "mara@demo.example");
  const account = await (await here.get("/account")).text();
  const ends = [...account.matchAll(/action="(\/account\/sessions\/[0-9a-f-]+\/end)"/g)].map(([, address]) => address);
  assert.ok(ends.length >= 1, "the other session is listed");
  for (const address of ends) assert.equal((await here.post(address)).status, 303);
  assert.equal((await second.get("/")).status, 303, "the session that was ended on one is refused by the other");
  assert.match((await second.get("/")).headers.get("location"), /^\/sign-in/);
  assert.equal((await there.get("/")).status, 200, "the own one goes on");

  await there.post("/sign-out");
  assert.equal((await here.get("/")).status, 303, "signed out on one is signed out on both");
});

test("a token made on one is refused on both once it is revoked", async () => {
  const mara = await signedIn(one.base, "mara@demo.example");
  const token = await mara.makeToken("both");
  assert.equal((await new Client(two.base, { token }).json("GET", "/api/v1/contracts")).status, 200);
  const account = await (await mara.get("/account")).text();
  const [, address] = /action="(\/account\/tokens\/[0-9a-f-]+\/revoke)"/.exec(account);
  assert.equal((await elsewhere(mara, two).post(address)).status, 303);
  for (const server of [one, two]) assert.equal((await new Client(server.base, { token }).json("GET", "/api/v1/contracts")).status, 401);
});

test("failed tries are counted over both", async () => {
  const tries = [];
  for (let n = 0; n < 8; n += 1) {
    const server = n % 2 ? two : one;
    tries.push((await new Client(server.base).post("/sign-in", { form: { email: "theo@demo.example", password: `wrong guess number ${n}` } })).status);
  }
  assert.deepEqual(tries.slice(0, 5), Array(5).fill(422));
  assert.deepEqual(tries.slice(5), Array(3).fill(429));
});

test("one idempotency key makes one contract, whichever process is asked", async () => {
  const mara = await signedIn(one.base, "mara@demo.example");
  const token = await mara.makeToken("keys");
  const headers = { "idempotency-key": "both-at-once" };
  const asked = Array.from({ length: 12 }, (_, n) => new Client([one, two][n % 2].base, { token }).json("POST", "/api/v1/contracts", { json: { ...FACTS, title: "At both doors" }, headers }));
  const ids = (await Promise.all(asked)).filter(({ status }) => status === 201).map(({ value }) => value.id);
  assert.equal(new Set(ids).size, 1);
  const found = await new Client(two.base, { token }).json("GET", "/api/v1/contracts?q=both+doors");
  assert.equal(found.value.items.length, 1);
});

test("both write two hundred changes at once: the ledger has no gap and is intact", { timeout: 180_000 }, async () => {
  const mara = await signedIn(one.base, "mara@demo.example");
  const token = await mara.makeToken("writers");
  const clients = [one, two].map((server) => new Client(server.base, { token }));
  const contract = await register(clients[0], { title: "Many hands" });
  const made = await upload(clients[0], contract.id, "a.md", Buffer.from("# Agreement\n\n1. Confidentiality. Each party keeps the other's information confidential."));
  assert.equal(made.status, 201);
  const before = Number(database.sql("select count(*) from ledger_entries"));
  const refused = [];
  const write = async (client, from) => {
    for (let n = 0; n < 25; n += 1) {
      const name = `writer ${from}, ${n}`;
      const answer = n % 2
        ? await client.json("POST", `/api/v1/contracts/${contract.id}/comments`, { json: { body: name } })
        : await client.json("POST", "/api/v1/contracts", { json: { ...FACTS, title: name } });
      if (answer.status !== 201) refused.push(`${answer.status} ${JSON.stringify(answer.value)}`);
    }
  };
  // Four writers at each process: two hundred changes.
  await Promise.all(Array.from({ length: 8 }, (_, from) => write(clients[from % 2], from)));
  assert.deepEqual(refused, []);
  const [count, lowest, highest] = database.sql("select count(*), min(seq), max(seq) from ledger_entries").split("\t").map(Number);
  assert.ok(count >= before + 200, `${count - before} entries`);
  assert.equal(highest - lowest + 1, count, "no gap");
  const references = database.sql("select count(*), count(distinct reference) from contracts").split("\t");
  assert.equal(references[0], references[1], "no reference is given twice");
  const proof = verifyStore(one);
  assert.equal(proof.code, 0, `${proof.out}${proof.err}`);
});

test("each job is done once, whoever is quicker", { timeout: 120_000 }, async () => {
  // Sixty sweeps wait in the queue, and both processes reach for them.
  database.sql("insert into jobs (id, kind, payload, run_at, attempts, state) select gen_random_uuid(), 'files.sweep', '{\"test\": 1}', 0, 0, 'queued' from generate_series(1, 60)");
  const left = () => Number(database.sql("select count(*) from jobs where state = 'queued' and run_at = 0"));
  const deadline = Date.now() + 60_000;
  while (left() > 0 && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 100));
  const outcomes = database.sql("select state, attempts, coalesce(last_error, ''), count(*) from jobs where payload like '%test%' group by 1, 2, 3").split("\n");
  assert.deepEqual(outcomes, ["done\t1\t\t60"]);
  // What the clock asks for was enqueued once, and none of it failed.
  const slots = database.sql("select dedup from jobs where dedup is not null").split("\n");
  assert.equal(new Set(slots).size, slots.length);
  assert.equal(database.sql("select kind, last_error from jobs where last_error is not null or attempts > 1"), "");
  assert.equal(database.sql("select size from ledger_checkpoints group by size having count(*) > 1"), "", "no checkpoint was signed twice");
});

test("one process dies, the other goes on", async () => {
  const mara = await signedIn(one.base, "mara@demo.example");
  const there = elsewhere(mara, two);
  await one.kill();
  assert.equal((await there.get("/contracts")).status, 200);
  one = await startServer({ database: database.url, data: one.data });
  assert.equal((await elsewhere(mara, one).get("/contracts")).status, 200, "and after a restart the session still holds");
});
