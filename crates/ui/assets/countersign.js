// Betters pages that work without it. No page may depend on this file; nothing here builds markup out of text.
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const typing = (target) => target.closest("input, textarea, select, [contenteditable]") !== null;
const calm = matchMedia("(prefers-reduced-motion: reduce)");

// ---- menus: close on a click elsewhere and on Escape ----
document.addEventListener("click", (event) => {
  for (const menu of all("details[data-menu][open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

function closeMenus() {
  const open = all("details[data-menu][open]");
  for (const menu of open) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
  return open.length > 0;
}

// ---- dialogs ----
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  if (opener) {
    document.getElementById(opener.dataset.dialog)?.showModal();
    return;
  }
  if (event.target.closest("[data-close]")) event.target.closest("dialog")?.close();
  // A click on the backdrop is a click on the dialog itself, outside its box.
  if (event.target instanceof HTMLDialogElement) {
    const box = event.target.getBoundingClientRect();
    const inside = event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
    if (!inside) event.target.close();
  }
});

// ---- drafts: what was typed survives a refused save, a sign-out and a closed lid ----
const draftKey = (field) => `draft:${field.dataset.draft}`;
const drafts = {
  get(field) { try { return sessionStorage.getItem(draftKey(field)); } catch { return null; } },
  set(field) { try { sessionStorage.setItem(draftKey(field), field.value); } catch { /* private mode */ } },
  drop(field) { try { sessionStorage.removeItem(draftKey(field)); } catch { /* private mode */ } },
};

function readyDrafts(within) {
  for (const field of all("textarea[data-draft]", within)) {
    const kept = drafts.get(field);
    if (kept !== null && kept !== field.value) {
      // Sent and taken: the page came back with an empty field and a notice.
      const sent = sessionStorage.getItem(`${draftKey(field)}:sent`) !== null;
      const refused = document.querySelector("[data-refused]") !== null;
      if (sent && !refused) drafts.drop(field);
      else if (field.value === field.defaultValue && !refused) field.value = kept;
    }
    try { sessionStorage.removeItem(`${draftKey(field)}:sent`); } catch { /* private mode */ }
  }
}

document.addEventListener("input", (event) => {
  const field = event.target;
  if (field.matches?.("textarea[data-draft]")) drafts.set(field);
  const form = field.closest?.("form[data-warn]");
  if (form) form.dataset.dirty = "yes";
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  delete form.dataset.dirty;
  for (const field of all("textarea[data-draft]", form)) {
    try { sessionStorage.setItem(`${draftKey(field)}:sent`, "yes"); } catch { /* private mode */ }
  }
  // A second click while the first is under way would send twice.
  if (form.method !== "get" && !event.defaultPrevented) {
    if (form.dataset.sending) { event.preventDefault(); return; }
    form.dataset.sending = "yes";
    setTimeout(() => delete form.dataset.sending, 4000);
  }
});
addEventListener("pageshow", () => { for (const form of all("form[data-sending]")) delete form.dataset.sending; });

// ---- a form that was changed and not sent ----
addEventListener("beforeunload", (event) => {
  if (document.querySelector("form[data-dirty]")) event.preventDefault();
});

// ---- dropping files ----
function readyDrops(within) {
  for (const zone of all("[data-drop]", within)) {
    if (zone.dataset.ready) continue;
    zone.dataset.ready = "yes";
    const input = zone.querySelector("input[type=file]");
    const words = zone.querySelector("[data-drop-words]");
    const tell = () => {
      const names = [...input.files].map((file) => `${file.name} (${size(file.size)})`);
      if (words && names.length) words.textContent = names.join(", ");
    };
    input.addEventListener("change", tell);
    for (const kind of ["dragenter", "dragover"]) {
      zone.addEventListener(kind, (event) => { event.preventDefault(); zone.classList.add("is-over"); });
    }
    zone.addEventListener("dragleave", (event) => { if (!zone.contains(event.relatedTarget)) zone.classList.remove("is-over"); });
    zone.addEventListener("drop", (event) => {
      event.preventDefault();
      zone.classList.remove("is-over");
      const files = new DataTransfer();
      for (const file of [...event.dataTransfer.files].slice(0, input.multiple ? undefined : 1)) files.items.add(file);
      if (!files.files.length) return;
      input.files = files.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    });
  }
}

function size(bytes) {
  const units = ["bytes", "kB", "MB", "GB"];
  let unit = 0;
  while (bytes >= 1000 && unit < units.length - 1) { bytes /= 1000; unit += 1; }
  return `${unit && bytes < 10 ? bytes.toFixed(1) : Math.round(bytes)} ${units[unit]}`;
}

// ---- the review page: findings and their passages, by keyboard ----
const review = () => document.querySelector("[data-review]");
const findings = () => all("[data-finding]", review());
const current = () => review().querySelector("[data-finding].is-current");

function choose(finding) {
  current()?.classList.remove("is-current");
  finding.classList.add("is-current");
  const passage = finding.querySelector("[data-passage]");
  // A missing clause has no passage to link to: the finding itself takes the focus.
  if (!passage) finding.tabIndex = -1;
  (passage ?? finding).focus({ preventScroll: true });
  finding.scrollIntoView({ block: "nearest", behavior: calm.matches ? "auto" : "smooth" });
}

function step(by) {
  const list = findings();
  if (!list.length) return;
  const at = list.indexOf(current());
  choose(list[at < 0 ? (by > 0 ? 0 : list.length - 1) : Math.min(Math.max(at + by, 0), list.length - 1)]);
}

function show(id) {
  const passage = document.getElementById(id);
  if (!passage) return false;
  for (const shown of all(".is-shown", review())) shown.classList.remove("is-shown");
  passage.classList.add("is-shown");
  const clause = passage.closest("[data-clause]");
  clause?.classList.add("is-shown");
  const target = clause ?? passage;
  if (!target.hasAttribute("tabindex")) target.tabIndex = -1;
  target.focus({ preventScroll: true });
  passage.scrollIntoView({ block: "center", behavior: calm.matches ? "auto" : "smooth" });
  history.replaceState(history.state, "", `#${id}`);
  return true;
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-review] a[href^='#']");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const id = decodeURIComponent(link.hash.slice(1));
  const finding = link.closest("[data-finding]");
  if (finding) {
    current()?.classList.remove("is-current");
    finding.classList.add("is-current");
    if (show(id)) event.preventDefault();
  } else {
    const back = document.getElementById(id)?.closest("[data-finding]");
    if (back) { event.preventDefault(); choose(back); }
  }
});

