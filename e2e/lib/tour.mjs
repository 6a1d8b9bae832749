// A tour of all kinds of pages of the demonstration, for the tests that look at them and the pictures of the papers.
import { signIn } from "./browser.mjs";

const SIGN_IN = "mara@demo.example";

/** Leads `mara` (Legal) and `ada` (administrator) over the pages; `look(page, name)` is called on each. */
export async function visited(mara, ada, look) {
  await mara.goto("/sign-in");
  await look(mara, "sign-in");
  await mara.goto("/nowhere");
  await mara.waitForLoadState();
  mara.wrongs.length = 0; // A page that is not there is an error to the browser, and it should be.
  await look(mara, "not-found-signed-out");

  await signIn(mara, SIGN_IN);
  await mara.getByRole("heading", { level: 1, name: "Today" }).waitFor();
  await look(mara, "today");
  const open = async (name, address) => {
    await mara.goto(address);
    await look(mara, name);
  };
  await open("contracts", "/contracts");
  const address = async (title) => {
    await mara.goto("/contracts");
    return mara.getByRole("link", { name: title }).first().getAttribute("href");
  };
  await open("contracts-none-found", "/contracts?q=no+such+contract");
  await open("contracts-narrowed", "/contracts?status=in_review&with_deviations=yes&sort=title");
  await open("contract-new", "/contracts/new");
  await open("obligations", "/contracts/obligations");
  await open("incidents", "/incidents");
  await open("incident-new", "/incidents/new");
  await mara.goto("/incidents");
  const incident = await mara.getByRole("link", { name: "Patient export" }).getAttribute("href");
  await open("incident", incident);
  for (const part of ["plan", "notices", "log", "evidence", "counsel"]) await open(`incident-${part}`, `${incident}/${part}`);
  for (const part of ["register", "plan", "actions", "holds", "reminders", "feed", "rules/own", "rules/own/new"]) await open(`incidents-${part.replaceAll("/", "-")}`, `/incidents/${part}`);
  await mara.goto(`${incident}/log`);
  await mara.evaluate(() => { for (const fold of document.querySelectorAll("main details")) fold.open = true; });
  await look(mara, "incident-log-unfolded");
  await mara.goto(incident);
  await mara.evaluate(() => { for (const fold of document.querySelectorAll("main details")) fold.open = true; });
  await look(mara, "incident-unfolded");
  await open("messages", "/notices");
  await open("rules", "/incidents/rules");
  await open("rule", "/incidents/rules/us-ca/ag");
  await open("exercises", "/incidents/exercises");
  await open("exercise-new", "/incidents/exercises/new");
  await open("exercise-scenarios", "/incidents/exercises/scenarios");

  const records = {
    active: "Cloud service terms", draft: "Design tool for the product team", rejected: "Data processing agreement", conditional: "Analytics subscription",
    voided: "Managed hosting of the patient portal", restricted: "Project Heron: acquisition NDA", ended: "Service level agreement for the pilot",
  };
  for (const [name, title] of Object.entries(records)) records[name] = await address(title);
  for (const name of Object.keys(records)) await open(`record-${name}`, records[name]);
  await open("record-edit", `${records.voided}/edit`);
  await open("review", `${records.voided}/review`);
  await open("review-all", `${records.voided}/review?show=all`);
  await open("review-open", `${records.voided}/review?show=open`);
  await open("review-active", `${records.active}/review?show=all`);
  // Every fold of the page open: what stands in them is looked at, too.
  await mara.goto(`${records.voided}/review?show=deviations`);
  await mara.evaluate(() => { for (const fold of document.querySelectorAll("main details")) fold.open = true; });
  await look(mara, "review-unfolded");
  await mara.goto(records.voided);
  await mara.evaluate(() => { for (const fold of document.querySelectorAll("main details")) fold.open = true; });
  await look(mara, "record-unfolded");

  await open("playbook", "/playbook");
  const topic = await mara.getByRole("link", { name: "Audit rights" }).first().getAttribute("href");
  await open("topic", topic);
  const book = topic.split("/topics/")[0];
  await open("topic-edit", `${book}/topics/${topic.split("/topics/")[1].replace(/[/?#].*$/, "")}/edit`);
  await open("playbook-versions", `${book}/versions`);
  await open("playbook-import", `${book}/import`);
  await open("playbook-new", "/playbook/new");
  await open("people", "/people");
  await mara.getByRole("link", { name: "Samira Haddad" }).click();
  await mara.getByRole("heading", { level: 1, name: "Samira Haddad" }).waitFor();
  await look(mara, "person");
  await open("account", "/account");
  await open("ledger", "/ledger");
  await mara.goto("/ledger");
  await open("ledger-entry", await mara.getByRole("main").locator("a[href^='/ledger/']:not([href^='/ledger/verify']):not([href^='/ledger/export'])").first().getAttribute("href"));
  await open("ledger-verify", "/ledger/verify");
  await mara.getByRole("button", { name: /^Verify now/ }).click();
  await mara.getByText("Intact", { exact: true }).waitFor();
  await look(mara, "ledger-verified");
  await open("api-docs", "/api/docs");
  await mara.goto("/nowhere");
  mara.wrongs.length = 0;
  await look(mara, "not-found");
  await mara.goto("/contracts/new");
  await mara.getByLabel("Counterparty").fill("Nimbus Inc.");
  await mara.evaluate(() => { for (const form of document.querySelectorAll("main form")) form.noValidate = true; });
  await mara.getByRole("button", { name: "Register" }).click();
  await mara.getByRole("alert").waitFor();
  mara.wrongs.length = 0; // The refused form is an answer with 422.
  await look(mara, "contract-new-refused");

  await signIn(ada, "ada@demo.example");
  await ada.getByRole("heading", { level: 1, name: "Today" }).waitFor();
  await look(ada, "today-administrator");
  await ada.goto("/people");
  await look(ada, "people-administrator");
  await ada.getByRole("link", { name: "Samira Haddad" }).click();
  await ada.getByRole("heading", { level: 1, name: "Samira Haddad" }).waitFor();
  await look(ada, "person-administrator");
  await ada.goto("/people/invite");
  await look(ada, "invite");
  await ada.goto("/account");
  await ada.getByRole("button", { name: "Set up an authenticator" }).click();
  await ada.getByRole("img", { name: /QR code/ }).waitFor();
  await look(ada, "second-factor");
}
