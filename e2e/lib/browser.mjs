// Chromium as Debian ships it, and people who use it.
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import path from "node:path";
import { chromium } from "playwright-core";
import { DEMO_PASSWORD } from "./server.mjs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const OUT = fileURLToPath(new URL("../out/", import.meta.url));

export function launch() {
  return chromium.launch({
    executablePath: process.env.COUNTERSIGN_CHROMIUM ?? "/usr/bin/chromium",
    headless: true,
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
}

/** A person at a browser of their own. What goes wrong in its console is kept in `page.wrongs`. */
export async function person(browser, base, options = {}) {
  const context = await browser.newContext({ baseURL: base, viewport: { width: 1440, height: 900 }, reducedMotion: "reduce", acceptDownloads: true, ...options });
  context.setDefaultTimeout(Number(process.env.COUNTERSIGN_PATIENCE ?? 20_000));
  const page = await context.newPage();
  page.wrongs = [];
  page.on("console", (message) => { if (message.type() === "error" || message.type() === "warning") page.wrongs.push(`${page.url()}: ${message.text()}`); });
  page.on("pageerror", (error) => page.wrongs.push(`${page.url()}: ${error}`));
  // "Leave this page?" is answered with yes: the tests mean it.
  page.on("dialog", (dialog) => dialog.accept());
  return page;
}

export async function signIn(page, email, password = DEMO_PASSWORD) {
  await page.goto("/sign-in");
  await page.getByLabel("E-mail address").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

/** Runs the test; when it fails, keeps a picture of each page. */
export async function withPictures(name, pages, test) {
  try {
    return await test();
  } catch (error) {
    mkdirSync(OUT, { recursive: true });
    let number = 0;
    for (const page of pages()) {
      number += 1;
      const file = path.join(OUT, `${name.replace(/[^a-z0-9]+/gi, "-")}-${number}.png`);
      try {
        await page.screenshot({ path: file, fullPage: true });
        error.message += `\n  ${page.url()} is shown in ${file}`;
      } catch { /* the page is gone */ }
    }
    throw error;
  }
}

/** What axe finds against WCAG 2.2 A and AA and the good practices, a line for each rule. */
export async function axe(page) {
  // Through the debugger and not as a script of the page, which its content security policy would rightly refuse.
  await page.evaluate(AXE);
  const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  return found.violations.map(({ id, impact, nodes: [first, ...others] }) => {
    const more = others.length ? ` and ${others.length} more` : "";
    return `${id} (${impact}): ${first.target.join(" ")}${more}: ${(first.failureSummary ?? "").split("\n").slice(1, 3).join(" ").trim()}`;
  });
}

/** By how many CSS pixels the page is wider than the window, and what sticks out. */
export function overflow(page) {
  return page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    const wider = document.documentElement.scrollWidth - width;
    if (wider <= 0) return [];
    return [...document.querySelectorAll("body *")]
      .filter((element) => element.getBoundingClientRect().right > width + 1)
      .slice(0, 5)
      .map((element) => `${wider} px: <${element.tagName.toLowerCase()} class="${element.className}">`);
  });
}

/** Starts a download and gives back its name and bytes. */
export async function download(page, click) {
  const [started] = await Promise.all([page.waitForEvent("download"), click()]);
  return { name: started.suggestedFilename(), bytes: readFileSync(await started.path()) };
}
