"""Slips of the office or the scanner: doubled words, stray Latin, lost units. Each is a candidate; a person decides, and the body keeps what was printed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from dafu.intake.flow import Paragraph
from dafu.text import drop_typed_blanks, squeeze


MOST = 60
"""Slips of one kind; a text with more of them is damaged as a whole."""


@dataclass(frozen=True, slots=True)
class Slip:
    """A passage and how it may have been meant."""

    quote: str
    reading: str
    type: str
    """As in the front matter's `corrections`."""
    why: str


_HAN = r"\u4e00-\u9fff"
_PARTICLE = re.compile(r"的的|了了|是是|和和|在在|为为|及及|与与|将将|等等等|，，|。。|、、|；；|：：")
_DOUBLED = re.compile(rf"([{_HAN}]{{3,12}})\1")
_LATIN = re.compile(rf"(?<=[{_HAN}”》）])\s?(and|or|of|the|in|to|for|with|by)\s?(?=[{_HAN}“《（])")
_READINGS = {"and": "和", "or": "或", "of": "的"}
_UNIT = re.compile(r"(?<=[\d万亿余多])([²³])")


def find_slips(text: str, paragraphs: Sequence[Paragraph], respondent: str | None, printed: str | None) -> tuple[Slip, ...]:
    """The slips of a body's plain text, in its order; `printed` is the signature where it isn't the respondent's name."""
    breaks = list(_iter_page_breaks(text, paragraphs))
    doubled = [slip for slip in _iter_doubled(text) if not any(slip.quote in other.quote or other.quote in slip.quote for other in breaks)]
    found = [*breaks, *doubled, *_iter_latin(text), *_iter_units(text)]
    if respondent and printed and printed != respondent and printed in text:
        found.append(Slip(printed, respondent, "typo", "the signature isn't the office's name"))
    unique = {(slip.quote, slip.reading): slip for slip in found}
    return tuple(sorted(unique.values(), key=lambda slip: text.find(slip.quote)))


def _iter_page_breaks(text: str, paragraphs: Sequence[Paragraph]) -> Iterator[Slip]:
    """Words that end one line and begin the next, within a paragraph."""
    for paragraph in paragraphs:
        for first, second in zip(paragraph.lines, paragraph.lines[1:], strict=False):
            end, start = squeeze(first.text.replace("**", "")), squeeze(second.text.replace("**", ""))
            size = next((size for size in range(min(12, len(end), len(start)), 1, -1) if end[-size:] == start[:size] and not re.fullmatch(r"[\d\W]+", start[:size])), 0)
            if not size:
                continue
            quote = _widen(text, end[-size:] + start[: size + 6])
            if quote:
                yield Slip(quote, quote.replace(end[-size:] * 2, end[-size:], 1), "page-break", f"“{end[-size:]}” ends a line and begins the next")


def _iter_doubled(text: str) -> Iterator[Slip]:
    for match in islice(_DOUBLED.finditer(text), MOST):
        if quote := _widen(text, match[0], match.start()):
            yield Slip(quote, quote.replace(match[0], match[1], 1), "typo", f"“{match[1]}” stands twice")
    for match in islice(_PARTICLE.finditer(text), MOST):
        if quote := _widen(text, match[0], match.start()):
            yield Slip(quote, quote.replace(match[0], match[0][0], 1), "typo", f"“{match[0][0]}” stands twice")


def _iter_latin(text: str) -> Iterator[Slip]:
    for match in islice(_LATIN.finditer(text), MOST):
        reading = _READINGS.get(match[1])
        if reading and (quote := _widen(text, match[0], match.start())):
            yield Slip(quote, quote.replace(match[0], reading, 1), "ocr", f"an English “{match[1]}” in a Chinese sentence")


def _iter_units(text: str) -> Iterator[Slip]:
    for match in islice(_UNIT.finditer(text), MOST):
        if quote := _widen(text, match[0], match.start()):
            place = quote.rfind(match[0])
            yield Slip(quote, quote[:place] + "m" + quote[place:], "unit-lost", "a power without its unit")


def _widen(text: str, words: str, place: int | None = None) -> str | None:
    """Words with as much of what stands around them as makes them unique in the text; None where they don't stand there."""
    words = drop_typed_blanks(words)
    start = text.find(words) if place is None else text.find(words, place)
    if start < 0:
        return None
    end = start + len(words)
    for _ in range(40):
        quote = text[start:end]
        if text.count(quote) == 1 and len(quote) >= 6:
            return quote
        if start and text[start - 1] != "\n" and (text[start - 1] not in "。；" or end >= len(text) or text[end] == "\n"):
            start -= 1
        elif end < len(text) and text[end] != "\n":
            end += 1
        else:
            return quote if text.count(quote) == 1 else None
    return None
