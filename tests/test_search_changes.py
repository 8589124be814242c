"""Letters come, change and go: what is made of an earlier state is, byte for byte, what would be made of nothing."""

from __future__ import annotations

import random
import tracemalloc
from dataclasses import replace
from itertools import chain
from pathlib import Path

import pytest

from bench.letters import read_sentences, write_archive
from dafu.body import Body
from dafu.entries import Entry
from dafu.memo import Memo
from dafu.search import making
from dafu.search.bundles import Kept, write_shards
from dafu.search.changes import Change
from dafu.search.fields import digest_searched
from dafu.search.shards import name_shards
from dafu.search.site import Search, list_shard_units
from tests.test_index import read_search


@pytest.fixture(scope="module")
def entries(tmp_path_factory: pytest.TempPathFactory) -> list[Entry]:
    content = tmp_path_factory.mktemp("changing") / "content"
    write_archive(content, 120, read_sentences(None))
    return read_search(content).ordered


def make_outputs(entries: list[Entry], memo: Memo, jobs: int = 1) -> dict[str, object]:
    """All files of the search, and what else it is asked for."""
    search = Search(entries, memo, jobs)
    files: dict[str, object] = {output.path: output.data for output in chain(search.files, *(unit.make() for unit in list_shard_units(search.folder)))}
    found = {query: [(hit.entry.letter.id, hit.score, hit.where) for hit in search.find(query)] for query in ("科技", "设施 year:2010..2015", "深圳市 -创新", "的")}
    return files | {"related": {letter: [entry.letter.id for entry in others] for letter, others in search.related.items()}, "found": found}


def with_letter(entry: Entry, **parts: object) -> Entry:
    """An entry whose letter reads otherwise."""
    letter = replace(entry.letter, **parts)
    return replace(entry, letter=replace(letter, searched=digest_searched(letter)))


def change(entries: list[Entry], chance: random.Random) -> list[Entry]:
    """The letters with one that has come, changed or gone."""
    place, other = chance.randrange(len(entries)), chance.choice(entries)
    kind = chance.choice(["append", "append", "insert", "change", "edit", "edit", "retitle", "remove", "remove last"])
    match kind:
        case "append" | "insert":
            number = chance.randrange(10**6)
            front = replace(other.letter.front, date=entries[-1].date if kind == "append" else entries[place].date, title=f"关于虚构事项{number}的建议")
            return [*entries, with_letter(other, id=f"{front.date.year}/{number}", front=front)]
        case "edit":
            body, at = entries[place].letter.body, chance.randrange(40, 2000)
            edited = Body(body.blocks, body.text[:at] + chance.choice(["某某", "的", "深圳"]) + body.text[at + chance.randrange(4) :])
            return [*entries[:place], with_letter(entries[place], body=edited), *entries[place + 1 :]]
        case "retitle":
            front = replace(entries[place].letter.front, title=other.letter.front.title)
            return [*entries[:place], with_letter(entries[place], front=front), *entries[place + 1 :]]
        case "change":
            return [*entries[:place], with_letter(entries[place], body=other.letter.body), *entries[place + 1 :]]
        case "remove":
            return [*entries[:place], *entries[place + 1 :]]
        case _:
            return entries[:-1]


@pytest.mark.parametrize("seed", range(4))
def test_letters_that_come_and_go_leave_what_a_clean_build_makes(entries: list[Entry], tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "CHUNK", 32)
    monkeypatch.setattr("dafu.search.chunks.CHUNK", 32)
    rounds: list[None] = []
    read_tree = Change._read_tree
    monkeypatch.setattr(Change, "_read_tree", lambda self: (rounds.append(None), read_tree(self))[1])
    chance = random.Random(seed)
    memo = Memo(tmp_path / ".cache" / "memo")
    now = entries
    make_outputs(now, memo)
    for _ in range(5):
        now = sorted(change(now, chance), key=lambda entry: (entry.date, entry.letter.id))
        found, clean = make_outputs(now, memo), make_outputs(now, Memo(None))
        assert found == clean
    assert len(rounds) > (5 if seed == 0 else 0), "with seed 0 an upper gram becomes too rare, so that what is above it is grown too"


def test_shards_are_written_as_they_come(tmp_path: Path) -> None:
    many, size = 40, 1_000_000
    packed = ((bytes([number]) * size, bytes([0, 0, number])) for number in range(many))
    tracemalloc.start()
    try:
        write_shards(tmp_path, name_shards(((number,) for number in range(many)), packed))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 5 * size
    kept = Kept(tmp_path)
    assert [(shard.first, data[0], len(data)) for shard, data in zip(kept.shards, map(kept.read_data, range(many)), strict=True)] == [((number,), number, size) for number in range(many)]
