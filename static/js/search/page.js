// @ts-check
// The search page: the only module of the search that touches the document.
import { makeLoader } from "./fetch.js";
import { countValues, fieldsOf, filterBy, findHits, findLists, listHits, lookUp, order, pick } from "./find.js";
import { choosePassage, fold, listTerms, makeParts, makeSnippet, markUnits, parseQuery, readPairs } from "./terms.js";

/**
 * @typedef {import("./find.js").Start} Start
 * @typedef {import("./find.js").Card} Card
 * @typedef {{hits: import("./find.js").Hits, terms: import("./terms.js").Term[]}} Answer
 */

const byId = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
const input = /** @type {HTMLInputElement} */ (byId("q"));
const [results, count, facets, chosen, sorting, pager, similar, welcome, recent] = ["results", "count", "facets", "chosen", "sorting", "pager", "similar", "welcome", "recent"].map(byId);
/** @type {Record<string, string>} */
const words = JSON.parse(byId("search-words").textContent ?? "{}");
const { root = "", start: startUrl = "" } = byId("search").dataset;
const FACETS = ["year", "topic", "respondent", "kind", "status"];
const [PAGE, ON_ANY_SCREEN, PAUSE_MS] = [20, 2, 180];
const [TITLE, NUMBER, RESPONDENT, SUMMARY] = [0, 1, 4, 8];

/** The words of an entry with its blanks filled. */
const say = (/** @type {string} */ name, /** @type {Record<string, string | number>} */ values = {}) =>
  Object.entries(values).reduce((text, [blank, value]) => text.replace(`{${blank}}`, () => String(value)), words[name] ?? name);

const loader = makeLoader(startUrl, root);
let pairs = /** @type {import("./terms.js").Pairs} */ (new Map());
const NONE = pairs;
let knowsTraditional = false;

/** The letters that a query finds. @returns {Promise<Answer>} */
const ask = async (/** @type {Start} */ start, /** @type {string} */ source, /** @type {boolean} */ isFiltered) => {
  const query = parseQuery(source, pairs);
  if (!query) return { hits: pick(start, () => isFiltered), terms: [] };
  const loadFolded = async (/** @type {number} */ letter) => (await loader.loadCard(start, letter)).words.map((values) => values.map((value) => fold(value, pairs)));
  const find = async (/** @type {import("./terms.js").Term} */ term) => findLists(start, term, (text) => loader.loadShard(start, text), loadFolded);
  const lists = new Map(await Promise.all(listTerms(query, true).map(async (term) => /** @type {const} */ ([JSON.stringify(term), await find(term)]))));
  if (!knowsTraditional && [...lists.values()].includes(null) && /\p{Script=Han}/u.test(source)) {
    pairs = await loader.loadTraditional(start);
    knowsTraditional = true;
    return ask(start, source, isFiltered);
  }
  return { hits: findHits(start, query, (term) => lists.get(JSON.stringify(term)) ?? null), terms: listTerms(query) };
};

const make = (/** @type {string} */ name, /** @type {Record<string, string>} */ attributes, /** @type {(Node | string)[]} */ ...children) => {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
};
const chinese = (/** @type {string} */ text) => make("span", { lang: "zh-Hans" }, text);

/** A text with its matches marked. */
const mark = (/** @type {import("./terms.js").Part[]} */ parts) => parts.map(({ text, isHit }) => (isHit ? make("mark", { class: "found" }, text) : text));
const markAll = (/** @type {string} */ text, /** @type {string[]} */ terms) => mark(makeParts(text, markUnits(text, terms, pairs).hit));

/** The letter's page at a paragraph, with the words to be marked there: the beginning of long ones, and not too many. */
const linkTo = (/** @type {string} */ id, /** @type {string[]} */ found, anchor = "") => {
  const query = new URLSearchParams([...new Set(found.map((text) => text.slice(0, 60)))].slice(0, 12).map((text) => ["find", text]));
  return `${root}letters/${id}/${query.size ? `?${query}` : ""}${anchor ? `#${anchor}` : ""}`;
};

/** A row for a letter whose words have yet to come: its title where it is known, else its number. */
const makeRow = (/** @type {Start} */ start, /** @type {number} */ letter, /** @type {string[]} */ found) => {
  const [id, title] = [start.ids[letter], start.titles[letter]];
  const link = make("a", { href: linkTo(id, found) }, title ?? id.replace("/", " · "));
  return make("li", { class: "letter-row is-coming", "data-id": id }, make("h2", { class: "letter-row-title", ...(title ? { lang: "zh-Hans" } : {}) }, link));
};

