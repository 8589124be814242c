// The search's own modules, asked without the page around them: every letter that a query finds, in order, and how long that took.
export const makeAsk = async (folder, form) => {
  const [find, terms] = await Promise.all([import(`${folder}find.js`), import(`${folder}terms.js`)]);
  const inflate = async (url) => new Response((await fetch(url)).body.pipeThrough(new DecompressionStream("deflate-raw"))).arrayBuffer();
  const { start: startUrl, root } = form.dataset;
  const data = startUrl.slice(0, startUrl.lastIndexOf("/") + 1);
  const start = find.readStart(await inflate(startUrl));
  const pairs = terms.readPairs(new TextDecoder().decode(await inflate(data + start.traditional)));
  const kept = new Map();
  const keep = (key, make) => kept.get(key) ?? (kept.set(key, make()), kept.get(key));
  const loadShard = async (text) => {
    const place = find.placeShard(start, text);
    return place < 0 ? null : keep(start.shardNames[place], async () => find.readShard(await inflate(data + start.shardNames[place]), start.starts[place], start.fields.length - 1));
  };
  const loadFolded = (letter) =>
    keep(letter, async () => find.readCard(await inflate(`${root}letters/${start.ids[letter]}/search.bin`)).words.map((values) => values.map((value) => terms.fold(value, pairs))));
  return async (source) => {
    const answer = async () => {
      const query = terms.parseQuery(source, pairs);
      if (!query) return [];
      const lists = new Map();
      for (const term of terms.listTerms(query, true)) lists.set(JSON.stringify(term), await find.findLists(start, term, loadShard, loadFolded));
      const hits = find.findHits(start, query, (term) => lists.get(JSON.stringify(term)) ?? null);
      return find.order(hits, false).map((letter) => [start.ids[letter], Math.floor(hits.get(letter).score * 1e9 + 0.5) / 1e9]);
    };
    await answer();
    const before = performance.now();
    const hits = await answer();
    return { hits, ms: performance.now() - before };
  };
};
