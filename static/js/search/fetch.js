// @ts-check
// Files of the search: fetched once, unpacked, read; what fails is tried once more past the cache. Touches the network, not the document.
import { placeShard, readCard, readShard, readStart } from "./find.js";
import { readPairs } from "./terms.js";

/** @typedef {import("./find.js").Start} Start */

const PATIENCE_MS = 20_000;

const fetchBytes = async (/** @type {string} */ url, /** @type {RequestCache} */ cache) => {
  const answer = await fetch(url, { cache, signal: AbortSignal.timeout(PATIENCE_MS) });
  if (!answer.ok || !answer.body) throw new Error(`${url}: ${answer.status}`);
  return new Response(answer.body.pipeThrough(new DecompressionStream("deflate-raw"))).arrayBuffer();
};

/** Refuses bytes that are not those a shard is named by, where the browser can tell. */
const checkDigest = async (/** @type {ArrayBuffer} */ buffer, /** @type {string} */ name) => {
  const digest = new Uint8Array((await crypto.subtle?.digest("SHA-256", buffer)) ?? new ArrayBuffer(0)).subarray(0, 3);
  const written = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  if (!name.includes(`-${written}`)) throw new Error(`${name} holds something else`);
};

/** What fetches the files of a site; `startUrl` is the address of its first table, `root` that of the site. */
export const makeLoader = (/** @type {string} */ startUrl, /** @type {string} */ root) => {
  /** @type {Map<string, Promise<any>>} */
  const kept = new Map();
  let address = startUrl;
  const data = () => address.slice(0, address.lastIndexOf("/") + 1);

  /** A file as it is read; a fault is forgotten, so that it may be tried again. */
  const load = (/** @type {string} */ url, /** @type {(buffer: ArrayBuffer) => any} */ read, /** @type {RequestCache} */ cache = "default") => {
    const attempt = async (/** @type {RequestCache} */ mode) => read(await fetchBytes(url, mode));
    const found = kept.get(url) ?? attempt(cache).catch(() => attempt("reload"));
    kept.set(url, found);
    found.catch(() => kept.get(url) === found && kept.delete(url));
    return found;
  };

  return {
    /** @returns {Promise<Start>} */
    loadStart: () => load(address, readStart),

    /** The shard in which a text would stand. @returns {Promise<?import("./find.js").Shard>} */
    loadShard: async (/** @type {Start} */ start, /** @type {string} */ text) => {
      const place = placeShard(start, text);
      const name = start.shardNames[place];
      return place < 0 ? null : load(data() + name, (buffer) => checkDigest(buffer, name).then(() => readShard(buffer, start.starts[place], start.fields.length - 1)));
    },

    /** A letter's words; they stand at its permalink, so a kept copy is asked for anew. @returns {Promise<import("./find.js").Card>} */
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
