// @ts-check
// Marks the words that a reader has searched for in a letter's page, and leads from one to the next.
import { findAll, fold, foldPlaces } from "./search/terms.js";

const BLOCKS = ".letter-text .text-block, .letter-text .text-heading, .text-table table, .letter-head h1, .letter-head dd, .summary, .aside p, .promise-action, .promise-quote";
const NONE = new Map();

/** The text of a block that a reader reads in one go: as printed, or as corrected; without the paragraph's number. */
const collect = (/** @type {Element} */ block, /** @type {"ins" | "del"} */ without) => {
  const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
  /** @type {Text[]} */
  const nodes = [];
  while (walker.nextNode()) if (!walker.currentNode.parentElement?.closest(`${without}, .pilcrow, .take, .asides .asides`)) nodes.push(/** @type {Text} */ (walker.currentNode));
  return nodes;
};

/** Stretches of the nodes' joined text in which a term stands, as pairs of offsets, not overlapping. */
const findStretches = (/** @type {string} */ text, /** @type {string[]} */ terms) => {
  const { folded, starts, ends } = foldPlaces(text, NONE);
  const all = terms.flatMap((term) => findAll(folded, term).map((at) => [starts[at], ends[at + term.length - 1]]));
  /** @type {number[][]} */
  const joined = [];
  for (const [start, end] of all.sort((a, b) => a[0] - b[0])) {
    const last = joined[joined.length - 1];
    if (last && start < last[1]) last[1] = Math.max(last[1], end);
    else joined.push([start, end]);
  }
  return joined;
};

/** Wraps stretches of text nodes in `mark`; a stretch over several nodes gets several, of which the first counts. */
const wrap = (/** @type {Text[]} */ nodes, /** @type {number[][]} */ stretches) => {
  /** @type {HTMLElement[]} */
  const firsts = [];
  let offset = nodes.reduce((sum, node) => sum + node.length, 0);
  const seen = new Map();
  for (const node of [...nodes].reverse()) {
    offset -= node.length;
    for (const stretch of [...stretches].reverse()) {
      const from = Math.max(0, stretch[0] - offset);
      const to = Math.min(node.length, stretch[1] - offset);
      if (from >= to) continue;
      const part = node.splitText(from);
      part.splitText(to - from);
      const mark = document.createElement("mark");
      mark.className = "found";
      part.replaceWith(mark);
      mark.append(part);
      seen.set(stretch, mark);
    }
  }
  for (const stretch of stretches) if (seen.has(stretch)) firsts.push(seen.get(stretch));
  return firsts;
};

const markBlock = (/** @type {Element} */ block, /** @type {string[]} */ terms) => {
  const first = wrapIn(block, terms, "ins");
  return first.length || !block.querySelector("ins") ? first : wrapIn(block, terms, "del");
};

const wrapIn = (/** @type {Element} */ block, /** @type {string[]} */ terms, /** @type {"ins" | "del"} */ without) => {
  const nodes = collect(block, without);
  return wrap(nodes, findStretches(nodes.map((node) => node.data).join(""), terms));
};

/** Marks what the address asks for and shows a bar that leads through the places. */
export const markFound = () => {
  const terms = new URLSearchParams(location.search).getAll("find").map((term) => fold(term.slice(0, 1000), NONE)).filter((term) => term);
  const places = [...document.querySelectorAll(BLOCKS)].flatMap((block) => markBlock(block, terms.slice(0, 20)));
  if (places.length) showBar(places);
};

const showBar = (/** @type {HTMLElement[]} */ places) => {
  const words = /** @type {HTMLElement} */ (document.querySelector("script[data-place]")).dataset;
  const bar = document.createElement("div");
  bar.className = "found-bar";
  bar.setAttribute("role", "group");
  const place = document.createElement("span");
  place.setAttribute("role", "status");
  const target = document.querySelector(":target");
  let at = Math.max(0, places.findIndex((found) => target?.contains(found)));
  const show = (/** @type {boolean} */ moves) => {
    for (const found of document.querySelectorAll(".found.is-current")) found.classList.remove("is-current");
    places[at].classList.add("is-current");
    place.textContent = (words.place ?? "").replace("{n}", String(at + 1)).replace("{all}", String(places.length));
    for (let above = places[at].closest("details"); above; above = above.parentElement?.closest("details") ?? null) above.open = true;
    if (moves) places[at].scrollIntoView({ block: "center" });
  };
  const step = (/** @type {number} */ by) => {
    at = (at + by + places.length) % places.length;
    show(true);
  };
  const button = (/** @type {string} */ name, /** @type {string} */ sign, /** @type {() => void} */ act) => {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = sign;
    made.setAttribute("aria-label", name);
    made.title = name;
    made.addEventListener("click", act);
    return made;
  };
  const close = () => {
    for (const found of document.querySelectorAll("mark.found")) found.replaceWith(...found.childNodes);
    bar.remove();
    history.replaceState(null, "", location.pathname + location.hash);
  };
  bar.append(button(words.previous ?? "", "↑", () => step(-1)), place, button(words.next ?? "", "↓", () => step(1)), button(words.close ?? "", "×", close));
  document.body.append(bar);
  show(true);
};
