// @ts-check
// Files of the search: fetched once, unpacked, and read in the format that dafu/search describes; what fails is tried once more past the cache. Touches the network, not the document.
import { placeShard } from "./find.js";
import { readPairs } from "./terms.js";

/**
 * @typedef {import("./find.js").Head} Head
 * @typedef {import("./find.js").Directory} Directory
 * @typedef {import("./find.js").Start} Start
 * @typedef {import("./find.js").List} List
 * @typedef {import("./find.js").Lists} Lists
 * @typedef {import("./find.js").Shard} Shard
 * @typedef {import("./find.js").Card} Card
 */

const PATIENCE_MS = 20_000;

const utf8 = new TextDecoder();

/** What the first table begins with, as soon as enough of its bytes are there: all that tells where shards are. @returns {?Directory} */
export const readDirectory = (/** @type {Uint8Array} */ bytes) => {
  const size = 4 + (bytes.length < 4 ? Infinity : new DataView(bytes.buffer).getUint32(0, true));
  if (bytes.length < size) return null;
  /** @type {Head} */
  const head = JSON.parse(utf8.decode(bytes.subarray(4, size)));
  const [[, digests], [, starts]] = head.columns;
  if (bytes.length < size + digests + starts) return null;
  return { ...head, digests: bytes.slice(size, size + digests), starts: readStarts(bytes.subarray(size + digests, size + digests + starts), head.shards) };
};

const readColumns = (/** @type {Uint8Array} */ bytes, /** @type {number} */ at, /** @type {[string, number][]} */ columns) =>
  Object.fromEntries(columns.map(([name, length]) => /** @type {const} */ ([name, bytes.subarray(at, (at += length))])));

/** The table that comes first. @returns {Start} */
export const readStart = (/** @type {ArrayBuffer} */ buffer) => {
  const bytes = new Uint8Array(buffer);
  const directory = readDirectory(bytes);
  if (!directory) throw new Error("a first table that ends too soon");
  const columns = readColumns(bytes, 4 + new DataView(buffer).getUint32(0, true), directory.columns);
  const ids = readIds(directory, columns.months, columns.days);
  /** @type {Map<string, number[]>} */
  const byNumber = new Map();
  ids.forEach((id, letter) => {
    const number = directory.numbers[letter] ?? id.slice(id.indexOf("/") + 1);
    const others = byNumber.get(number);
    if (others) others.push(letter);
    else byNumber.set(number, [letter]);
  });
  const places = new Map(directory.folders.map(([folder], place) => [folder, place]));
  const year = { values: [...places.keys()].map((folder) => [folder, folder]), sets: [...places.values()].map((place) => [place]), column: ids.map((id) => places.get(id.slice(0, id.indexOf("/"))) ?? 0) };
  const lengths = directory.fields.map((field) => columns[`lengths ${field.name}`] ?? null);
  const facets = Object.entries(directory.facets).map(([name, facet]) => [name, { ...facet, column: facet.sets.length > 256 ? new Uint16Array(columns[`facet ${name}`].slice().buffer) : columns[`facet ${name}`] }]);
  return { ...directory, ids, byNumber, lengths, facets: Object.fromEntries([["year", year], ...facets]) };
};

