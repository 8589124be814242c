// @ts-check
// From terms to letters: the format that dafu/search describes, read; letters matched, scored, ordered and counted. Pure: what is fetched is handed in.
import { findAll } from "./terms.js";

/**
 * @typedef {import("./terms.js").Query} Query
 * @typedef {import("./terms.js").Term} Term
 * @typedef {{name: string, boost: number, b: number, average: number, asked: string, everywhere: boolean, lengths: number[]}} Field
 * @typedef {{values: string[][], sets: number[][], column: ArrayLike<number>}} Facet
 * @typedef {{letters: number, most: number, deepest: number, k1: number, wholeNumber: number, shards: number, years: [?number, number][], folders: [string, number][],
 *   names: string, titles: string[], numbers: Record<string, string>, pairs: string, traditional: string, fields: Field[], facets: Record<string, Facet>, columns: [string, number][]}} Head
 * @typedef {Head & {starts: string[], shardNames: string[], ids: string[], lengths: (?Uint8Array)[]}} Start
 * @typedef {{letters: Int32Array, often: Int32Array}} List
 * @typedef {Map<number, List>} Lists a gram's postings by the number of the field
 * @typedef {Map<string, Lists>} Shard
 * @typedef {{lists: Lists, size: number, isExact: boolean}} Found postings of a term, or, where they aren't exact, of its first `size` units, which every letter with the term holds
 * @typedef {{date: string, kind: string, people: string, words: string[][], anchors: string[][]}} Card a letter's words by field
 * @typedef {{fields: number, score: number}} Hit the fields in which a letter holds terms, as a mask
 */

const utf8 = new TextDecoder();

/** The table that comes first. @returns {Start} */
export const readStart = (/** @type {ArrayBuffer} */ buffer) => {
  const size = new DataView(buffer).getUint32(0, true);
  const bytes = new Uint8Array(buffer);
  /** @type {Start} */
  const start = JSON.parse(utf8.decode(bytes.subarray(4, 4 + size)));
  /** @type {Record<string, Uint8Array>} */
  const columns = {};
  let at = 4 + size;
  for (const [name, length] of start.columns) {
    columns[name] = bytes.subarray(at, at + length);
    at += length;
  }
  start.starts = readStarts(columns.starts, start.shards);
  start.shardNames = start.starts.map((first, place) => nameShard(first, columns.digests.subarray(3 * place, 3 * place + 3)));
  const folders = start.folders.flatMap(([folder, count]) => new Array(count).fill(folder));
  start.ids = folders.map((folder, letter) => `${folder}/${Array.from({ length: start.names.length / folders.length }, (_, n) => start.names[n * folders.length + letter]).join("").trim()}`);
  start.lengths = start.fields.map((field) => columns[`lengths ${field.name}`] ?? null);
  for (const [name, facet] of Object.entries(start.facets)) {
    const column = columns[`facet ${name}`];
    facet.column = facet.sets.length > 256 ? new Uint16Array(column.slice().buffer) : column;
  }
  start.facets.year = makeYears(start);
  return start;
};

/** The years as a facet like the others. @returns {Facet} */
const makeYears = (/** @type {Start} */ start) => {
  const years = start.years.map(([year]) => String(year ?? "undated"));
  return { values: years.map((year) => [year, year]), sets: years.map((_, place) => [place]), column: start.years.flatMap(([, count], place) => new Array(count).fill(place)) };
};

const readStarts = (/** @type {Uint8Array} */ column, /** @type {number} */ count) => {
  const at = { place: 2 * count };
  const steps = Array.from({ length: count }, () => readNumber(column, at));
  let before = "";
  return steps.map((step, n) => {
    const unit = step + (before.charCodeAt(column[n]) || 0);
    before = before.slice(0, column[n]) + String.fromCharCode(unit);
    for (let left = column[count + n]; left > 1; left -= 1, at.place += 2) before += String.fromCharCode(column[at.place] | (column[at.place + 1] << 8));
    return before;
  });
};

/** A number of seven bits a byte, the lowest first; the place moves on behind it. */
const readNumber = (/** @type {Uint8Array} */ bytes, /** @type {{place: number}} */ at) => {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at.place++];
    if (byte === undefined) throw new Error("a file that ends too soon");
    value |= (byte & 127) << shift;
    if (byte < 128) return value;
  }
};

