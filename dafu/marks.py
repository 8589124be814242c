"""Annotations in their places in a letter's text; and of its commitments what registers ask of all letters at once."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dafu.letter import Commitment, Evidence
from dafu.packed import Packed
from dafu.quotes import Span


@dataclass(frozen=True, slots=True)
class Mark(Packed):
    """An annotation in its place."""

    kind: str
    """commitment | figure | citation | note | correction"""
    id: str
    """The anchor in the page: c1, f1, q1, n1, k1."""
    span: Span
    index: int
    """The annotation's place in its list of the front matter."""
    words: str
    """What stands there."""
    block: str
    """The anchor of the block in which it begins."""


@dataclass(frozen=True, slots=True)
class Outline(Packed):
    """A commitment without its words."""

    id: str
    number: int
    """Its place in the front matter's list."""
    place: int | None
    """That of its mark among the letter's; None where its words don't stand in the letter."""
    thread: str | None
    due: datetime.date | None
    is_measured: bool
    is_owned: bool
    is_uncheckable: bool
    evidence: tuple[Evidence, ...]


def iter_outlines(commitments: Sequence[Commitment], marks: Sequence[Mark]) -> Iterator[Outline]:
    """All commitments, in the editor's order."""
    places = {mark.index: place for place, mark in enumerate(marks) if mark.kind == "commitment"}
    for number, each in enumerate(commitments):
        due = each.due and each.due.value
        yield Outline(each.id, number, places.get(number), each.thread, due, each.measure is not None, bool(each.owners), each.uncheckable, each.evidence)
