"""What the tables of the whole archive have of each letter: kept, passed on, and not made anew for letters that are as they were."""

from __future__ import annotations

import csv
import json
import pickle
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from bench.letters import write_archive
from dafu import makers, tables
from dafu.entries import Entry
from dafu.extracts import Extract, Gathering, pack_extract
from dafu.links import Looker
from tests.making import build_site, make_letter, read_tree
from tests.test_made import build_again

EXTRACTS = [Extract({"letters": f"{number}\r\n".encode()}, {("shudui", False): b"{}"}, {}) for number in range(3)]


def test_extracts_come_back_whatever_their_order(tmp_path: Path) -> None:
    with closing(Gathering(3, tmp_path)) as gathering:
        for place in (2, 0, 1):
            gathering.put(place, pack_extract(EXTRACTS[place]))
        found = pickle.loads(pickle.dumps(gathering.finish()))
        assert [found.read(place) for place in range(len(found))] == EXTRACTS
    assert list(tmp_path.iterdir()) == []


def test_none_comes_after_they_were_finished(tmp_path: Path) -> None:
    with closing(Gathering(1, tmp_path)) as gathering:
        gathering.finish()
        with pytest.raises(AssertionError):
            gathering.put(0, b"")


def test_a_letter_that_is_as_it_was_is_not_asked_again(tmp_path: Path, sentences: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    content, asked = tmp_path / "content", []
    make = makers.make_extract
    monkeypatch.setattr(makers, "make_extract", lambda entry, catalogue: asked.append(entry) or make(entry, catalogue))
    write_archive(content, 40, sentences)
    build_again(content)
    assert len(asked) == 40
    asked.clear()
    changed = sorted(content.glob("letters/*/*.md"))[20]
    changed.write_text(changed.read_text("utf-8").replace("title: ", "title: 再", 1), "utf-8")
    build_again(content)
    assert 0 < len(asked) < 20 and all(isinstance(entry, Entry) for entry in asked)
    build_site(content, tmp_path / "cold")
    assert read_tree(tmp_path / "public") == read_tree(tmp_path / "cold")


def test_tables_hold_every_letter_in_the_order_of_the_lists(tmp_path: Path, sentences: list[str]) -> None:
    write_archive(tmp_path / "content", 30, sentences)
    build_site(tmp_path / "content", tmp_path / "public")
    data = tmp_path / "public" / "data"
    letters = json.loads((data / "letters.json").read_text("utf-8"))
    found = {name: list(csv.DictReader((data / f"{name}.csv").read_text("utf-8-sig").splitlines())) for name in ("letters", "commitments", "figures")}
    order = {letter["id"]: place for place, letter in enumerate(letters)}
    assert [row["id"] for row in found["letters"]] == list(order)
    assert [(row["letter"], row["id"]) for row in found["commitments"]] == [(letter["id"], commitment["id"]) for letter in letters for commitment in letter["commitments"]]
    places = [order[row["letter"]] for row in found["figures"]]
    assert places == sorted(places) and len(places) == sum(len(letter["figures"]) for letter in letters)
    assert [row["status"] for row in found["commitments"]] == [commitment["status"] for letter in letters for commitment in letter["commitments"]]


def test_a_dead_link_in_a_row_is_told_of_the_table(tmp_path: Path, archive: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    tell = tables._tell_promise
    monkeypatch.setattr(tables, "_tell_promise", lambda promise, threads: tell(promise, threads) | {"url": f"{promise.url}9"})
    commitments = "\n- id: c1\n  quote: 我局将种树九棵\n  action: 种树"
    found = build_site(archive({"letters/2020/9001.md": make_letter(commitments=commitments)}), tmp_path / "public")
    assert [(problem.path, problem.code, problem.value) for problem in found.problems] == [("data/commitments.csv", "anchor-dead", "letters/2020/9001/#c19")]


def test_all_rows_of_tables_are_looked_at_with_letters(tmp_path: Path, sentences: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []
    look = Looker.look
    monkeypatch.setattr(Looker, "look", lambda self, output, seen=None: (looked.append(output.data.decode("utf-8-sig")) if output.path.endswith(".csv") and not output.is_looked_at else None, look(self, output, seen))[1])
    write_archive(tmp_path / "content", 9, sentences)
    build_site(tmp_path / "content", tmp_path / "public")
    rows = [row for path in (tmp_path / "public" / "data").glob("*.csv") for row in csv.DictReader(path.read_text("utf-8-sig").splitlines())]
    assert len(looked) == 27
    assert sorted(map(repr, rows)) == sorted(repr(row) for text in looked for row in csv.DictReader(text.splitlines()))
