// @ts-check
// From terms to letters: matched, scored, ordered and counted. Pure: what is fetched is handed in.
import { findAll } from "./terms.js";

/**
 * @typedef {import("./terms.js").Query} Query
 * @typedef {import("./terms.js").Term} Term
 * @typedef {{name: string, boost: number, b: number, average: number, asked: string, everywhere: boolean, lengths: number[]}} Field
 * @typedef {{values: string[][], sets: number[][], column: ArrayLike<number>}} Facet
 * @typedef {{letters: number, most: number, deepest: number, k1: number, wholeNumber: number, shards: number, folders: [string, number][],
 *   names: string, titles: string[], numbers: Record<string, string>, pairs: string, traditional: string, fields: Field[], facets: Record<string, Facet>, columns: [string, number][]}} Head
 * @typedef {Head & {starts: string[], digests: Uint8Array}} Directory
 * @typedef {Directory & {ids: string[], byNumber: Map<string, number[]>, lengths: (?Uint8Array)[]}} Start `byNumber`: letters by their whole number, folded
 * @typedef {{letters: Int32Array, often: Int32Array}} List
 * @typedef {Map<number, List>} Lists a gram's postings by the number of the field
 * @typedef {Map<string, Lists>} Shard
 * @typedef {{lists: Lists, size: number, isExact: boolean}} Found postings of a term, or, where they aren't exact, of its first `size` units, which every letter with the term holds
 * @typedef {{date: string, kind: string, people: string, words: string[][], anchors: string[][]}} Card a letter's words by field
 * @typedef {{fields: Int32Array, scores: Float64Array}} Hits by letter: a mask of the fields in which it holds terms, with `HIT` where it is found at all; and its score
 */

const HIT = 1 << 30;

/** Which shard a piece of text is looked for in: the last that begins with it or before it; -1: none. */
export const placeShard = (/** @type {Directory} */ { starts }, /** @type {string} */ text) => {
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (starts[middle] <= text) low = middle + 1;
    else high = middle;
  }
  return low - 1;
};

/** The postings of a term in the shard where it would stand; null where no letter holds it. @returns {?Found} */
export const lookUp = (/** @type {Start} */ start, /** @type {?Shard} */ shard, /** @type {string} */ text) => {
  for (let size = Math.min(text.length, start.deepest); shard && size > 0; size -= 1) {
    const lists = shard.get(text.slice(0, size));
    if (!lists) continue;
    if (size === text.length) return { lists, size, isExact: true };
    const isWhole = size < start.deepest && countPlaces(lists) > start.most;
    return isWhole ? null : { lists, size, isExact: false };
  }
  return null;
};

const countPlaces = (/** @type {Lists} */ lists) => [...lists.values()].reduce((sum, { often }) => often.reduce((places, times) => places + times, sum), 0);

/** The letters that hold a gram in some of a term's fields. */
const listLetters = (/** @type {Start} */ start, /** @type {Lists} */ lists, /** @type {string} */ field) =>
  new Set(fieldsOf(start, field).flatMap((place) => [...(lists.get(place)?.letters ?? [])]));

export const fieldsOf = (/** @type {Start} */ { fields }, /** @type {string} */ name) =>
  fields.flatMap((field, place) => ((name ? name === field.name || name === field.asked : field.everywhere) ? [place] : []));

const ENOUGH = 3;

/**
 * A term's postings: from its shard; of a long rare piece from the words of the letters that are left when as many are ruled out as can be.
 * @param {Start} start
 * @param {Term} term
 * @param {(text: string) => Promise<?Shard>} loadShard where a text would stand
 * @param {(letter: number) => Promise<string[][]>} loadFolded a letter's folded values by field
 * @returns {Promise<?Lists>}
 */
export const findLists = async (start, { text, field }, loadShard, loadFolded) => {
  const found = lookUp(start, await loadShard(text), text);
  if (!found || found.isExact) return found?.lists ?? null;
  let letters = listLetters(start, found.lists, field);
  for (let at = found.size; at < text.length && letters.size > ENOUGH; ) {
    const rest = text.slice(Math.min(at, text.length - 2));
    const next = lookUp(start, await loadShard(rest), rest);
    const holding = next ? listLetters(start, next.lists, field) : new Set();
    letters = new Set([...letters].filter((letter) => holding.has(letter)));
    at = Math.max(at + 1, text.length - rest.length + (next?.size ?? rest.length));
  }
  const words = await Promise.all([...letters].sort((a, b) => a - b).map(async (letter) => /** @type {const} */ ([letter, await loadFolded(letter)])));
  return countInWords(words, text);
};

const countInWords = (/** @type {(readonly [number, string[][]])[]} */ words, /** @type {string} */ text) => {
  /** @type {Lists} */
  const lists = new Map();
  const fields = words[0]?.[1].length ?? 0;
  for (let field = 0; field < fields; field += 1) {
    const rows = words.map(([letter, values]) => [letter, values[field].reduce((sum, value) => sum + findAll(value, text).length, 0)]).filter(([, times]) => times);
    if (rows.length) lists.set(field, { letters: Int32Array.from(rows, ([letter]) => letter), often: Int32Array.from(rows, ([, times]) => times) });
  }
  return lists.size ? lists : null;
};

const round = (/** @type {number} */ value) => Math.floor(value * 1e9 + 0.5) / 1e9;

