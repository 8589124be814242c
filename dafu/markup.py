"""A block's words as HTML: each annotation a `mark` with its anchor, each correction shown where it stands.

Marks may overlap; HTML elements may not. So a block is cut at every end of a mark or a style, and each piece is wrapped by itself (markupsafe comes in here):

    text   推动有条件区域实现错峰共享停车，新建停车位6000个。
    c7     └──────────────────────────┘
    c8                             └──────────────┘
    pieces ├───────────────────────┼──┼───────────┤
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from markupsafe import Markup, escape

from dafu.body import Run
from dafu.jsontext import write_json
from dafu.quotes import Span
from dafu.reading import Letter
from dafu.text import squeeze


@dataclass(frozen=True, slots=True)
class Mend:
    """What a correction takes away and puts in its place, without the words that stay."""

    struck: Span
    written: str


@dataclass(frozen=True, slots=True)
class Link:
    """A stretch that the build marks by itself."""

    kind: str
    """policy | compared | parallel | evidence | redaction"""
    span: Span
    id: str | None = None
    """Its anchor, where it has one of its own."""
    href: str | None = None


def show(value: object) -> str:
    """A value as it stands in a page: markup as it is, all else escaped. Most texts hold nothing that must be; to see that takes less than to make markup of them."""
    kind = type(value)
    if kind is Markup:
        return value  # type: ignore[return-value]
    if kind is str and not ("&" in value or "<" in value or ">" in value or '"' in value or "'" in value):  # type: ignore[operator]
        return value  # type: ignore[return-value]
    return str(escape(value))


def fill(pattern: str, *values: object) -> Markup:
    """A pattern of markup with values in its places, escaped unless they are markup."""
    return Markup(pattern.format(*map(escape, values)))


def find_mend(span: Span, reading: str, text: str) -> Mend:
    """The least change that turns the printed words into the reading."""
    printed = span.slice(text)
    if squeeze(printed) != printed:
        return Mend(span, reading)
    ahead = _common(printed, reading)
    behind = _common(printed[ahead:][::-1], reading[ahead:][::-1])
    if ahead == 0 and behind == len(printed):
        return Mend(span, reading)
    return Mend(Span(span.start + ahead, span.end - behind), reading[ahead : len(reading) - behind])


def read_span(text: str, mends: Iterable[Mend], start: int, end: int) -> str:
    """The reading of a stretch of a text: as printed, with the corrections that lie in it."""
    parts, place = [], start
    for mend in mends:
        if start <= mend.struck.start and mend.struck.end <= end:
            parts += [text[place : mend.struck.start], mend.written]
            place = mend.struck.end
    return "".join([*parts, text[place:end]])


def _common(one: str, other: str) -> int:
    """How many characters two texts begin with in common."""
    return next((place for place, (a, b) in enumerate(zip(one, other)) if a != b), min(len(one), len(other)))


class LetterMarkup:
    """Renders the blocks of one letter."""

    def __init__(self, letter: Letter, links: Sequence[Link] = (), notes: Mapping[str, int] = {}) -> None:
        """`notes` are the numbers of printed notes by the anchors of the words that they speak of."""
        self.text = letter.body.text
        self.notes = notes
        self.mends = [find_mend(mark.span, correction.reading, self.text) for mark, correction in letter.corrections]
        self._marks = [(mark.span.start, mark.span.end, mark) for mark in letter.marks]
        self._links = [(link.span.start, link.span.end, link) for link in links]

    def render_cell(self, runs: Sequence[Run]) -> Markup:
        """The runs of a heading, paragraph or table cell."""
        if not runs:
            return Markup("")
        start, end = runs[0].start, runs[-1].end
        marks = [held for held in self._marks if held[0] < end and held[1] > start]
        links = [held for held in self._links if held[0] < end and held[1] > start]
        mends = [mend for mend in self.mends if start <= mend.struck.start <= mend.struck.end <= end]
        cuts = {edge for held in (*marks, *links) for edge in held[:2]}
        cuts |= {edge for mend in mends for edge in (mend.struck.start, mend.struck.end)}
        parts = []
        for run in runs:
            first, last = run.start, run.end
            edges = [first, *sorted(cut for cut in cuts if first < cut < last), last]
            linking = [held for held in links if not (run.href and held[2].href)]
            pieces = [self._render_piece(a, b, marks, mends, linking) for a, b in zip(edges, edges[1:])]
            parts.append(_style(run, "".join(pieces)))
        return Markup("".join(parts))

    def read_span(self, start: int, end: int) -> str:
        """The reading of a stretch of the text: as printed, with the corrections that lie in it."""
        return read_span(self.text, self.mends, start, end)

    def _render_piece(self, start: int, end: int, marks: Sequence[_Held], mends: Iterable[Mend], links: Iterable[_Held]) -> str:
        inner = show(self.text[start:end])
        for mend in mends:
            if mend.struck.start <= start and end <= mend.struck.end:
                inner = f'<del class="{"replaced" if mend.written else "dropped"}">{inner}</del>'
            if mend.written and mend.struck.end == end:
                inner += f"<ins>{show(mend.written)}</ins>"
        for held in _list_covering(links, start, end):
            inner = self._link(held, start, end, inner)
        for held in reversed(marks):
            if held[0] <= start and end <= held[1]:
                inner = f'<mark class="{held[2].kind}"{self._make_names(held[2].id, held, start, end)}>{inner}</mark>'
        return inner

    def _link(self, held: _Held, start: int, end: int, inner: str) -> str:
        link = held[2]
        names = self._make_names(link.id, held, start, end) if link.id else ""
        if link.href is None:
            return f'<mark class="{link.kind}"{names}>{inner}</mark>'
        return f'<a class="{link.kind}"{names} href="{show(link.href)}">{inner}</a>'

    def _make_names(self, anchor: str, held: _Held, start: int, end: int) -> str:
        """The first piece of a mark bears its anchor, each its name, the last the number of its note."""
        name = show(anchor)
        first = f' id="{name}"' if held[0] == start else ""
        last = f' data-note="{self.notes[anchor]}"' if held[1] == end and anchor in self.notes else ""
        return f'{first} data-mark="{name}"{last}'


_Held = tuple[int, int, Any]
"""A mark or a link with where it begins and ends."""


def _list_covering(links: Iterable[_Held], start: int, end: int) -> list[_Held]:
    """The links that cover a piece, the shortest first; of those that lead elsewhere only that one, as an `a` can't stand in an `a`."""
    covering = [held for held in links if held[0] <= start and end <= held[1]]
    if len(covering) < 2:
        return covering
    covering.sort(key=lambda held: (held[1] - held[0], held[2].kind))
    first = next((held for held in covering if held[2].href), None)
    return [held if held is first or held[2].href is None else (*held[:2], replace(held[2], href=None)) for held in covering]


def _style(run: Run, inner: str) -> str:
    if run.strong:
        inner = f"<strong>{inner}</strong>"
    return f'<a href="{show(run.href)}" rel="nofollow noopener">{inner}</a>' if run.href else inner


def json_data(value: Any) -> Markup:
    """JSON for a `script` element, in which nothing can end the element."""
    text = write_json(value).decode()
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))
