"""What Markdown may not hold here: tags, pictures, and links that no page of the site may have. Places are those in the file as typed.

What is typed plainly is found as it stands, with its column. Markdown has more ways to spell a link or a tag (references, escapes, entities, a tag
without an end), so whatever looks as if it could be one is then read by a parser too, as trustingly as a stranger's program would.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from itertools import islice

from dafu.markdown import iter_foreign
from dafu.shapes import is_address
from dafu.text import drop_typed_blanks, find_control, iter_controls

Fault = tuple[int, int, str, str]
"""Line, column, code and value."""

MAX_FAULTS = 200
"""Of one kind in one file; who mends so many runs the check again."""

_TAG = re.compile(r"(?<!\\)<(?:/?[A-Za-z][A-Za-z0-9-]*(?:[\s/][^<>]*)?>|!--|!\[CDATA\[)")
_LINK = re.compile(r"\]\([\s<]*([^)>\n]*)")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")
_MAY_BE_FOREIGN = re.compile(r"<[A-Za-z/!?]|\]\s*[(\[:]")
SAFE_SCHEMES = ("http:", "https:", "mailto:")


def iter_faults(markdown: str) -> Iterator[Fault]:
    """What a letter's body may not hold."""
    for match in islice(_TAG.finditer(markdown), MAX_FAULTS):
        yield *_place(markdown, match.start()), "body-html", match[0]
    yield from iter_link_faults(markdown, has_tags=True)


def iter_link_faults(markdown: str, *, has_tags: bool = False) -> Iterator[Fault]:
    """Links that no page here may have: to other schemes, to addresses that are none, and from the root of a host; and pictures. With `has_tags` tags too that are not typed plainly."""
    plain = list(_iter_plain_links(markdown))
    yield from plain
    read = drop_typed_blanks(markdown) if has_tags else markdown  # a letter is given out without them, and a link may come of it
    if _MAY_BE_FOREIGN.search(read):
        told = {line for line, *_ in plain} | ({markdown.count("\n", 0, match.start()) + 1 for match in islice(_TAG.finditer(markdown), MAX_FAULTS)} if has_tags else set())
        yield from islice(_iter_read(read, told, has_tags=has_tags), MAX_FAULTS)


def _iter_plain_links(markdown: str) -> Iterator[Fault]:
    for match in islice(_LINK.finditer(markdown), MAX_FAULTS):
        code = judge_address("".join(html.unescape(match[1]).split()))
        if code:
            scheme = _SCHEME.match(html.unescape(match[1]))
            shown = match[1] if code == "body-link-root" or (scheme and scheme[0].lower() in SAFE_SCHEMES) else match[1].partition(":")[0] + ":"
            yield *_place(markdown, match.start(1)), code, shown


def judge_address(address: str) -> str | None:
    """The code of what is wrong with where a link leads; None for an address on the web, one of mail, and a place in the site."""
    scheme = _SCHEME.match(address)
    if scheme is None:
        return "body-link-root" if address.startswith(("/", "\\")) else None
    name = scheme[0].lower()
    return None if name in SAFE_SCHEMES and (name == "mailto:" or is_address(address)) else "body-link"


def _iter_read(markdown: str, told: Iterable[int], *, has_tags: bool) -> Iterator[Fault]:
    """What a parser finds in blocks of which nothing has been told yet, each once."""
    seen: set[tuple[int, str]] = set()
    for first, last, kind, text in iter_foreign(markdown):
        code = {"tag": "body-html" if has_tags else None, "picture": "body-image"}.get(kind, judge_address(text) if kind == "link" else None)
        if code and (first, code) not in seen and not any(first <= line <= last for line in told):
            seen.add((first, code))
            yield first, 1, code, text.strip()


_ENTITY = re.compile(r"(?<!\\)(?:\\\\)*(&(?:#[0-9]{1,8}|#[xX][0-9A-Fa-f]{1,8}|[A-Za-z][A-Za-z0-9]{1,31});)")


def iter_hidden(markdown: str) -> Iterator[tuple[int, int, str]]:
    """Line, column and character of what no reader sees, typed as it is or as an entity."""
    for match in islice(iter_controls(markdown), MAX_FAULTS):
        yield *_place(markdown, match.start()), match[0]
    for match in islice(_ENTITY.finditer(markdown) if "&" in markdown else (), MAX_FAULTS):
        if hidden := find_control(_read_entity(match[1])):
            yield *_place(markdown, match.start(1)), hidden[0]


def _read_entity(entity: str) -> str:
    """The character that an entity stands for; one that HTML would mend or drop is taken at its number."""
    digits = entity[1:-1].lower()
    if not digits.startswith("#"):
        return html.unescape(entity)
    number = int(digits[2:], 16) if digits[1] == "x" else int(digits[1:])
    return chr(number) if number < 0x110000 else "\ufffd"


def _place(markdown: str, offset: int) -> tuple[int, int]:
    return markdown.count("\n", 0, offset) + 1, offset - markdown.rfind("\n", 0, offset)