/** Shows a letter's words around the link of its row: facts, and the passage in which most of the terms stand. */
const fillRow = async (/** @type {Start} */ start, /** @type {HTMLElement} */ row, /** @type {number} */ letter, /** @type {Answer} */ { hits, terms }) => {
  row.dataset.filled = "";
  const [heading, link] = /** @type {HTMLElement[]} */ ([...row.querySelectorAll("h2, h2 a")]);
  const inField = (/** @type {number} */ place) => terms.filter((term) => fieldsOf(start, term.field).includes(place)).map(({ text }) => text);
  try {
    const card = await loader.loadCard(start, letter);
    const best = choosePassage(card.words, card.anchors, inField, pairs);
    const parts = best.parts.length ? best.parts : makeSnippet(card.words[SUMMARY][0] ?? card.words.at(-1)?.[0] ?? "", []);
    const isElsewhere = best.field >= 0 && best.field < card.words.length - 1;
    const held = start.fields.filter((_, place) => hits.fields[letter] & (1 << place)).map(({ name }) => say(`field.${name}`));
    const facts = [card.date, card.words[NUMBER][0] ?? "", card.kind].filter((fact) => fact).map((fact) => make("span", {}, ...markAll(fact, inField(NUMBER))));
    link.setAttribute("href", linkTo(start.ids[letter], [...terms.map(({ text }) => text), ...(start.pairs ? listPrinted(card, inField) : [])], best.anchor));
    link.replaceChildren(...markAll(card.words[TITLE][0], inField(TITLE)));
    heading.setAttribute("lang", "zh-Hans");
    heading.before(make("p", { class: "letter-row-meta" }, ...facts));
    heading.after(
      make("p", { class: "letter-row-people" }, ...(card.people ? [chinese(card.people), make("span", { "aria-hidden": "true" }, "→"), make("span", { class: "unseen" }, say("answered.by"))] : []), chinese(card.words[RESPONDENT][0])),
      make("p", { class: "snippet", lang: "zh-Hans" }, ...(isElsewhere ? [make("span", { class: "snippet-field" }, say(`field.${start.fields[best.field].name}`))] : []), ...mark(parts)),
      ...(held.length ? [make("p", { class: "letter-row-where" }, say("where", { fields: [...new Set(held)].join(say("comma")) }))] : []),
    );
  } catch {
    row.append(make("p", { class: "snippet" }, say("row.failed")));
  }
  row.classList.remove("is-coming");
};

/** Matches that are printed in characters which a letter's page, without the table, would not take for the term's. */
const listPrinted = (/** @type {import("./find.js").Card} */ card, /** @type {(place: number) => string[]} */ inField) =>
  card.words.flatMap((values, place) => values.flatMap((value) => makeParts(value, markUnits(value, inField(place), pairs).hit)))
    .flatMap(({ text, isHit }) => (isHit && fold(text, NONE) !== fold(text, pairs) ? [text] : []));

const readState = () => new URLSearchParams(location.search);
/** The address with some of its parts changed; an empty value takes a part away, and all changes but that of the page lead to the first page. */
const changeState = (/** @type {Record<string, string>} */ changes) => {
  const state = new URLSearchParams([...readState()].filter(([key]) => key !== "page" && !(key in changes)));
  for (const [key, value] of Object.entries(changes)) if (value) state.set(key, value);
  return state.size ? `?${state}` : "./";
};

const pickedFacets = (/** @type {URLSearchParams} */ state) => new Map(FACETS.flatMap((name) => (state.get(name) ? [[name, state.get(name) ?? ""]] : [])));

/** Each facet's values with how many letters of the current result have them; the one chosen stands above as a filter that can be dropped. */
const showFacets = (/** @type {Start} */ start, /** @type {URLSearchParams} */ state, /** @type {number[]} */ found) => {
  const opened = new Set([...facets.querySelectorAll("details[open]")].map((details) => details.id));
  const picked = pickedFacets(state);
  const groups = FACETS.map((name) => {
    const rows = countValues(start.facets[name], filterBy(start, picked, found, name)).map(([slug, label, letters]) => {
      const isOn = state.get(name) === slug;
      const link = make("a", { href: changeState({ [name]: isOn ? "" : slug }), "data-key": `${name}=${slug}`, ...(isOn ? { "aria-current": "true" } : {}) }, nameValue(name, slug, label));
      return make("li", {}, link, make("span", { class: "tags-count" }, String(letters)));
    });
    if (rows.length < 2 && !state.get(name)) return "";
    const rest = rows.length > 10 ? [make("details", { id: `more-${name}`, ...(opened.has(`more-${name}`) ? { open: "" } : {}) }, make("summary", {}, say("facet.more", { n: rows.length - 8 })), make("ul", {}, ...rows.splice(8)))] : [];
    return make("section", { class: "facet" }, make("h2", {}, say(`facet.${name}`)), make("ul", {}, ...rows), ...rest);
  });
  facets.replaceChildren(...groups);
  byId("filters").hidden = !groups.some(Boolean);
  const filters = [...picked].map(([name, slug]) => {
    const label = nameValue(name, slug, start.facets[name].values.find(([value]) => value === slug)?.[1] ?? slug);
    return make("a", { href: changeState({ [name]: "" }), class: "chip", "aria-label": say("filter.drop", { name: label }) }, label, " ×");
  });
  chosen.replaceChildren(...filters);
  const orders = ["", "date"].map((key) => make("a", { href: changeState({ sort: key }), "data-key": `sort=${key}`, ...((state.get("sort") === "date") === (key === "date") ? { "aria-current": "true" } : {}) }, say(`sort.${key || "score"}`)));
  sorting.replaceChildren(...orders);
  sorting.hidden = found.length < 2;
};

