// @ts-check
// The register's filters at once: the address bar carries them, a small table tells which rows pass, the rows themselves come from the years' lists.
import { markPassed, today } from "../due.js";
import { PASSED, countValues, filterRows, findPlace, readRows } from "./rows.js";

const byId = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
const [frame, facets, rowsHere, count, chosen, pager] = ["register", "facets", "rows", "count", "chosen", "pager"].map(byId);
/** @type {Record<string, string>} */
const words = JSON.parse(byId("register-words").textContent ?? "{}");
const { root = "", table: tableUrl = "", facet: ownFacet = "", value: ownValue = "" } = frame.dataset;
const top = new URL(`${root}commitments/`, location.href);
const FACETS = ["status", "year", "topic", "respondent", "thread", "number", "date"];
const [PAGE, FOLDED_AFTER] = [20, 8];

/** The words of an entry with its blanks filled. */
const say = (/** @type {string} */ name, /** @type {Record<string, string | number>} */ values = {}) =>
  Object.entries(values).reduce((text, [blank, value]) => text.replace(`{${blank}}`, () => String(value)), words[name] ?? name);

const make = (/** @type {string} */ name, /** @type {Record<string, string>} */ attributes, /** @type {(Node | string)[]} */ ...children) => {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
};

/** The filter that the address bar carries, or that the page itself is. @returns {Record<string, string>} */
const readFilter = () => {
  const state = new URLSearchParams(location.search);
  const typed = Object.fromEntries(FACETS.flatMap((facet) => (state.get(facet) ? [[facet, state.get(facet) ?? ""]] : [])));
  return ownFacet && !Object.keys(typed).length ? { [ownFacet]: ownValue } : typed;
};

/** The register's address with a filter in it. */
const address = (/** @type {Record<string, string>} */ filter, page = 1) => {
  const state = new URLSearchParams(Object.entries(filter).filter(([, slug]) => slug));
  if (page > 1) state.set("page", String(page));
  return state.size ? `${top.pathname}?${state}` : top.pathname;
};

/** @type {Promise<import("./rows.js").Rows> | undefined} */
let table;
/** @type {Map<string, Promise<Document>>} */
const pages = new Map();
let asked = 0;
let shown = location.search;

/** The table, asked for once; what failed is asked for again. */
const loadTable = () => {
  const load = async () => {
    const answer = await fetch(tableUrl);
    if (!answer.ok) throw new Error(String(answer.status));
    return readRows(await answer.json());
  };
  table ??= load();
  table.catch(() => (table = undefined));
  return table;
};

/** A page of a year's list as a document of its own; its links are made to lead from here. */
const loadPage = (/** @type {string} */ year, /** @type {number} */ number) => {
  const url = new URL(`year/${year}/${number ? `page/${number}/` : ""}`, top);
  const load = async () => {
    const answer = await fetch(url);
    if (!answer.ok) throw new Error(String(answer.status));
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const link of page.querySelectorAll("#rows a[href]")) link.setAttribute("href", new URL(link.getAttribute("href") ?? "", url).href);
    return page;
  };
  const page = pages.get(url.href) ?? load();
  pages.set(url.href, page);
  page.catch(() => pages.delete(url.href));
  return page;
};

/** The rows under their letters, taken from the years' lists. */
const takeRows = async (/** @type {import("./rows.js").Rows} */ rows, /** @type {number[]} */ wanted) => {
  const places = wanted.map((row) => findPlace(rows, row));
  await Promise.all(places.map(({ year, page }) => loadPage(year, page)));
  /** @type {HTMLElement[]} */
  const chapters = [];
  let last = "";
  for (const { year, page, at } of places) {
    const found = (await loadPage(year, page)).querySelectorAll("#rows .promise")[at];
    const [letter] = (found.getAttribute("data-id") ?? "").split("#");
    if (letter !== last) {
      const chapter = /** @type {HTMLElement} */ (/** @type {Element} */ (found.closest(".chapter")).cloneNode(true));
      chapter.querySelector(".promises")?.replaceChildren();
      chapters.push(chapter);
      last = letter;
    }
    chapters.at(-1)?.querySelector(".promises")?.append(document.importNode(found, true));
  }
  return chapters;
};

const nameValue = (/** @type {string} */ facet, /** @type {{slug: string, name: string}} */ value) => (value.slug === PASSED ? say("date.passed") : value.name);

