// The whole story in a real browser: from an empty store to a contract in force, and the proof of what happened.
// Told twice, on the embedded store and on PostgreSQL.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { axe, download, launch, overflow, person, signIn, withPictures } from "../lib/browser.mjs";
import { docx, pdf, unzip } from "../lib/documents.mjs";
import { scratchDatabase } from "../lib/postgres.mjs";
import { run, scratchFolder, startServer, verifyStore } from "../lib/server.mjs";
import { code } from "../lib/totp.mjs";

const WEAK = readFileSync(new URL("../fixtures/weak-hosting.md", import.meta.url), "utf8");
const PASSWORD = "lantern gravel otter timetable";
const OVERRIDE_REASON = "Our own cover includes what this provider loses, says our finance team.";
const COMMENT = "Fourteen days is shorter than our payment run; please ask for thirty.";
const CONDITION = "The Provider sends its penetration test report of this year.";
const day = (offset) => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);

let browser;
before(async () => { browser = await launch(); });
after(async () => { await browser?.close(); });

test("the story, on the embedded store", { timeout: 600_000 }, async () => {
  await tell({ name: "story-sqlite", tamper: editTheFile });
});

test("the story, on PostgreSQL", { timeout: 600_000 }, async () => {
  const database = scratchDatabase();
  try {
    await tell({
      name: "story-postgres",
      database: database.url,
      tamper: () => database.sql("update ledger_entries set summary = replace(summary, 'approved', 'rejected') where seq = (select max(seq) from ledger_entries where summary like 'approved for Security%')"),
    });
  } finally {
    database.drop();
  }
});

/** Somebody with a hex editor changes a word in the store's file, where it stands in the ledger. */
function editTheFile(server) {
  let edited = 0;
  for (const name of readdirSync(server.data)) {
    const file = path.join(server.data, name);
    if (!/\.(db|sqlite3?)(-wal)?$/.test(name)) continue;
    const bytes = readFileSync(file);
    const word = Buffer.from("our finance team");
    for (let at = bytes.indexOf(word); at >= 0; at = bytes.indexOf(word, at + 1)) { bytes.write("the vendor asked", at); edited += 1; }
    writeFileSync(file, bytes);
  }
  assert.ok(edited > 0, `the words were not found in ${readdirSync(server.data)}`);
}

async function tell({ name, database, tamper }) {
  const server = await startServer({ database });
  const pages = [];
  const enter = async () => { const page = await person(browser, server.base); pages.push(page); return page; };
  let stopped = false;
  try {
    await withPictures(name, () => pages, async () => {
      const ada = await enter();
      const cast = await setUp(server, ada, enter);
      const { mara, jonas, samira, colin, ines } = cast;
      await secondFactor(colin);
      const contract = await registered(mara);
      await readable(mara, contract);
      await judged(mara, contract);
      await walled({ ada, samira, ines }, contract);
      await signed(cast, contract);
      await putIntoForce(mara, contract);
      await takenOut(colin, contract);
      await replaced(mara, jonas, contract);
      await otherDocuments(mara);
      const proof = await trail(mara);
      for (const page of pages) assert.deepEqual(page.wrongs, [], "the browser's console stays quiet");
      for (const page of pages) await page.context().close();
      pages.length = 0;
      await server.stop();
      stopped = true;
      proven(server, proof, tamper);
    });
  } finally {
    for (const page of pages) await page.context().close();
    if (!stopped) await server.kill();
  }
}

const flash = (page) => page.getByRole("status");
const press = (page, name) => page.getByRole("button", { name, exact: true }).first().click();
async function at(page, pattern) { await page.waitForURL(pattern); }

// ---- people ----