/** The letters' ids, which come in their own order, in that of the index: by date; of one day, and of those without one, the last id first. */
const readIds = (/** @type {Head} */ { names, folders, letters }, /** @type {Uint8Array} */ months, /** @type {Uint8Array} */ days) => {
  const ids = folders.flatMap(([folder, count]) => new Array(count).fill(`${folder}/`));
  for (let at = 0; at < names.length; at += letters) for (let n = 0; n < letters; n += 1) if (names[at + n] !== " ") ids[n] += names[at + n];
  const keys = new Float64Array(letters);
  for (let n = 0; n < letters; n += 1) keys[n] = (days[n] ? parseInt(ids[n]) * 400 + months[n] * 32 + days[n] + 1 : 1) * letters - n - 1;
  return Array.from(keys.sort(), (key) => /** @type {string} */ (ids[letters - 1 - (key % letters)]));
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

/** A letter's words: after G in GB 18030, after U in UTF-8. @returns {Card} */
export const readCard = (/** @type {ArrayBuffer} */ buffer) =>
  JSON.parse(new TextDecoder(new Uint8Array(buffer)[0] === 71 ? "gb18030" : "utf-8").decode(new Uint8Array(buffer).subarray(1)));

/** A file's bytes, unpacked; `see` is shown those that have come, whenever there are more. */
const fetchBytes = async (/** @type {string} */ url, /** @type {RequestCache} */ cache, /** @type {(bytes: Uint8Array) => void} */ see) => {
  const answer = await fetch(url, { cache, signal: AbortSignal.timeout(PATIENCE_MS) });
  if (!answer.ok || !answer.body) throw new Error(`${url}: ${answer.status}`);
  const reader = answer.body.pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  let bytes = new Uint8Array(1 << 16);
  for (let size = 0; ; ) {
    const { value } = await reader.read();
    if (!value) return bytes.buffer.slice(0, size);
    if (size + value.length > bytes.length) {
      const more = new Uint8Array(2 * (size + value.length));
      more.set(bytes);
      bytes = more;
    }
    bytes.set(value, size);
    size += value.length;
    see(bytes.subarray(0, size));
  }
};

/** The file of a shard: by the first unit of where it begins, and its digest. */
export const nameShard = (/** @type {Directory} */ { starts, digests }, /** @type {number} */ place) =>
  `${starts[place].charCodeAt(0).toString(16).padStart(4, "0")}-${showHex(digests.subarray(3 * place, 3 * place + 3))}.bin`;

/** Bytes as two digits each. */
const showHex = (/** @type {Uint8Array} */ bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

/** Refuses bytes that are not those a shard is named by, where the browser can tell. */
const checkDigest = async (/** @type {ArrayBuffer} */ buffer, /** @type {string} */ name) => {
  const digest = new Uint8Array((await crypto.subtle?.digest("SHA-256", buffer)) ?? new ArrayBuffer(0)).subarray(0, 3);
  if (!name.includes(`-${showHex(digest)}`)) throw new Error(`${name} holds something else`);
};

/** What fetches the files of a site; `startUrl` is the address of its first table, `root` that of the site. */
export const makeLoader = (/** @type {string} */ startUrl, /** @type {string} */ root) => {
  /** @type {Map<string, Promise<any>>} */
  const kept = new Map();
  let address = startUrl;
  const data = () => address.slice(0, address.lastIndexOf("/") + 1);

  /** A file as it is read; a fault is forgotten, so that it may be tried again. */
  const load = (/** @type {string} */ url, /** @type {(buffer: ArrayBuffer) => any} */ read, /** @type {RequestCache} */ cache = "default", see = (/** @type {Uint8Array} */ _) => {}) => {
    const attempt = async (/** @type {RequestCache} */ mode) => read(await fetchBytes(url, mode, see));
    const found = kept.get(url) ?? attempt(cache).catch(() => attempt("reload"));
    kept.set(url, found);
    found.catch(() => kept.get(url) === found && kept.delete(url));
    return found;
  };

  return {
    /** The first table; `begin` is told where shards are while the rest of it is still to come. @returns {Promise<Start>} */
    loadStart: (/** @type {(directory: Directory) => void} */ begin) => {
      /** @type {?Directory} */
      let directory = null;
      return load(address, readStart, "default", (bytes) => {
        if (!directory && (directory = readDirectory(bytes))) begin(directory);
      });
    },

    /** The shard in which a text would stand. @returns {Promise<?Shard>} */
    loadShard: async (/** @type {Directory} */ start, /** @type {string} */ text) => {
      const place = placeShard(start, text);
      if (place < 0) return null;
      const name = nameShard(start, place);
      return load(data() + name, (buffer) => checkDigest(buffer, name).then(() => readShard(buffer, start.starts[place], start.fields.length - 1)));
    },

    /** A letter's words; they stand at its permalink, so a kept copy is asked for anew. @returns {Promise<Card>} */
    loadCard: (/** @type {Start} */ start, /** @type {number} */ letter) => load(`${root}letters/${start.ids[letter]}/search.bin`, readCard, "no-cache"),

    /** The whole table of traditional characters. @returns {Promise<import("./terms.js").Pairs>} */
    loadTraditional: (/** @type {Start} */ start) => load(data() + start.traditional, (buffer) => readPairs(new TextDecoder().decode(buffer))),

    /** Whether the site has been published anew since this page was made; then its new files are fetched from here on. */
    renew: async () => {
      const page = await fetch(`${root}search/`, { cache: "no-cache" }).then((answer) => answer.text(), () => "");
      const name = /data-start="[^"]*\/([^"/]+)"/.exec(page)?.[1];
      if (!name || data() + name === address) return false;
      address = data() + name;
      kept.clear();
      return true;
    },
  };
};
