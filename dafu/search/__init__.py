"""Search: one Whoosh index, two readers. `python build.py search` asks it here; browsers read the same postings from static files.

    letters ─fields▶ Document ─rows▶ folded words ─┬─ segments ▶ Whoosh index in .cache/ ▶ engine ▶ the terminal
                                                   └─ grams ▶ shards ▶ search/data/ ▶ static/js/search/ ▶ the page

    folding ▸ query                              what is typed to terms          twin: static/js/search/terms.js
    fields ▸ arrays ▸ rows ▸ segments ▸ chunks   letters folded, and the index, some hundred letters at a time
    engine                                       its ranking                     twin: static/js/search/find.js
    grams ▸ encoding ▸ stretches ▸ frequent      grams grown, many processes side by side
    shards ▸ bundles ▸ start ▸ site              the files of the site           read by: static/js/search/fetch.js
    pairs ▸ related ▸ relating                   which letters are most alike
    tree ▸ uppers ▸ changes                      what a few letters change in all that
    making                                       the folders that are kept from run to run

The index has one term a folded character, with places. A piece that a person types is a row of characters; it is scored as one term, by Whoosh's
BM25F over the fields. Whoosh is the judge: where a browser answers otherwise, the browser is wrong.

What browsers fetch, in this order; each file is compressed inside (`deflate-raw`), and numbers are of the lowest byte first:

    1  search/data/start-HASH.bin          the table that comes first: where shards begin, ids, lengths, facets
    2  search/data/UUUU-HHHHHH.bin         the shard in which a term would stand: one a term
    3  letters/YEAR/ID/search.bin          words of the letters on the screen; of a long rare piece, of all that may hold it
    –  search/data/traditional-HASH.bin    traditional characters, once one is typed that no letter has

**A shard** holds grams (pieces of text of 1 to 24 UTF-16 units) in the order of their units, those in other grams' front before them, each with the
letters that hold it. A gram that stands in more than `most` places is followed by all that are one unit longer; one that doesn't, by none. So the one
shard that begins at or before a term says all: it holds the term; or a shorter gram that didn't grow, and the few letters under it have to be read; or
neither, and no letter has it.

    科 科技 科技创 科技局 科技部 科普 …             the order of the grams
    └ 0 └─ 1 └─ 2    └─ 2    └─ 2    └─ 1           their levels

    grams  u32 │ bytes of heads  u32 │ units  u16 × grams │ heads … │ bodies …

    head    level × 6 + 3 if its postings count in the archive's letters, not in those of the gram above
                      + 0 its lists are those of the gram above | 1 one list, of the text | 2 a mask of fields follows, and a list for each
            then the length of each list                                                          (numbers of seven bits a byte)
    body    of each posting the gap to the one before, doubled, odd where the letter holds the gram more than once; then how often, less two

A shard is named by the first unit of where it begins and three bytes of the SHA-256 of what it holds: it may be kept for ever. A gram whose subtree
would outgrow a shard is torn, and what is below it counts in the archive's letters, so that no shard leans on another.

**The start** is the length of a JSON object (u32), the object, and columns of bytes, whose names and lengths the object has under `columns`. First come
`digests` (3 bytes a shard) and `starts` (see `start.pack_starts`): browsers ask for a shard while the rest is still on its way. Then `months` and `days`,
the code of each letter's length in fields that are marked down for it, and for each facet the number of each letter's set of values.

Letters are numbered from the oldest to the youngest (of one day, the last id first), so that a new one comes last and equal scores fall to the higher
number. Ids come in their own order, where they take next to nothing; the dates tell browsers the letters' order. What grows with the archive here is
some five bytes a shard and four a letter.

For 100,000 letters the longest lists want a head of the best letters in front; a kind of 3 in a gram's head is free for it.
"""