async function setUp(server, ada, enter) {
  const link = await server.setupLink;
  assert.match(link, /\/setup\/\S+$/, "an empty store prints a set-up link");
  await ada.goto(link);
  await ada.getByLabel("Your name").fill("Ada Okafor");
  await ada.getByLabel("Your e-mail address").fill("ada@meridian.example");
  await ada.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await ada.getByLabel("Password, once more").fill(`${PASSWORD}s`);
  await press(ada, "Make the workspace");
  await ada.getByText("the two passwords are not the same").first().waitFor();
  await ada.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await ada.getByLabel("Password, once more").fill(PASSWORD);
  await press(ada, "Make the workspace");
  await at(ada, "**/people");
  await flash(ada).getByText("Your workspace is ready").waitFor();
  ada.wrongs.length = 0; // The refused form above is an answer with 422, which Chromium notes as an error.

  const again = await enter();
  const used = await again.goto(link);
  assert.ok(used.status() >= 400, "the set-up link works once");
  again.wrongs.length = 0; // It is refused with an error's status.

  const invited = {};
  for (const [key, full, email, side] of [
    ["mara", "Mara Lindqvist", "mara@meridian.example", "Legal"],
    ["jonas", "Jonas Weber", "jonas@meridian.example", "Legal"],
    ["samira", "Samira Haddad", "samira@meridian.example", "Security"],
    ["colin", "Colin Adeyemi", "colin@meridian.example", "Compliance"],
    ["ines", "Ines Moreau", "ines@meridian.example", "IT"],
  ]) {
    await ada.goto("/people");
    await ada.getByRole("link", { name: "Invite", exact: true }).click();
    await ada.getByLabel("E-mail address").fill(email);
    await ada.getByRole("textbox", { name: /^Name/ }).fill(full);
    await ada.getByRole("group", { name: "Sides" }).getByLabel(side, { exact: true }).check();
    await press(ada, "Make the invitation");
    const invitation = await ada.getByLabel("The link, shown only now").inputValue();
    assert.ok(invitation.startsWith(`${server.base}/invitation/`));

    const page = await enter();
    await page.goto(invitation);
    await page.getByText("Ada Okafor has invited you").waitFor();
    await page.getByText(side, { exact: true }).waitFor();
    assert.equal(await page.getByLabel("Your name").inputValue(), full);
    await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
    await page.getByLabel("Password, once more").fill(PASSWORD);
    await press(page, "Continue");
    await at(page, `${server.base}/`);
    await page.getByRole("heading", { level: 1, name: "Today" }).waitFor();
    await page.getByText("Nothing waits for you").waitFor();
    invited[key] = page;
  }
  await ada.goto("/people");
  await ada.getByRole("row", { name: /Samira Haddad/ }).getByText("Security").waitFor();
  assert.equal(await ada.getByText("Invitations that wait").count(), 0, "all invitations were taken up");
  return { ada, ...invited };
}

async function signOut(page) {
  await page.getByText("Account and colours").locator("xpath=ancestor::summary").click();
  await press(page, "Sign out");
  await at(page, "**/sign-in");
}

async function secondFactor(colin) {
  await colin.goto("/account");
  await press(colin, "Set up an authenticator");
  await colin.getByRole("img", { name: /QR code/ }).waitFor();
  const key = await colin.getByText("Or type this key").locator("code").innerText();
  await colin.getByRole("textbox", { name: "Code" }).fill(code(key, -40));
  await press(colin, "Turn it on");
  await colin.locator("[aria-invalid=true]").waitFor();
  await colin.getByRole("textbox", { name: "Code" }).fill(code(key));
  await press(colin, "Turn it on");
  const codes = await colin.getByRole("listitem").locator("code").allInnerTexts();
  assert.equal(codes.length, 10);
  await colin.getByRole("link", { name: "I have kept them" }).click();
  await colin.getByText("10 recovery codes left").waitFor();

  const enterWith = async (digits) => {
    await signOut(colin);
    await signIn(colin, "colin@meridian.example", PASSWORD);
    await at(colin, "**/sign-in/code**");
    await colin.getByRole("textbox", { name: "Code" }).fill(digits);
    await press(colin, "Continue");
  };
  // A code is taken once, so the next step's is used: the server forgives a clock that is half a minute ahead.
  await enterWith(code(key, 1));
  await colin.getByRole("heading", { level: 1, name: "Today" }).waitFor();
  await enterWith(codes[3].toLowerCase());
  await colin.getByRole("heading", { level: 1, name: "Today" }).waitFor();
  await enterWith(codes[3]);
  await colin.locator("[aria-invalid=true], [role=alert]").first().waitFor();
  await colin.getByRole("textbox", { name: "Code" }).fill(codes[4]);
  await press(colin, "Continue");
  await colin.getByRole("heading", { level: 1, name: "Today" }).waitFor();
  await colin.goto("/account");
  await colin.getByText("8 recovery codes left").waitFor();
  colin.wrongs.length = 0; // Two codes were refused on purpose.
}

