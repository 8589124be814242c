"""The search as files of the site: the index brought up to date, its shards, and the table that browsers load first."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import accumulate
from pathlib import Path

from dafu.entries import Entry
from dafu.memo import Memo
from dafu.output import Output
from dafu.pool import POOL_FROM, Spread, open_workers
from dafu.search.arrays import np
from dafu.search.bundles import Kept
from dafu.search.chunks import count_units, iter_columns, read_traditional
from dafu.search.engine import Engine
from dafu.search.fields import FIELDS, Document, Each, Sheet, digest_sheet, make_sheet, order_entries
from dafu.search.folding import make_pairs
from dafu.search.making import choose_size, fill_index, fill_shards, read_names
from dafu.search.query import parse_query
from dafu.search.shards import Shard, deflate
from dafu.search.start import TITLED, make_start
from dafu.units import Unit, depend

FOLDER = "search/data/"


@dataclass(frozen=True, slots=True)
class Hit:
    """A letter that a query finds."""

    entry: Entry
    score: float
    where: tuple[str, ...]
    """The fields in which terms of the query stand."""


class Search:
    """An archive's index and what is made from it."""

    def __init__(self, entries: Sequence[Entry], memo: Memo, jobs: int = 1, spread: Spread | None = None) -> None:
        """`spread` hands work to processes that are there already; without it there are so many `jobs` of its own."""
        self.ordered = order_entries(entries)
        self.sheets: Sequence[Sheet] = Each(make_sheet, self.ordered)
        self.entries = {entry.letter.id: entry for entry in entries}
        self.memo = memo
        self.jobs = jobs if len(entries) >= POOL_FROM else 1
        self._spread = spread if len(entries) >= POOL_FROM else None

    @property
    def documents(self) -> Sequence[Document]:
        """What is searched in each letter, in the order of the index."""
        return Each(Sheet.make_document, self.sheets)

    @cached_property
    def _digests(self) -> list[bytes]:
        return list(map(digest_sheet, self.ordered))

    @contextmanager
    def _working(self) -> Iterator[Spread]:
        """Processes for whatever is to be made, the same for all that is made within."""
        if self._spread is not None:
            yield self._spread
            return
        with open_workers(self.jobs) as self._spread:
            try:
                yield self._spread
            finally:
                self._spread = None

    @cached_property
    def index_folder(self) -> Path:
        """Where the index is kept."""
        with self._working() as spread:
            return self.memo.keep_folder("index", self._digests, lambda folder, last: fill_index(folder, last, self.sheets, self._digests, spread))

    @cached_property
    def folder(self) -> Path:
        """Where the shards are kept."""
        with self._working() as spread:
            return self.memo.keep_folder("shards", self._digests, lambda folder, last: fill_shards(folder, last, self.index_folder, self._digests, spread))

    @cached_property
    def engine(self) -> Engine:
        """The index, brought up to date first."""
        return Engine(self.index_folder)

    def find(self, source: str) -> list[Hit]:
        """The letters that a typed query finds, in their order."""
        asked = parse_query(source)
        if asked is None or not self.ordered:
            return []
        where = self.engine.find_fields(asked)
        return [Hit(self.ordered[number], score, where.get(number, ())) for number, score in self.engine.ask(asked)]

    def rank(self, source: str) -> list[Entry]:
        """The letters that a typed query finds, in their order, without a word on where."""
        asked = parse_query(source)
        if asked is None or not self.ordered:
            return []
        return [self.ordered[number] for number, _ in self.engine.ask(asked)]

    @cached_property
    def related(self) -> dict[str, tuple[Entry, ...]]:
        """For each letter those that speak most of the same, the nearest first."""
        found = json.loads((self.folder / "related.json").read_text())
        return {entry.letter.id: tuple(self.ordered[other] for other in others) for entry, others in zip(self.ordered, found)}

    @cached_property
    def files(self) -> tuple[Output, Output]:
        """The table of traditional characters, and the table that browsers load first."""
        with self._working():
            names = read_names(self.index_folder)
        units = {chr(unit) for unit in np.flatnonzero(count_units(self.index_folder, names)).tolist()}
        traditional = _name_by_content("traditional", make_pairs(None, units).encode())
        lengths = np.concatenate([np.zeros((len(FIELDS), 0), np.int64), *iter_columns(self.index_folder, names, "lengths")], axis=1)
        titles = [document.words[0][0] for document in self.documents[:TITLED]]
        pairs = make_pairs(read_traditional(self.index_folder, names))
        start = make_start(self.ordered, titles, lengths, Kept(self.folder).shards, choose_size(len(self.ordered)).most, pairs, traditional.path.removeprefix(FOLDER))
        return traditional, _name_by_content("start", *start)

    @property
    def start_url(self) -> str:
        """The site-relative address of the table that browsers load first."""
        return self.files[1].path

    def prepare(self) -> tuple[dict[str, tuple[Entry, ...]], str]:
        """What pages tell of the search: related letters, and where the table is that browsers load first."""
        return self.related, self.start_url


TOGETHER = 16
"""Shards of a unit, on average."""


def list_shard_units(folder: Path) -> list[Unit[Output]]:
    """The shards that are kept in a folder as units of the site: a few that stand side by side. What a shard holds tells whether another unit begins
    behind it, so that one more or less moves no more than the next one's beginning."""
    shards = Kept(folder).shards
    ends = [number for number, shard in enumerate(shards[:-1], 1) if shard.digest[-1] % TOGETHER == 0]
    rows = [shards[first:last] for first, last in zip([0, *ends], [*ends, len(shards)]) if shards]
    starts = accumulate(map(len, rows), initial=0)
    return [_make_unit(folder, first, row) for first, row in zip(starts, rows)]


def _make_unit(folder: Path, first: int, shards: Sequence[Shard]) -> Unit[Output]:
    paths = [FOLDER + shard.name for shard in shards]
    return Unit(paths[0], partial(_read_outputs, folder, first, paths), depend(paths, b"".join(shard.digest for shard in shards)))


def _read_outputs(folder: Path, first: int, paths: Sequence[str]) -> Iterator[Output]:
    kept = Kept(folder)
    return (Output(path, kept.read_data(number)) for number, path in enumerate(paths, first))


def _name_by_content(name: str, *parts: bytes) -> Output:
    """A file named by the hash of its bytes before they are compressed."""
    return Output(f"{FOLDER}{name}-{hashlib.sha256(b''.join(parts)).hexdigest()[:12]}.bin", deflate(*parts))
