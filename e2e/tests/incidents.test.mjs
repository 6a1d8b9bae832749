// An incident in two browsers at once: each sees what the other enters without a reload; and what counsel directs, which
// only the people named see.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { axe, launch, person, signIn, withPictures } from "../lib/browser.mjs";
import { Client, signedIn } from "../lib/client.mjs";
import { startServer, verifyStore } from "../lib/server.mjs";

let server, browser;
before(async () => {
  server = await startServer({ demo: true });
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

async function two(names, run) {
  const pages = [];
  try {
    for (const email of names) {
      const page = await person(browser, server.base);
      await signIn(page, email);
      await page.getByRole("heading", { level: 1, name: "Today" }).waitFor();
      pages.push(page);
    }
    await withPictures("incidents", () => pages, () => run(...pages));
  } finally {
    for (const page of pages) await page.context().close();
  }
}

test("what one side enters, the other sees without a reload, with what was typed and unfolded left as it was", { timeout: 120_000 }, () =>
  two(["mara@demo.example", "samira@demo.example"], async (legal, security) => {
    await security.goto("/incidents");
    const address = await security.getByRole("link", { name: "Patient export" }).getAttribute("href");
    await legal.goto(address);
    await legal.evaluate(() => { window.mark = "not reloaded"; });
    await legal.getByText("When something happened", { exact: true }).click();
    await legal.locator("#e-source").fill("call with the pharmacy");
    await security.goto(address);
    await security.getByText("What data, and how many people", { exact: true }).click();
    await security.getByLabel("Place").fill("FR");
    await security.getByLabel("People affected there").fill("77");
    await security.locator("#n-source").fill("count of the export by country");
    await security.getByRole("button", { name: "Enter the number" }).click();
    await security.getByText("People affected in FR", { exact: false }).first().waitFor();
    await legal.getByText("People affected in FR: 77", { exact: false }).first().waitFor();
    assert.equal(await legal.evaluate(() => window.mark), "not reloaded");
    assert.equal(await legal.locator("#e-source").inputValue(), "call with the pharmacy");
    assert.equal(await legal.locator("#e-source").isVisible(), true, "the fold stays open");
    // What was typed meanwhile can be sent: the page knows of the other's entry.
    await legal.locator("#e-event").selectOption("occurred");
    await legal.locator("#e-local").fill("2026-11-20T03:00");
    await legal.getByRole("button", { name: "Enter the time" }).click();
    await legal.getByText("It happened", { exact: false }).first().waitFor();
    assert.deepEqual([...legal.wrongs, ...security.wrongs], []);
  }));

test("counsel opens work, names somebody, and nobody else learns of it", { timeout: 120_000 }, () =>
  two(["mara@demo.example", "samira@demo.example", "jonas@demo.example"], async (counsel, named, other) => {
    await counsel.goto("/incidents");
    await counsel.getByRole("link", { name: "Patient export" }).click();
    await counsel.getByRole("link", { name: "Counsel", exact: true }).click();
    await counsel.getByLabel("For which legal advice?").fill("Advice on Falconridge");
    await counsel.getByRole("button", { name: "Open" }).click();
    await counsel.getByText("Privileged and confidential").waitFor();
    const address = new URL(counsel.url()).pathname;
    assert.equal((await named.goto(address)).status(), 404);
    await counsel.getByText("Name somebody", { exact: true }).click();
    await counsel.getByLabel("Who", { exact: true }).selectOption({ label: "Samira Haddad" });
    await counsel.getByLabel("Why this person has to know").fill("leads the analysis");
    await counsel.getByRole("button", { name: "Name", exact: true }).click();
    await counsel.getByText("leads the analysis").waitFor();
    assert.deepEqual(await axe(counsel), []);
    assert.equal((await named.goto(address)).status(), 200);
    await named.getByLabel("Line of the privilege log").fill("Analysis for counsel");
    await named.getByLabel("Text", { exact: true }).fill("The bucket had been public since May.");
    await named.getByRole("button", { name: "Write", exact: true }).click();
    await named.getByText("public since May").waitFor();
    await counsel.reload();
    await counsel.getByText("public since May").waitFor();
    const waiting = counsel.waitForEvent("download");
    await counsel.getByRole("link", { name: "Privilege log" }).click();
    assert.match((await waiting).suggestedFilename(), /privilege-log\.xlsx$/);
    assert.equal((await other.goto(address)).status(), 404);
    for (const path of ["/", "/incidents", "/ledger"]) {
      await other.goto(path);
      assert.equal((await other.content()).includes("Falconridge"), false, path);
    }
  }));

test("a notice is drafted from facts, approved by both sides, recorded as sent, and stands in the register", { timeout: 180_000 }, () =>
  two(["priya@demo.example", "samira@demo.example"], async (privacy, security) => {
    await privacy.goto("/incidents");
    await privacy.getByRole("link", { name: "Patient export" }).click();
    await privacy.getByRole("main").getByRole("link", { name: "Notices", exact: true }).click();
    await privacy.getByRole("link", { name: /GDPR, personal data breach/ }).first().click();
    await privacy.getByText("could be read by anyone who knew its address").first().waitFor();
    const address = new URL(privacy.url()).pathname;
    assert.equal(await privacy.getByRole("button", { name: /^Approve/ }).count(), 0, "something is missing");
    for (let part = 1; part <= 12; part += 1) {
      const text = privacy.getByLabel(`Text of section ${part}`, { exact: true });
      if (await text.count() === 0) break;
      if ((await text.inputValue()).trim() === "") await text.fill("Known so far as told above.");
    }
    await privacy.getByRole("button", { name: "Save the text" }).click();
    await privacy.getByRole("button", { name: /^Approve/ }).first().waitFor();
    assert.deepEqual(await axe(privacy), []);
    await privacy.getByRole("button", { name: /^Approve/ }).first().click();
    await security.goto(address);
    await security.getByRole("button", { name: /^Approve/ }).first().click();
    await security.getByRole("heading", { name: "Record it as sent" }).waitFor();
    await security.getByLabel("When it was sent").fill(new Date(Date.now() - 120_000).toISOString().slice(0, 16));
    await security.getByLabel("Time zone").fill("UTC");
    await security.getByLabel("How", { exact: true }).fill("portal of the authority");
    await security.getByLabel("Proof in words").fill("receipt 4711");
    await security.getByRole("button", { name: "Record as sent" }).click();
    await security.getByText("receipt 4711").waitFor();
    await privacy.goto(address.split("/notices")[0]);
    await privacy.getByText("Sent in time", { exact: true }).first().waitFor();
    await privacy.goto("/incidents/register");
    await privacy.getByText("Patient export").first().waitFor();
    assert.deepEqual(await axe(privacy), []);
    assert.deepEqual([...privacy.wrongs, ...security.wrongs], []);
  }));

test("an exercise: whoever plays sees what reaches the own role and no more, and its report is made", { timeout: 180_000 }, () =>
  two(["samira@demo.example", "priya@demo.example"], async (conducts, plays) => {
    await conducts.goto("/incidents/exercises/new");
    await conducts.getByLabel("Scenario").selectOption({ label: "Misdirected mail" }).catch(async () => {
      const option = conducts.getByLabel("Scenario").locator("option", { hasText: /mail/i }).first();
      await conducts.getByLabel("Scenario").selectOption(await option.getAttribute("value"));
    });
    await conducts.getByLabel("Day").fill("2027-01-15");
    await conducts.getByRole("button", { name: "Plan it" }).click();
    await conducts.getByLabel("Person", { exact: true }).selectOption({ label: "Priya Raman" });
    await conducts.getByLabel("Role", { exact: true }).selectOption("privacy");
    await conducts.getByRole("button", { name: "Give the role" }).click();
    await conducts.getByText("Priya Raman").first().waitFor();
    const address = new URL(conducts.url()).pathname;
    await plays.goto(address);
    await plays.getByText("The exercise has not begun").waitFor();
    assert.equal((await plays.content()).includes("Who is on the list"), false, "no inject is read ahead");
    await conducts.getByLabel("Clock at the start").selectOption("0");
    await conducts.getByRole("button", { name: "Start the exercise" }).click();
    for (let ahead = 0; ahead < 4; ahead += 1) await conducts.getByRole("button", { name: "Ahead to the next inject" }).click();
    await conducts.getByText("Delivered", { exact: true }).waitFor();
    // Without a reload.
    await plays.getByText("Who is on the list").waitFor({ timeout: 30_000 });
    assert.equal((await plays.content()).includes("only you see this"), false);
    assert.deepEqual(await axe(conducts), []);
    await conducts.getByRole("button", { name: "End…" }).click();
    await conducts.getByRole("button", { name: "End it" }).click();
    await conducts.getByRole("heading", { level: 1, name: /^Report of exercise/ }).waitFor();
    await conducts.getByText("The clock is moved ahead").first().waitFor();
    assert.deepEqual(await axe(conducts), []);
    await conducts.goto("/incidents/plan");
    await conducts.getByText(/[Ee]xercised/).first().waitFor();
    assert.deepEqual([...conducts.wrongs, ...plays.wrongs], []);
  }));

test("kill -9 while facts are entered: every answered fact is there with its moved clocks, and the ledger verifies", { timeout: 400_000 }, async (t) => {
  const own = await startServer({ demo: true });
  let current = own;
  try {
    const token = await (await signedIn(own.base, "mara@demo.example")).makeToken("kill");
    const told = await new Client(own.base, { token }).json("POST", "/api/v1/incidents", { json: { title: "Stick lost", what: "With names." } });
    assert.equal(told.status, 201);
    const id = told.value.id;
    const answered = [];
    let place = 0;
    for (const pause of [40, 90, 160, 250, 400]) {
      const client = new Client(current.base, { token });
      let running = true;
      const writing = (async () => {
        while (running && place < 600) {
          place += 1;
          const path = `closures.us-federal.${new Date(Date.UTC(2026, 11, 1) + place * 86_400_000).toISOString().slice(0, 10)}`;
          try {
            const done = await client.json("POST", `/api/v1/incidents/${id}/facts`, { json: { path, value: `day ${place}`, source: "test", seen: 0 } });
            if (done.status === 201) answered.push(path);
          } catch { return; }
        }
      })();
      await new Promise((resolve) => setTimeout(resolve, pause));
      await current.kill();
      running = false;
      await writing;
      const proof = verifyStore(current);
      assert.equal(proof.code, 0, `after a kill at ${pause} ms: ${proof.out}${proof.err}`);
      current = await startServer({ data: own.data });
      const whole = await new Client(current.base, { token }).json("GET", `/api/v1/incidents/${id}`);
      assert.equal(whole.status, 200);
      const there = new Set(whole.value.facts.map((fact) => fact.path));
      for (const path of answered) assert.ok(there.has(path), `${path} was answered and is gone after a kill at ${pause} ms`);
      assert.ok(there.size <= answered.length + 5, "at most the one in flight at each kill");
    }
    t.diagnostic(`${answered.length} facts were answered over five kills`);
    assert.ok(answered.length >= 20);
  } finally {
    await current.stop().catch(() => {});
  }
});
