// @ts-check
// From what is typed to terms: folding, and the query as a tree. Pure; the twin of dafu/search/folding.py and query.py.

/**
 * @typedef {{kind: "term", text: string, field: string}} Term
 * @typedef {Term | {kind: "years", first: number, last: number} | {kind: "not", query: Query} | {kind: "all" | "any", queries: Query[]}} Query
 * @typedef {Map<string, string>} Pairs traditional characters to simplified ones
 */

const MOST_TERMS = 100;
const DEEPEST = 20;

/** @type {Record<string, string>} */
const FORMS = { "〔": "(", "〕": ")", "[": "(", "]": ")", "【": "(", "】": ")", "“": '"', "”": '"', "„": '"', "‟": '"', "‘": "'", "’": "'", "‚": "'", "‛": "'" };
const DROPPED = /[\s\u0000-\u0020\u007f-\u00a0\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202f\u205f-\u206f\ufe00-\ufe0f\ufeff\ufff9-\uffff\ud800-\udfff\u{e0000}-\u{e0fff}]/gu;
const BLANK = /[\s\u001c-\u001f\u0085]/u;
const FIELD = /(title|number|proposer|respondent|commitment|topic|year)[:：]/y;

/** Pairs as the build writes them: one traditional, one simplified character, and so on. */
export const readPairs = (/** @type {string} */ text) => {
  const chars = Array.from(text);
  /** @type {Pairs} */
  const pairs = new Map();
  for (let n = 0; n < chars.length; n += 2) pairs.set(chars[n], chars[n + 1]);
  return pairs;
};

const foldChar = (/** @type {string} */ char, /** @type {Pairs} */ pairs) => {
  let folded = "";
  for (const part of char.normalize("NFKC").toLowerCase()) {
    const simple = pairs.get(part) ?? part;
    folded += FORMS[simple] ?? simple;
  }
  return folded.replace(DROPPED, "");
};

/** Folded text, and for each of its UTF-16 units where the character that it comes from begins and ends. */
export const foldPlaces = (/** @type {string} */ text, /** @type {Pairs} */ pairs) => {
  let folded = "";
  const starts = [];
  const ends = [];
  let place = 0;
  for (const char of text) {
    const part = foldChar(char, pairs);
    for (let n = 0; n < part.length; n += 1) {
      starts.push(place);
      ends.push(place + char.length);
    }
    folded += part;
    place += char.length;
  }
  return { folded, starts, ends };
};

export const fold = (/** @type {string} */ text, /** @type {Pairs} */ pairs) => foldPlaces(text.normalize("NFC"), pairs).folded;

/** Where a folded term stands in folded text, overlapping or not. */
export const findAll = (/** @type {string} */ folded, /** @type {string} */ term) => {
  const found = [];
  for (let at = folded.indexOf(term); at >= 0; at = folded.indexOf(term, at + 1)) found.push(at);
  return found;
};

