"""What the measurements stand on: letters that are valid in any number, and the same in every archive."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from bench.letters import read_sentences, write_archive, write_newest
from dafu.road import Options, build, read_archive
from dafu.status import STATUSES

SENTENCES = read_sentences(None)


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of 60 letters."""
    folder = tmp_path_factory.mktemp("bench") / "content"
    write_archive(folder, 60, SENTENCES)
    return folder


def read_files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.md")}


def test_invented_letters_pass_every_check(content: Path) -> None:
    options = Options(content=content, output=content.parent / "public", use_cache=False, quiet=True)
    assert build(options, writing=False).problems == ()


@pytest.mark.parametrize("whole", [False, True])
@pytest.mark.parametrize("count", [1, 19, 20, 41])
def test_any_number_of_letters_is_an_archive_and_so_is_one_more(count: int, whole: bool, tmp_path: Path) -> None:
    options = Options(content=tmp_path / "content", output=tmp_path / "public", use_cache=False, quiet=True)
    write_archive(options.content, count, SENTENCES, whole=whole)
    assert read_archive(options).problems == ()
    write_newest(options.content, count, SENTENCES, whole=whole)
    archive = read_archive(options)
    assert (archive.problems, len(archive.letters)) == ((), count + 1)


def test_letter_is_the_same_in_a_larger_archive(content: Path, tmp_path: Path) -> None:
    write_archive(tmp_path, 90, SENTENCES)
    larger = read_files(tmp_path)
    assert {name: larger[name] for name in read_files(content)} == read_files(content)


def test_another_seed_gives_other_letters(content: Path, tmp_path: Path) -> None:
    write_archive(tmp_path, 60, SENTENCES, seed=9002)
    assert not set(read_files(tmp_path / "letters").values()) & set(read_files(content / "letters").values())


def test_newest_letter_is_the_youngest_and_leaves_the_others(content: Path, tmp_path: Path) -> None:
    write_archive(tmp_path, 60, SENTENCES)
    newest = write_newest(tmp_path, 60, SENTENCES).relative_to(tmp_path).as_posix()
    files = read_files(tmp_path)
    letters = read_archive(Options(content=tmp_path, output=tmp_path.parent / "public", use_cache=False)).letters
    assert max(letters, key=lambda letter: letter.front.date).id == newest.removeprefix("letters/").removesuffix(".md")
    del files[newest]
    assert files == read_files(content)


def test_invented_letters_have_what_real_ones_have(content: Path) -> None:
    letters = read_archive(Options(content=content, output=content.parent / "public", use_cache=False)).letters
    commitments = [commitment for letter in letters for commitment in letter.front.commitments]
    assert all(3000 <= len(letter.body.text) <= 5000 for letter in letters)
    assert 6 <= len(commitments) / len(letters) <= 10
    assert {evidence.says for commitment in commitments for evidence in commitment.evidence} <= set(STATUSES)
    assert all(any(getattr(item, name) for item in commitments) for name in ("measure", "due", "owners", "thread", "uncheckable", "evidence"))
    assert all(any(getattr(letter.front, name) for letter in letters) for name in ("figures", "citations", "notes", "corrections", "co_handlers", "session", "document_number", "replies_to"))
    assert {block.kind for letter in letters for block in letter.body.blocks} == {"heading", "paragraph", "table"}
    assert len({letter.year for letter in letters}) == 20


def test_most_sentences_stand_in_one_letter(content: Path) -> None:
    letters = read_archive(Options(content=content, output=content.parent / "public", use_cache=False)).letters
    found = Counter(sentence for letter in letters for sentence in set(letter.body.text.split("。")))
    assert 0.75 < sum(number == 1 for number in found.values()) / len(found) < 1


def test_whole_sentences_are_those_of_the_file(tmp_path: Path) -> None:
    write_archive(tmp_path, 1, SENTENCES, whole=True)
    text = next(tmp_path.glob("letters/*/*.md")).read_text("utf-8")
    assert sum(sentence in text for sentence in SENTENCES) > 40
