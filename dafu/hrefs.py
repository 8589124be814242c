"""Where addresses stand in each kind of file of the site: pages, feeds, data, tables, scripts, styles.

All files are our own, and every text in them is escaped: in a page `"` can't end an attribute, in JSON it can't end a string. So a plain
pattern finds the links and nothing else. What stands in a letter's own files beside its page (`index.md`, citations) is written from the
same values and not looked at again; a test looks at all of it.
"""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Iterable, Iterator, Set
from functools import cache

from dafu.output import Output

ROOT = "index.html"
"""From here the site-relative addresses of data are resolved."""

Link = tuple[str, str]
"""The file from which it is resolved, and the link as it stands there."""

_ATTRIBUTES = {blank: re.compile(blank + rb'(?:href|src|action|formaction|poster|cite|data-(?:root|start|table|worker))="([^"]*)"') for blank in (b" ", b"\n", b"\t")}
"""One for each blank that may stand before: what begins with a fixed character is found several times faster."""
_SRCSET = re.compile(rb'\ssrcset="([^"]*)"')
_HEAD = re.compile(rb'<meta http-equiv="refresh" content="\d+; url=([^"]*)">|<meta (?:name|property)="(?:DC\.identifier|og:url|Url|citation_public_url)" content="([^"]*)">')
_XML = re.compile(rb'<(?:loc|id)>([^<]*)</|\s(?:href|template)="([^"]*)"')
_NAMED = {name: re.compile(rb'"%s": ?"([^"\\]*)"' % name) for name in (b"url", b"path")}
"""What JSON has by a name, unless something is escaped in it."""
_ADDRESSES = (b"id", b"@id", b"item", b"contentUrl", b"source", b"home_page_url", b"feed_url", b"homepage")
"""By these names JSON has addresses, or something else."""
_MARKDOWN = re.compile(rb"\]\(([^()\s]*)\)")
_ROBOTS = re.compile(rb"^Sitemap: (\S+)", re.MULTILINE)
_CSS = re.compile(rb"""url\(["']?([^"')]*)|@import ["']([^"']*)""")
_SCRIPT = re.compile(rb"""(?:\bfrom|\bimport)\s*\(?\s*["'](\.[^"']*)["']""")
_SHELL = re.compile(rb'(?:self\.SHELL = |importScripts\()([^\n]*?)\)?;')
_STRING = re.compile(rb'"([^"]*)"')


def iter_links(output: Output, base_url: str, known: Set[bytes] = frozenset()) -> Iterator[Link]:
    """Every link in a file; of those in JSON that may be names too, the ones under `base_url`. Without those that are `known`: of a page as they stand there, of data
    site-relative."""
    path, data = output.path, output.data
    if path.endswith(".html"):
        yield from ((path, html.unescape(link)) for link in iter_page_links(data, known))
        yield from _iter_json_links(path, data[: data.find(b"</head>")], base_url)
    elif path.endswith(".xml"):
        yield from ((path, html.unescape(link)) for link in _decode(_XML, data))
    elif path.endswith((".json", ".jsonld")):
        yield from _iter_json_links(path, data, base_url, known)
    elif path.endswith(".csv"):
        yield from ((ROOT, link) for link in _iter_table_links(data) if link.encode() not in known)
    elif path == "sw.js":
        yield from ((path, link) for part in _SHELL.findall(data) for link in _decode(_STRING, part))
    elif path in _LOOSE or path.endswith((".css", ".js")):
        found = _decode(_LOOSE.get(path) or (_CSS if path.endswith(".css") else _SCRIPT), data)
        yield from ((path, link) for link in found if not link.startswith("data:"))


_LOOSE = {"llms.txt": _MARKDOWN, "robots.txt": _ROBOTS}


def iter_page_links(data: bytes, known: Set[bytes] = frozenset()) -> Iterator[str]:
    """The links of a page, still escaped, each once, without those that are known."""
    for blank, attribute in _ATTRIBUTES.items():
        if blank in data:
            yield from _decode(attribute, data, known)
    yield from _decode(_HEAD, data[: data.find(b"</head>")])
    if b" srcset=" in data:
        yield from (part.split()[0] for value in _decode(_SRCSET, data) for part in value.split(",") if part.strip())


def _decode(pattern: re.Pattern[bytes], data: bytes, known: Set[bytes] = frozenset()) -> Iterable[str]:
    """What a pattern's groups hold, each once, without what is known."""
    found = set(pattern.findall(data))
    if pattern.groups > 1:
        found = {group for groups in found for group in groups if group}
    return [link.decode("utf-8", "replace") for link in found - known]


def _iter_json_links(path: str, data: bytes, base_url: str, known: Set[bytes] = frozenset()) -> Iterator[Link]:
    """`url` is site-relative or a full address, `path` beside the file; other names hold an address of the site only where it is a full one."""
    for name, page, there in ((b"url", ROOT, known), (b"path", path, frozenset())):
        yield from ((page, link) for link in _list_distinct(_NAMED[name], data, there))
    if base_url != "/":
        yield from ((ROOT, base_url + link) for link in _list_distinct(_find_addresses(base_url), data, known))


@cache
def _find_addresses(base_url: str) -> re.Pattern[bytes]:
    """Finds what addresses under `base_url` go on with. What stands before is looked at last: what begins with so many fixed characters is found fastest."""
    base = re.escape(base_url.encode())
    names = b"|".join(b'(?<="%s":%s"%s)' % (name, blank, base) for name in _ADDRESSES for blank in (b"", b" "))
    return re.compile(b'"%s(?:%s)([^"\\\\]*)"' % (base, names))


def _list_distinct(pattern: re.Pattern[bytes], data: bytes, known: Set[bytes]) -> list[str]:
    """What a pattern's only group holds, each once, without what is known: data files have a hundred megabytes."""
    return [link.decode("utf-8", "replace") for link in {found[1] for found in pattern.finditer(data)} - known]


def _iter_table_links(data: bytes) -> Iterator[str]:
    rows = csv.reader(io.TextIOWrapper(io.BytesIO(data), "utf-8-sig", "replace", newline=""))
    place = next((number for number, name in enumerate(next(rows, ())) if name == "url"), None)
    if place is not None:
        yield from (row[place] for row in rows if row[place:])
