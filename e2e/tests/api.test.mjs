// The REST API as a program uses it: by a token that a person made on the account page.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { launch, person, signIn, withPictures } from "../lib/browser.mjs";
import { Client, FACTS, register, signedIn, upload } from "../lib/client.mjs";
import { run, startServer } from "../lib/server.mjs";

const WEAK = readFileSync(new URL("../fixtures/weak-hosting.md", import.meta.url));
const NOWHERE = "00000000-0000-4000-8000-000000000000";
let server, api, mara;

before(async () => {
  server = await startServer({ demo: true });
  mara = await signedIn(server.base, "mara@demo.example");
  api = new Client(server.base, { token: await mara.makeToken("tests") });
});
after(async () => { await server?.stop(); });

function isProblem(answer, status, kind) {
  assert.equal(answer.status, status, JSON.stringify(answer.value));
  assert.equal(answer.headers.get("content-type"), "application/problem+json");
  assert.equal(answer.value.type, `urn:countersign:problem:${kind}`);
  assert.equal(answer.value.status, status);
  assert.ok(answer.value.title && answer.value.detail);
}

test("a token is made on the account page, works, and ends when it is revoked", async () => {
  const browser = await launch();
  try {
    const page = await person(browser, server.base);
    await withPictures("token", () => [page], async () => {
      await signIn(page, "jonas@demo.example");
      await page.goto("/account");
      await page.getByLabel("What it is for").fill("import of the register");
      await page.getByLabel("What it may").selectOption({ label: "Read" });
      await page.locator("#tokens").getByLabel("Last day").fill(new Date(Date.now() + 864e5).toISOString().slice(0, 10));
      await page.getByRole("button", { name: "Make a token" }).click();
      const secret = await page.getByLabel("The token, shown only now").inputValue();
      assert.match(secret, /^cs_/);
      const reader = new Client(server.base, { token: secret });
      assert.equal((await reader.json("GET", "/api/v1/contracts")).status, 200);
      isProblem(await reader.json("POST", "/api/v1/contracts", { json: FACTS }), 403, "forbidden");
      await page.getByRole("link", { name: "Done" }).click();
      assert.equal(await page.getByText(secret).count(), 0, "it is not shown again");
      await page.getByRole("button", { name: "Revoke the token import of the register" }).click();
      await page.getByText("The token is revoked.").waitFor();
      isProblem(await reader.json("GET", "/api/v1/contracts"), 401, "signed-out");
      assert.deepEqual(page.wrongs, []);
    });
  } finally {
    await browser.close();
  }
});

test("without a token, with a wrong one, and with a side that may not: problems", async () => {
  isProblem(await new Client(server.base).json("GET", "/api/v1/contracts"), 401, "signed-out");
  isProblem(await new Client(server.base, { token: "cs_nonsense" }).json("GET", "/api/v1/contracts"), 401, "signed-out");
  const ada = await signedIn(server.base, "ada@demo.example");
  const list = await ada.json("GET", "/api/v1/contracts");
  assert.deepEqual(list.value.items, [], "the administrator sees no contract");
  const vera = await signedIn(server.base, "vera@kestrel.example");
  const seen = await vera.json("GET", "/api/v1/contracts");
  assert.ok(seen.status === 403 || seen.value.items.length === 0);
});

test("one idempotency key makes one contract", async () => {
  const json = { ...FACTS, title: "Once only" };
  const headers = { "idempotency-key": "import-0007" };
  const first = await api.json("POST", "/api/v1/contracts", { json, headers });
  const second = await api.json("POST", "/api/v1/contracts", { json, headers });
  assert.equal(first.status, 201);
  assert.equal(second.status, 201);
  assert.equal(second.value.id, first.value.id);
  assert.equal(first.headers.get("idempotent-replayed"), null);
  assert.equal(second.headers.get("idempotent-replayed"), "true");
  assert.equal(first.headers.get("location"), `/api/v1/contracts/${first.value.id}`);
  const found = await api.json("GET", "/api/v1/contracts?q=once+only");
  assert.equal(found.value.items.length, 1);
  isProblem(await api.json("POST", "/api/v1/contracts", { json: { ...json, title: "Other" }, headers }), 409, "conflict");
  // Ten at once are one as well.
  const keys = { "idempotency-key": "import-0008" };
  const many = await Promise.all(Array.from({ length: 10 }, () => api.json("POST", "/api/v1/contracts", { json: { ...FACTS, title: "Ten at once" }, headers: keys })));
  assert.equal(new Set(many.filter(({ status }) => status === 201).map(({ value }) => value.id)).size, 1, JSON.stringify(many.map(({ status, value }) => [status, value.detail])));
  assert.equal((await api.json("GET", "/api/v1/contracts?q=ten+at+once")).value.items.length, 1);
});

test("a change names the revision that it was made against", async () => {
  const made = await register(api, { title: "Two editors" });
  const address = `/api/v1/contracts/${made.id}`;
  const read = await api.json("GET", address);
  const etag = read.headers.get("etag");
  assert.match(etag, /^"\d+"$/);
  isProblem(await api.json("PUT", address, { json: { ...FACTS, title: "No revision" } }), 428, "revision-missing");
  const changed = await api.json("PUT", address, { json: { ...FACTS, title: "First editor" }, headers: { "if-match": etag } });
  assert.equal(changed.status, 200);
  assert.notEqual(changed.headers.get("etag"), etag);
  isProblem(await api.json("PUT", address, { json: { ...FACTS, title: "Second editor" }, headers: { "if-match": etag } }), 412, "stale");
  assert.equal((await api.json("GET", address)).value.title, "First editor", "nothing was overwritten");
});

