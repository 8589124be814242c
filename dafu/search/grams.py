"""Grams: every piece of text that stands in the archive more than a few times, with its postings; a trie, grown a character a level.

The letters' text is put together again from the index's places; then all places are sorted by their first character, those of one character by
their second, and so on. A gram whose places are few is not grown: who looks for a longer piece reads the letters that hold the gram.

    order    …  [科技创][科技创][科技局][科普] …      places, sorted by what stands there
    level 1     └──────────── 科 ──────────┘
    level 2     └──────── 科技 ───────┘└科普┘
    level 3     └── 科技创 ──┘└科技局┘
"""

from __future__ import annotations

from dataclasses import dataclass, field

from dafu.search.arrays import Array, encode_varints, find_firsts, np, take_slices
from dafu.search.engine import Engine
from dafu.search.fields import FIELDS

DEEPEST = 24
"""Characters of the longest gram."""

BATCH_PLACES = 1_500_000
"""Places that are sorted together: this bounds the memory."""

FREE_LEVELS = 2
"""Levels whose postings always count in the archive's letters."""

SAME, TEXT_ONLY, MASKED = 0, 1, 2
"""What a gram's head says of its lists: they are those of the gram above; there is one, for the text; a mask of fields follows."""

FREE = 3
"""Added to that where postings count in the archive's letters; else they count in those of the gram above."""


@dataclass(frozen=True, slots=True)
class Text:
    """All words of the archive in one row, field after field, letter after letter."""

    units: Array
    slots: Array
    """For each place, its field's number times the number of letters, plus the letter's number."""
    letters: int


def read_text(engine: Engine) -> Text:
    """The archive's words, put together from the places that the index holds."""
    rows, slots = [], []
    for place, described in enumerate(FIELDS):
        found = [(ord(unit), np.asarray(letters, np.int32), np.asarray(counts, np.int32), offsets) for unit, letters, counts, offsets in engine.iter_units(described.name)]
        ends = np.zeros(engine.letters, np.int64)
        for _, letters, counts, offsets in found:
            np.maximum.at(ends, letters, offsets[np.cumsum(counts) - 1].astype(np.int64) + 1)
        starts = np.cumsum(ends + 1) - ends - 1
        row = np.zeros(int((ends + 1).sum()), np.uint16)
        for unit, letters, counts, offsets in found:
            row[np.repeat(starts[letters], counts) + offsets] = unit
        rows.append(row)
        slots.append(np.repeat(np.arange(engine.letters, dtype=np.int32) + place * engine.letters, ends + 1))
    return Text(np.concatenate([*rows, np.zeros(DEEPEST, np.uint16)]), np.concatenate(slots), engine.letters)


@dataclass(slots=True)
class Nodes:
    """Grams of some levels or batches, a column a property."""

    starts: Array
    """Where a gram's places begin in the sorted order: by this and the level grams sort like words in a dictionary."""
    levels: Array
    units: Array
    """A gram's last character."""
    heads: Array
    head_starts: Array
    bodies: Array
    body_starts: Array
    """Bytes of heads and bodies, and where each gram's begin (and the last's end)."""
    is_free: Array
    """Whether a shard may begin here: the gram leans on none above it."""

    @property
    def sizes(self) -> Array:
        """Bytes that a gram takes in a shard before it is compressed."""
        return 2 + np.diff(self.head_starts) + np.diff(self.body_starts)

    def take(self, chosen: Array) -> Nodes:
        """Some of the grams, in the order named."""
        parts = []
        for data, starts in ((self.heads, self.head_starts), (self.bodies, self.body_starts)):
            sizes = starts[chosen + 1] - starts[chosen]
            parts += [take_slices(data, starts[chosen], sizes), np.concatenate([[0], np.cumsum(sizes)])]
        return Nodes(self.starts[chosen], self.levels[chosen], self.units[chosen], *parts, self.is_free[chosen])


