// @ts-check
// A letter's page: its contents follow the reading; a paragraph can be taken as a link, as a quotation with its source, as a citation. What few readers need is fetched when they do.
const query = (/** @type {string} */ selector, /** @type {ParentNode} */ within = document) => /** @type {HTMLElement} */ (within.querySelector(selector));
const said = /** @type {HTMLElement} */ (document.querySelector("script[data-copied]")).dataset;
const wide = matchMedia("(min-width: 68rem)");

if (new URLSearchParams(location.search).has("find")) import("./found.js").then(({ markFound }) => markFound());
if (document.querySelector(".due")) import("./due.js");

/** Words with their blanks filled; what fills one is not looked at again. */
const fill = (/** @type {string} */ words, /** @type {Record<string, string | undefined>} */ values) =>
  words.replace(/\{(\w+)\}/g, (blank, name) => (Object.hasOwn(values, name) ? values[name] : null) ?? blank);

// The contents follow the reading: the last entry shown whose place has come up to the top of the window.
const list = query(".contents ol");
const entries = /** @type {HTMLAnchorElement[]} */ ([...list.querySelectorAll("a")]);
const places = entries.map((entry) => document.getElementById(entry.hash.slice(1)));
const LINE = 100;
let awaited = false;

const follow = () => {
  awaited = false;
  const current = places.findLastIndex((place, number) => place && entries[number].offsetParent && place.getBoundingClientRect().top < LINE);
  for (const [number, entry] of entries.entries()) {
    if (number !== current) entry.removeAttribute("aria-current");
    else if (!entry.hasAttribute("aria-current")) {
      entry.setAttribute("aria-current", "location");
      const [box, item] = [list.getBoundingClientRect(), entry.getBoundingClientRect()];
      list.scrollBy(item.left < box.left || item.right > box.right - 48 ? item.left - box.left - 16 : 0, 0);
      const nav = /** @type {HTMLElement} */ (list.parentElement);
      const frame = nav.getBoundingClientRect();
      if (nav.scrollHeight > nav.clientHeight) nav.scrollBy(0, item.top < frame.top || item.bottom > frame.bottom ? item.top - frame.top - frame.height / 3 : 0);
    }
  }
};
const look = () => {
  if (!awaited) requestAnimationFrame(follow);
  awaited = true;
};
addEventListener("scroll", look, { passive: true });
addEventListener("resize", look, { passive: true });
look();

/** Copies text; where the browser forbids it, selects `shown`, so that the reader can. @returns {Promise<string>} what to say of it */
const copy = async (/** @type {string} */ text, /** @type {Element | null} */ shown = null) => {
  try {
    await navigator.clipboard.writeText(text);
    return said.copied ?? "";
  } catch {
    const area = document.body.appendChild(Object.assign(document.createElement("textarea"), { value: text, className: "unseen" }));
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    if (done) return said.copied ?? "";
    if (shown) getSelection()?.selectAllChildren(shown);
    return said.failed ?? "";
  }
};

// Citations: the slots that the page leaves empty are filled with today, and with the paragraph that a reader cites.
const section = query("section.cite");
const whole = query(".cite-part", section);

/** Fills the slots of a kind, or empties them. */
const setSlots = (/** @type {"day" | "part"} */ kind, /** @type {Record<string, string> | null} */ values) => {
  for (const slot of /** @type {NodeListOf<HTMLElement>} */ (section.querySelectorAll(`[data-${kind}]`))) slot.textContent = values ? fill(slot.dataset[kind] ?? "", values) : "";
};
const citePart = (/** @type {string} */ anchor) => {
  setSlots("part", anchor ? { n: anchor.slice(1) } : null);
  whole.hidden = !anchor;
  query(".cite-said", section).textContent = "";
};
const now = new Date();
setSlots("day", { y: String(now.getFullYear()), m: String(now.getMonth() + 1).padStart(2, "0"), d: String(now.getDate()).padStart(2, "0") });
query("button", whole).addEventListener("click", () => {
  citePart("");
  query("h2", section).focus();
});
for (const button of /** @type {NodeListOf<HTMLButtonElement>} */ (section.querySelectorAll(".cite-take button"))) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const shown = query("pre", /** @type {HTMLElement} */ (button.closest(".cite-form")));
    query(".cite-said", section).textContent = await copy(shown.textContent ?? "", shown);
  });
}

// A paragraph's tools: beside it while the pointer or the keyboard is at it; where there is no margin, once its number is chosen.
const text = query(".letter-text");
const tools = query(".take", /** @type {HTMLTemplateElement} */ (document.getElementById("take")).content);
const answer = query("[role=status]", tools);
let block = text;

const offer = (/** @type {Element | null | undefined} */ passage) => {
  const pilcrow = passage?.querySelector(".pilcrow");
  const found = passage?.querySelector(".text-block, .text-table");
  if (!pilcrow || found === block) return;
  block = /** @type {HTMLElement} */ (found);
  answer.textContent = "";
  pilcrow.after(tools);
};
const passageOf = (/** @type {Event} */ event) => /** @type {Element} */ (event.target).closest(".passage");

text.addEventListener("pointerover", (event) => {
  if (wide.matches && event.pointerType === "mouse" && !tools.contains(document.activeElement)) offer(passageOf(event));
});
for (const kind of ["focusin", "click"]) {
  text.addEventListener(kind, (event) => {
    if (/** @type {Element} */ (event.target).closest(".pilcrow") && (kind === "click" || wide.matches)) offer(passageOf(event));
  });
}
tools.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const pilcrow = /** @type {HTMLElement} */ (tools.previousElementSibling);
  pilcrow.focus();
  tools.remove();
  block = text;
});

/** What a reader reads of a block: what is selected there, or all of it; as corrected or as printed. */
const readBlock = () => {
  const selection = getSelection();
  const chosen = selection && !selection.isCollapsed && block.contains(selection.anchorNode) && block.contains(selection.focusNode);
  const part = chosen ? selection.getRangeAt(0).cloneContents() : /** @type {Element} */ (block.cloneNode(true));
  const printed = document.querySelector('[value="printed"]:checked');
  for (const other of part.querySelectorAll(`.pilcrow, .take, ${printed ? "ins" : "del"}`)) other.remove();
  for (const cell of part.querySelectorAll("tr > * + *")) cell.prepend("\t");
  for (const row of part.querySelectorAll("tr")) row.append("\n");
  return (part.textContent ?? "").replace(/\n\s*\n/g, "\n").trim();
};

tools.addEventListener("click", async (event) => {
  const button = /** @type {HTMLElement} */ (event.target).closest("button");
  if (!button) return;
  const url = `${query(".permalink a").getAttribute("href")}#${block.id}`;
  if (button.dataset.take === "link") answer.textContent = await copy(url);
  if (button.dataset.take === "quote") answer.textContent = await copy(fill(button.dataset.words ?? "", { ...button.dataset, quote: readBlock(), n: block.id.slice(1), url }), block);
  if (button.dataset.take === "cite") {
    citePart(block.id);
    query("h2", section).focus();
    section.scrollIntoView();
  }
});
