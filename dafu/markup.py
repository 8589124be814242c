"""A block's words as HTML: each annotation a `mark` with its anchor, each correction shown where it stands.

Marks may overlap; HTML elements may not. So a block is cut at every end of a mark or a style, and each piece is wrapped by itself (markupsafe comes in here):

    text   推动有条件区域实现错峰共享停车，新建停车位6000个。
    c7     └──────────────────────────┘
    c8                             └──────────────┘
    pieces ├───────────────────────┼──┼───────────┤
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from markupsafe import Markup, escape

from dafu.body import Run
from dafu.letter import Correction
from dafu.quotes import Span
from dafu.reading import Letter, Mark
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


def fill(pattern: str, *values: object) -> Markup:
    """A pattern of markup with values in its places, escaped unless they are markup."""
    return Markup(pattern.format(*map(escape, values)))


def find_mend(mark: Mark, correction: Correction, text: str) -> Mend:
    """The least change that turns the printed words into the reading."""
    printed, reading = mark.span.slice(text), correction.reading
    if squeeze(printed) != printed:
        return Mend(mark.span, reading)
    ahead = _common(printed, reading)
    behind = _common(printed[ahead:][::-1], reading[ahead:][::-1])
    if ahead == 0 and behind == len(printed):
        return Mend(mark.span, reading)
    return Mend(Span(mark.span.start + ahead, mark.span.end - behind), reading[ahead : len(reading) - behind])


def _common(one: str, other: str) -> int:
    """How many characters two texts begin with in common."""
    return next((place for place, (a, b) in enumerate(zip(one, other)) if a != b), min(len(one), len(other)))


class LetterMarkup:
    """Renders the blocks of one letter."""

    def __init__(self, letter: Letter, links: Sequence[Link] = (), notes: Mapping[str, int] = {}) -> None:
        """`notes` are the numbers of printed notes by the anchors of the words that they speak of."""
        self.letter = letter
        self.links = links
        self.notes = notes
        self.mends = [find_mend(mark, correction, letter.body.text) for mark, correction in letter.corrections]

    def render_cell(self, runs: Sequence[Run]) -> Markup:
        """The runs of a heading, paragraph or table cell."""
        if not runs:
            return Markup("")
        start, end = runs[0].start, runs[-1].end
        marks = [mark for mark in self.letter.marks if mark.span.start < end and mark.span.end > start]
        mends = [mend for mend in self.mends if start <= mend.struck.start <= mend.struck.end <= end]
        links = [link for link in self.links if link.span.start < end and link.span.end > start]
        cuts = {edge for marked in (*marks, *links) for edge in (marked.span.start, marked.span.end)}
        cuts |= {edge for mend in mends for edge in (mend.struck.start, mend.struck.end)}
        parts = []
        for run in runs:
            edges = sorted({run.start, run.end} | {cut for cut in cuts if run.start < cut < run.end})
            linking = [link for link in links if not (run.href and link.href)]
            pieces = [self._render_piece(Span(a, b), marks, mends, linking) for a, b in zip(edges, edges[1:])]
            parts.append(_style(run, Markup("").join(pieces)))
        return Markup("").join(parts)

    def read_span(self, start: int, end: int) -> str:
        """The reading of a stretch of the text: as printed, with the corrections that lie in it."""
        text = self.letter.body.text
        parts, place = [], start
        for mend in self.mends:
            if start <= mend.struck.start and mend.struck.end <= end:
                parts += [text[place : mend.struck.start], mend.written]
                place = mend.struck.end
        return "".join([*parts, text[place:end]])

    def _render_piece(self, piece: Span, marks: Iterable[Mark], mends: Iterable[Mend], links: Iterable[Link]) -> Markup:
        inner = escape(piece.slice(self.letter.body.text))
        for mend in mends:
            if _covers(mend.struck, piece):
                inner = fill('<del class="{}">{}</del>', "replaced" if mend.written else "dropped", inner)
            if mend.written and mend.struck.end == piece.end:
                inner += fill("<ins>{}</ins>", mend.written)
        for link in _list_covering(links, piece):
            inner = self._link(link, piece, inner)
        for mark in reversed([mark for mark in marks if _covers(mark.span, piece)]):
            inner = fill('<mark class="{}"{}>{}</mark>', mark.kind, self._make_names(mark.id, mark.span, piece), inner)
        return inner

    def _link(self, link: Link, piece: Span, inner: Markup) -> Markup:
        names = self._make_names(link.id, link.span, piece) if link.id else Markup("")
        if link.href is None:
            return fill('<mark class="{}"{}>{}</mark>', link.kind, names, inner)
        return fill('<a class="{}"{} href="{}">{}</a>', link.kind, names, link.href, inner)

    def _make_names(self, anchor: str, span: Span, piece: Span) -> Markup:
        """The first piece of a mark bears its anchor, each its name, the last the number of its note."""
        first = fill(' id="{}"', anchor) if span.start == piece.start else Markup("")
        last = fill(' data-note="{}"', self.notes[anchor]) if span.end == piece.end and anchor in self.notes else Markup("")
        return first + fill(' data-mark="{}"', anchor) + last


def _list_covering(links: Iterable[Link], piece: Span) -> list[Link]:
    """The links that cover a piece, the shortest first; of those that lead elsewhere only that one, as an `a` can't stand in an `a`."""
    covering = [link for link in links if _covers(link.span, piece)]
    if len(covering) < 2:
        return covering
    covering.sort(key=lambda link: (link.span.end - link.span.start, link.kind))
    first = next((link for link in covering if link.href), None)
    return [link if link is first or link.href is None else replace(link, href=None) for link in covering]


def _covers(span: Span, piece: Span) -> bool:
    return span.start <= piece.start and piece.end <= span.end


def _style(run: Run, inner: Markup) -> Markup:
    if run.strong:
        inner = fill("<strong>{}</strong>", inner)
    return fill('<a href="{}" rel="nofollow noopener">{}</a>', run.href, inner) if run.href else inner


def json_data(value: Any) -> Markup:
    """JSON for a `script` element, in which nothing can end the element."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))