def sort_places(text: Text) -> tuple[Array, list[tuple[int, int]]]:
    """All places by their first character, and the stretches of them that are grown apart: none tears a character's places."""
    units = text.units[: len(text.slots)]
    order = np.argsort(units, kind="stable")[np.count_nonzero(units == 0) :].astype(np.uint32)
    firsts = find_firsts(units[order]).tolist()
    cuts = [0]
    if not firsts:
        return order, []
    for first, last in zip(firsts, [*firsts[1:], len(order)]):
        if last - cuts[-1] > BATCH_PLACES and first > cuts[-1]:
            cuts.append(first)
    return order, list(zip(cuts, [*cuts[1:], len(order)]))


def make_nodes(text: Text, order: Array, most: int, target: int) -> Nodes:
    """The grams that begin at some places, in the order of their characters; those below a gram whose subtree outgrows `target` bytes are free of it."""
    grower = _Grower(text, order, most)
    levels = []
    while len(grower.places):
        levels.append(grower.grow())
    torn = np.zeros(1, bool)
    subtrees = _measure_subtrees(levels)
    nodes = []
    for depth, (level, sizes) in enumerate(zip(levels, subtrees)):
        is_free = torn[level.parents] | (depth < FREE_LEVELS)
        nodes.append(_encode(level, depth, is_free))
        torn = (sizes > target)[level.grows]
    return _join(nodes)


def _join(levels: list[Nodes]) -> Nodes:
    """Grams of several levels as one table in the order of their characters."""
    columns = {name: np.concatenate([getattr(nodes, name) for nodes in levels]) for name in ("starts", "levels", "units", "heads", "bodies", "is_free")}
    for name in ("head_starts", "body_starts"):
        sizes = np.concatenate([np.diff(getattr(nodes, name)) for nodes in levels])
        columns[name] = np.concatenate([[0], np.cumsum(sizes)])
    nodes = Nodes(**columns)
    return nodes.take(np.lexsort((nodes.levels, nodes.starts)))


@dataclass(frozen=True, slots=True)
class _Level:
    """The grams of one length with their postings, a column a property."""

    starts: Array
    units: Array
    parents: Array
    """Which of the grams that grew from the level above each one goes on from."""
    grows: Array
    is_same: Array
    """Whether a gram stands wherever the one above it does."""
    gram_of_list: Array
    fields: Array
    """Of each list."""
    list_starts: Array
    """Each list's first posting."""
    letters: Array
    ranks: Array
    """Of each posting: its letter, and where that stands in the list of the gram above."""
    often: Array
    """How often the letter holds the gram."""


def _measure_subtrees(levels: list[_Level]) -> list[Array]:
    """About how many bytes each gram of each level takes with all below it."""
    found: list[Array] = []
    below = np.zeros(0)
    for place in range(len(levels) - 1, -1, -1):
        level = levels[place]
        postings = np.diff(level.list_starts, append=len(level.letters))
        sizes = 4 + 1.15 * np.bincount(level.gram_of_list, postings, len(level.units))
        sizes[level.grows] += below
        found.append(sizes)
        below = np.bincount(level.parents, sizes, int(levels[place - 1].grows.sum()) if place else 1)
    return found[::-1]