function comment() {
  const place = document.activeElement.closest("[data-clause], [data-finding]") ?? current();
  const field = place?.querySelector("[data-comment]") ?? review().querySelector("[data-comment]");
  if (!field) return false;
  for (let fold = field.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  field.focus();
  return true;
}

function reviewKey(event) {
  if (event.key === "j") step(1);
  else if (event.key === "k") step(-1);
  else if (event.key === "c") return comment();
  else if (event.key === "y") {
    const confirm = current()?.querySelector("[data-confirm]");
    if (!confirm) return false;
    confirm.click();
  } else if (event.key === "n" || event.key === "a" || event.key === "u") {
    const way = current()?.querySelector({ n: "[data-not-topic]", a: "[data-another]", u: "[data-undo]" }[event.key]);
    if (!way) return false;
    way.click();
  } else if (event.key === "?") document.querySelector("dialog[data-keys]")?.showModal();
  else if (event.key === "Escape") { const back = current(); if (!back) return false; choose(back); }
  else if (event.key === "Enter") {
    const finding = document.activeElement.matches("[data-finding]") ? document.activeElement : null;
    const link = finding?.querySelector("[data-passage]");
    if (!link) return false;
    link.click();
  } else return false;
  return true;
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (document.querySelector("dialog[open]")) return;
  if (event.key === "Escape") {
    if (closeMenus()) return;
    if (typing(event.target)) { if (review()) { event.target.blur(); reviewKey(event); } return; }
  }
  if (typing(event.target)) return;
  if (event.key === "/") {
    const search = document.querySelector("[data-search]");
    if (search) { event.preventDefault(); search.focus(); search.select(); }
    return;
  }
  if (review() && reviewKey(event)) event.preventDefault();
});

// ---- a list that narrows while one types ----
document.addEventListener("input", (event) => {
  const field = event.target.closest?.("[data-narrow]");
  if (!field) return;
  const words = field.value.trim().toLowerCase();
  for (const item of all("[data-narrows]", document.getElementById(field.dataset.narrow))) {
    item.hidden = !item.textContent.toLowerCase().includes(words);
  }
});

// ---- filters that apply when they are changed ----
document.addEventListener("change", (event) => {
  const form = event.target.closest?.("form[data-auto]");
  if (form && event.target.matches("select, input[type=checkbox], input[type=date]")) form.requestSubmit();
});

// ---- first sight, and each fragment that htmx brings ----
function ready(within) {
  readyDrafts(within);
  readyDrops(within);
}
ready(document);
const tab = document.querySelector(".cs-tabs [aria-current]");
if (tab) tab.parentElement.scrollLeft = tab.offsetLeft - tab.parentElement.offsetLeft - 40;
document.addEventListener("htmx:after:swap", () => ready(document));

// ---- the review page comes back as it was left: after a decision the text stands where it stood, and the row, or the
// one that took its place, is the current one ----
const placeKey = "review:place";

