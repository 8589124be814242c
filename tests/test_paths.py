"""A set of paths is what a set of the same would be."""

from __future__ import annotations

import random

import pytest

from dafu import paths
from dafu.paths import Paths

NAMES = ["index.html", "index.json", "9.bin", "a/index.html", "a/index.json", "a/b/index.html", "letters/2020/9001/index.html", "letters/2020/9002/index.html", "a", "b.txt"]


@pytest.mark.parametrize("few", [0, 1, 2, 32])
@pytest.mark.parametrize("seed", range(20))
def test_paths_are_kept_as_a_set_keeps_them(seed: int, few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paths, "FEW", few)
    chance = random.Random(seed)
    found, plain = Paths(), set()
    for path in chance.choices([*NAMES, *(f"many/{number}.bin" for number in range(50))], k=chance.randrange(150)):
        assert (path in found) == (path in plain)
        found.add(path)
        plain.add(path)
        assert len(found) == len(plain)
    assert sorted(found) == sorted(plain) and found == plain == set(Paths(plain))
    assert "many" not in found and "letters/2020" not in found and "" not in found and 9 not in found
    assert found - {"index.html"} == plain - {"index.html"}


def test_folders_that_are_alike_share_their_names() -> None:
    found = Paths(f"letters/2020/{number}/{name}" for number in range(9) for name in ("index.html", "index.json"))
    assert len({id(names) for names in found._names.values()}) == 1