const nameValue = (/** @type {string} */ facet, /** @type {string} */ slug, /** @type {string} */ label) => words[`${facet}.${slug}`] ?? label;

const showPager = (/** @type {number} */ page, /** @type {number} */ pages) => {
  const link = (/** @type {string} */ name, /** @type {number} */ to) => make("a", { href: changeState({ page: to > 1 ? String(to) : "" }), "data-key": `page=${name}`, rel: name === "before" ? "prev" : "next" }, say(`pager.${name}`));
  const place = make("span", {}, say("pager.place", { n: page, all: pages }));
  pager.hidden = pages < 2;
  pager.replaceChildren(page > 1 ? link("before", page - 1) : "", place, page < pages ? link("after", page + 1) : "");
};

let asked = 0;
let fillSoon = (/** @type {number} */ _) => {};

/** Shows the answer to what the address asks; an answer to an older question is dropped. @returns {Promise<void>} */
const show = async (isAgain = false) => {
  const mine = (asked += 1);
  const state = readState();
  const source = (state.get("q") ?? "").slice(0, 10_000);
  const isFiltered = pickedFacets(state).size > 0;
  const isAsked = isFiltered || parseQuery(source, pairs) !== null;
  [welcome.hidden, similar.hidden, count.textContent] = [isAsked, true, isAsked ? say("loading") : ""];
  delete count.dataset.total;
  document.body.dataset.search = "busy";
  try {
    const start = await loader.loadStart((directory) => askEarly(directory, source));
    if (!knowsTraditional) pairs = readPairs(start.pairs);
    const answer = await ask(start, source, isFiltered);
    if (mine !== asked) return;
    await showAnswer(start, state, answer, () => mine === asked, isAsked);
    if (mine === asked) document.body.dataset.search = "ready";
  } catch {
    if (mine !== asked) return;
    if (!isAgain && (await loader.renew())) return mine === asked ? show(true) : undefined;
    [count.textContent, document.body.dataset.search] = [say("failed"), "error"];
  }
};

/** Asks for the shards of a query's terms as soon as it is known where they are. */
const askEarly = (/** @type {import("./find.js").Directory} */ directory, /** @type {string} */ source) => {
  const query = parseQuery(source, readPairs(directory.pairs));
  for (const { text } of query ? listTerms(query, true) : []) loader.loadShard(directory, text).catch(() => {});
};

const showAnswer = async (/** @type {Start} */ start, /** @type {URLSearchParams} */ state, /** @type {Answer} */ answer, /** @type {() => boolean} */ isCurrent, /** @type {boolean} */ isAsked) => {
  const found = listHits(answer.hits);
  const kept = filterBy(start, pickedFacets(state), found);
  const pages = Math.max(1, Math.ceil(kept.length / PAGE));
  const page = Math.min(pages, Math.max(1, Math.floor(Number(state.get("page"))) || 1));
  const letters = (state.get("sort") === "date" ? kept : order(answer.hits, kept, page * PAGE)).slice((page - 1) * PAGE, page * PAGE);
  for (const letter of letters.slice(0, ON_ANY_SCREEN)) loader.loadCard(start, letter).catch(() => {});
  const rows = letters.map((letter) => makeRow(start, letter, answer.terms.map(({ text }) => text)));
  const focused = /** @type {?HTMLElement} */ (document.activeElement)?.dataset.key;
  results.replaceChildren(...rows);
  showFacets(start, state, found);
  showPager(page, pages);
  if (focused) /** @type {HTMLElement} */ (document.querySelector(`[data-key="${CSS.escape(focused)}"]`) ?? count).focus();
  count.textContent = !isAsked ? "" : kept.length ? say("total", { n: kept.length }) : say(found.length ? "none.filtered" : "none");
  count.dataset.total = String(kept.length);
  const fill = (/** @type {number} */ below) =>
    Promise.all(rows.map((row, n) => (row.dataset.filled === undefined && row.getBoundingClientRect().top < below ? fillRow(start, row, letters[n], answer) : null)));
  fillSoon = (below) => void fill(below);
  await fill(innerHeight);
  if (isAsked && found.length === 0 && answer.terms.length) {
    const { findSimilar, listPieces } = await import("./similar.js");
    const pieces = await Promise.all(listPieces(answer.terms).map(async (piece) => ({ piece, lists: lookUp(start, await loader.loadShard(start, piece), piece)?.lists ?? null })));
    if (isCurrent()) await showSimilar(start, findSimilar(start, pieces), pieces.map(({ piece }) => piece));
  }
};