document.addEventListener("submit", (event) => {
  if (!event.target.closest("[data-review]")) return;
  const row = findings().indexOf(event.target.closest("[data-finding]"));
  try { sessionStorage.setItem(placeKey, JSON.stringify({ path: location.pathname, y: scrollY, row })); } catch { /* private mode */ }
});

function arrive() {
  let left = null;
  try {
    left = JSON.parse(sessionStorage.getItem(placeKey));
    sessionStorage.removeItem(placeKey);
  } catch { /* private mode */ }
  if (left?.path !== location.pathname) left = null;
  const id = decodeURIComponent(location.hash.slice(1));
  const target = id === "" ? null : document.getElementById(id);
  const stay = () => { if (left) scrollTo({ top: left.y, behavior: "instant" }); };
  const finding = target?.closest("[data-finding]") ?? (target || !left || left.row < 0 ? null : findings()[Math.min(left.row, findings().length - 1)]);
  stay();
  if (finding) choose(finding);
  else if (target) show(id);
  // The browser goes to the address's place once more when all is loaded.
  if (left && finding) addEventListener("load", () => requestAnimationFrame(stay));
}
if (review()) arrive();
// A form that was refused is read from its first mistake.
document.querySelector("[aria-invalid=true]")?.focus();

// ---- a link to something folded opens it ----
function unfold() {
  const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target instanceof HTMLDetailsElement) target.open = true;
  const fold = target && target.closest("[data-terms]");
  if (fold && !fold.open) {
    fold.open = true;
    target.scrollIntoView({ block: "center" });
  }
}
addEventListener("hashchange", unfold);
unfold();

// ---- what a defined term means: beside the word, by pointer, focus or touch. The panel of definitions has the words, and
// the link leads there without this ----
let note = null;
let noteOf = null;
let noteTimer = 0;

function hush() {
  clearTimeout(noteTimer);
  note?.remove();
  noteOf?.removeAttribute("aria-describedby");
  note = null;
  noteOf = null;
}

function explain(link) {
  if (noteOf === link) return;
  const meaning = document.getElementById(link.hash.slice(1))?.querySelector("[data-meaning]");
  hush();
  if (!meaning) return;
  note = document.createElement("div");
  note.className = "cs-term-note";
  note.id = "term-note";
  note.append(meaning.cloneNode(true));
  noteOf = link;
  // Behind its paragraph, so that its links come next by keyboard.
  (link.closest("p") ?? link).after(note);
  link.setAttribute("aria-describedby", note.id);
  const word = link.getBoundingClientRect();
  const box = note.getBoundingClientRect();
  const below = word.bottom + 6 + box.height <= innerHeight;
  note.style.left = `${Math.max(12, Math.min(word.left, innerWidth - box.width - 12))}px`;
  note.style.top = `${below ? word.bottom + 6 : Math.max(12, word.top - box.height - 6)}px`;
}

document.addEventListener("pointerover", (event) => {
  if (event.pointerType !== "mouse") return;
  const link = event.target.closest?.("[data-term]");
  if (link || note?.contains(event.target)) clearTimeout(noteTimer);
  if (link) noteTimer = setTimeout(() => explain(link), 180);
});
document.addEventListener("pointerout", (event) => {
  if (event.pointerType !== "mouse" || !event.target.closest?.("[data-term], .cs-term-note")) return;
  clearTimeout(noteTimer);
  noteTimer = setTimeout(hush, 250);
});
document.addEventListener("focusin", (event) => {
  const link = event.target.closest?.("[data-term]");
  if (link?.matches(":focus-visible")) explain(link);
  else if (note && !note.contains(event.target) && event.target !== noteOf) hush();
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !note) return;
  event.preventDefault();
  const back = noteOf;
  const inside = note.contains(document.activeElement);
  hush();
  if (inside) back.focus({ preventScroll: true });
}, true);
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("[data-term]");
  if (link && noteOf !== link && event.pointerType && event.pointerType !== "mouse") {
    // The first touch explains, the second follows.
    event.preventDefault();
    explain(link);
  } else if (note && (link || !note.contains(event.target) || event.target.closest("a"))) hush();
}, true);

// ---- the panel of definitions, by what is typed ----
document.addEventListener("input", (event) => {
  if (!event.target.matches?.("[data-terms-search]")) return;
  const panel = event.target.closest("[data-terms]");
  const wanted = event.target.value.trim().toLowerCase();
  const rows = all("[data-term-row]", panel);
  for (const row of rows) row.hidden = !row.textContent.toLowerCase().includes(wanted);
  const found = rows.filter((row) => !row.hidden).length;
  panel.querySelector("[data-terms-count]").textContent = wanted ? `${found} of ${rows.length}` : "";
});
