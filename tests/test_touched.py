"""Which letters a change touches: all whose passages become others, of few letters or of many that share them, and not the whole archive."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from dafu.entries import Entry
from dafu.memo import Memo
from dafu.parallels import Parallels, digest_shared, show_other
from dafu.touched import Change, Standing
from tests.test_parallels import ALL, read_entries

POOL = 12


def make_bodies(chance: random.Random, count: int) -> list[str]:
    """Letters made of a few pieces, so that some pieces stand in many letters and some in few."""
    pieces = ["".join(chance.choice("甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳") for _ in range(chance.choice((21, 30, 60)))) for _ in range(POOL)]
    weights = [2 ** -place for place in range(POOL)]
    return ["\n\n".join("".join(f"{piece}{chance.choice('金木水火土')}" for piece in chance.choices(pieces, weights, k=2)) for _ in range(2)) + "\n" for _ in range(count)]


def stand(entries: tuple[Entry, ...]) -> list[Standing]:
    """The oldest first; a letter's record is called by its words."""
    return [(entry.url, repr((entry.letter.body.digest, show_other(entry))).encode(), entry.letter.body.text) for entry in reversed(entries)]


def tell_passages(parallels: Parallels, entries: tuple[Entry, ...]) -> dict[str, bytes]:
    """By the letter, all that its passages are."""
    parallels.meet()
    return {entry.url: digest_shared(shared) for entry in entries for shared in parallels.find_each([entry], ALL, ALL)}


@pytest.mark.parametrize("seed", range(8))
def test_whatever_passages_change_are_those_of_letters_that_are_touched(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if seed // 4 % 2:
        monkeypatch.setattr("dafu.texts.BATCH", 4)
    chance = random.Random(seed)
    bodies = make_bodies(chance, 30)
    old = read_entries(tmp_path / "old", bodies)
    place, kind = chance.randrange(len(bodies)), ("a copy", "gone", "come", "other words")[seed % 4]
    if kind in ("a copy", "other words"):
        bodies[place] = chance.choice(bodies) if kind == "a copy" else make_bodies(random.Random(seed), 1)[0]
    new = read_entries(tmp_path / "new", bodies)
    if kind in ("gone", "come"):
        fewer = new[: len(new) - 1 - place] + new[len(new) - place :]
        old, new = (old, fewer) if kind == "gone" else (fewer, new)
    before, now = tell_passages(Parallels(old, Memo(None)), old), Parallels(new, Memo(None))
    touched = Change(stand(old), stand(new)).find_touched(now.texts, lambda words: words)
    assert touched is not None
    after = tell_passages(now, new)
    changed = {url for url, passages in after.items() if before.get(url) != passages}
    names = {now.entries[number].url for number in touched}
    assert changed <= names
    assert len(names) < len(after)


def test_many_changes_may_touch_all() -> None:
    letters: list[Standing] = [(f"letters/{number}/", b"", "") for number in range(10)]
    assert not Change(letters, letters[:5]).is_small
    assert not Change(letters, [letters[1], letters[0], *letters[2:]]).is_small
    assert Change(letters, letters[1:]).is_small
