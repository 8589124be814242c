"""What stands in the site that none of its makers writes: elements, attributes, schemes, formulas. Readers of their own, so that tests and fuzz need not trust the makers."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from io import StringIO
from xml.etree import ElementTree

from markdown_it import MarkdownIt

_EVERYWHERE = "class id lang hidden role tabindex aria-label aria-labelledby aria-hidden aria-current aria-describedby"
_ELEMENTS = {
    "html": "", "head": "", "body": "", "title": "", "meta": "charset name property content http-equiv", "link": "rel href type title as crossorigin blocking", "script": "type src data-*", "noscript": "", "template": "",
    "header": "", "footer": "", "main": "", "nav": "", "section": "data-*", "article": "", "aside": "", "div": "data-*", "p": "", "span": "data-*", "b": "", "strong": "", "em": "", "small": "", "code": "", "pre": "translate",
    "h1": "", "h2": "", "h3": "", "h4": "", "h5": "", "h6": "", "ul": "data-*", "ol": "start", "li": "value data-id", "dl": "", "dt": "", "dd": "", "br": "", "hr": "", "blockquote": "cite", "q": "cite",
    "a": "href rel type title data-mark data-value", "mark": "data-mark data-note", "ins": "", "del": "", "time": "datetime", "figure": "", "figcaption": "", "details": "", "summary": "",
    "table": "", "thead": "", "tbody": "", "tr": "", "th": "scope", "td": "", "form": "action method name autocomplete data-*", "fieldset": "", "legend": "", "label": "for", "select": "name", "option": "value",
    "input": "type name value checked placeholder maxlength autocapitalize enterkeyhint spellcheck autocomplete", "button": "type data-*",
    "svg": "viewbox preserveaspectratio focusable", "g": "", "path": "d", "line": "x1 x2 y1 y2", "rect": "x y width height", "circle": "cx cy r", "polyline": "points", "text": "text-anchor x y",
}
"""Elements with the attributes that they may have beside those of every element."""

ALLOWED = {name: frozenset((*_EVERYWHERE.split(), *own.split())) for name, own in _ELEMENTS.items()}
ADDRESSES = frozenset({"href", "src", "action", "cite"})
SCHEMES = frozenset({"http", "https", "mailto"})
_OWN = {"blocking": "render", "id": r"[a-z0-9-]+", "class": r"[a-z0-9 -]*", "name": r"[A-Za-z0-9_.:-]+", "type": r"[a-z0-9/+.-]+", "rel": r"[a-z -]+", "role": "[a-z]+", "http-equiv": "Content-Security-Policy|refresh"}
"""Attributes whose values are names of the house's own."""


class _Reader(HTMLParser):
    """Collects what is foreign."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.script: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [f"<{tag}>"] if tag not in ALLOWED else []
        for name, value in attrs:
            self.found += [f"<{tag} {name}={value!r}>"] if is_foreign(tag, name, value or "") else []
        kinds = dict(attrs)
        if tag == "script":
            self.script = kinds.get("type") or ""

    def handle_endtag(self, tag: str) -> None:
        self.found += [f"</{tag}>"] if tag not in ALLOWED else []
        self.script = None if tag == "script" else self.script

    def handle_data(self, data: str) -> None:
        if self.script is not None:
            self.found += [] if self.script.endswith("json") and _is_json(data) else [f"<script> {data[:60]!r}"]

    def handle_comment(self, data: str) -> None:
        self.found.append(f"<!--{data[:60]!r}")

    def handle_pi(self, data: str) -> None:
        self.found.append(f"<?{data[:60]!r}")

    def handle_decl(self, decl: str) -> None:
        self.found += [] if decl == "doctype html" else [f"<!{decl[:60]!r}"]


def is_foreign(tag: str, name: str, value: str) -> bool:
    """Whether an attribute is none that a template writes, or has a value that it never writes."""
    known = ALLOWED.get(tag, frozenset())
    if name not in known and not (name.startswith("data-") and "data-*" in known):
        return True
    if name in ADDRESSES:
        return not is_own_address(value)
    return name in _OWN and not re.fullmatch(_OWN[name], value)


def is_own_address(value: str) -> bool:
    """Whether a browser would stay in the site or go to the web or a mail program; it drops blanks and control characters before it looks."""
    plain = re.sub(r"[\x00-\x20\x7f]", "", value)
    scheme = re.match(r"([A-Za-z][A-Za-z0-9+.-]*):", plain)
    if re.search(r"[\x00-\x20\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069]", value) or re.match(r"[/\\]{2}", plain):
        return False
    return scheme is None or scheme[1].lower() in SCHEMES


def _is_json(data: str) -> bool:
    try:
        json.loads(data)
    except ValueError:
        return False
    return True


def iter_foreign(page: str) -> Iterator[str]:
    """Whatever in a page no template writes, each as it would be read."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    yield from reader.found


def iter_foreign_in(path: str, data: bytes) -> Iterator[str]:
    """The same for any file of the site, by its ending; what can't be read is foreign too."""
    text = data.decode("utf-8-sig") if not path.endswith(".bin") else ""
    try:
        if path.endswith(".html"):
            yield from iter_foreign(text)
        elif path.endswith((".md", "llms.txt")):
            yield from iter_foreign_markdown(text)
        elif path.endswith((".json", ".jsonld")):
            json.loads(text)
        elif path.endswith(".xml"):
            ElementTree.fromstring(text)
        elif path.endswith(".csv"):
            yield from iter_formulas(text)
    except (ValueError, ElementTree.ParseError) as error:
        yield f"{path}: {error}"
    if hidden := _HIDDEN.search(text):
        yield f"{path}: U+{ord(hidden[0]):04X}"


_HIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufffe\uffff]")
_MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
_MARKDOWN.validateLink = lambda url: True  # type: ignore[method-assign]


def iter_foreign_markdown(text: str) -> Iterator[str]:
    """Tags, pictures and links to elsewhere than the web that a reader of Markdown would find."""
    for token in (inner for token in _MARKDOWN.parse(text) for inner in (token, *(token.children or ()))):
        if token.type in ("html_block", "html_inline", "image"):
            yield f"{token.type} {token.content[:60]!r}"
        elif token.type == "link_open" and not is_own_address(str(token.attrGet("href"))):
            yield f"link to {token.attrGet('href')!r}"


def iter_formulas(text: str) -> Iterator[str]:
    """Cells that a spreadsheet would take for formulas; a sign alone is none, nor is a number."""
    for row in csv.reader(StringIO(text, newline="")):
        yield from (cell for cell in row if len(cell) > 1 and cell[0] in "=+-@\t\r\n＝＋－＠" and not re.fullmatch(r"-[0-9.]+", cell))