/** The letters that come nearest to a query that none matches. */
const showSimilar = async (/** @type {Start} */ start, /** @type {number[]} */ letters, /** @type {string[]} */ pieces) => {
  const terms = pieces.map((text) => ({ kind: /** @type {const} */ ("term"), text, field: "" }));
  const rows = letters.map((letter) => makeRow(start, letter, pieces));
  similar.hidden = rows.length === 0;
  similar.querySelector("ol")?.replaceChildren(...rows);
  await Promise.all(rows.map((row, n) => fillRow(start, row, letters[n], { hits: pick(start, () => false), terms })));
};

/** What this device has searched for last, after keeping it where it is given; where nothing may be kept, nothing. @returns {string[]} */
const readRecent = (/** @type {string[]} */ ...kept) => {
  try {
    if (kept.length) localStorage.setItem("dafu-recent", JSON.stringify(kept.filter((query) => query).slice(0, 8)));
    return [JSON.parse(localStorage.getItem("dafu-recent") ?? "[]")].flat().filter((query) => typeof query === "string");
  } catch {
    return [];
  }
};

const showRecent = (/** @type {string[]} */ ...kept) => {
  const rows = readRecent(...kept).map((query) => make("li", {}, make("a", { href: `?${new URLSearchParams({ q: query })}` }, query)));
  recent.hidden = rows.length === 0;
  recent.querySelector("ul")?.replaceChildren(...rows);
};

const keepQuery = () => input.value.trim() && showRecent(input.value, ...readRecent().filter((query) => query !== input.value));

let pause = 0;
/** Whether the address is one to come back to: what is typed next gets an entry of its own in the history. */
let isSettled = true;

const readAddress = () => {
  isSettled = true;
  input.value = readState().get("q") ?? "";
  return show();
};

/** Asks what stands in the field, after a pause; the address follows, so that it can be shared and gone back to. */
const follow = (/** @type {number} */ wait, isNew = false) => {
  clearTimeout(pause);
  pause = setTimeout(() => {
    const address = changeState({ q: input.value });
    if (address !== (location.search || "./")) history[isSettled ? "pushState" : "replaceState"](null, "", address);
    isSettled = isNew;
    if (isNew) keepQuery();
    show();
  }, wait);
};

/** `/` leads to the field, arrows from it through the results and back. */
const moveByKey = (/** @type {KeyboardEvent} */ event) => {
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  const isTyping = document.activeElement === input;
  if (event.key === "/" && !isTyping) input.focus();
  else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    const links = [...document.querySelectorAll(".letter-row-title a")];
    const at = links.indexOf(/** @type {Element} */ (document.activeElement));
    if (!links.length || (at < 0 && !(isTyping && event.key === "ArrowDown"))) return;
    const next = links[event.key === "ArrowDown" ? at + 1 : at - 1] ?? (at === 0 ? input : document.activeElement);
    /** @type {HTMLElement} */ (next).focus();
  } else return;
  event.preventDefault();
};

byId("search").addEventListener("submit", (event) => {
  event.preventDefault();
  follow(0, true);
});
input.addEventListener("input", (event) => /** @type {InputEvent} */ (event).isComposing || follow(PAUSE_MS));
input.addEventListener("compositionstart", () => clearTimeout(pause));
input.addEventListener("compositionend", () => follow(PAUSE_MS));
results.addEventListener("click", keepQuery);
byId("forget").addEventListener("click", () => showRecent(""));
addEventListener("popstate", readAddress);
addEventListener("scroll", () => fillSoon(innerHeight * 2), { passive: true });
addEventListener("focusin", () => fillSoon(innerHeight * 2));
addEventListener("beforeprint", () => fillSoon(Infinity));
addEventListener("keydown", moveByKey);
document.addEventListener("click", (event) => {
  const link = /** @type {Element} */ (event.target).closest("#facets a, #chosen a, #sorting a, #pager a, #recent a");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  history.pushState(null, "", link.getAttribute("href") ?? "./");
  readAddress().then(() => link.closest("#pager") && results.scrollIntoView());
});
byId("without").remove();
byId("folding").toggleAttribute("open", matchMedia("(min-width: 58rem)").matches);
showRecent();
readAddress();