/** Each facet's values with how many of the rows have them; the one chosen leads out of the filter. */
const showFacets = (/** @type {import("./rows.js").Rows} */ rows, /** @type {Record<string, string>} */ filter) => {
  const opened = new Set([...facets.querySelectorAll("details[open]")].map(({ id }) => id));
  const groups = FACETS.map((facet) => {
    const items = countValues(rows, filter, facet, today()).map((value) => {
      const isOn = filter[facet] === value.slug;
      const link = make("a", { href: address({ ...filter, [facet]: isOn ? "" : value.slug }), "data-value": value.slug, ...(isOn ? { "aria-current": "true" } : {}) }, nameValue(facet, value));
      return make("li", {}, link, " ", make("span", { class: "tags-count" }, String(value.count)));
    });
    const [shown, rest] = [items.slice(0, FOLDED_AFTER), items.slice(FOLDED_AFTER)];
    const id = `more-${facet}`;
    const more = rest.length ? [make("details", { id, ...(opened.has(id) ? { open: "" } : {}) }, make("summary", {}, say("more", { n: rest.length })), make("ul", {}, ...rest))] : [];
    return make("section", { class: "facet", "data-facet": facet }, make("h2", {}, say(`facet.${facet}`)), make("ul", {}, ...shown), ...more);
  });
  facets.replaceChildren(...groups.filter((group) => group.querySelector("li")));
};

/** The values chosen, each a link that drops it. */
const showChosen = (/** @type {import("./rows.js").Rows} */ rows, /** @type {Record<string, string>} */ filter) => {
  const chips = Object.entries(filter).map(([facet, slug]) => {
    const [, name = slug] = rows.table.facets[facet]?.find(([known]) => known === slug) ?? [];
    const shown = nameValue(facet, { slug, name });
    return make("a", { class: "chip", href: address({ ...filter, [facet]: "" }), "aria-label": say("drop", { name: shown }) }, `${say(`facet.${facet}`)}: ${shown} ×`);
  });
  chosen.replaceChildren(...chips);
  chosen.hidden = !chips.length;
};

const showPager = (/** @type {Record<string, string>} */ filter, /** @type {number} */ page, /** @type {number} */ all) => {
  pager.hidden = all < 2;
  pager.replaceChildren(
    ...(page > 1 ? [make("a", { rel: "prev", href: address(filter, page - 1) }, say("pager.before"))] : []),
    make("span", {}, say("pager.place", { n: page, all })),
    ...(page < all ? [make("a", { rel: "next", href: address(filter, page + 1) }, say("pager.after"))] : []),
  );
};

/** Shows the register as the address bar says. */
const show = async () => {
  const turn = (asked += 1);
  shown = location.search;
  rowsHere.hidden = Boolean(shown) && !document.body.classList.contains("is-filtered");
  const filter = readFilter();
  try {
    const rows = await loadTable();
    const found = filterRows(rows, filter, today());
    if (filter.date && filter.date !== "without") found.sort((one, other) => ((rows.due.get(one) ?? "") < (rows.due.get(other) ?? "") ? -1 : 1));
    const all = Math.max(1, Math.ceil(found.length / PAGE));
    const page = Math.min(all, Math.max(1, Math.floor(Number(new URLSearchParams(location.search).get("page"))) || 1));
    const chapters = location.search ? await takeRows(rows, found.slice((page - 1) * PAGE, page * PAGE)) : null;
    if (turn !== asked) return;
    showFacets(rows, filter);
    if (!chapters) return;
    showChosen(rows, filter);
    rowsHere.replaceChildren(...(chapters.length ? chapters : [make("p", { class: "empty" }, say("none"))]));
    rowsHere.hidden = false;
    markPassed(rowsHere);
    showPager(filter, page, all);
    document.body.classList.add("is-filtered");
    count.textContent = say("total", { n: found.length });
  } catch {
    if (turn !== asked) return;
    count.textContent = say("failed");
  }
  count.hidden = false;
};

/** A link within the filtered register changes the address bar and what is shown, not the page. */
document.addEventListener("click", (event) => {
  const link = event.target instanceof Element ? event.target.closest("a") : null;
  if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  const here = location.pathname === top.pathname;
  const isOurs = link.closest("#facets, #chosen, #pager") && link.pathname === top.pathname && here && (link.search || location.search);
  if (!isOurs) return;
  event.preventDefault();
  if (!link.search) {
    location.assign(link.href);
    return;
  }
  history.pushState(null, "", link.href);
  const isFar = Boolean(link.closest("#pager")) || !matchMedia("(min-width: 58rem)").matches;
  if (link.closest("#facets")) byId("folding").removeAttribute("open");
  show().then(() => count.focus({ preventScroll: !isFar }));
});
addEventListener("popstate", () => {
  if (location.search === shown) return;
  if (location.search) show();
  else location.reload();
});
show();