/** The query that a person typed; null where nothing of it is left. */
export const parseQuery = (/** @type {string} */ source, /** @type {Pairs} */ pairs) => {
  const partners = pairParentheses(source);
  const isBlank = (/** @type {number} */ at) => BLANK.test(source[at]);
  let terms = 0;

  /** @returns {?Query} */
  const group = (/** @type {number} */ at, /** @type {number} */ end, /** @type {number} */ depth) => {
    /** @type {Query[][]} */
    const members = [];
    let isOr = false;
    let sawOr = false;
    while (at < end) {
      if (isBlank(at)) {
        at += 1;
        continue;
      }
      const { found, stop } = member(at, end, depth);
      at = stop;
      if (found === "OR") {
        isOr = members.length > 0;
        sawOr = true;
      } else if (found) {
        if (isOr) members[members.length - 1].push(found);
        else members.push([found]);
        isOr = false;
      }
    }
    if (sawOr && members.length === 0) return { kind: "term", text: "or", field: "" };
    return combine("all", members.map((each) => /** @type {Query} */ (combine("any", each))));
  };

  /** @returns {{found: ?Query | "OR", stop: number}} */
  const member = (/** @type {number} */ at, /** @type {number} */ end, /** @type {number} */ depth) => {
    const isNot = source[at] === "-" && at + 1 < end && !isBlank(at + 1);
    const start = isNot ? at + 1 : at;
    const isGroup = opensGroup(start, end, depth);
    const { found, stop } = isGroup ? { found: group(start + 1, partners.get(start) ?? end, depth + 1), stop: (partners.get(start) ?? end) + 1 } : leaf(start, end);
    if (!isGroup && source.slice(at, stop) === "OR") return { found: "OR", stop };
    return { found: isNot && found ? { kind: "not", query: found } : found, stop };
  };

  const opensGroup = (/** @type {number} */ at, /** @type {number} */ end, /** @type {number} */ depth) => {
    const partner = partners.get(at) ?? end;
    if (partner >= end || depth >= DEEPEST) return false;
    return (partner + 1 === end || isBlank(partner + 1)) && BLANK.test(source.slice(at, partner));
  };

  /** @returns {{found: ?Query, stop: number}} */
  const leaf = (/** @type {number} */ at, /** @type {number} */ end) => {
    FIELD.lastIndex = at;
    const name = FIELD.exec(source);
    const start = name && FIELD.lastIndex <= end ? FIELD.lastIndex : at;
    const field = name && start > at ? name[1] : "";
    const { text, stop } = readText(source, start, end);
    terms += 1;
    if (terms > MOST_TERMS) return { found: null, stop };
    const folded = fold(text, pairs);
    if (field !== "year") return { found: folded ? { kind: "term", text: folded, field } : null, stop };
    return { found: readYears(text) ?? { kind: "term", text: fold(source.slice(at, stop), pairs), field: "" }, stop };
  };

  return group(0, source.length, 0);
};

/** A quoted stretch, or what stands before the next blank. */
const readText = (/** @type {string} */ source, /** @type {number} */ start, /** @type {number} */ end) => {
  if (start < end && source[start] === '"') {
    const close = source.indexOf('"', start + 1);
    return close < 0 || close >= end ? { text: source.slice(start + 1, end), stop: end } : { text: source.slice(start + 1, close), stop: close + 1 };
  }
  const blank = source.slice(start, end).search(BLANK);
  const stop = blank < 0 ? end : start + blank;
  return { text: source.slice(start, stop), stop };
};

const pairParentheses = (/** @type {string} */ source) => {
  /** @type {Map<number, number>} */
  const pairs = new Map();
  /** @type {number[]} */
  const opened = [];
  for (let at = 0; at < source.length; at += 1) {
    if (source[at] === '"' && (at === 0 || BLANK.test(source[at - 1]) || "-(:：".includes(source[at - 1]))) {
      const close = source.indexOf('"', at + 1);
      at = close < 0 ? source.length : close;
    } else if (source[at] === "(") opened.push(at);
    else if (source[at] === ")" && opened.length) pairs.set(/** @type {number} */ (opened.pop()), at);
  }
  return pairs;
};

/** @returns {?Query} */
const readYears = (/** @type {string} */ text) => {
  const found = /^(\d{4})?(\.\.)?(\d{4})?$/.exec(text);
  if (!found || !(found[1] || found[3]) || (found[3] && !found[2])) return null;
  const first = Number(found[1] ?? 0);
  return { kind: "years", first, last: found[2] ? Number(found[3] ?? 9999) : first };
};

/** @returns {?Query} */
const combine = (/** @type {"all" | "any"} */ kind, /** @type {Query[]} */ queries) => {
  const distinct = [...new Map(queries.map((query) => [JSON.stringify(query), query])).values()];
  return distinct.length > 1 ? { kind, queries: distinct } : (distinct[0] ?? null);
};

