"""Trouble in the content, as values: collected, never raised, all shown in one run.

Leaves to others: finding the trouble, and deciding what happens when there is some.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field

from dafu.text import show_controls

Spot = tuple[int, int]
"""Line and column, both counted from 1."""


class SettingsError(Exception):
    """Wrong usage or settings, told in one sentence: exit status 2."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Problem:
    """One thing that an editor has to mend."""

    path: str
    """The file as a person would open it."""
    line: int = 1
    column: int = 1
    code: str
    """Stable, for editors and tests: `date-invalid`."""
    message: str
    """What is wrong and why, the value quoted, ending in a full stop."""
    mend: str
    """What to do, ending in a full stop."""
    value: str | None = None
    secret: str | None = field(default=None, repr=False, compare=False)
    """What no message may repeat; it is shown nowhere."""

    def __str__(self) -> str:
        """One line of plain text, whatever stands in the content: nothing in it moves a terminal's cursor or turns its words round."""
        return show_controls(" ".join(f"{self.path}:{self.line}:{self.column}: {self.message} {self.mend} [{self.code}]".splitlines()))

    def as_json(self) -> str:
        """One JSON object on one line, for editors; in ASCII, so that any terminal can carry it."""
        record = {
            "file": self.path, "line": self.line, "column": self.column, "code": self.code,
            "value": self.value, "message": self.message, "mend": self.mend,
        }
        return json.dumps(record)


@dataclass(slots=True)
class Report:
    """Where the readers of one file put the problems that they meet."""

    path: str
    problems: list[Problem] = field(default_factory=list)

    def add(self, spot: Spot, code: str, message: str, mend: str, *, value: str | None = None, secret: str | None = None) -> None:
        line, column = spot
        self.problems.append(
            Problem(path=self.path, line=line, column=column, code=code, message=message, mend=mend, value=value, secret=secret)
        )


def sort_problems(problems: Iterable[Problem]) -> list[Problem]:
    """The problems once each, by file, line and column."""
    return sorted(set(problems), key=lambda p: (p.path, p.line, p.column, p.code, p.message))


def quote_value(value: str, limit: int = 80) -> str:
    """A value as it stands in a message: in quotes, on one line, cut where it is long."""
    flat = " ".join(value.split())
    shown = flat if len(flat) <= limit else flat[: limit - 1] + "…"
    return f"“{shown}”" if '"' in shown else f'"{shown}"'


def count(number: int, noun: str) -> str:
    """A number of things in English."""
    return f"{number:,} {noun}" + "s" * (number != 1)
