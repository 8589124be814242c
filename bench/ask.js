// The search's own modules, asked without the page around them: every letter that a query finds, in order, and how long the page needs to know them all and the first twenty in order.
export const makeAsk = async (folder, form) => {
  const [find, terms, files] = await Promise.all(["find", "terms", "fetch"].map((name) => import(`${folder}${name}.js`)));
  const inflate = async (url) => new Response((await fetch(url)).body.pipeThrough(new DecompressionStream("deflate-raw"))).arrayBuffer();
  const { start: startUrl, root } = form.dataset;
  const data = startUrl.slice(0, startUrl.lastIndexOf("/") + 1);
  const start = files.readStart(await inflate(startUrl));
  const pairs = terms.readPairs(new TextDecoder().decode(await inflate(data + start.traditional)));
  const kept = new Map();
  const keep = (key, make) => kept.get(key) ?? (kept.set(key, make()), kept.get(key));
  const loadShard = async (text) => {
    const place = find.placeShard(start, text);
    return place < 0 ? null : keep(place, async () => files.readShard(await inflate(data + files.nameShard(start, place)), start.starts[place], start.fields.length - 1));
  };
  const loadFolded = (letter) =>
    keep(`letter ${letter}`, async () => files.readCard(await inflate(`${root}letters/${start.ids[letter]}/search.bin`)).words.map((values) => values.map((value) => terms.fold(value, pairs))));
  return async (source) => {
    const answer = async () => {
      const query = terms.parseQuery(source, pairs);
      const lists = new Map();
      for (const term of query ? terms.listTerms(query, true) : []) lists.set(JSON.stringify(term), await find.findLists(start, term, loadShard, loadFolded));
      const hits = query ? find.findHits(start, query, (term) => lists.get(JSON.stringify(term)) ?? null) : find.pick(start, () => false);
      const found = find.listHits(hits);
      return { hits, found, first: find.order(hits, found, 20) };
    };
    await answer();
    const before = performance.now();
    const { hits, found } = await answer();
    const ms = performance.now() - before;
    return { ms, hits: find.order(hits, found).map((letter) => [start.ids[letter], Math.floor(hits.scores[letter] * 1e9 + 0.5) / 1e9]) };
  };
};
