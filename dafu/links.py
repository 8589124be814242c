"""The link check: every internal link, asset and anchor of the stream of outputs leads somewhere.

What files ask for that were made together is kept as numbers until all have gone by, and only the links of those are read again that may ask for what isn't
there; what a file by itself asks for is settled as soon as that has gone by. Addresses under `base_url` are internal wherever they stand.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import unquote, urlsplit

from dafu.asked import Asked, AskedLink, iter_unmet
from dafu.hrefs import ROOT, iter_links
from dafu.output import Output, base_path, file_of, url_of
from dafu.paths import Paths
from dafu.problems import Problem

# A link as the templates write nearly all: up some folders, down some, an anchor. It needs no other rules, and there are hundreds in a page.
_PLAIN = re.compile(r"((?:\.\./)*)((?:[a-z0-9_-][a-z0-9_.-]*/)*(?:[a-z0-9_-][a-z0-9_.-]*)?)(?:#([a-z0-9-]*))?", re.IGNORECASE | re.ASCII)
_ANCHOR = re.compile(rb' id="([^"]*)"')
_HIDDEN = b'<meta name="robots" content="noindex">'

Asker = tuple[bool, str, str]
"""Whether it is no page; the file that asks, and the link as it stands there: of what several files say wrongly a page tells, the first in the order of names."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What the check needs to know of a file."""

    path: str
    anchors: bytes | None
    """Of a page, parted by blanks: a tenth of what a set would take."""
    is_listed: bool
    """Whether it is a page that isn't hidden from search engines."""
    links: Sequence[AskedLink] | None
    """None where they are told by numbers."""
    outside: tuple[str, ...]
    """Addresses elsewhere on the web to which a page links."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known already of files that are looked at one after the other."""

    asked: set[tuple[str, str]] = field(default_factory=set)
    """What they ask for."""
    there: set[bytes] = field(default_factory=set)
    """Their pages with all anchors, as data names them."""


class Looker:
    """Looks at files, each by itself."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url.rstrip("/") + "/"
        self.base_path = unquote(base_path(base_url))

    def look(self, output: Output, seen: Seen | None = None) -> Looked:
        """What the check must know, without what was `seen` with other files; what this one asks for and has is then seen too. Of one that was looked at already, no
        links."""
        path, is_page = output.path, output.path.endswith(".html")
        if output.is_looked_at:
            return Looked(path, None, False, (), ())
        anchors = _ANCHOR.findall(output.data) if is_page else []
        own = {b"#" + anchor for anchor in anchors}
        seen = seen or Seen()
        seen.there.update([name + anchor for name in [url_of(path).encode()] for anchor in (b"", *own)] if is_page else ())
        folders = list(_iter_folders(path))
        links: dict[tuple[str, str], str] = {}
        outside = []
        for page, link in iter_links(output, self.base_url, own if is_page else seen.there):
            target = self._resolve(page, link, folders if page == path else [""])
            if target is None:
                if is_page and link[:5].lower() in ("http:", "https"):
                    outside.append(link)
            elif target not in seen.asked:
                links[target] = min(links.get(target, link), link)
        seen.asked.update(links)
        told = tuple((*target, link) for target, link in links.items())
        return Looked(path, b" %s " % b" ".join(anchors) if is_page else None, is_page and _HIDDEN not in output.data[: output.data.find(b"</head>")], told, tuple(outside))

    def _resolve(self, page: str, link: str, folders: Sequence[str]) -> tuple[str, str] | None:
        """The file and fragment that a link asks for; None for one that leads out of the site. `folders` are the page's own and those above it."""
        if link.startswith("http") and (link + "/").startswith(self.base_url):
            page, link, folders = ROOT, link[len(self.base_url) :], [""]
        root = "../" * (len(folders) - 1)
        below = _find_below(link[len(root) :]) if link.startswith(root) else None
        if below is not None:
            return below
        plain = _PLAIN.fullmatch(link)
        if plain:
            ways, rest, fragment = plain.groups()
            up = len(ways) // 3
            if not ways and not rest:
                return page, fragment or ""
            if up < len(folders):
                return file_of(folders[up] + rest), fragment or ""
        return self._resolve_any(page, link)

    def _resolve_any(self, page: str, link: str) -> tuple[str, str] | None:
        try:
            parts = urlsplit(link)
        except ValueError:
            return link, ""
        if parts.scheme or parts.netloc:
            return None
        path = unquote(parts.path)
        if path.startswith("/"):
            inside = path.removeprefix(self.base_path) if path.startswith(self.base_path) else path
        else:
            inside = posixpath.normpath(posixpath.join(posixpath.dirname(page), path)) if path else page
            inside = "" if inside == "." else inside + ("/" if path.endswith("/") or path in (".", "..") else "")
        return file_of(inside), unquote(parts.fragment)