// ---- the contract ----

async function registered(mara) {
  await mara.goto("/contracts");
  await mara.getByText("No contract yet").waitFor();
  await mara.getByRole("link", { name: "Register a contract" }).first().click();
  await mara.getByLabel("Title").fill("Records hosting");
  await mara.getByLabel("Counterparty").fill("Halcyon Compute Ltd");
  await mara.getByLabel("Our company").fill("Meridian Health Systems GmbH");
  await mara.getByLabel(/^Vendor contract/).check();
  await mara.getByLabel("Kind").selectOption({ label: "Software as a service" });
  await mara.getByLabel("Our role").selectOption({ label: "Customer" });
  await mara.getByRole("group", { name: "On whose paper" }).getByLabel("Theirs").check();
  const data = mara.getByRole("group", { name: "Data that it touches" });
  await data.getByLabel("Personal data").check();
  await data.getByLabel("Health data").check();
  await mara.getByLabel("Document").setInputFiles({ name: "Halcyon hosting.docx", mimeType: "application/octet-stream", buffer: docx(WEAK) });
  await mara.getByText(/Halcyon hosting\.docx \(/).waitFor();
  await mara.getByLabel("Initiated").fill(day(-12));
  await mara.getByLabel("Effective").fill(day(0));
  await mara.getByLabel("Expiry").fill(day(400));
  await mara.getByLabel("Renews by itself").check();
  await mara.getByLabel("Renews for").fill("12");
  await mara.getByLabel("Notice").fill("90");
  await press(mara, "Register");
  await at(mara, "**/contracts/*/review**");
  const id = /contracts\/([0-9a-f-]{36})\/review/.exec(mara.url())[1];
  await mara.getByRole("heading", { level: 1, name: /Records hosting/ }).waitFor();
  return id;
}

const review = (page, id, show) => page.goto(`/contracts/${id}/review?show=${show}`);
const rows = (page) => page.getByRole("region", { name: "Matrix of topics" }).locator("li[id^='t-']");
const focused = (page) => page.evaluate(() => ({ id: document.activeElement.id, inRow: document.activeElement.closest("li[id^='t-']")?.id ?? "", href: document.activeElement.getAttribute("href") ?? "" }));

/** The text beside the matrix, by mouse and by keyboard. */
async function readable(mara, id) {
  await review(mara, id, "all");
  const paper = mara.getByRole("region", { name: "Text of the document" });
  await paper.getByText("This duty ends with this agreement.").waitFor();
  assert.ok(await rows(mara).count() >= 20, "the matrix has a row for each topic that matters here");
  assert.deepEqual(await axe(mara), [], "axe finds nothing on the review page");

  const audit = mara.locator("#t-audit_rights");
  assert.match(await audit.innerText(), /Unacceptable/);
  await audit.getByRole("link", { name: "Audit rights" }).click();
  await mara.waitForFunction(() => /^#c\d+$/.test(location.hash));
  const place = new URL(mara.url()).hash.slice(1);
  assert.equal((await focused(mara)).id, place, "the passage has the focus");
  assert.match(await mara.locator(`#${place}`).innerText(), /no right to audit/);
  await mara.waitForFunction((id) => { const box = document.getElementById(id).getBoundingClientRect(); return box.bottom > 0 && box.top < innerHeight; }, place);

  await review(mara, id, "all");
  const first = await rows(mara).first().getAttribute("id");
  const second = await rows(mara).nth(1).getAttribute("id");
  await mara.keyboard.press("j");
  assert.equal((await focused(mara)).inRow, first, "j goes to the first finding");
  await mara.keyboard.press("j");
  assert.equal((await focused(mara)).inRow, second, "j goes to the next one");
  await mara.keyboard.press("k");
  assert.equal((await focused(mara)).inRow, first, "k goes back");
  for (let step = 0; !(await focused(mara)).href.startsWith("#c"); step += 1) {
    assert.ok(step < 40, "some finding has a passage");
    await mara.keyboard.press("j");
  }
  const from = await focused(mara);
  await mara.keyboard.press("Enter");
  await mara.waitForFunction((hash) => location.hash === hash, from.href);
  assert.equal(`#${(await focused(mara)).id}`, from.href, "Enter goes to the passage");
  await mara.keyboard.press("Escape");
  assert.equal((await focused(mara)).inRow, from.inRow, "Escape goes back to the finding");
  await mara.keyboard.press("?");
  await mara.getByRole("dialog", { name: "Keys" }).waitFor();
  await mara.keyboard.press("Escape");
  await mara.getByRole("dialog", { name: "Keys" }).waitFor({ state: "hidden" });
}

/** Rows are confirmed and overridden, a comment hangs on a clause. */
async function judged(mara, id) {
  await review(mara, id, "all");
  await mara.getByRole("button", { name: /^Confirm the \d+ conforming rows?$/ }).click();
  await flash(mara).getByText(/rows? confirmed/).waitFor();

  // One row stands otherwise than the engine says: the agreement has no word on insurance. A reason is needed.
  await review(mara, id, "all");
  const row = () => mara.locator("#t-insurance");
  const shown = await row().getAttribute("id");
  await row().locator("summary").filter({ hasText: /^(Decide|Wording)/ }).click();
  await row().getByLabel("How the row stands").selectOption({ label: "Not required" });
  await row().getByRole("button", { name: "Override" }).click();
  await row().getByText("say in a sentence why the engine is wrong here").first().waitFor();
  mara.wrongs.length = 0;
  await row().getByLabel("Why").fill(OVERRIDE_REASON);
  await row().getByRole("button", { name: "Override" }).click();
  await flash(mara).getByText("Insurance: overridden").waitFor();
  assert.equal(new URL(mara.url()).hash, `#${shown}`, "the page comes back to the row");
  await row().getByText(OVERRIDE_REASON).first().waitFor();
  await row().getByText(/overridden by Mara Lindqvist.*the engine said missing/i).waitFor();

  await review(mara, id, "open");
  const confirm = () => rows(mara).getByRole("button", { name: "Confirm", exact: true });
  for (let left = await confirm().count(); left > 0; left -= 1) {
    await confirm().first().click();
    await confirm().nth(left - 1).waitFor({ state: "detached" });
  }

  const clause = mara.getByRole("region", { name: "Text of the document" }).locator("section[id^='c']").filter({ hasText: "fourteen (14) days" });
  const place = await clause.getAttribute("id");
  await clause.getByText("Comment", { exact: true }).first().click();
  await clause.getByLabel("Comment on this clause").fill(COMMENT);
  await clause.getByRole("button", { name: "Comment" }).click();
  await flash(mara).getByText("Your comment stands").waitFor();
  assert.equal(new URL(mara.url()).hash, `#${place}`);
  await mara.locator(`#${place}`).getByText(COMMENT).waitFor();
}

/** What each may not. */
async function walled({ ada, samira, ines }, id) {
  for (const address of [`/contracts/${id}`, `/contracts/${id}/review`, `/contracts/${id}/memo.pdf`, `/contracts/${id}/versions/1/file`]) {
    const answer = await ada.context().request.get(address);
    assert.equal(answer.status(), 404, `to the administrator ${address} does not exist`);
    assert.ok(!(await answer.text()).includes("Halcyon"), "and nothing leaks out of the refusal");
  }
  await ada.goto("/contracts");
  assert.equal(await ada.getByText("Records hosting").count(), 0, "nor does the list name it");

  await ines.goto(`/contracts/${id}`);
  await ines.getByRole("heading", { level: 1, name: "Records hosting" }).waitFor();
  const text = await ines.context().request.get(`/contracts/${id}/review`);
  assert.ok([403, 404].includes(text.status()), "IT sees the record and not the text");
  ines.wrongs.length = 0;

  await review(samira, id, "all");
  assert.equal(await samira.getByRole("button", { name: "Sign for Legal" }).count(), 0, "Security is not offered Legal's signature");
  const hidden = (field) => samira.locator(`input[type=hidden][name=${field}]`).first().inputValue();
  const forged = await samira.context().request.post(`/contracts/${id}/signoffs`, {
    headers: { origin: new URL(samira.url()).origin },
    form: { review: await hidden("review"), sha256: await hidden("sha256"), side: "legal", topic: "", decision: "approve", condition: "", show: "all" },
    maxRedirects: 0,
  });
  assert.equal(forged.status(), 403, "and cannot take it");
  assert.match(await forged.text(), /you cannot sign for Legal/);
}

async function signAll(page, side, id, whole) {
  await review(page, id, "mine");
  const forms = () => rows(page).getByRole("button", { name: `Sign for ${side}` });
  const all = await page.locator("li[id^='t-'] form").filter({ has: page.getByRole("button", { name: `Sign for ${side}`, includeHidden: true }) }).count();
  assert.ok(all > 0, `${side} has deviations to decide`);
  for (let left = all; left > 0; left -= 1) {
    const row = rows(page).filter({ has: page.getByRole("button", { name: `Sign for ${side}`, includeHidden: true }) }).first();
    await row.locator("summary").filter({ hasText: "Decide" }).click();
    await row.getByRole("radio", { name: "Approve", exact: true }).check();
    await row.getByRole("button", { name: `Sign for ${side}` }).click();
    await flash(page).getByText(`Approved for ${side}`).waitFor();
    await review(page, id, "mine");
  }
  assert.equal(await forms().count(), 0);
  const card = page.getByRole("region", { name: "Sign-off of the whole" });
  await card.getByRole("radio", { name: whole ? "With a condition" : "Approve", exact: true }).check();
  if (whole) await card.getByLabel("Condition, or reason of a rejection").fill(whole);
  await card.getByRole("button", { name: `Sign for ${side}` }).click();
  await flash(page).getByText(whole ? `Approved with a condition for ${side}` : `Approved for ${side}`).waitFor();
  return all;
}

async function signed({ jonas, samira, colin, mara }, id) {
  await jonas.goto("/");
  await jonas.getByRole("link", { name: "Records hosting" }).first().waitFor();
  await signAll(jonas, "Legal", id);
  await mara.goto(`/contracts/${id}`);
  assert.equal(await mara.getByRole("button", { name: "Put into force" }).count(), 0, "one signature is not enough");
  await signAll(samira, "Security", id, CONDITION);
  await signAll(colin, "Compliance", id);
  await mara.goto(`/contracts/${id}`);
  await mara.getByText("Countersigned", { exact: true }).first().waitFor();
  await mara.getByText("Not met yet").first().waitFor();
  assert.equal(await mara.getByRole("button", { name: "Put into force" }).count(), 0, "an open condition holds it back");
  const forced = await mara.context().request.post(`/contracts/${id}/activate`, { headers: { origin: new URL(mara.url()).origin }, maxRedirects: 0 });
  assert.equal(forced.status(), 409);

  await review(samira, id, "all");
  const card = samira.getByRole("region", { name: "Sign-off of the whole" });
  await card.getByText("Mark as met").click();
  await card.getByLabel("What shows that it is met").fill("The report of 12 March is filed with the vendor's record.");
  await card.getByRole("button", { name: "It is met" }).click();
  await flash(samira).getByText("The condition is marked as met").waitFor();
}

async function putIntoForce(mara, id) {
  await mara.goto(`/contracts/${id}`);
  await press(mara, "Put into force");
  const dialog = mara.getByRole("dialog");
  await dialog.getByText("Put this contract into force?").waitFor();
  await dialog.getByRole("button", { name: "Put into force" }).click();
  await mara.getByText("Active", { exact: true }).first().waitFor();
}

// ---- what comes out ----

function textOfPdf(bytes, folder) {
  const file = path.join(folder, "memo.pdf");
  writeFileSync(file, bytes);
  const done = spawnSync("pdftotext", ["-layout", file, "-"], { encoding: "utf8" });
  assert.equal(done.status, 0, `pdftotext reads the memo: ${done.error ?? done.stderr}`);
  return done.stdout;
}

async function takenOut(page, id) {
  const folder = scratchFolder("exports");
  const take = async (name) => {
    await page.goto(`/contracts/${id}`);
    await page.getByText("Export", { exact: true }).click();
    return download(page, () => page.getByRole("link", { name }).click());
  };
  const memo = await take("Review memo, PDF");
  assert.match(memo.name, /\.pdf$/);
  assert.equal(memo.bytes.subarray(0, 4).toString(), "%PDF");
  const text = textOfPdf(memo.bytes, folder);
  for (const words of ["Records hosting", "Halcyon Compute Ltd", "Audit rights", "Samira Haddad", "Jonas Weber", "Colin Adeyemi"]) {
    assert.ok(text.includes(words), `the memo says “${words}”`);
  }

  const sheet = await take("Matrix, XLSX");
  const parts = unzip(sheet.bytes);
  const strings = [...parts].filter(([name]) => /sharedStrings|sheet\d/.test(name)).map(([, bytes]) => bytes.toString()).join("");
  assert.ok(strings.includes("Audit rights") && strings.includes(OVERRIDE_REASON.slice(0, 40)), "the sheet holds topics and reasons");

  const json = JSON.parse((await take("Matrix, JSON")).bytes.toString());
  assert.equal(json.file, "Halcyon hosting.docx");
  assert.match(json.sha256, /^[0-9a-f]{64}$/);
  assert.ok(json.clauses.length >= 11 && json.clauses.every((clause) => clause.start <= clause.end));
  assert.equal(json.findings.find((row) => row.topic === "audit_rights").status, "unacceptable");

  const redline = await take("Redline, DOCX");
  const main = unzip(redline.bytes).get("word/document.xml").toString();
  assert.match(main, /<w:ins [^>]*w:author=/, "the playbook's clauses stand in it as tracked insertions");
  assert.ok(main.includes("Fourteen") || main.includes("fourteen (14) days"), "beside the original text");
  const file = path.join(folder, "redline.docx");
  writeFileSync(file, redline.bytes);
  const opened = spawnSync("soffice", ["--headless", `-env:UserInstallation=file://${folder}/profile`, "--convert-to", "odt", "--outdir", folder, file], { encoding: "utf8", timeout: 120_000 });
  assert.ok(existsSync(path.join(folder, "redline.odt")), `LibreOffice opens the redline: ${opened.error ?? opened.stderr}`);
  const odt = unzip(readFileSync(path.join(folder, "redline.odt"))).get("content.xml").toString();
  assert.ok(odt.includes("text:tracked-changes"), "and sees changes that can be accepted or rejected");
}

async function replaced(mara, jonas, id) {
  await mara.goto(`/contracts/${id}`);
  await mara.getByText("Add a new version").click();
  const better = WEAK.replace("The Customer has no right to audit the Provider. The Provider's own statement of compliance is final.", "On thirty (30) days' written notice and not more than once a year the Customer may audit the Provider's compliance with this agreement.");
  await mara.getByLabel("Document").setInputFiles({ name: "Halcyon hosting 2.md", mimeType: "text/markdown", buffer: Buffer.from(better) });
  await mara.getByLabel("Note").fill("They gave in on audits");
  await press(mara, "Add the document");
  await at(mara, "**/review**");
  await mara.getByText("Earlier sign-offs no longer hold:").waitFor();
  await mara.getByText(/version 2 of the document arrived/).first().waitFor();
  await mara.goto(`/contracts/${id}`);
  await mara.getByText("In review", { exact: true }).first().waitFor();
  await mara.getByText(/earlier sign-offs no longer hold/).waitFor();
  await mara.getByText("They gave in on audits").waitFor();
  await mara.getByRole("link", { name: "Compare with version 1" }).click();
  await at(mara, "**/difference?from=1&to=2");
  await mara.locator("del", { hasText: "no right to audit" }).first().waitFor();
  await mara.locator("ins", { hasText: "not more than once a year" }).first().waitFor();
  await mara.getByText(/has to decide anew/).first().waitFor();
  await mara.keyboard.press("j");
  await mara.locator("article.is-current").waitFor();
  assert.deepEqual(await axe(mara), [], "axe finds nothing on the comparison");

  await review(jonas, id, "all");
  await jonas.getByRole("link", { name: "Which ones" }).click();
  await jonas.getByText(/No longer holds: version 2 of the document arrived/).first().waitFor();
  const audit = jonas.locator("#t-audit_rights");
  assert.match(await audit.innerText(), /Preferred|Fallback/, "the better clause is judged anew");
}

/** A PDF takes the same way; and the list shows both. */
async function otherDocuments(mara) {
  await mara.goto("/contracts/new");
  await mara.getByLabel("Title").fill("Mutual secrecy");
  await mara.getByLabel("Counterparty").fill("Lakeside Research AG");
  await mara.getByLabel("Our company").fill("Meridian Health Systems GmbH");
  await mara.getByLabel(/^Client contract/).check();
  await mara.getByLabel("Kind").selectOption({ label: "Non-disclosure agreement" });
  await mara.getByRole("group", { name: "Data that it touches" }).getByLabel("Trade secrets").check();
  const lines = ["Mutual Non-Disclosure Agreement", "", "1. Confidentiality", "Each party shall hold the other party's Confidential Information in strict", "confidence and shall use it only for the purpose of this agreement.", "",
    "2. Governing law", "This agreement is governed by the laws of Switzerland."];
  await mara.getByLabel("Document").setInputFiles({ name: "Lakeside NDA.pdf", mimeType: "application/pdf", buffer: pdf(lines) });
  await mara.getByLabel("Initiated").fill(day(-1));
  await press(mara, "Register");
  await at(mara, "**/contracts/*/review**");
  await mara.getByRole("region", { name: "Text of the document" }).getByText(/strict\s+confidence/).first().waitFor();
  await mara.goto("/contracts");
  for (const title of ["Records hosting", "Mutual secrecy"]) await mara.getByRole("link", { name: title }).waitFor();
  await mara.setViewportSize({ width: 390, height: 844 });
  assert.deepEqual(await overflow(mara), []);
  await mara.setViewportSize({ width: 1440, height: 900 });
}

// ---- the proof ----

async function trail(mara) {
  for (const words of ["Approved with a condition for Security", "Added version 2", "is now active", "Overrode Insurance", "took up the invitation", "turned their second factor on"]) {
    await mara.goto("/ledger");
    await mara.getByRole("searchbox", { name: "What happened" }).fill(words);
    await mara.getByRole("button", { name: "Filter" }).click();
    await mara.getByRole("table").getByText(new RegExp(words, "i")).first().waitFor();
  }
  await mara.getByRole("link", { name: "Verify", exact: true }).click();
  await mara.getByRole("button", { name: "Sign a checkpoint now" }).click();
  await flash(mara).getByText(/Signed a checkpoint over \d+ entries/).waitFor();
  await press(mara, "Verify now");
  await mara.getByText("Intact", { exact: true }).waitFor();
  await mara.getByText("No entry was edited, removed, added or moved.").waitFor();
  const key = await mara.locator("section").filter({ has: mara.getByRole("heading", { name: "Keys that are believed" }) }).locator("code").first().innerText();
  await mara.goto("/ledger");
  const exported = await download(mara, () => mara.getByRole("link", { name: "Export", exact: true }).click());
  return { key, exported };
}

function proven(server, { key, exported }, tamper) {
  const file = path.join(scratchFolder("ledger"), "ledger.jsonl");
  writeFileSync(file, exported.bytes);
  const whole = run(["ledger", "verify", file, "--key", key]);
  assert.equal(whole.code, 0, `the export is proven: ${whole.out}${whole.err}`);
  assert.match(whole.out, /The ledger is intact\./);

  const lines = exported.bytes.toString().split("\n");
  const edited = lines.map((line) => line.replace("is now active", "is now ended"));
  assert.notDeepEqual(edited, lines);
  writeFileSync(file, edited.join("\n"));
  const forged = run(["ledger", "verify", file, "--key", key]);
  assert.equal(forged.code, 1, "an edited export is found out");
  assert.match(forged.out, /NOT intact/);

  const before = verifyStore(server);
  assert.equal(before.code, 0, `the stopped store is proven: ${before.out}${before.err}`);
  assert.match(before.out, /The ledger is intact\./);
  tamper(server);
  const after = verifyStore(server);
  assert.equal(after.code, 1, `an edited row is found out: ${after.out}${after.err}`);
  assert.match(after.out, /NOT intact/);
}
