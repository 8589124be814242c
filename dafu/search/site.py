"""The search as files of the site: the index brought up to date, its shards, the table that browsers load first, and each letter's words."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any
from unicodedata import normalize

from dafu.entries import Entry
from dafu.memo import Memo
from dafu.output import Output
from dafu.pool import map_in_processes
from dafu.search.arrays import np
from dafu.search.engine import Engine, write_index
from dafu.search.fields import FIELDS, K1, WHOLE_NUMBER, Document, make_documents
from dafu.search.folding import make_pairs
from dafu.search.grams import DEEPEST, Text, make_nodes, read_text, sort_places
from dafu.search.query import parse_query
from dafu.search.related import find_related
from dafu.search.shards import LARGE, SMALL, Cutter, deflate, name_shard, pack_starts
from dafu.words import Words

FOLDER = "search/data/"

TITLED = 64
"""Letters whose titles come with the first table; those of more would be too many bytes."""

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
        if asked is None:
            return []
        where = self.engine.find_fields(asked)
        return [Hit(self.entries[self.documents[number].id], score, where.get(number, ())) for number, score in self.engine.ask(asked)]

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
        for shards in map_in_processes(cut, stretches, self.jobs if len(order) >= POOL_FROM else 1):
            for shard in shards:
                (folder / shard.name).write_bytes(shard.data)
                rows.append([shard.first, shard.digest.hex()])
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
        return traditional, _name_by_content("start", make_start(self, traditional.path))

    @property
    def start_url(self) -> str:
        """The site-relative address of the table that browsers load first."""
        return self._files[1].path

    def iter_outputs(self, words: Words) -> Iterator[Output]:
        """All files that the search page fetches."""
        yield from self._files
        for first, digest in self.read_shards():
            name = name_shard(first, bytes.fromhex(digest))
            yield Output(FOLDER + name, (self.folder / name).read_bytes())
        for document in self.documents:
            yield Output(f"letters/{document.id}/search.bin", deflate(_encode_card(make_card(document, self.entries[document.id], words))))

    def read_shards(self) -> list[tuple[list[int], str]]:
        """Each shard's first gram and digest, in their order."""
        return json.loads((self.folder / "shards.json").read_text())


def _cut_stretch(folder: Path, letters: int, size: Size, stretch: tuple[int, int]) -> list[Any]:
    """The shards of some places; several processes read the same arrays from the disk."""
    units, slots, order = (np.load(folder / f"{name}.npy", mmap_mode="r") for name in ("units", "slots", "order"))
    nodes = make_nodes(Text(units, slots, letters), order[slice(*stretch)].astype(np.int64), size.most, size.target)
    return list(Cutter(size.target).cut(nodes))


def _name_by_content(name: str, data: bytes) -> Output:
    """A file named by the hash of its bytes before they are compressed."""
    return Output(f"{FOLDER}{name}-{hashlib.sha256(data).hexdigest()[:12]}.bin", deflate(data))


def _as_json(value: Any) -> bytes:
    """Compact JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _encode_card(card: dict[str, Any]) -> bytes:
    """A letter's words as bytes: after G in GB 18030, a sixth shorter when compressed; after U in UTF-8, where they have a character that browsers read otherwise."""
    data = _as_json(card)
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


def make_start(search: Search, traditional: str) -> bytes:
    """The table that browsers load first: its length, a JSON object, then columns of bytes in the order of `columns`."""
    documents, engine = search.documents, search.engine
    size = choose_size(len(documents))
    titles = [document.words[0][0] for document in documents] if len(documents) <= TITLED else []
    shards = search.read_shards()
    firsts = [tuple(first) for first, _ in shards]
    columns = {"digests": bytes.fromhex("".join(digest for _, digest in shards)), "starts": pack_starts(firsts)}
    facets = {}
    for name, (values, sets) in _iter_facets([search.entries[document.id] for document in documents]):
        distinct = sorted(set(sets))
        facets[name] = {"values": values, "sets": distinct}
        numbers = {members: number for number, members in enumerate(distinct)}
        columns[f"facet {name}"] = np.array([numbers[members] for members in sets], "<u2" if len(distinct) > 256 else "u1").tobytes()
    fields = []
    for place, field in enumerate(FIELDS):
        fields.append({"name": field.name, "boost": field.boost, "b": field.b, "average": engine.total_length(field.name) / len(documents), "asked": field.asked_as, "everywhere": field.is_everywhere})
        if field.b:
            lengths = engine.lengths(field.name)
            fields[place]["lengths"] = sorted(set(lengths))
            columns[f"lengths {field.name}"] = bytes(map({length: code for code, length in enumerate(fields[place]["lengths"])}.get, lengths))
    head = {
        "letters": len(documents), "most": size.most, "deepest": DEEPEST, "k1": K1, "wholeNumber": WHOLE_NUMBER, "shards": len(shards),
        "years": _count_runs([document.year for document in documents]), "folders": _count_runs([document.id.partition("/")[0] for document in documents]),
        "names": _lay_out([document.id.partition("/")[2] for document in documents]),
        "numbers": {number: document.number for number, document in enumerate(documents) if document.number != document.id.partition("/")[2]},
        "titles": titles,
        "pairs": make_pairs(_list_parts(documents)),
        "traditional": traditional.removeprefix(FOLDER), "fields": fields, "facets": facets, "columns": [[name, len(data)] for name, data in columns.items()],
    }
    data = _as_json(head)
    return len(data).to_bytes(4, "little") + data + b"".join(columns.values())


def _list_parts(documents: Iterable[Document]) -> set[str]:
    """All characters of the letters, as they are before traditional ones are simplified."""
    chars = {char for document in documents for values in document.words for value in values for char in normalize("NFC", value)}
    return {part for char in chars for part in normalize("NFKC", char).lower()}


def _lay_out(names: list[str]) -> str:
    """Names of one width, the first character of all, then the second, and so on: what they have in common compresses to nothing."""
    width = max(map(len, names))
    padded = [name.rjust(width) for name in names]
    return "".join("".join(name[place] for name in padded) for place in range(width))


def _count_runs(values: Iterable[Any]) -> list[list[Any]]:
    """Values in a row, each once with how often it stands there."""
    runs: list[list[Any]] = []
    for value in values:
        if not runs or runs[-1][0] != value:
            runs.append([value, 0])
        runs[-1][1] += 1
    return runs


Facet = tuple[list[tuple[str, str]], list[tuple[int, ...]]]
"""Values with slug and name, and for each letter which of them it has."""


def _iter_facets(entries: Sequence[Entry]) -> Iterator[tuple[str, Facet]]:
    """What results are filtered by, beside the year."""
    yield "topic", _make_facet([[(topic.slug, topic.name) for topic in entry.topics] for entry in entries])
    yield "respondent", _make_facet([[(entry.respondent.slug, entry.respondent.name)] for entry in entries])
    yield "kind", _make_facet([[(entry.letter.front.kind, "")] for entry in entries])
    yield "status", _make_facet([[(promise.status.code, "") for promise in entry.promises] for entry in entries])


def _make_facet(held: list[list[tuple[str, str]]]) -> Facet:
    """The values by how many letters have them, those of most first."""
    counts = Counter(value for values in held for value in dict.fromkeys(values))
    values = sorted(counts, key=lambda value: (-counts[value], value))
    numbers = {value: number for number, value in enumerate(values)}
    return values, [tuple(sorted({numbers[value] for value in each})) for each in held]
