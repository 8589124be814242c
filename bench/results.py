"""What builds were measured to cost, kept in a file, and as the tables of bench/README.md."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from bench.watching import Spent

COLD, UNCHANGED, LETTER, TEMPLATE, NEWEST = "cold", "unchanged", "one letter changed", "one template changed", "one new letter"
SINGLE, UNCACHED = "cold, one process", "cold, without a cache"
OURS = (COLD, UNCHANGED, LETTER, TEMPLATE, NEWEST, SINGLE, UNCACHED)
HUGO, HUGO_LETTER, PAGEFIND = "Hugo, cold", "Hugo, one letter changed", "Pagefind on Hugo's site"
PEERS = (HUGO, HUGO_LETTER, PAGEFIND)


@dataclass(frozen=True, slots=True)
class Change:
    """Files of a site that a rebuild wrote anew, added or took away, apart from `data/`; bytes are those that they have now."""

    files: int
    size_bytes: int
    data_bytes: int
    """What changed in `data/`, the whole archive as tables."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """An archive of so many letters."""

    letters: int
    text_bytes: int
    """Of the letters' files."""
    files: int
    size_bytes: int
    unequal: tuple[str, ...] = ()
    """Builds whose site wasn't that of a cold build of the same content, byte for byte."""
    changes: dict[str, Change] = field(default_factory=dict)
    spent: dict[str, tuple[Spent, ...]] = field(default_factory=dict)
    """Of each step, run for run."""

    def median(self, step: str) -> Spent | None:
        """The median of each figure; None for a step that wasn't measured."""
        runs = self.spent.get(step)
        return Spent(*(median(getattr(run, name) for run in runs) for name in Spent.__slots__)) if runs else None

    def get(self, step: str, figure: str) -> float | None:
        found = self.median(step)
        return getattr(found, figure) if found else None

    def both_peers(self, figure: str) -> float | None:
        """Seconds of Hugo's cold build and Pagefind's index one after the other, or the memory of the larger of the two."""
        values = [self.get(step, figure) for step in (HUGO, PAGEFIND)]
        if None in values:
            return None
        return (sum if figure.endswith("seconds") else max)(values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """A run of the whole measurement."""

    machine: str
    command: str
    archives: tuple[Measured, ...]


def write_results(results: Results, path: Path) -> None:
    path.write_text(json.dumps(asdict(results), ensure_ascii=False, indent=1) + "\n", "utf-8")


def read_results(path: Path) -> Results:
    data = json.loads(path.read_text("utf-8"))
    return Results(machine=data["machine"], command=data["command"], archives=tuple(map(_read_measured, data["archives"])))


def _read_measured(data: dict[str, Any]) -> Measured:
    changes = {step: Change(**change) for step, change in data.pop("changes").items()}
    spent = {step: tuple(Spent(**run) for run in runs) for step, runs in data.pop("spent").items()}
    return Measured(**data | {"unequal": tuple(data["unequal"])}, changes=changes, spent=spent)


def make_steps_table(measured: Measured) -> str:
    """Every step of one archive, beside its cold build."""
    cold = measured.get(COLD, "seconds") or 1
    rows = [_row(f"{measured.letters:,} letters, {measured.files:,} files, {measured.size_bytes / 1e6:,.0f} MB", "seconds", "of cold", "ms a letter", "CPU seconds", "largest process MB", "all processes MB"), "|---|" + "---|" * 6]
    for step in (*OURS, *PEERS):
        if spent := measured.median(step):
            rows.append(_row(step, f"{spent.seconds:.1f}", f"{spent.seconds / cold:.2f}", f"{1000 * spent.seconds / measured.letters:.2f}", f"{spent.cpu_seconds:.1f}", f"{spent.largest_mb:,.0f}", f"{spent.together_mb:,.0f}"))
    return "\n".join(rows)


def make_growth_table(archives: Sequence[Measured]) -> str:
    """All archives side by side, ours and the peers', with ratios."""
    rows = [_row("", *(f"{measured.letters:,} letters" for measured in archives)), "|---|" + "---|" * len(archives)]

    def add(name: str, make: Callable[[Measured], str | None]) -> None:
        values = [make(measured) for measured in archives]
        if any(values):
            rows.append(_row(name, *(value or "–" for value in values)))

    for step in (*OURS, *PEERS):
        add(f"{step}, ms a letter", lambda measured, step=step: _per_letter(measured, step))
    add("unchanged, one letter, one template, one new letter, of cold", lambda measured: " / ".join(_ratio(measured.get(step, "seconds"), measured.get(COLD, "seconds")) for step in (UNCHANGED, LETTER, TEMPLATE, NEWEST)))
    for name, ours, peer in (("cold", COLD, HUGO), ("one letter changed", LETTER, HUGO_LETTER)):
        add(f"{name}, of Hugo's seconds", lambda measured, ours=ours, peer=peer: _of(measured.get(ours, "seconds"), measured.get(peer, "seconds")))
    for name, figure in (("seconds", "seconds"), ("CPU seconds", "cpu_seconds")):
        add(f"cold, of Hugo's and Pagefind's {name}", lambda measured, figure=figure: _of(measured.get(COLD, figure), measured.both_peers(figure)))
    for step in (COLD, LETTER, SINGLE, *PEERS):
        add(f"{step}: largest process, all processes, MB", lambda measured, step=step: _memory(measured.median(step)))
    add("cold, largest process, of the larger of Hugo's and Pagefind's", lambda measured: _of(measured.get(COLD, "largest_mb"), measured.both_peers("largest_mb")))
    add("files", lambda measured: f"{measured.files:,}")
    add("MB, and times the letters' own", lambda measured: f"{measured.size_bytes / 1e6:,.1f}, {measured.size_bytes / measured.text_bytes:.1f}")
    for step in (LETTER, NEWEST, TEMPLATE):
        add(f"{step}: files and MB that change, apart from `data/`", lambda measured, step=step: _change(measured.changes.get(step)))
    add("rebuilt, of one process, without a cache: the bytes of a cold build", lambda measured: f"not {', '.join(measured.unequal)}" if measured.unequal else "all" if SINGLE in measured.spent else "rebuilt")
    return "\n".join(rows)


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _per_letter(measured: Measured, step: str) -> str | None:
    seconds = measured.get(step, "seconds")
    return None if seconds is None else f"{1000 * seconds / measured.letters:.2f}"


def _ratio(one: float | None, other: float | None) -> str:
    return f"{one / other:.2f}" if one is not None and other else "–"


def _of(one: float | None, other: float | None) -> str | None:
    return None if one is None or not other else _ratio(one, other)


def _memory(spent: Spent | None) -> str | None:
    return f"{spent.largest_mb:,.0f}, {spent.together_mb:,.0f}" if spent else None


def _change(change: Change | None) -> str | None:
    return f"{change.files:,}, {change.size_bytes / 1e6:,.2f}" if change else None
