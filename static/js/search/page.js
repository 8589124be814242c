// @ts-check
// The search page: the only module of the search that touches the document.
import { findLetters, parseTerms } from "./find.js";

const form = /** @type {HTMLFormElement} */ (document.querySelector("#search"));
const input = /** @type {HTMLInputElement} */ (document.querySelector("#q"));
const results = /** @type {HTMLOListElement} */ (document.querySelector("#results"));
const count = /** @type {HTMLElement} */ (document.querySelector("#count"));

/** @type {?Promise<import("./find.js").Letter[]>} */
let letters = null;

/** The letters, fetched once; a failed fetch may be tried again. */
const loadLetters = () => {
  letters ??= fetchLetters(form.dataset.source ?? "").catch((error) => {
    letters = null;
    throw error;
  });
  return letters;
};

const fetchJson = async (/** @type {string} */ url) => {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  return answer.json();
};

/** A small archive is one list; a large one is a list of the years' lists. */
const fetchLetters = async (/** @type {string} */ url) => {
  const list = await fetchJson(url);
  if (!list.length || "text" in list[0]) return list;
  return (await Promise.all(list.map((/** @type {{url: string}} */ part) => fetchJson(form.dataset.root + part.url)))).flat();
};

const element = (/** @type {string} */ name, /** @type {string} */ className, /** @type {(Node|string)[]} */ ...children) => {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...children);
  return made;
};

const makeRow = (/** @type {import("./find.js").Hit} */ { letter, snippet }) => {
  const link = /** @type {HTMLAnchorElement} */ (element("a", "", letter.title));
  link.href = form.dataset.root + letter.url;
  const meta = [letter.date, letter.number, letter.respondent].filter((value) => value).map((value) => element("span", "", String(value)));
  const pieces = snippet.map(({ text, hit }) => (hit ? element("mark", "found", text) : text));
  const row = element("li", "letter-row", element("p", "letter-row-meta", ...meta), element("h2", "letter-row-title", link), element("p", "snippet", ...pieces));
  row.dataset.id = letter.id;
  return row;
};

let asked = 0;

/** Shows the answer to a query; an answer to an older question is dropped. */
const answer = async (/** @type {string} */ query) => {
  asked += 1;
  const mine = asked;
  const terms = parseTerms(query);
  delete count.dataset.total;
  if (terms.length === 0) {
    results.replaceChildren();
    count.textContent = "";
    document.body.dataset.search = "ready";
    return;
  }
  document.body.dataset.search = "busy";
  count.textContent = form.dataset.loading ?? "";
  try {
    const hits = findLetters(await loadLetters(), terms);
    if (mine !== asked) return;
    results.replaceChildren(...hits.map(makeRow));
    count.textContent = hits.length ? (form.dataset.total ?? "{n}").replace("{n}", String(hits.length)) : (form.dataset.none ?? "");
    count.dataset.total = String(hits.length);
    document.body.dataset.search = "ready";
  } catch {
    if (mine !== asked) return;
    count.textContent = form.dataset.failed ?? "";
    document.body.dataset.search = "error";
  }
};

const readAddress = () => new URLSearchParams(location.search).get("q") ?? "";

const show = () => {
  input.value = readAddress();
  answer(input.value);
};

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (input.value !== readAddress()) history.pushState(null, "", input.value ? `?q=${encodeURIComponent(input.value)}` : "./");
  answer(input.value);
});
/** Answers what is typed; the address follows, so that it can be shared and gone back to. */
const follow = () => {
  history.replaceState(null, "", input.value ? `?q=${encodeURIComponent(input.value)}` : "./");
  answer(input.value);
};

input.addEventListener("input", (event) => {
  if (!(/** @type {InputEvent} */ (event).isComposing)) follow();
});
input.addEventListener("compositionend", follow);
addEventListener("popstate", show);
document.querySelector("#without")?.remove();
show();