test("what cannot be taken says which field and why", async () => {
  isProblem(await api.json("POST", "/api/v1/contracts", { json: { ...FACTS, colour: "red" } }), 422, "invalid");
  const wrong = await api.json("POST", "/api/v1/contracts", { json: { ...FACTS, title: "", expires_on: "31.12.2027", kind: "poem" } });
  isProblem(wrong, 422, "invalid");
  assert.deepEqual(wrong.value.errors.map(({ field }) => field).sort(), ["expires_on", "kind", "title"]);
  isProblem(await api.json("POST", "/api/v1/contracts", { body: "{not json", headers: { "content-type": "application/json" } }), 422, "invalid");
  isProblem(await api.json("GET", "/api/v1/contracts?limit=1000"), 422, "invalid");
  isProblem(await api.json("GET", "/api/v1/contracts?cursor=nonsense"), 422, "invalid");
  isProblem(await api.json("GET", "/api/v1/contracts?colour=red"), 422, "invalid");
  isProblem(await api.json("GET", `/api/v1/contracts/${NOWHERE}`), 404, "not-found");
  isProblem(await api.json("GET", "/api/v1/nothing"), 404, "not-found");
});

test("sixty contracts are paged through by cursor, each once, whatever arrives between", { timeout: 120_000 }, async () => {
  const made = [];
  for (let n = 0; n < 60; n += 1) made.push((await register(api, { title: `Paged ${String(n).padStart(2, "0")}`, counterparty: "Pager Ltd" })).id);
  for (const sort of ["updated", "title"]) {
    const seen = [];
    let next = "";
    let pages = 0;
    do {
      const page = await api.json("GET", `/api/v1/contracts?q=pager&limit=7&sort=${sort}${next && `&cursor=${encodeURIComponent(next)}`}`);
      assert.equal(page.status, 200);
      assert.ok(page.value.items.length <= 7);
      seen.push(...page.value.items.map(({ id }) => id));
      next = page.value.next;
      pages += 1;
      if (pages === 3) made.push((await register(api, { title: `Paged during ${sort}`, counterparty: "Pager Ltd" })).id);
    } while (next);
    assert.equal(new Set(seen).size, seen.length, `${sort}: none comes twice`);
    for (const id of made.slice(0, 60)) assert.ok(seen.includes(id), `${sort}: none is left out`);
    assert.ok(pages >= 9);
  }
});

test("a list of one page says that there is no next", async () => {
  const list = await api.json("GET", "/api/v1/contracts?q=once+only");
  assert.equal(list.value.next, null);
});

test("the description is OpenAPI 3.1, the same from the command, and every path in it answers", { timeout: 180_000 }, async () => {
  const described = await new Client(server.base).json("GET", "/api/openapi.json");
  assert.equal(described.status, 200);
  assert.match(described.value.openapi, /^3\.1\./);
  const printed = run(["openapi"]);
  assert.equal(printed.code, 0, printed.err);
  assert.deepEqual(JSON.parse(printed.out), described.value);

  const contract = await register(api, { title: "Every path", effective_on: "2026-02-01" });
  const version = await upload(api, contract.id, "weak.md", WEAK);
  assert.equal(version.status, 201);
  const review = await api.json("GET", `/api/v1/contracts/${contract.id}/review`);
  assert.equal(review.status, 200, JSON.stringify(review.value));
  const me = (await mara.json("GET", "/api/v1/me")).value;
  const comment = await api.json("POST", `/api/v1/contracts/${contract.id}/comments`, { json: { body: "Every path is tried." } });
  assert.equal(comment.status, 201, JSON.stringify(comment.value));
  const books = await api.json("GET", "/api/v1/playbooks");
  const people = await api.json("GET", "/api/v1/people");
  const known = {
    contracts: contract.id, findings: review.value.findings?.[0]?.id, comments: comment.value.id, playbooks: (books.value.items ?? books.value)[0]?.id, people: people.value?.items?.[0]?.id,
  };
  const problems = [];
  let asked = 0;
  for (const [address, item] of Object.entries(described.value.paths)) {
    for (const [method, operation] of Object.entries(item)) {
      if (!["get", "post", "put", "patch", "delete"].includes(method)) continue;
      const segments = address.split("/");
      const url = segments.map((segment, index) => {
        if (!segment.startsWith("{")) return segment;
        if (segment === "{number}" || segment === "{seq}") return "1";
        if (segment === "{topic}") return "audit_rights";
        return known[segments[index - 1]] ?? NOWHERE;
      }).join("/");
      const writes = method !== "get";
      const answer = await api.send(method.toUpperCase(), url, writes ? { body: "{}", headers: { "content-type": "application/json" } } : {});
      const type = answer.headers.get("content-type") ?? "";
      const body = await answer.text();
      asked += 1;
      if (answer.status === 405 || answer.status >= 500) problems.push(`${method} ${address}: ${answer.status}`);
      // A path that routes nowhere is told from a record that is not there by what it says.
      if (answer.status === 404 && /there is nothing at this address/.test(body)) problems.push(`${method} ${address}: no route`);
      if (answer.status >= 400 && !type.startsWith("application/problem+json")) problems.push(`${method} ${address}: ${answer.status} as ${type}`);
      if (!writes && !url.includes(NOWHERE) && answer.status === 404) problems.push(`${method} ${url}: ${answer.status} ${body}`);
      if (!operation.responses[String(answer.status)] && !operation.responses.default) problems.push(`${method} ${address}: ${answer.status} is not described`);
      const paged = operation.parameters?.some(({ name }) => name === "cursor");
      if (paged && answer.status === 200 && !("next" in JSON.parse(body))) problems.push(`${method} ${address}: the list says no next`);
    }
  }
  assert.deepEqual(problems, []);
  assert.ok(asked >= 30, `${asked} operations`);
  assert.ok(me, "one's own account is told");
});
