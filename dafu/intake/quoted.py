"""Titles in quotation marks, nested ones too, and a text without them. Pure functions on strings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_PAIRS = {"《": "》", "“": "”", "「": "」", "『": "』", "〈": "〉"}
_OPENING = re.compile("[" + "".join(_PAIRS) + "\"]")
NEAR = 200
"""Characters within which a quotation must end; one that doesn't was never closed."""


@dataclass(frozen=True, slots=True)
class Quoted:
    """A quotation, its marks within `start` and `end`."""

    start: int
    end: int
    text: str
    """Without its marks."""


def iter_quoted(text: str) -> Iterator[Quoted]:
    """The outermost quotations of a text; straight quotes count in pairs, and one that opens twice closes where the marks balance."""
    place = 0
    while opening := _OPENING.search(text, place):
        place = opening.start()
        end = text.find('"', place + 1) if opening[0] == '"' else _find_end(text, place)
        is_near = 0 < end - place <= NEAR
        if is_near:
            yield Quoted(place, end + 1, text[place + 1 : end])
        place = end + 1 if is_near else place + 1


def _find_end(text: str, start: int) -> int:
    """Where the quotation that opens here closes; -1 where it doesn't. A text that writes ” for “ or nests “ in “ still ends at the mark that balances it."""
    opening, closing = text[start], _PAIRS[text[start]]
    depth, last = 0, -1
    for place in range(start, min(len(text), start + NEAR)):
        if text[place] == opening:
            depth += 1
        elif text[place] == closing:
            depth -= 1
            last = place
            if depth == 0:
                return place
        elif text[place] in "。\n" and depth == 1 and opening == "《":
            break
    return last


def drop_quoted(text: str) -> str:
    """The text with each quotation as one `◇`, so that nothing in a title is taken for the letter's own word."""
    kept, place = [], 0
    for quoted in iter_quoted(text):
        kept += [text[place : quoted.start], "◇"]
        place = quoted.end
    return "".join(kept) + text[place:]
