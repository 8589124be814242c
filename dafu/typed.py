"""Where editors typed addresses: so that a link that is dead in a page is told at the line that can be mended."""

from __future__ import annotations

import html
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from dafu.markdown import normalize_address
from dafu.output import file_of
from dafu.problems import Problem, Spot
from dafu.reading import Letter
from dafu.reference import Page, Reference

_LINK = re.compile(
    r"\]\(\s*(?:<([^<>\n]*)>|((?:[^\s()<>]|\([^\s()<>]*\))+))"  # [words](address), also with parentheses in it
    r"|<(https?://[^\s<>]+)>"  # <address>
    r"|^ {0,3}\[[^\]\n]+\]:\s*<?([^\s<>]+)",  # [name]: address
    re.MULTILINE,
)
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")

ANY = ""
"""In place of a page: an address that may stand in each; in place of an address: whatever stands in that page."""


@dataclass(frozen=True, slots=True)
class Typed:
    """An address where it was typed."""

    page: str
    """The file of the site in which it stands as a link, or ANY."""
    address: str
    """As it stands in the page, or ANY."""
    path: str
    spot: Spot


Place = tuple[str, int, int]
"""File, line and column."""


@dataclass(frozen=True, slots=True)
class Outside:
    """An address elsewhere to which the site links."""

    address: str
    places: tuple[Place, ...]
    """Where it was typed; the page where nobody typed it."""


class Places:
    """All typed addresses of what is published."""

    def __init__(self, typed: Iterable[Typed]) -> None:
        self._by_page: Mapping[tuple[str, str], list[Typed]] = defaultdict(list)
        self._by_address: Mapping[str, list[Typed]] = defaultdict(list)
        for each in typed:
            self._by_page[each.page, each.address].append(each)
            self._by_address[each.address].append(each)

    def trace(self, problem: Problem) -> Problem:
        """The problem at the place where an editor typed the link, where one did."""
        page, address = problem.path, problem.value or ANY
        found = next((found for key in ((page, address), (page, ANY), (ANY, address)) if (found := self._by_page.get(key))), None)
        return _move(problem, found[0]) if found else problem

    def find(self, address: str) -> tuple[Place, ...]:
        """Everywhere an address was typed, in any page."""
        return tuple(dict.fromkeys((typed.path, *typed.spot) for typed in self._by_address.get(address, ())))


def _move(problem: Problem, typed: Typed) -> Problem:
    return replace(problem, path=typed.path, line=typed.spot[0], column=typed.spot[1])


def iter_typed(letters: Iterable[Letter], reference: Reference, pages: Iterable[Page], site_path: str) -> Iterator[Typed]:
    """Every address that an editor typed for the site; drafts and withdrawn letters are on none of its pages."""
    for letter in letters:
        if not letter.front.draft and not letter.front.withdrawn:
            yield from _iter_letter(letter)
    for prefix, texts in (("", pages), ("threads/", reference.threads)):
        for text in texts:
            yield from _iter_markdown(f"{prefix}{text.slug}/index.html", text.path, text.markdown, text.line)
    site = reference.site
    for record, key in ((site, "licence"), (site.contact, "url")):
        if record is not None and (address := getattr(record, key)):
            yield Typed(ANY, address, site_path, record.at.of(key))
    for old, new in site.redirects:
        page, spot = file_of(old), site.at.of(f"redirects.{old}")
        yield Typed(page, ANY, site_path, spot)
        yield Typed(page, new, site_path, spot)


def _iter_letter(letter: Letter) -> Iterator[Typed]:
    page, source = f"letters/{letter.id}/index.html", letter.front.source
    for key in ("url", "scan"):
        if source is not None and (address := getattr(source, key)):
            yield Typed(page, address, letter.path, source.at.of(key))
    yield from _iter_markdown(page, letter.path, letter.body.markdown, letter.line)


def _iter_markdown(page: str, path: str, markdown: str, first_line: int) -> Iterator[Typed]:
    for match in _LINK.finditer(markdown):
        place = match.start(match.lastindex or 0)
        line, column = markdown.count("\n", 0, place), place - markdown.rfind("\n", 0, place)
        address = normalize_address(html.unescape(_ESCAPED.sub(r"\1", match[match.lastindex or 0])))
        yield Typed(page, address, path, (first_line + line, column))