export const idf = (/** @type {number} */ letters, /** @type {number} */ holding) => round(Math.log(letters / (holding + 1)) + 1);

/** The letters of a term's postings. @returns {Hits} */
const scoreTerm = (/** @type {Start} */ start, /** @type {Term} */ term, /** @type {?Lists} */ lists) => {
  const hits = pick(start, () => false);
  const { fields, scores } = hits;
  const { k1 } = start;
  for (const place of fieldsOf(start, term.field)) {
    const list = lists?.get(place);
    if (!list) continue;
    const { boost, b, average, lengths } = start.fields[place];
    const codes = start.lengths[place];
    const marks = (lengths ?? [1]).map((length) => k1 * (1 - b + (b * length) / average));
    const weight = idf(start.letters, list.letters.length);
    for (let n = 0; n < list.letters.length; n += 1) {
      const letter = list.letters[n];
      const often = list.often[n];
      scores[letter] += boost * (weight * ((often * (k1 + 1)) / (often + marks[codes ? codes[letter] : 0])));
      fields[letter] |= HIT | (1 << place);
    }
  }
  if (term.field === "" || term.field === "number") for (const letter of start.byNumber.get(term.text) ?? []) if (fields[letter]) scores[letter] += start.wholeNumber;
  return hits;
};

/** The letters that a query finds; `listsOf` has each term's postings. @returns {Hits} */
export const findHits = (/** @type {Start} */ start, /** @type {Query} */ query, /** @type {(term: Term) => ?Lists} */ listsOf) => {
  const find = (/** @type {Query} */ each) => findHits(start, each, listsOf);
  switch (query.kind) {
    case "term":
      return scoreTerm(start, query, listsOf(query));
    case "years": {
      const isIn = start.facets.year.values.map(([year]) => year !== "undated" && Number(year) >= query.first && Number(year) <= query.last);
      return pick(start, (letter) => isIn[start.facets.year.column[letter]]);
    }
    case "not": {
      const hidden = find(query.query);
      return pick(start, (letter) => !hidden.fields[letter]);
    }
    default: {
      const [first, ...others] = query.queries;
      return others.reduce((found, other) => merge(found, find(other), query.kind === "any"), find(first));
    }
  }
};

/** Letters that pass a test, with no score of their own. @returns {Hits} */
export const pick = (/** @type {Start} */ start, /** @type {(letter: number) => boolean} */ test) => {
  const hits = { fields: new Int32Array(start.letters), scores: new Float64Array(start.letters) };
  for (let letter = 0; letter < start.letters; letter += 1) if (test(letter)) hits.fields[letter] = HIT;
  return hits;
};

/** Adds the second to the first; `keepsAll`: what one of them finds, else what both do. */
const merge = (/** @type {Hits} */ one, /** @type {Hits} */ other, /** @type {boolean} */ keepsAll) => {
  for (let letter = 0; letter < one.fields.length; letter += 1) {
    const isKept = keepsAll || (one.fields[letter] && other.fields[letter]);
    one.fields[letter] = isKept ? one.fields[letter] | other.fields[letter] : 0;
    one.scores[letter] = isKept ? one.scores[letter] + other.scores[letter] : 0;
  }
  return one;
};

/** The letters found, the youngest first. */
export const listHits = (/** @type {Hits} */ { fields }) => {
  /** @type {number[]} */
  const letters = [];
  for (let letter = fields.length - 1; letter >= 0; letter -= 1) if (fields[letter]) letters.push(letter);
  return letters;
};

/** The first of some letters that stand the youngest first, by score; of equals the youngest first. */
export const order = (/** @type {Hits} */ { scores }, /** @type {number[]} */ letters, wanted = letters.length) => {
  const keys = new Float64Array(letters.length);
  for (let n = 0; n < letters.length; n += 1) keys[n] = round(scores[letters[n]]);
  const least = wanted < letters.length ? keys.slice().sort()[letters.length - wanted] : 0;
  const best = [];
  for (let n = 0; n < letters.length; n += 1) if (keys[n] >= least) best.push(n);
  return best.sort((a, b) => keys[b] - keys[a] || a - b).slice(0, wanted).map((n) => letters[n]);
};

/** How many of some letters have each value of a facet: value and count, in the facet's order. @returns {[string, string, number][]} */
export const countValues = (/** @type {Facet} */ { values, sets, column }, /** @type {number[]} */ letters) => {
  const bySet = new Int32Array(sets.length);
  for (const letter of letters) bySet[column[letter]] += 1;
  const counts = new Int32Array(values.length);
  sets.forEach((set, number) => set.forEach((place) => (counts[place] += bySet[number])));
  return values.map(([slug, name], place) => /** @type {[string, string, number]} */ ([slug, name, counts[place]])).filter((row) => row[2] > 0);
};

/** Those letters that have the chosen value of each facet, all but one of them looked at. @returns {number[]} */
export const filterBy = (/** @type {Start} */ start, /** @type {Map<string, string>} */ chosen, /** @type {number[]} */ letters, except = "") =>
  [...chosen].filter(([name]) => name !== except).reduce((kept, [name, value]) => {
    const { values, sets, column } = start.facets[name];
    const isIn = sets.map((set) => set.some((place) => values[place][0] === value));
    return kept.filter((letter) => isIn[column[letter]]);
  }, letters);
