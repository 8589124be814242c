"""Letters' parts as bytes: they read like tuples, few are at hand at a time, and the site is the same however few."""

from __future__ import annotations

import pickle
from collections import deque
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from bench.letters import read_sentences, write_archive
from dafu import held
from dafu.archive import read_archive
from dafu.catalogue import make_catalogue
from dafu.held import OF_FRONT, OF_LETTER, Held, hold_parts
from dafu.kept import Head, open_stack
from dafu.options import Options
from dafu.problems import Report, SettingsError
from dafu.reading import Letter, read_letter
from dafu.records import as_data
from dafu.register import make_register
from dafu.search.site import Search
from dafu.words import read_words
from tests.making import ROOT, build_site, read_tree

NAME = "letters/2021/jy20210042.md"


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(held, "AT_HAND", 2)
    monkeypatch.setattr(held, "FEW_AT_HAND", 1)
    monkeypatch.setattr(held, "_at_hand", deque())


@pytest.fixture(scope="module")
def letter() -> Letter:
    found = read_letter("2021/jy20210042", (ROOT / "content" / NAME).read_text("utf-8"), Report(NAME))
    assert found is not None
    return found


def list_parts(letter: Letter) -> dict[str, Any]:
    return {name: getattr(letter.front, name) for name in OF_FRONT} | {name: getattr(letter, name) for name in OF_LETTER}


def test_parts_read_like_the_tuples_that_they_were(letter: Letter) -> None:
    parts = list_parts(hold_parts(letter)[0])
    assert {name: type(items) for name, items in parts.items()} == {name: Held if items else tuple for name, items in list_parts(letter).items()}
    for name, items in list_parts(letter).items():
        assert parts[name] == items and items == parts[name] and len(parts[name]) == len(items) and list(parts[name]) == list(items)
        assert parts[name][:1] == items[:1] and parts[name][-1:] == items[-1:] and repr(parts[name]) == repr(items) and hash(parts[name]) == hash(items)
    assert parts["commitments"] != letter.front.commitments[1:] and parts["commitments"] != list(letter.front.commitments)
    assert as_data(hold_parts(letter)[0].front) == as_data(letter.front)


def test_a_letter_with_parts_as_bytes_is_what_it_was(letter: Letter) -> None:
    kept = hold_parts(letter)[0]
    again = pickle.loads(pickle.dumps(kept))
    assert again == kept
    assert {field.name for field in fields(Letter) if getattr(kept, field.name) != getattr(letter, field.name)} == {"body"}
    assert again.front.commitments.hold is again.marks.hold


def test_of_many_letters_few_are_at_hand(letter: Letter) -> None:
    letters = [pickle.loads(pickle.dumps(hold_parts(letter)[0])) for _ in range(5)]
    first = letters[0].front.commitments[0]
    assert all(list(each.front.commitments) == list(letter.front.commitments) for each in letters)
    assert [each.marks.hold.parts is not None for each in letters] == [False, False, False, True, True]
    assert letters[0].front.commitments[0] == first
    assert [each.marks.hold.parts is not None for each in letters] == [True, False, False, False, True]


def test_only_the_part_that_is_asked_for_is_read(letter: Letter) -> None:
    kept = hold_parts(letter)[0]
    assert list(kept.marks) == list(letter.marks)
    assert [type(part) for part in kept.marks.hold.parts or ()].count(tuple) == 1
    assert list(kept.front.commitments) == list(letter.front.commitments)
    assert [type(part) for part in kept.marks.hold.parts or ()].count(tuple) == 2


def test_a_letter_without_parts_holds_none(letter: Letter) -> None:
    bare = read_letter("2020/9001", "---\nnumber: \"9001\"\ntitle: 种树\nkind: proposal\nrespondent: 某某局\ndate: 2020-05-06\n---\n\n种树。\n", Report("9001.md"))
    assert bare is not None
    assert list_parts(hold_parts(bare)[0]) == dict.fromkeys((*OF_FRONT, *OF_LETTER), ())


def test_the_site_is_the_same_however_few_are_at_hand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_archive(tmp_path / "content", 30, read_sentences(None))
    thawed: list[int] = []
    read = held.Hold.read
    monkeypatch.setattr(held.Hold, "read", lambda hold, place: (thawed.append(id(hold)) if hold.parts is None else None, read(hold, place))[1])
    assert build_site(tmp_path / "content", tmp_path / "few").problems == ()
    assert len(thawed) > 2 * len(set(thawed)) >= 60
    monkeypatch.setattr(held, "AT_HAND", 1000)
    assert build_site(tmp_path / "content", tmp_path / "all").problems == ()
    assert read_tree(tmp_path / "few") == read_tree(tmp_path / "all")
    assert not held._at_hand  # nothing of an archive stays behind


def test_texts_that_are_the_same_are_held_once(letter: Letter) -> None:
    commitments = {each.id: each for each in letter.front.commitments}
    assert {mark.id for mark in letter.marks if mark.kind == "commitment" and mark.words == commitments[mark.id].quote} == {
        mark.id for mark in letter.marks if mark.kind == "commitment" and mark.words is commitments[mark.id].quote} != set()


def test_what_is_asked_of_all_letters_at_once_is_told_without_their_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_archive(tmp_path / "content", 30, read_sentences(None))
    options = Options(content=tmp_path / "content", output=tmp_path / "public", quiet=True)
    archive = read_archive(options)
    monkeypatch.setattr(held.Hold, "read", lambda hold: pytest.fail("a letter's parts are read"))
    catalogue = make_catalogue(archive.letters, archive.reference, archive.pages, archive.heard)
    search = Search(catalogue.entries, options.memo)
    assert catalogue.stories and catalogue.policies and catalogue.comparisons and make_register(catalogue, read_words("zh-Hans")).promises
    assert len(set(search._digests)) == len(catalogue.entries)


def test_parts_that_are_damaged_or_gone_are_told(letter: Letter, tmp_path: Path) -> None:
    stack = open_stack(tmp_path)
    head = stack.keep("ab" * 32, letter)
    assert isinstance(head, Head)
    woken = [stack.wake(head) for _ in range(4)]  # more than are at hand
    assert all(list(each.marks) == list(letter.marks) for each in woken)
    path = Path(woken[-1].body.path)
    whole, start = path.read_bytes(), woken[-1].body.bounds[0]
    for found in (whole[: start + 50] + bytes(9) + whole[start + 59 :], whole[: start + 50], None):
        path.unlink() if found is None else path.write_bytes(found)
        again = stack.wake(head)
        with pytest.raises(SettingsError, match="are gone, perhaps as somebody emptied the folder"):
            list(again.marks)
