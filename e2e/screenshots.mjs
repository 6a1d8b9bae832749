// Takes pictures of the demonstration, wide and on a phone, light and dark: `npm run screenshots -- FOLDER [NAME…]`.
// The names are those of lib/tour.mjs; without one, all pages are taken. `--whole` takes whole pages and not the window.
import { mkdirSync } from "node:fs";
import path from "node:path";
import { launch, person } from "./lib/browser.mjs";
import { startServer } from "./lib/server.mjs";
import { visited } from "./lib/tour.mjs";

const words = process.argv.slice(2);
const whole = words.includes("--whole");
const [folder, ...wanted] = words.filter((word) => !word.startsWith("--"));
if (!folder) {
  console.error("say into which folder: npm run screenshots -- FOLDER [NAME…]");
  process.exit(2);
}
mkdirSync(folder, { recursive: true });

const server = await startServer({ demo: true, args: ["--organisation", "Meridian Health Systems"] });
const browser = await launch();
try {
  for (const [shape, size, scale] of [["wide", { width: 1440, height: 900 }, 1], ["phone", { width: 390, height: 844 }, 2]]) {
    for (const colours of ["light", "dark"]) {
      const options = { viewport: size, colorScheme: colours, deviceScaleFactor: scale };
      const [mara, ada] = [await person(browser, server.base, options), await person(browser, server.base, options)];
      await visited(mara, ada, async (page, name) => {
        if (wanted.length && !wanted.includes(name)) return;
        await page.evaluate(() => { scrollTo(0, 0); document.activeElement?.blur(); });
        await page.screenshot({ path: path.join(folder, `${name}-${shape}-${colours}.png`), fullPage: whole });
      });
      await mara.context().close();
      await ada.context().close();
    }
  }
} finally {
  await browser.close();
  await server.stop();
}