/** @returns {Term[]} the query's terms, each once; `all` takes in those that letters must not hold */
export const listTerms = (/** @type {?Query} */ query, all = false) => {
  if (!query || query.kind === "years") return [];
  if (query.kind === "term") return [query];
  const parts = query.kind === "not" ? (all ? [query.query] : []) : query.queries;
  return [...new Map(parts.flatMap((part) => listTerms(part, all)).map((term) => [JSON.stringify(term), term])).values()];
};

/**
 * Where some folded terms stand in a text: which of its UTF-16 units are part of one, and how many times each term stands there.
 * @returns {{hit: boolean[], counts: number[]}}
 */
export const markUnits = (/** @type {string} */ text, /** @type {string[]} */ terms, /** @type {Pairs} */ pairs) => {
  const { folded, starts, ends } = foldPlaces(text, pairs);
  const hit = new Array(text.length).fill(false);
  const counts = terms.map((term) => {
    const found = findAll(folded, term);
    for (const at of found) hit.fill(true, starts[at], ends[at + term.length - 1]);
    return found.length;
  });
  return { hit, counts };
};

/** @typedef {{text: string, isHit: boolean}} Part a stretch of text that is all part of a term, or not at all */

/** A text from one unit to another as parts. @returns {Part[]} */
export const makeParts = (/** @type {string} */ text, /** @type {boolean[]} */ hit, from = 0, to = text.length) => {
  const parts = [];
  while (from < to) {
    let end = from + 1;
    while (end < to && hit[end] === hit[from]) end += 1;
    parts.push({ text: text.slice(from, end), isHit: hit[from] });
    from = end;
  }
  return parts;
};

const AROUND = 110;

/** The stretch of a text in which most terms stand, as parts, cut at both ends. @returns {Part[]} */
export const makeSnippet = (/** @type {string} */ text, /** @type {boolean[]} */ hit) => {
  const first = hit.indexOf(true);
  let best = Math.max(first, 0);
  let most = 0;
  for (let from = best, inside = 0, to = from; first >= 0 && to < text.length; to += 1) {
    inside += Number(hit[to]);
    if (to - from >= AROUND) {
      inside -= Number(hit[from]);
      from += 1;
    }
    if (inside > most) [most, best] = [inside, from];
  }
  while (best > 0 && !hit[best]) best += 1;
  const lead = Math.min(24, best);
  const start = keepPair(text, Math.max(0, Math.min(best - lead, text.length - AROUND)));
  const end = keepPair(text, Math.min(text.length, start + AROUND));
  const parts = makeParts(text, hit, start, end);
  if (start > 0) parts.unshift({ text: "……", isHit: false });
  if (end < text.length) parts.push({ text: "……", isHit: false });
  return parts;
};

/** A place that tears no pair of units. */
const keepPair = (/** @type {string} */ text, /** @type {number} */ at) => (/[\udc00-\udfff]/.test(text[at] ?? "") && at > 0 ? at - 1 : at);

/** @typedef {{score: number, anchor: string, field: number, parts: Part[]}} Passage `field` is -1 where nothing is found */

/**
 * Where in a letter most of the terms stand: in a paragraph of the text, which is the last field, or else in another field but title and number.
 * @param {string[][]} words by field
 * @param {string[][]} anchors by field, where its values have them
 * @param {(field: number) => string[]} termsIn the terms looked for in a field
 * @param {Pairs} pairs
 * @returns {Passage}
 */
export const choosePassage = (words, anchors, termsIn, pairs) => {
  const text = words.length - 1;
  /** @type {Passage} */
  let best = { score: 0, anchor: "", field: -1, parts: [] };
  for (let field = text; field > 1 && best.score === 0; field -= 1) {
    words[field].forEach((value, n) => {
      const { hit, counts } = markUnits(value, termsIn(field), pairs);
      const score = counts.reduce((sum, times) => sum + (times ? 100 + Math.min(times, 9) : 0), 0);
      if (score > best.score) best = { score, anchor: anchors[field]?.[n] ?? "", field, parts: makeSnippet(value, hit) };
    });
  }
  return best;
};
