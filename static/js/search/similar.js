// @ts-check
// Where no letter matches: those that hold most of the query's pieces. Pure.
import { idf } from "./find.js";

const MOST_PIECES = 24;
const MOST_LETTERS = 10;

/** Pairs of neighbouring units of some terms, each once; of long terms evenly spread. @returns {string[]} */
export const listPieces = (/** @type {import("./terms.js").Term[]} */ terms) => {
  const pieces = [...new Set(terms.flatMap(({ text }) => (text.length < 2 ? [text] : Array.from({ length: text.length - 1 }, (_, n) => text.slice(n, n + 2)))))];
  const step = Math.max(1, pieces.length / MOST_PIECES);
  return Array.from({ length: Math.min(pieces.length, MOST_PIECES) }, (_, n) => pieces[Math.floor(n * step)]);
};

/**
 * The letters that hold most of some pieces, rare ones counting more; those that hold less than half of what the best one holds are left out.
 * @param {import("./find.js").Start} start
 * @param {{piece: string, lists: ?import("./find.js").Lists}[]} pieces
 * @returns {number[]}
 */
export const findSimilar = (start, pieces) => {
  /** @type {Map<number, number>} */
  const scores = new Map();
  for (const { lists } of pieces) {
    const letters = new Set([...(lists?.values() ?? [])].flatMap((list) => [...list.letters]));
    const weight = idf(start.letters, letters.size);
    for (const letter of letters) scores.set(letter, (scores.get(letter) ?? 0) + weight);
  }
  const best = Math.max(...scores.values(), 0);
  const near = [...scores].filter(([, score]) => score >= best / 2);
  return near.sort((a, b) => b[1] - a[1] || b[0] - a[0]).slice(0, MOST_LETTERS).map(([letter]) => letter);
};