@lru_cache(1 << 14)
def _find_below(link: str) -> tuple[str, str] | None:
    """The file and fragment that a link asks for which leads from the site's root to what lies below, as most do that stand in many pages; None for any other."""
    plain = _PLAIN.fullmatch(link)
    return (file_of(plain[2]), plain[3] or "") if plain and plain[2] and not plain[1] else None


def _iter_folders(path: str) -> Iterator[str]:
    """The folder in which a file lies, and each above it."""
    while path:
        path = path.rstrip("/").rpartition("/")[0]
        path += "/" if path else ""
        yield path


class LinkCheck:
    """Watches outputs go by; afterwards it knows which links are dead, and which pages are listed."""

    def __init__(self, base_url: str, *, keeps_outside: bool = False) -> None:
        self.looker = Looker(base_url)
        self.paths = Paths()
        self.listed: list[str] = []
        """The pages that aren't hidden from search engines."""
        self.outside: dict[str, str] | None = {} if keeps_outside else None
        """Addresses elsewhere to the first page that links to them."""
        self._anchors: dict[str, bytes] = {}
        self._waiting: dict[str, dict[str, Asker]] = {}
        """Paths that haven't gone by, with the fragments that are asked for and who tells of them."""
        self._dead: dict[tuple[str, str], Asker] = {}
        self._asked: list[Asked] = []
        self._alone: list[str] = []
        """The paths of files that haven't been told of by numbers."""

    def watch(self, outputs: Iterable[Output]) -> Iterator[Output]:
        """The same outputs, looked at."""
        for output in outputs:
            self.take(self.looker.look(output))
            yield output

    def has_anchor(self, path: str, anchor: str) -> bool:
        """Whether a page has an anchor; of a file that is no page it is taken for granted."""
        return path not in self._anchors or b" %s " % anchor.encode() in self._anchors[path]

    def list_anchors(self, path: str) -> list[str]:
        """The anchors of a page."""
        return self._anchors.get(path, b"").decode().split()

    def take(self, looked: Looked) -> None:
        """A file that has been looked at goes by."""
        path = looked.path
        self.paths.add(path)
        if looked.anchors is not None:
            self._anchors[path] = looked.anchors
            if looked.is_listed:
                self.listed.append(path)
        for fragment, (_, page, link) in self._waiting.pop(path, {}).items():
            self._settle(path, fragment, page, link)
        if looked.links is not None:
            self._alone.append(path)
        for target, fragment, link in looked.links or ():
            if fragment or target not in self.paths:
                self._settle(target, fragment, path, link)
        self._take_outside(path, looked.outside)

    def _take_outside(self, path: str, links: Iterable[str]) -> None:
        if self.outside is not None:
            for link in links:
                self.outside[link] = min(self.outside.get(link, path), path)

    def take_asked(self, asked: Asked) -> None:
        """Files go by without their links: what they ask for is told by numbers, and settled when all have gone by."""
        self._asked.append(asked)
        if self.outside is not None:
            for path, _, outside in asked.read():
                self._take_outside(path, outside)

    def _settle_asked(self) -> None:
        """Looks at the links of those files that may ask for what isn't there."""
        if not self._asked:
            return
        everything, self._asked = self._asked, []
        for asked in iter_unmet(everything, self._alone, self._anchors.items()):
            for path, links, _ in asked.read():
                for target, fragment, link in links:
                    self._settle(target, fragment, path, link)

    def _settle(self, path: str, fragment: str, page: str, link: str) -> None:
        """A file asks for a file, or for an anchor in it."""
        asker = not page.endswith(".html"), page, link
        if path not in self.paths:
            waiting = self._waiting.setdefault(path, {})
            waiting[fragment] = min(waiting.get(fragment, asker), asker)
        elif fragment and not self.has_anchor(path, fragment):
            self._dead[path, fragment] = min(self._dead.get((path, fragment), asker), asker)

    def iter_problems(self) -> Iterator[Problem]:
        """A problem for each dead link, with the file that tells of it; all must have gone by."""
        self._settle_asked()
        dead = self._dead | {(path, fragment): asker for path, asked in self._waiting.items() for fragment, asker in asked.items()}
        for (path, fragment), (_, page, link) in sorted(dead.items()):
            if path not in self.paths:
                yield Problem(path=page, code="link-dead", message=f"A link leads to {path}, which is not part of the site.", mend="Correct the link, or add what it names.", value=link)
            else:
                yield Problem(path=page, code="anchor-dead", message=f"A link leads to {path}#{fragment}, where no such anchor is.", mend="Correct the link.", value=link)
