// @ts-check
// Literal search: pure functions from words and letters to hits.

/**
 * @typedef {{id: string, url: string, number: ?string, title: string, date: ?string, respondent: string,
 *   proposers: string[], summary: ?string, corrections: {reading: string}[], text: string}} Letter
 * @typedef {{letter: Letter, snippet: {text: string, hit: boolean}[]}} Hit
 */

/** Curly quotation marks are found by straight ones. */
const QUOTES = new Map([["“", '"'], ["”", '"'], ["‘", "'"], ["’", "'"]]);

/** Folded text and, for each of its characters, the place in the source that it comes from. */
export const fold = (/** @type {string} */ source) => {
  let text = "";
  /** @type {number[]} */
  const places = [];
  let place = 0;
  for (const char of source) {
    const folded = (QUOTES.get(char) ?? char.normalize("NFKC")).toLowerCase().replace(/\s/gu, "");
    text += folded;
    for (let n = 0; n < folded.length; n += 1) places.push(place);
    place += char.length;
  }
  places.push(source.length);
  return { text, places };
};

/** The pieces of a query that must all occur, folded. */
export const parseTerms = (/** @type {string} */ query) =>
  [...new Set(query.split(/\s+/u).map((word) => fold(word).text))].filter((word) => word !== "");

/** All words of a letter in which a term may stand, the text apart from the rest. */
const wordsOf = (/** @type {Letter} */ letter) =>
  fold(
    [
      letter.title, letter.number ?? "", letter.respondent, letter.proposers.join("、"), letter.summary ?? "",
      ...letter.corrections.map((correction) => correction.reading),
    ].join("\n"),
  ).text;

/** A stretch of the text around the first term found, with every term marked. */
export const makeSnippet = (/** @type {string} */ source, /** @type {string[]} */ terms, around = 48) => {
  const { text, places } = fold(source);
  const starts = terms.map((term) => text.indexOf(term)).filter((start) => start >= 0);
  if (starts.length === 0) return [{ text: `${source.slice(0, around * 2)}……`, hit: false }];
  const first = Math.max(0, Math.min(...starts) - around / 2);
  const last = Math.min(text.length, first + around * 2);
  const inside = new Array(last - first).fill(false);
  for (const term of terms) {
    for (let at = text.indexOf(term, first); at >= 0 && at + term.length <= last; at = text.indexOf(term, at + 1)) inside.fill(true, at - first, at - first + term.length);
  }
  const parts = [];
  for (let from = 0; from < inside.length; ) {
    let to = from;
    while (to < inside.length && inside[to] === inside[from]) to += 1;
    parts.push({ text: source.slice(places[first + from], places[first + to]).replace(/\s+/gu, " "), hit: inside[from] });
    from = to;
  }
  if (first > 0) parts.unshift({ text: "……", hit: false });
  if (last < text.length) parts.push({ text: "……", hit: false });
  return parts;
};

/**
 * The letters that hold every term, in the order given.
 * @param {Letter[]} letters
 * @param {string[]} terms
 * @returns {Hit[]}
 */
export const findLetters = (letters, terms) =>
  letters
    .filter((letter) => {
      const text = fold(letter.text).text;
      const words = wordsOf(letter);
      return terms.every((term) => text.includes(term) || words.includes(term));
    })
    .map((letter) => ({ letter, snippet: makeSnippet(letter.text, terms) }));
