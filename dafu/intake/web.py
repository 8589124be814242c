"""A web page's words in the order in which they are shown; lxml comes in here."""

from __future__ import annotations

import re
from typing import Any

from dafu.intake.encoding import decode
from dafu.intake.trouble import ConversionError, need

_LATIN = ("iso-8859-1", "latin-1", "latin1", "windows-1252", "us-ascii", "ascii")
_ALIASES = {"gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "big5": "big5hkscs"}


def read_page(data: bytes) -> str:
    """A web page: its declared encoding where that fits, else the one that gives Chinese."""
    declared = re.search(rb"charset=[\"']?([A-Za-z0-9_-]+)", data[:3000])
    if declared:
        name = declared[1].decode().lower()
        try:
            if name not in _LATIN:
                return read_page_text(data.decode(_ALIASES.get(name, name)))
        except (LookupError, UnicodeError):
            pass
    return read_page_text(decode(data))


def read_page_text(page: str) -> str:
    """The words of a page, a line for each block, the rows of a table of short cells between `|`."""
    lxml = need("lxml.html", "lxml")
    page = re.sub(r"^\s*<\?xml[^>]*\?>", "", page.replace("\0", ""))
    try:
        root = lxml.document_fromstring(page, parser=lxml.HTMLParser(huge_tree=True, encoding=None))
    except Exception as error:
        raise ConversionError("raw-empty", "The page has no text.", "Save the page again, with its text.") from error
    return "".join(_walk(root))


_BLOCKS = frozenset("address article aside blockquote body br center dd details dialog div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr html legend li main nav ol option p pre section select summary table tbody td tfoot th thead title tr ul".split())
_SILENT = frozenset("script style noscript template head svg math iframe object textarea".split())


def _walk(root: Any) -> list[str]:
    """The words below an element, without recursion: pages are nested as deep as they please."""
    words: list[str] = []
    stack: list[tuple[Any, bool]] = [(root, False)]
    while stack:
        element, is_done = stack.pop()
        if isinstance(element, str):
            words.append(element)
            continue
        is_block = element.tag in _BLOCKS
        if is_done:
            words.append("\n" if is_block else "")
            continue
        if not isinstance(element.tag, str) or element.tag in _SILENT:
            continue
        if element.tag == "tr" and (row := _read_row(element)):
            words.append(f"\n{row}\n")
            continue
        words.append(("\n" if is_block else "") + _own_words(element))
        stack.append((element, True))
        for child in reversed(element):
            if child.tail:
                stack.append((_flat(child.tail), False))
            stack.append((child, False))
    return words


def _own_words(element: Any) -> str:
    text = element.text or ""
    if element.tag == "sup" and text.strip() in ("2", "3"):
        return "²³"[int(text.strip()) - 2]
    return text if element.tag == "pre" else _flat(text)


def _flat(text: str) -> str:
    return re.sub(r"[\r\n\t ]+", " ", text)


def _read_row(row: Any) -> str | None:
    """A row of a table of figures: two short cells or more, none of them a table itself."""
    cells = [cell for cell in row if cell.tag in ("td", "th")]
    texts = [" ".join("".join(_walk_cell(cell)).split()) for cell in cells]
    if len([text for text in texts if text]) < 2 or any(len(text) > 60 for text in texts) or next(row.iter("table"), None) is not None:
        return None
    return "| " + " | ".join(texts) + " |"


def _walk_cell(cell: Any) -> list[str]:
    return [_own_words(cell), *(word for child in cell for word in (*_walk(child), _flat(child.tail or "")))] if isinstance(cell.tag, str) else []
