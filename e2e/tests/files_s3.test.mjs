// Files in an S3-compatible store: a real server that checks signatures, over HTTP.
import { test } from "node:test";
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Client, register, signedIn, upload, uploadPage } from "../lib/client.mjs";
import { docx, pdf } from "../lib/documents.mjs";
import { KEY_ID, startStore } from "../lib/s3.mjs";
import { scratchFolder, startServer } from "../lib/server.mjs";

const BUCKET = "countersign-files";
const SECRET = "a secret of the tests, not of a cloud";
const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");

function secretFile(secret) {
  const file = path.join(scratchFolder("secret"), "key");
  writeFileSync(file, `${secret}\n`);
  return file;
}

const args = (endpoint, secret) => ["--s3-bucket", BUCKET, "--s3-endpoint", endpoint, "--s3-key-id", KEY_ID, "--s3-secret-file", secretFile(secret)];

test("files lie in the S3 store and come back byte for byte", { timeout: 180_000 }, async () => {
  const store = await startStore(BUCKET, SECRET);
  const server = await startServer({ demo: true, args: args(store.endpoint, SECRET) });
  try {
    const mara = await signedIn(server.base, "mara@demo.example");
    const token = await mara.makeToken("files");
    const api = new Client(server.base, { token });
    const contract = await register(api);
    const documents = [
      ["agreement.docx", docx("# Agreement\n\n1. Confidentiality. Each party keeps the other's information confidential.")],
      ["agreement.pdf", pdf(["Agreement", "1. Governing law. This agreement is governed by the laws of Germany."])],
      ["noise.bin", randomBytes(3_000_000)],
    ];
    let number = 0;
    for (const [name, bytes] of documents) {
      number += 1;
      if (number === 2) assert.equal((await uploadPage(mara, contract.id, name, bytes)).status, 303);
      else {
        const made = await upload(api, contract.id, name, bytes);
        assert.equal(made.status, 201, JSON.stringify(made.value));
        assert.equal(made.value.sha256, sha256(bytes));
      }
      const answer = await api.get(`/api/v1/contracts/${contract.id}/versions/${number}/file`);
      assert.equal(answer.status, 200);
      assert.match(answer.headers.get("content-disposition"), /^attachment/);
      assert.deepEqual(Buffer.from(await answer.arrayBuffer()), bytes, `${name} comes back as it was sent`);
      const again = await mara.get(`/contracts/${contract.id}/versions/${number}/file`);
      assert.equal(sha256(Buffer.from(await again.arrayBuffer())), sha256(bytes));
      const kept = readdirSync(path.join(store.folder, BUCKET), { recursive: true }).map(String);
      assert.ok(kept.some((file) => file.includes(sha256(bytes))), "and lies in the bucket under its hash");
    }
    const local = path.join(server.data, "files");
    assert.ok(!existsSync(local) || readdirSync(local, { recursive: true }).length === 0, "nothing lies in the data folder");
    assert.ok(store.asked.signed >= 6, "the store was asked");
    assert.equal(store.asked.refused, 0, "and every request was signed rightly");
  } finally {
    await server.stop().finally(store.close);
  }
});

test("a store that refuses is said, and the record is kept", { timeout: 180_000 }, async () => {
  const store = await startStore(BUCKET, SECRET);
  const server = await startServer({ args: args(store.endpoint, "not the secret key") });
  try {
    // Set up by the form, as the demonstration would need the store.
    const ada = new Client(server.base);
    const password = "lantern gravel otter timetable";
    const done = await ada.post(new URL(await server.setupLink).pathname, { form: { name: "Ada", email: "root@meridian.example", sides: "legal", password, again: password } });
    assert.equal(done.status, 303);
    const api = new Client(server.base, { token: await ada.makeToken("files") });
    const contract = await register(api);
    const refused = await upload(api, contract.id, "a.md", Buffer.from("# Agreement\n\nNothing is agreed."));
    assert.ok(store.asked.refused > 0, "the store refused");
    assert.equal(refused.status, 500, JSON.stringify(refused.value));
    assert.equal(refused.headers.get("content-type"), "application/problem+json");
    assert.ok(!JSON.stringify(refused.value).includes("127.0.0.1"), "the inside of the house is not told");
    assert.match(server.log, /a file could not be stored/);
    const versions = await api.json("GET", `/api/v1/contracts/${contract.id}/versions`);
    assert.deepEqual(versions.value.items, [], "no version without its file");
  } finally {
    await server.stop().finally(store.close);
  }
});
