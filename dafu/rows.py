"""Rows of lists, each rendered once: a letter's, a commitment's, and the head under which a letter's commitments stand; and the frame of every page.

A row tells only of its letter or commitment, so it is the same in every list. Its links begin at the site's root, for which ROOT stands in them; where a
page is put together, its own way to the root takes that place.
"""

from __future__ import annotations

from typing import Any

from dafu.entries import Entry, Promise
from dafu.markup import Markup
from dafu.ways import Way

ROOT = "\x00"
"""No text of the site holds it: control characters in content are refused."""

MOST_KEPT = 100_000
"""Rows, some 100 MB. What comes after is rendered at each use: a list runs through all of them in turn, and to forget the oldest would be to forget each before its next use."""


class Rows:
    """Renders rows and remembers them."""

    def __init__(self, macros: object, way: Way) -> None:
        """`macros` are those of parts/rows.html, `way` is what makes their links."""
        self._macros = macros
        self._way = way
        self._kept: dict[tuple[Any, ...], Markup] = {}

    def letter(self, entry: Entry, *, level: int = 2, with_later: bool = False) -> Markup:
        """A letter in a list, its title a heading of that level; perhaps with a line on later replies."""
        return self._render("letter", entry.letter.id, entry=entry, level=level, with_later=with_later)

    def chapter(self, entry: Entry) -> Markup:
        """The head of a letter's part of the register."""
        return self._render("chapter", entry.letter.id, entry=entry)

    def promise(self, promise: Promise) -> Markup:
        """A commitment in the register."""
        return self._render("promise", promise.url, promise=promise)

    def masthead(self, section: str, url: str) -> Markup:
        """What stands over every page of a section; it tells where it leads to the page itself."""
        here = url if url in ("", "search/", f"{section}/") else None
        return self._render("masthead", f"{section} {here}", section=section, here=here)

    def colophon(self) -> Markup:
        """What stands under every page."""
        return self._render("colophon", "")

    def _render(self, name: str, place: str, **values: Any) -> Markup:
        key = (name, place, values.get("level"), values.get("with_later"))
        row = self._kept.get(key)
        if row is None:
            with self._way.at("", ROOT):
                row = getattr(self._macros, name)(**values).strip()
            if len(self._kept) < MOST_KEPT:
                self._kept[key] = row
        return row


def place_rows(html: str, root: str) -> str:
    """A page with the way to the root in its rows' links."""
    return html.replace(ROOT, root)
