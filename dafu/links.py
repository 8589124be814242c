"""The link check: every internal link, asset and anchor of the stream of outputs leads somewhere."""

from __future__ import annotations

import html
import posixpath
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from urllib.parse import unquote, urlsplit

from dafu.output import Output, file_of
from dafu.problems import Problem

# The pages are our own and every text in them is escaped, quotes included: an attribute can't be mistaken.
_TARGET = re.compile(rb'\s(?:href|src|action)="([^"]*)"')
# A link as the templates write nearly all: up some folders, down some, an anchor. It needs no other rules, and there are hundreds in a page.
_PLAIN = re.compile(r"((?:\.\./)*)((?:[a-z0-9_-][a-z0-9_.-]*/)*(?:[a-z0-9_-][a-z0-9_.-]*)?)(?:#([a-z0-9-]*))?", re.IGNORECASE | re.ASCII)
_ANCHOR = re.compile(rb'\sid="([^"]*)"')


class LinkCheck:
    """Watches outputs go by; afterwards it knows which links are dead."""

    def __init__(self, base_path: str) -> None:
        self.base_path = unquote(base_path)
        self.paths: set[str] = set()
        self.anchors: dict[str, frozenset[bytes]] = {}
        self.links: dict[tuple[str, str], tuple[str, str]] = {}
        """Path and fragment to the first page that asks for it, and the link as it stands there."""

    def watch(self, outputs: Iterable[Output]) -> Iterator[Output]:
        """The same outputs, looked at."""
        for output in outputs:
            self.paths.add(output.path)
            if output.path.endswith(".html"):
                self._look(output)
            yield output

    def _look(self, output: Output) -> None:
        self.anchors[output.path] = frozenset(_ANCHOR.findall(output.data))
        for found in set(_TARGET.findall(output.data)):
            link = html.unescape(found.decode())
            target = self._resolve(output.path, link)
            if target is not None:
                self.links.setdefault(target, (output.path, link))

    def _resolve(self, page: str, link: str) -> tuple[str, str] | None:
        """The file and fragment that a link asks for; None for one that leads out of the site."""
        if (plain := _PLAIN.fullmatch(link)) and (up := len(plain[1]) // 3) <= page.count("/"):
            if not plain[1] and not plain[2]:
                return page, plain[3] or ""
            folder = page.split("/")[: page.count("/") - up]
            return file_of("/".join([*folder, plain[2]])), plain[3] or ""
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

    def iter_problems(self) -> Iterator[Problem]:
        """A problem for each dead link."""
        for (path, fragment), (page, link) in sorted(self.links.items()):
            if path not in self.paths:
                yield Problem(path=page, code="link-dead", message=f"A link leads to {path}, which is not part of the site.", mend="Correct the link, or add what it names.", value=link)
            elif fragment and path in self.anchors and fragment.encode() not in self.anchors[path]:
                yield Problem(path=page, code="anchor-dead", message=f"A link leads to {path}#{fragment}, where no such anchor is.", mend="Correct the link.", value=link)


def trace_problem(problem: Problem, sources: dict[str, tuple[str, str, int]]) -> Problem:
    """The problem at the place where an editor typed the link, where one did; `sources` has path, Markdown and first line by page."""
    file, markdown, first_line = sources.get(problem.path, ("", "", 1))
    place = markdown.find(f"]({problem.value}")
    if place < 0:
        return problem
    line = markdown.count("\n", 0, place)
    return replace(problem, path=file, line=first_line + line, column=place + 2 - markdown.rfind("\n", 0, place))
