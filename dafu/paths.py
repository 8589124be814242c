"""Paths of a site's files: a large archive has a million of them, in folders that are much alike."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set

FEW = 32
"""Names of a folder up to which it shares them with others that have the same."""


class Paths(Set[str]):
    """A set of paths: each folder stands there once, and what its files are called as often as that differs."""

    def __init__(self, paths: Iterable[str] = ()) -> None:
        self._names: dict[str, tuple[str, ...] | set[str]] = {}
        self._shared: dict[tuple[str, ...], tuple[str, ...]] = {}
        self._count = 0
        for path in paths:
            self.add(path)

    def add(self, path: str) -> None:
        folder, slash, name = path.rpartition("/")
        names = self._names.get(folder + slash, ())
        if name in names:
            return
        self._count += 1
        if isinstance(names, set):
            names.add(name)
        elif len(names) < FEW:
            more = (*names, name)
            self._names[folder + slash] = self._shared.setdefault(more, more)
        else:
            self._names[folder + slash] = {*names, name}

    def __contains__(self, path: object) -> bool:
        if not isinstance(path, str):
            return False
        folder, slash, name = path.rpartition("/")
        return name in self._names.get(folder + slash, ())

    def __iter__(self) -> Iterator[str]:
        """In the order of their folders, as these came."""
        return (folder + name for folder, names in self._names.items() for name in names)

    def __len__(self) -> int:
        return self._count
