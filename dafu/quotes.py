"""Quotes found in a letter's text: white space and markup don't count, everything else does, to the letter."""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property
from typing import NamedTuple

from dafu.text import squeeze

LONGEST_SEARCHED = 100_000
"""Characters in which the nearest passage is looked for; it takes time, and only helps a message."""

_SPACE = re.compile(r"\s")


class Span(NamedTuple):
    """A stretch of a body's plain text, in code points."""

    start: int
    end: int

    def slice(self, text: str) -> str:
        return text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Missed:
    """Why a quote was not found."""

    code: str
    message: str
    mend: str


class Finder:
    """Looks for quotes in one text."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def gaps(self) -> list[int]:
        """For each character of white space, how many others stand before it."""
        return [match.start() - number for number, match in enumerate(_SPACE.finditer(self.text))]

    @cached_property
    def squeezed(self) -> str:
        return squeeze(self.text)

    def place(self, squeezed: int) -> int:
        """The place in the text of a character of the squeezed text."""
        return squeezed + bisect.bisect_right(self.gaps, squeezed)

    def iter_spans(self, quote: str) -> Iterator[Span]:
        """Every place where the words stand, from the first on; places may overlap."""
        words = squeeze(quote)
        if "**" in words and words not in self.squeezed:
            words = words.replace("**", "")
        place = self.squeezed.find(words) if words else -1
        while place >= 0:
            yield Span(self.place(place), self.place(place + len(words) - 1) + 1)
            place = self.squeezed.find(words, place + 1)

    def find(self, quote: str, nth: int | None = None) -> Span | Missed:
        """The one place of a quote, or why there is none to take."""
        spans = list(self.iter_spans(quote))
        if not spans:
            near = self.nearest(quote)
            mend = f"Nearest passage: “{near}”." if near else "Nothing like it stands there."
            return Missed("quote-missing", "doesn't stand in the text.", mend)
        if nth is None and len(spans) > 1:
            return Missed("quote-ambiguous", f"stands there {len(spans)} times.", f"Add `nth: 2` (1 to {len(spans)}), or quote more words.")
        if nth is not None and nth > len(spans):
            return Missed("quote-nth", f"stands there only {len(spans)} times, nth is {nth}.", f"Write a number from 1 to {len(spans)}.")
        return spans[(nth or 1) - 1]

    def nearest(self, quote: str) -> str:
        """The passage that has most in common with a quote, for a message; empty where two characters in a row are not to be found."""
        words = squeeze(quote.replace("**", ""))[:400]
        text = self.squeezed[:LONGEST_SEARCHED]
        block = SequenceMatcher(None, text, words, autojunk=False).find_longest_match(0, len(text), 0, len(words))
        if block.size < min(2, len(words)):
            return ""
        start = max(0, block.a - block.b)
        found = self.squeezed[start : start + len(words)]
        return found if len(found) <= 120 else found[:119] + "…"

