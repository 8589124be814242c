"""Folders that runs share: who waits, what is believed, what goes."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

import pytest

from dafu import holds, memo
from dafu.holds import Passing, remove_unheld, try_hold
from dafu.memo import Memo

pytestmark = pytest.mark.skipif(os.name != "posix", reason="Windows has no flock")


def keep(memo: Memo, words: str) -> Path:
    """A folder that holds some words, kept under them."""
    return memo.keep_folder("index", [words.encode()], lambda folder, _: (folder / "words").write_text(words) and None)


def test_folder_that_is_read_from_stays(tmp_path: Path) -> None:
    reading, others = Memo(tmp_path / "memo"), [Memo(tmp_path / "memo") for _ in range(5)]
    path = keep(reading, "old")
    os.utime(path, (0, 0))
    for number, other in enumerate(others):
        keep(other, str(number))
    assert (path / "words").read_text() == "old"


def test_folders_read_from_no_more_go_but_three(tmp_path: Path) -> None:
    for number in range(5):
        keep(Memo(tmp_path / "memo"), str(number))
    assert sorted((path / "words").read_text() for path in (tmp_path / "index").iterdir()) == ["2", "3", "4"]


def test_new_folder_stays_though_the_others_are_of_the_future(tmp_path: Path) -> None:
    for number in range(3):
        os.utime(keep(Memo(tmp_path / "memo"), str(number)), (4e9, 4e9))
    assert keep(Memo(tmp_path / "memo"), "new").exists()


def test_folder_in_the_place_of_another_is_not_believed(tmp_path: Path) -> None:
    one, other = (keep(Memo(tmp_path / "memo"), words) for words in ("one", "other"))
    one.rename(tmp_path / "passing")
    other.rename(one)
    (tmp_path / "passing").rename(other)
    assert [(keep(Memo(tmp_path / "memo"), words) / "words").read_text() for words in ("one", "other")] == ["one", "other"]


def test_a_file_that_two_folders_have_is_read_once_and_still_believed_only_if_it_is_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    digest = hashlib.file_digest
    monkeypatch.setattr(hashlib, "file_digest", lambda opened, name: (read.append(Path(opened.name).name), digest(opened, name))[1])

    def fill(folder: Path, last: Path | None) -> None:
        if last is not None:
            os.link(last / "same", folder / "same")
        else:
            (folder / "same").write_text("as it was")
        (folder / "other").write_text("new" if last else "old")

    Memo(tmp_path / "memo").keep_folder("index", [b"1"], fill)
    read.clear()
    path = Memo(tmp_path / "memo").keep_folder("index", [b"2"], fill)
    assert read.count("same") == 1 and read.count("other") == 2
    (path / "same").write_text("as it is")
    read.clear()
    assert (Memo(tmp_path / "memo").keep_folder("index", [b"2"], lambda folder, _: (folder / "same").write_text("anew") and None) / "same").read_text() == "anew"


@pytest.mark.parametrize("seen", [None, b"", b"[[", b"[" * 10**5, b"[7]", b'[["same", 7, [1], "zz"], ["gone", 1, [2], ""]]'])
def test_files_of_a_large_folder_are_not_read_again_unless_the_disk_says_that_they_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seen: bytes | None) -> None:
    monkeypatch.setattr(memo, "MUCH", 1)
    read: list[str] = []
    digest = hashlib.file_digest
    monkeypatch.setattr(hashlib, "file_digest", lambda opened, name: (read.append(Path(opened.name).name), digest(opened, name))[1])

    def fill(folder: Path, last: Path | None) -> None:
        if last:
            os.link(last / "same", folder / "same")
        else:
            (folder / "same").write_text("as it was")
        (folder / "other").write_text("new" if last else "old")

    def keep_part(part: bytes) -> Path:
        read.clear()
        return Memo(tmp_path / "memo").keep_folder("index", [part], fill)

    keep_part(b"1")
    path = keep_part(b"2")
    assert sorted(read) == ["PROGRAM", "other"]  # of the second folder alone
    assert (keep_part(b"2"), read) == (path, [])
    if seen is not None:
        (path / "SEEN").write_bytes(seen)
        assert (keep_part(b"2"), sorted(read)) == (path, ["PROGRAM", "other", "same"])
    keep_part(b"2")
    note = os.stat(path / "SEEN")
    assert (keep_part(b"2"), os.stat(path / "SEEN")) == (path, note)  # it says the same, and stays
    before = os.stat(path / "same")
    (path / "same").write_text("as it is!")
    os.utime(path / "same", ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (keep_part(b"2") / "same").read_text() == "as it was"


def test_folder_that_a_killed_run_has_begun_goes(tmp_path: Path) -> None:
    begun, foreign = (tmp_path / "index" / name for name in (f"{'0' * 24}.4711", "mine.4711"))
    begun.mkdir(parents=True)
    foreign.mkdir()
    keep(Memo(tmp_path / "memo"), "new")
    assert (begun.exists(), foreign.exists()) == (False, True)


def test_passing_folder_of_a_killed_run_goes_and_that_of_a_living_one_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    (tmp_path / "dafu-index-left").mkdir()
    living = Passing("dafu-index-")
    again = Passing("dafu-index-")
    assert set(tmp_path.iterdir()) == {living.path, again.path}
    del living, again
    assert list(tmp_path.iterdir()) == []


def test_answer_is_not_written_through_a_link(tmp_path: Path) -> None:
    letter = tmp_path / "letter.md"
    letter.write_text("words")
    path = tmp_path / "memo" / "ab" / "cd"
    path.parent.mkdir(parents=True)
    path.symlink_to(letter)
    Memo(tmp_path / "memo").write("abcd", b"answer")
    assert letter.read_text() == "words"
    assert Memo(tmp_path / "memo").read("abcd") == b"answer"


def test_held_folder_is_not_removed(tmp_path: Path) -> None:
    folder = tmp_path / "held"
    folder.mkdir()
    descriptor = try_hold(folder, shared=True)
    assert descriptor is not None
    assert not remove_unheld(folder)
    os.close(descriptor)
    assert remove_unheld(folder)


def test_passing_folder_that_another_process_takes_for_a_leftover_is_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[Path] = []

    def take(folder: Path, **options: bool) -> int | None:
        if not taken:
            taken.append(folder)
            folder.rmdir()
        return try_hold(folder, **options)

    monkeypatch.setattr(holds, "try_hold", take)
    passing = Passing("dafu-passing-", tmp_path)
    assert passing.path.is_dir() and passing.path not in taken
    passing.remove()
