// Every page, for every role, wide and narrow, light and dark: nothing in the console, nothing that axe finds, nothing
// that sticks out. And what must work without JavaScript.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { axe, launch, overflow, person, signIn, withPictures } from "../lib/browser.mjs";
import { startServer } from "../lib/server.mjs";
import { visited } from "../lib/tour.mjs";

const WIDE = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };
const ROLES = ["ada", "mara", "jonas", "priya", "samira", "theo", "ines", "colin", "elena", "emil", "vera", "otto"]
  .map((name) => `${name}@${{ vera: "kestrel", otto: "audit" }[name] ?? "demo"}.example`);

let server, browser;
before(async () => {
  server = await startServer({ demo: true });
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

const problemsOf = (page) => page.wrongs.splice(0).map((wrong) => `console: ${wrong}`);

for (const email of ROLES) {
  test(`${email}: each entry of the navigation opens, wide and narrow`, { timeout: 300_000 }, async () => {
    const page = await person(browser, server.base);
    const found = [];
    try {
      await withPictures(`nav-${email}`, () => [page], async () => {
        await signIn(page, email);
        await page.getByRole("heading", { level: 1 }).waitFor();
        const wide = page.getByRole("navigation", { name: "Areas", exact: true });
        // Beside "Messages" may stand how many wait.
        const labels = (await wide.getByRole("link").allInnerTexts()).map((words) => words.split("\n")[0].trim());
        const named = (label) => ({ name: new RegExp(`^${label}( |$)`) });
        assert.ok(labels.length >= 1);
        for (const label of labels) {
          await wide.getByRole("link", named(label)).click();
          await wide.locator("[aria-current=page]").getByText(label, { exact: true }).waitFor();
          assert.ok((await page.getByRole("heading", { level: 1 }).innerText()).length > 0);
          const audited = await axe(page);
          found.push(...audited.map((words) => `${label}: ${words}`), ...problemsOf(page));
        }
        await page.setViewportSize(PHONE);
        const narrow = page.getByRole("navigation", { name: "Areas (menu)" });
        for (const label of labels) {
          await page.getByLabel("Menu", { exact: true }).click();
          await narrow.getByRole("link", named(label)).click();
          await page.waitForLoadState();
          found.push(...(await overflow(page)).map((words) => `${label} at 390: ${words}`));
          found.push(...(await axe(page)).map((words) => `${label} at 390: ${words}`), ...problemsOf(page));
        }
        assert.deepEqual(found, []);
      });
    } finally {
      await page.context().close();
    }
  });
}

for (const [colours, size] of [["light", WIDE], ["dark", WIDE], ["light", PHONE], ["dark", PHONE]]) {
  test(`all pages in ${colours} at ${size.width}`, { timeout: 600_000 }, async (t) => {
    const pages = [await person(browser, server.base, { colorScheme: colours, viewport: size }), await person(browser, server.base, { colorScheme: colours, viewport: size })];
    const [mara, ada] = pages;
    const found = [];
    try {
      await withPictures(`pages-${colours}-${size.width}`, () => pages, async () => {
        const seen = [];
        const look = async (page, name) => {
          seen.push(name);
          found.push(...(await overflow(page)).map((words) => `${name}: ${words}`));
          found.push(...(await axe(page)).map((words) => `${name}: ${words}`));
          found.push(...problemsOf(page).map((words) => `${name}: ${words}`));
        };
        await visited(mara, ada, look);
        t.diagnostic(`${seen.length} pages: ${seen.join(", ")}`);
        assert.ok(seen.length >= 25);
        assert.deepEqual(found, []);
      });
    } finally {
      for (const page of pages) await page.context().close();
    }
  });
}

test("the colours are a person's choice and stay", async () => {
  const page = await person(browser, server.base, { colorScheme: "light" });
  try {
    await signIn(page, "samira@demo.example");
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await ground();
    await page.getByText("Account and colours").locator("xpath=ancestor::summary").click();
    await page.getByRole("button", { name: "Dark" }).click();
    await page.getByRole("heading", { level: 1, name: "Today" }).waitFor();
    assert.notEqual(await ground(), light);
    await page.goto("/contracts");
    assert.notEqual(await ground(), light);
    assert.deepEqual(page.wrongs, []);
  } finally {
    await page.context().close();
  }
});

test("the history of a record leads to its own entries in the ledger", async () => {
  const page = await person(browser, server.base);
  try {
    await withPictures("history", () => [page], async () => {
      await signIn(page, "mara@demo.example");
      await page.goto("/contracts");
      await page.getByRole("link", { name: "Log archive" }).click();
      await page.getByRole("link", { name: "All that was done, in the ledger" }).click();
      await page.getByRole("heading", { level: 1, name: "Ledger" }).waitFor();
      const told = await page.getByRole("table").innerText();
      assert.match(told, /withdrawn[\s\S]*registered/i);
      assert.doesNotMatch(told, /signed in|version 1|invit|playbook/i, "and to no others");
    });
  } finally {
    await page.context().close();
  }
});

test("lists are narrowed by their filters, at once where a choice is made", { timeout: 120_000 }, async () => {
  const page = await person(browser, server.base);
  try {
    await withPictures("filters", () => [page], async () => {
      await signIn(page, "mara@demo.example");
      for (const [address, label, choice, query] of [
        ["/contracts", "Status", "Active", /status=active/],
        ["/contracts/obligations", "Topic", "Confidentiality", /topic=confidentiality/],
        ["/people", "Side", "Security", /side=security/],
      ]) {
        await page.goto(address);
        const before = await page.getByRole("rowheader").count();
        await page.getByLabel(label, { exact: true }).selectOption({ label: choice });
        await page.waitForURL(query);
        await page.waitForLoadState();
        const after = await page.getByRole("rowheader").count();
        assert.ok(after > 0 && after < before, `${address}: ${after} of ${before}`);
      }
      await page.goto("/contracts");
      await page.getByLabel("Contains").fill("warehouse");
      await page.getByRole("button", { name: "Filter" }).click();
      await page.waitForURL(/q=warehouse/);
      assert.equal(await page.getByRole("rowheader").count(), 1);
      await page.getByRole("searchbox", { name: "Search" }).fill("kestrel");
      await page.keyboard.press("Enter");
      await page.waitForURL(/q=kestrel/);
      assert.equal(await page.getByRole("rowheader").count(), 1);
    });
  } finally {
    await page.context().close();
  }
});

test("a review whose earlier sign-offs were voided by a new version says so at its head", async () => {
  const page = await person(browser, server.base);
  try {
    await withPictures("voided", () => [page], async () => {
      await signIn(page, "jonas@demo.example");
      await page.getByRole("link", { name: "Managed hosting of the patient portal" }).first().click();
      await page.waitForURL("**/review**");
      await page.getByText("Earlier sign-offs no longer hold:").waitFor();
      await page.getByText(/version 2 of the document arrived/).first().waitFor();
    });
  } finally {
    await page.context().close();
  }
});

test("a session that ended leads to the sign-in page and back", async () => {
  const page = await person(browser, server.base);
  try {
    await page.goto("/contracts?status=active");
    await page.waitForURL("**/sign-in**");
    await page.getByLabel("E-mail address").fill("mara@demo.example");
    await page.getByLabel("Password").fill("not the password");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("alert").getByText("do not belong together").waitFor();
    await page.getByLabel("Password").fill("countersigned by both");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.waitForURL("**/contracts?status=active");
  } finally {
    await page.context().close();
  }
});

test("without JavaScript: sign in, list, filter, read a review, confirm a row, sign out", { timeout: 120_000 }, async () => {
  const page = await person(browser, server.base, { javaScriptEnabled: false });
  try {
    await withPictures("no-script", () => [page], async () => {
      await signIn(page, "mara@demo.example");
      await page.getByRole("heading", { level: 1, name: "Today" }).waitFor();
      await page.getByRole("navigation", { name: "Areas", exact: true }).getByRole("link", { name: "Contracts" }).click();
      await page.getByLabel("Contains").fill("warehouse");
      await page.getByRole("button", { name: "Filter" }).click();
      await page.waitForURL(/q=warehouse/);
      assert.equal(await page.getByRole("rowheader").count(), 1);
      await page.getByRole("link", { name: "Migration of the data warehouse" }).click();
      await page.getByRole("link", { name: "Review and sign" }).click();
      const matrix = page.getByRole("region", { name: "Matrix of topics" });
      const passage = matrix.locator("li[id^='t-'] a[href^='#c']").first();
      const hash = await passage.getAttribute("href");
      await passage.click();
      await page.waitForURL((url) => url.hash === hash);
      assert.equal(new URL(page.url()).hash, hash);
      await page.locator(hash).waitFor();
      const row = matrix.locator("li[id^='t-']").filter({ has: page.getByRole("button", { name: "Confirm", exact: true }) }).first();
      const id = await row.getAttribute("id");
      await row.getByRole("button", { name: "Confirm", exact: true }).click();
      await page.getByRole("status").getByText(": confirmed.").waitFor();
      await page.locator(`#${id}`).getByText(/confirmed by Mara Lindqvist/).waitFor();
      assert.equal(await page.getByRole("button", { name: "Keys" }).count(), 0, "what needs JavaScript is not shown");
      await page.getByText("Account and colours").locator("xpath=ancestor::summary").click();
      await page.getByRole("button", { name: "Sign out" }).click();
      await page.getByText("You are signed out.").waitFor();
    });
  } finally {
    await page.context().close();
  }
});
