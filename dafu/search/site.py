"""The search as files of the site: the index brought up to date, its shards, the table that browsers load first, and each letter's words."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from dafu.entries import Entry
from dafu.memo import Memo
from dafu.output import Output
from dafu.pool import map_in_processes
from dafu.search.arrays import np
from dafu.search.engine import Engine, write_index
from dafu.search.fields import Document, make_documents
from dafu.search.folding import make_pairs
from dafu.search.grams import Text, make_nodes, read_text, sort_places
from dafu.search.query import parse_query
from dafu.search.related import find_related
from dafu.search.shards import LARGE, SMALL, Cutter, Shard, deflate
from dafu.search.start import as_json, make_start
from dafu.words import Words

FOLDER = "search/data/"

POOL_FROM = 1_000_000
"""Characters from which on more than one process pays."""


@dataclass(frozen=True, slots=True)
class Size:
    """What depends on how large the archive is; steps are far apart, as all shards change at each."""

    most: int
    """Places of a gram that doesn't grow: so many letters may have to be read for a long rare piece."""
    target: int
    """Bytes of a shard before it is compressed."""


def choose_size(letters: int) -> Size:
    """Few letters can all be read; of many, fewer files are worth a few more bytes a word."""
    if letters >= 4096:
        return Size(64, LARGE)
    return Size(32 if letters >= 512 else 16, SMALL)


@dataclass(frozen=True, slots=True)
class Hit:
    """A letter that a query finds."""

    entry: Entry
    score: float
    where: tuple[str, ...]
    """The fields in which terms of the query stand."""


class Search:
    """An archive's index and what is made from it."""

    def __init__(self, entries: Sequence[Entry], memo: Memo, jobs: int = 1) -> None:
        self.documents = make_documents(entries)
        self.entries = {entry.letter.id: entry for entry in entries}
        self.memo = memo
        self.jobs = jobs

    @cached_property
    def engine(self) -> Engine:
        """The index, brought up to date first."""
        return Engine(self.memo.keep_folder("index", self._iter_key(), lambda folder: write_index(folder, self.documents)))

    def find(self, source: str) -> list[Hit]:
        """The letters that a typed query finds, in their order."""
        asked = parse_query(source)
        if asked is None or not self.documents:
            return []
        where = self.engine.find_fields(asked)
        return [Hit(self.entries[self.documents[number].id], score, where.get(number, ())) for number, score in self.engine.ask(asked)]

    def rank(self, source: str) -> list[Entry]:
        """The letters that a typed query finds, in their order, without a word on where."""
        asked = parse_query(source)
        if asked is None or not self.documents:
            return []
        return [self.entries[self.documents[number].id] for number, _ in self.engine.ask(asked)]

    def _iter_key(self) -> Iterator[bytes]:
        """What index and shards depend on, beside the program."""
        yield make_pairs().encode()
        for document in self.documents:
            yield json.dumps([document.id, document.number, document.words]).encode()

    @cached_property
    def folder(self) -> Path:
        """Where the shards are kept."""
        return self.memo.keep_folder("shards", self._iter_key(), self._write_shards)

    def _write_shards(self, folder: Path) -> None:
        text = read_text(self.engine)
        order, stretches = sort_places(text)
        for name, array in (("units", text.units), ("slots", text.slots), ("order", order)):
            np.save(folder / f"{name}.npy", array)
        cut = partial(_cut_stretch, folder, text.letters, choose_size(text.letters))
        rows = []
        with (folder / "shards.bin").open("wb") as file:
            for shards in map_in_processes(cut, stretches, self.jobs if len(order) >= POOL_FROM else 1):
                for shard in shards:
                    file.write(shard.data)
                    rows.append([shard.first, shard.digest.hex(), len(shard.data)])
        (folder / "shards.json").write_text(json.dumps(rows))
        (folder / "related.json").write_text(json.dumps(find_related(text, len(self.documents))))
        for name in ("units", "slots", "order"):
            (folder / f"{name}.npy").unlink()

    @cached_property
    def related(self) -> dict[str, tuple[Entry, ...]]:
        """For each letter those that speak most of the same, the nearest first."""
        found = json.loads((self.folder / "related.json").read_text())
        return {document.id: tuple(self.entries[self.documents[other].id] for other in others) for document, others in zip(self.documents, found)}

    @cached_property
    def _files(self) -> tuple[Output, Output]:
        """The table of traditional characters, and the table that browsers load first."""
        traditional = _name_by_content("traditional", make_pairs(None, self.engine.units).encode())
        letters = [self.entries[document.id] for document in self.documents]
        start = make_start(self.documents, letters, self.engine, self._iter_shards(), choose_size(len(letters)).most, traditional.path.removeprefix(FOLDER))
        return traditional, _name_by_content("start", *start)

    @property
    def start_url(self) -> str:
        """The site-relative address of the table that browsers load first."""
        return self._files[1].path

    def iter_outputs(self, words: Words) -> Iterator[Output]:
        """All files that the search page fetches."""
        yield from self._files
        yield from (Output(FOLDER + shard.name, shard.data) for shard in self._iter_shards())
        for document in self.documents:
            yield Output(f"letters/{document.id}/search.bin", deflate(_encode_card(make_card(document, self.entries[document.id], words))))

    def _iter_shards(self) -> Iterator[Shard]:
        """The shards as they are kept, in their order."""
        with (self.folder / "shards.bin").open("rb") as file:
            for first, digest, size in json.loads((self.folder / "shards.json").read_text()):
                yield Shard(tuple(first), file.read(size), bytes.fromhex(digest))


def _cut_stretch(folder: Path, letters: int, size: Size, stretch: tuple[int, int]) -> list[Any]:
    """The shards of some places; several processes read the same arrays from the disk."""
    units, slots, order = (np.load(folder / f"{name}.npy", mmap_mode="r") for name in ("units", "slots", "order"))
    nodes = make_nodes(Text(units, slots, letters), order[slice(*stretch)].astype(np.int64), size.most, size.target)
    return list(Cutter(size.target).cut(nodes))


def _name_by_content(name: str, *parts: bytes) -> Output:
    """A file named by the hash of its bytes before they are compressed."""
    return Output(f"{FOLDER}{name}-{hashlib.sha256(b''.join(parts)).hexdigest()[:12]}.bin", deflate(*parts))


def _encode_card(card: dict[str, Any]) -> bytes:
    """A letter's words as bytes: after G in GB 18030, a sixth shorter when compressed; after U in UTF-8, where they have a character that browsers read otherwise."""
    data = as_json(card)
    text = data.decode()
    return b"U" + data if _MOVED.search(text) else b"G" + text.encode("gb18030")


_MOVED = re.compile("[\ue000-\uf8ff\u1e3f\u9fb4-\u9fbb\ufe10-\ufe19\U00020087\U00020089\U000200cc\U000215d7\U0002298f\U000241fe]")
"""Characters whose place in GB 18030 its editions give differently."""


def make_card(document: Document, entry: Entry, words: Words) -> dict[str, Any]:
    """A letter's words as a result shows them and as long rare terms are looked for in: `letters/YEAR/ID/search.bin`."""
    return {
        "date": words.date(entry.date), "kind": words.say(f"kind.{entry.letter.front.kind}"), "people": words.people(entry.letter.front.proposers),
        "words": document.words, "anchors": document.anchors,
    }
