"""What Markdown may not hold here: tags, and links that no page of the site may have. Places are those in the file as typed."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from itertools import islice

from dafu.shapes import is_address

Fault = tuple[int, int, str, str]
"""Line, column, code and value."""

MAX_FAULTS = 200
"""Of one kind in one file; who mends so many runs the check again."""

_TAG = re.compile(r"(?<!\\)<(?:/?[A-Za-z][A-Za-z0-9-]*(?:[\s/][^<>]*)?>|!--|!\[CDATA\[)")
_LINK = re.compile(r"\]\([\s<]*([^)>\n]*)")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")
SAFE_SCHEMES = ("http:", "https:", "mailto:")


def iter_faults(markdown: str) -> Iterator[Fault]:
    """What a letter's body may not hold."""
    for match in islice(_TAG.finditer(markdown), MAX_FAULTS):
        yield *_place(markdown, match.start()), "body-html", match[0]
    yield from iter_link_faults(markdown)


def iter_link_faults(markdown: str) -> Iterator[Fault]:
    """Links that no page here may have: to other schemes, to addresses that are none, and from the root of a host."""
    for match in islice(_LINK.finditer(markdown), MAX_FAULTS):
        address = "".join(html.unescape(match[1]).split())
        scheme = _SCHEME.match(address)
        if scheme and (scheme[0].lower() not in SAFE_SCHEMES or (scheme[0].lower() != "mailto:" and not is_address(address))):
            yield *_place(markdown, match.start(1)), "body-link", match[1] if scheme[0].lower() in SAFE_SCHEMES else match[1].partition(":")[0] + ":"
        elif not scheme and address.startswith("/"):
            yield *_place(markdown, match.start(1)), "body-link-root", match[1]


def _place(markdown: str, offset: int) -> tuple[int, int]:
    return markdown.count("\n", 0, offset) + 1, offset - markdown.rfind("\n", 0, offset)
