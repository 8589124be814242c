"""A web page's words in the order in which they are shown; lxml comes in here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from dafu.intake.encoding import decode
from dafu.intake.trouble import ConversionError, need


def read_page(data: bytes) -> str:
    """A web page: its declared encoding where that fits, else the one that gives Chinese."""
    declared = re.search(rb"charset=[\"']?([A-Za-z0-9_-]+)", data[:3000])
    if declared:
        name = {b"gb2312": "gb18030", b"gbk": "gb18030", b"big5": "big5hkscs"}.get(declared[1].lower(), declared[1].decode())
        try:
            return read_page_text(data.decode(name))
        except (LookupError, UnicodeDecodeError):
            pass
    return read_page_text(decode(data))


def read_page_text(page: str) -> str:
    """The words of a page in the order in which they are shown, one line for each block."""
    parser = need("lxml.html", "lxml")
    if "\0" in page:
        page = page.replace("\0", "")
    page = re.sub(r"^\s*<\?xml[^>]*\?>", "", page)
    if not page.strip():
        raise ConversionError("raw-empty", "The page has no text.", "Save the page again, with its text.")
    root = parser.document_fromstring(page)
    return "".join(_iter_words(root))


_BLOCKS = frozenset("address article aside blockquote body br center dd details dialog div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr html legend li main nav ol option p pre section select summary table tbody tfoot thead title tr ul".split())
_SILENT = frozenset("script style noscript template head svg math iframe object textarea".split())


def _iter_words(element: Any) -> Iterator[str]:
    if not isinstance(element.tag, str) or element.tag in _SILENT:
        return
    is_block = element.tag in _BLOCKS
    if is_block:
        yield "\n"
    if element.tag == "sup" and (element.text or "").strip() in ("2", "3"):
        yield "²³"[int(element.text.strip()) - 2]
    elif element.text:
        yield element.text if element.tag == "pre" else re.sub(r"[\r\n\t ]+", " ", element.text)
    for child in element:
        yield from _iter_words(child)
        if child.tail:
            yield re.sub(r"[\r\n\t ]+", " ", child.tail)
    if element.tag in ("td", "th") and element.getnext() is not None:
        yield "　"
    if is_block:
        yield "\n"