const nameShard = (/** @type {string} */ first, /** @type {Uint8Array} */ digest) =>
  `${first.charCodeAt(0).toString(16).padStart(4, "0")}-${Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("")}.bin`;

/** Which shard a piece of text is looked for in: the last that begins with it or before it; -1: none. */
export const placeShard = (/** @type {Start} */ { starts }, /** @type {string} */ text) => {
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (starts[middle] <= text) low = middle + 1;
    else high = middle;
  }
  return low - 1;
};

/** A shard's grams with their postings; `first` is where it begins. @returns {Shard} */
export const readShard = (/** @type {ArrayBuffer} */ buffer, /** @type {string} */ first, /** @type {number} */ textField) => {
  const view = new DataView(buffer);
  const bytes = new Uint8Array(buffer);
  const count = view.getUint32(0, true);
  const head = { place: 8 + 2 * count };
  const body = { place: head.place + view.getUint32(4, true) };
  const readList = (/** @type {number} */ size, /** @type {?List | undefined} */ above) => {
    const letters = new Int32Array(size);
    const often = new Int32Array(size);
    for (let n = 0, number = -1; n < size; n += 1) {
      const code = readNumber(bytes, body);
      number += (code >> 1) + 1;
      letters[n] = above ? above.letters[number] : number;
      often[n] = code & 1 ? readNumber(bytes, body) + 2 : 1;
    }
    return { letters, often };
  };
  /** @type {Lists[]} */
  const path = [];
  let gram = first.slice(0, -1);
  /** @type {Shard} */
  const shard = new Map();
  for (let n = 0; n < count; n += 1) {
    const code = readNumber(bytes, head);
    const level = Math.floor(code / 6);
    const above = code % 6 < 3 ? path[level - 1] : null;
    const kind = code % 3;
    gram = gram.slice(0, level) + String.fromCharCode(view.getUint16(8 + 2 * n, true));
    /** @type {Lists} */
    let lists = new Map();
    if (kind === 0) lists = path[level - 1];
    else {
      const mask = kind === 1 ? 1 << textField : readNumber(bytes, head);
      for (let field = 0; field <= textField; field += 1) if (mask & (1 << field)) lists.set(field, readList(readNumber(bytes, head), above?.get(field)));
    }
    path[level] = lists;
    shard.set(gram, lists);
  }
  if ([...shard.keys()].some((found) => found < first)) throw new Error(`a shard that begins before ${first}`);
  return shard;
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

/** A letter's words: after G in GB 18030, after U in UTF-8. @returns {Card} */
export const readCard = (/** @type {ArrayBuffer} */ buffer) =>
  JSON.parse(new TextDecoder(new Uint8Array(buffer)[0] === 71 ? "gb18030" : "utf-8").decode(new Uint8Array(buffer).subarray(1)));

const countPlaces = (/** @type {Lists} */ lists) => {
  let places = 0;
  for (const { often } of lists.values()) for (const times of often) places += times;
  return places;
};

/** The letters that hold a gram in some of a term's fields. */
const listLetters = (/** @type {Start} */ start, /** @type {Lists} */ lists, /** @type {string} */ field) => {
  const letters = new Set();
  for (const place of fieldsOf(start, field)) for (const letter of lists.get(place)?.letters ?? []) letters.add(letter);
  return /** @type {Set<number>} */ (letters);
};

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

/** Letters by number with score and fields. @returns {Map<number, Hit>} */
const scoreTerm = (/** @type {Start} */ start, /** @type {Term} */ term, /** @type {?Lists} */ lists) => {
  /** @type {Map<number, Hit>} */
  const hits = new Map();
  const { k1 } = start;
  for (const place of fieldsOf(start, term.field)) {
    const list = lists?.get(place);
    if (!list) continue;
    const { boost, b, average, lengths } = start.fields[place];
    const codes = start.lengths[place];
    const weight = idf(start.letters, list.letters.length);
    list.letters.forEach((letter, n) => {
      const length = codes ? lengths[codes[letter]] : 1;
      const often = list.often[n];
      const score = boost * (weight * ((often * (k1 + 1)) / (often + k1 * (1 - b + (b * length) / average))));
      const hit = hits.get(letter);
      if (hit) {
        hit.score += score;
        hit.fields |= 1 << place;
      } else hits.set(letter, { score, fields: 1 << place });
    });
  }
  if (term.field === "" || term.field === "number") {
    for (const [letter, hit] of hits) if (numberOf(start, letter) === term.text) hit.score += start.wholeNumber;
  }
  return hits;
};

/** A letter's whole number, folded. */
const numberOf = (/** @type {Start} */ start, /** @type {number} */ letter) => start.numbers[letter] ?? start.ids[letter].slice(start.ids[letter].indexOf("/") + 1);

/** The letters that a query finds; `listsOf` has each term's postings. @returns {Map<number, Hit>} */
export const findHits = (/** @type {Start} */ start, /** @type {Query} */ query, /** @type {(term: Term) => ?Lists} */ listsOf) => {
  const find = (/** @type {Query} */ each) => findHits(start, each, listsOf);
  switch (query.kind) {
    case "term":
      return scoreTerm(start, query, listsOf(query));
    case "years":
      return pick(start, (letter) => isBetween(start.facets.year.values[start.facets.year.column[letter]][0], query.first, query.last));
    case "not": {
      const hidden = find(query.query);
      return pick(start, (letter) => !hidden.has(letter));
    }
    case "any":
      return query.queries.map(find).reduce((one, other) => merge(one, other, true));
    default:
      return query.queries.map(find).sort((a, b) => a.size - b.size).reduce((one, other) => merge(one, other, false));
  }
};

const isBetween = (/** @type {string} */ year, /** @type {number} */ first, /** @type {number} */ last) => year !== "undated" && Number(year) >= first && Number(year) <= last;

/** Letters that pass a test, with no score of their own. @returns {Map<number, Hit>} */
export const pick = (/** @type {Start} */ start, /** @type {(letter: number) => boolean} */ test) => {
  const hits = new Map();
  for (let letter = 0; letter < start.letters; letter += 1) if (test(letter)) hits.set(letter, { score: 0, fields: 0 });
  return hits;
};

const merge = (/** @type {Map<number, Hit>} */ one, /** @type {Map<number, Hit>} */ other, /** @type {boolean} */ keepsAll) => {
  /** @type {Map<number, Hit>} */
  const both = new Map();
  for (const [letter, hit] of one) {
    const second = other.get(letter);
    if (second) both.set(letter, { score: hit.score + second.score, fields: hit.fields | second.fields });
    else if (keepsAll) both.set(letter, hit);
  }
  if (keepsAll) for (const [letter, hit] of other) if (!one.has(letter)) both.set(letter, hit);
  return both;
};

/** Letters in their order: by score, or with `byDate` by date; of equals the youngest first. @returns {number[]} */
export const order = (/** @type {Map<number, Hit>} */ hits, /** @type {boolean} */ byDate) => {
  const rows = Array.from(hits, ([letter, hit]) => ({ letter, score: byDate ? 0 : round(hit.score) }));
  return rows.sort((a, b) => b.score - a.score || b.letter - a.letter).map(({ letter }) => letter);
};

/** The values of a facet that a letter has. */
const valuesOf = (/** @type {Facet} */ facet, /** @type {number} */ letter) => facet.sets[facet.column[letter]].map((place) => facet.values[place][0]);

/** How many of some letters have each value of a facet: value and count, in the facet's order. @returns {[string, string, number][]} */
export const countValues = (/** @type {Facet} */ facet, /** @type {Iterable<number>} */ letters) => {
  const counts = new Array(facet.values.length).fill(0);
  for (const letter of letters) for (const place of facet.sets[facet.column[letter]]) counts[place] += 1;
  return facet.values.map(([slug, name], place) => /** @type {[string, string, number]} */ ([slug, name, counts[place]])).filter(([, , count]) => count > 0);
};

/** Those letters that have the chosen value of each facet, all but one of them looked at. @returns {number[]} */
export const filterBy = (/** @type {Start} */ start, /** @type {Map<string, string>} */ chosen, /** @type {number[]} */ letters, except = "") => {
  const active = [...chosen].filter(([name]) => name !== except);
  return letters.filter((letter) => active.every(([name, value]) => valuesOf(start.facets[name], letter).includes(value)));
};