@dataclass(slots=True)
class _Grower:
    """Sorts places a character further at each step."""

    text: Text
    order: Array
    most: int
    depth: int = 0
    places: Array = field(init=False)
    """Indexes into `order` of the places that still grow."""
    groups: Array = field(init=False)
    """The gram that each of them belongs to."""
    ranks: Array = field(init=False)
    """For each place of `order`: where its letter stands in the list of the gram that it belongs to."""
    totals: Array = field(init=False)
    """The number of places of each gram that grows."""

    def __post_init__(self) -> None:
        self.places = np.arange(len(self.order))
        self.groups = np.zeros(len(self.order), np.int64)
        self.ranks = np.zeros(len(self.order), np.int32)
        self.totals = np.array([-1])

    def grow(self) -> _Level:
        """The grams of the next level."""
        places, keys = self._sort()
        slots = self.text.slots[self.order[places]]
        fields = slots // self.text.letters
        grams, lists, postings = find_firsts(keys), find_firsts(keys, fields), find_firsts(keys, slots)
        totals = np.diff(grams, append=len(places))
        parents = keys[grams] >> 16
        list_starts = np.searchsorted(postings, lists)
        grows = (totals > self.most) & (self.depth + 1 < DEEPEST)
        level = _Level(
            places[grams], (keys[grams] & 0xFFFF).astype(np.uint16), parents, grows, totals == self.totals[parents], np.searchsorted(grams, lists, side="right") - 1,
            fields[lists], list_starts, slots[postings] - fields[postings] * self.text.letters, self.ranks[places[postings]], np.diff(postings, append=len(places)),
        )
        ranks = np.arange(len(postings), dtype=np.int32) - np.repeat(list_starts, np.diff(list_starts, append=len(postings)))
        self.ranks[places] = np.repeat(ranks, level.often)
        self.places = places[np.repeat(grows, totals)]
        self.groups = np.repeat(np.arange(int(grows.sum())), totals[grows])
        self.totals = totals[grows]
        self.depth += 1
        return level

    def _sort(self) -> tuple[Array, Array]:
        """Puts the places in the order of their next character; returns those that have one, with gram and character as one number."""
        keys = self.groups << 16 | self.text.units[self.order[self.places] + self.depth]
        sorting = np.argsort(keys, kind="stable")
        moved = self.places[sorting]
        self.order[self.places], self.ranks[self.places] = self.order[moved], self.ranks[moved]
        keys = keys[sorting]
        has_more = keys & 0xFFFF != 0
        return self.places[has_more], keys[has_more]


def _encode(level: _Level, depth: int, is_free: Array) -> Nodes:
    """The grams of a level as the bytes of shards."""
    same = level.is_same & ~is_free
    own = ~same[level.gram_of_list]
    counts = np.diff(level.list_starts, append=len(level.letters))
    bodies, body_starts = _encode_bodies(level, np.repeat(is_free[level.gram_of_list], counts), np.repeat(own, counts))
    held = np.bincount(level.gram_of_list, np.where(own, counts, 0), len(level.units)).astype(np.int64)
    heads, head_starts = _encode_heads(level, depth, same, is_free, counts, own)
    depths = np.full(len(level.units), depth)
    return Nodes(level.starts, depths, level.units, heads, head_starts, bodies, body_starts[np.concatenate([[0], np.cumsum(held)])], is_free)


def _encode_bodies(level: _Level, is_free: Array, kept: Array) -> tuple[Array, Array]:
    """The postings that are kept as bytes, and where each begins: the gap doubled, odd where the letter holds the gram more than once; then how often, less two."""
    numbers = np.where(is_free, level.letters, level.ranks)
    gaps = np.diff(numbers, prepend=0) - 1
    gaps[level.list_starts] = numbers[level.list_starts]
    pairs = np.stack([gaps * 2 + (level.often > 1), level.often - 2], axis=1)[kept]
    wanted = np.stack([np.ones(len(pairs), bool), pairs[:, 1] >= 0], axis=1)
    data, starts = encode_varints(pairs[wanted])
    return data, starts[np.concatenate([[0], np.cumsum(wanted.sum(axis=1))])]


def _encode_heads(level: _Level, depth: int, same: Array, is_free: Array, counts: Array, own: Array) -> tuple[Array, Array]:
    """For each gram its level and kind, a mask of fields where it isn't the text alone, and the length of each list."""
    grams = len(level.units)
    masks = np.bincount(level.gram_of_list, 1 << level.fields.astype(np.int64), grams).astype(np.int64)
    kinds = np.where(same, SAME, np.where(masks == 1 << len(FIELDS) - 1, TEXT_ONLY, MASKED))
    masked = np.flatnonzero(kinds == MASKED)
    values = np.concatenate([depth * 2 * FREE + kinds + FREE * is_free, masks[masked], counts[own]])
    grams_of = np.concatenate([np.arange(grams), masked, level.gram_of_list[own]])
    data, starts = encode_varints(values[np.argsort(grams_of, kind="stable")])
    return data, starts[np.concatenate([[0], np.cumsum(np.bincount(grams_of, minlength=grams))])]
