"""Permalinks that have been published, and the promise that none of them is dropped.

`content/permalinks.txt` lists them, one a line, sorted, with the anchors that citations point at:

    letters/2018/20180136/ p1-p42 c1-c7
    topics/hetao/

A promise is the address of every page that the sitemap lists, but for the home page (it can't be lost), for the continuations of lists
(`…/page/2/`: a letter that is found late moves what stands there; `respondents/…/also/`) and for the register's choices and sheets (`commitments/…`: they come and go
with the commitments; the register itself is promised). Of anchors, those of a letter's paragraphs and commitments are promised. Feeds, data and
a letter's other forms stand beside their pages and aren't listed.

Publishing calls `record_permalinks`; what is in the list stays there, also after a redirect. A line may stand there twice, as after a merge of
two branches, and then counts as one.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from dafu.links import LinkCheck
from dafu.output import file_of
from dafu.problems import Problem, Report, SettingsError, quote_value
from dafu.shapes import PERMALINK
from dafu.source import find_permalinks_file, read_source
from dafu.write import replace_file

HEAD = "# Every permalink that was ever published, with the anchors of letters' paragraphs (p) and commitments (c). Publishing writes this list: keep it with the letters.\n"

MOST_BYTES = 64_000_000
"""Half a million letters."""

_ANCHOR = re.compile(r"(?<!\S)([pc])([1-9]\d{0,5})(?!\S)", re.ASCII)
_RANGE = re.compile(r"([pc])([1-9]\d{0,5})(?:-\1([1-9]\d{0,5}))?")
_CONTINUED = re.compile(r"(?:^|/)page/\d+/$|^respondents/[^/]+/also/$")

Anchors = frozenset[str]


@dataclass(frozen=True, slots=True, order=True)
class Permalink:
    """A page's promised address and its promised anchors."""

    url: str
    """Site-relative, ending in a slash."""
    anchors: str = ""
    """As in the list: `p1-p42 c1-c7`."""
    line: int = field(default=0, compare=False)
    """Of the list, where it was read from one."""

    def __str__(self) -> str:
        return f"{self.url} {self.anchors}".rstrip()


def find_permalinks(links: LinkCheck) -> tuple[Permalink, ...]:
    """The permalinks of a site that has gone by, sorted."""
    pages = (path.removesuffix("index.html") for path in links.listed if path.endswith("/index.html"))
    return tuple(sorted(Permalink(url, _list_anchors(url, links)) for url in pages if is_promise(url)))


def is_promise(url: str) -> bool:
    """Whether the address of a listed page is one that must go on working."""
    return not _CONTINUED.search(url) and not (url.startswith("commitments/") and url != "commitments/")


def _list_anchors(url: str, links: LinkCheck) -> str:
    return pack_anchors(links.list_anchors(file_of(url))) if url.startswith("letters/") and url.count("/") == 3 else ""


def pack_anchors(anchors: Iterable[str]) -> str:
    """Anchors of paragraphs, then of commitments, neighbours as a range; others are left out."""
    found = sorted({(kind == "c", int(number)) for kind, number in _ANCHOR.findall(" ".join(anchors))})
    packed = []
    for (is_commitment, _), members in groupby(enumerate(found), key=lambda item: (item[1][0], item[1][1] - item[0])):
        numbers = [number for _, (_, number) in members]
        letter = "c" if is_commitment else "p"
        packed.append(f"{letter}{numbers[0]}" + (f"-{letter}{numbers[-1]}" if len(numbers) > 1 else ""))
    return " ".join(packed)


def unpack_anchors(packed: str) -> Anchors:
    """The anchors that a line's ranges stand for."""
    matches = (_RANGE.fullmatch(part) for part in packed.split())
    return frozenset(f"{match[1]}{number}" for match in matches if match for number in range(int(match[2]), int(match[3] or match[2]) + 1))


def parse_permalinks(text: str, report: Report) -> tuple[Permalink, ...]:
    """The list as read, in its order; a line that can't be read is reported."""
    found = []
    for number, line in enumerate(text.split("\n"), 1):
        url, _, anchors = line.strip().partition(" ")
        if not url or url.startswith("#"):
            continue
        if not re.fullmatch(PERMALINK.pattern or "", url) or len(url) > PERMALINK.longest or not all(_is_range(part) for part in anchors.split()):
            report.add((number, 1), "permalink-line", f"{quote_value(line)} is not a permalink.", "Write it like `letters/2018/20180136/ p1-p42 c1-c7`, or bring back the line as publishing wrote it.", value=line)
        else:
            found.append(Permalink(url, " ".join(anchors.split()), number))
    return tuple(found)


def _is_range(part: str) -> bool:
    match = _RANGE.fullmatch(part)
    return match is not None and int(match[2]) <= int(match[3] or match[2])


def check_permalinks(published: Iterable[Permalink], links: LinkCheck, path: str) -> Iterator[Problem]:
    """Promises that the site which has gone by would break; `path` is that of the list. A redirect's page and the notice of a withdrawn letter keep a promise whole."""
    listed = set(links.listed)
    for each in published:
        page = file_of(each.url)
        if page not in links.paths:
            yield Problem(path=path, line=each.line, code="permalink-dropped", message=f"The page {each.url} has been published, and the site would no longer have it.",
                          mend=f"Bring it back, or say in site.yml where it went: `redirects: {{{each.url}: …}}`." + (" If a withdrawn letter took it along, delete this line." if each.url.count("/") == 2 else ""), value=each.url)
        elif each.anchors and page in listed:
            yield from _check_anchors(each, unpack_anchors(each.anchors) - set(links.list_anchors(page)), path)


def _check_anchors(published: Permalink, gone: Collection[str], path: str) -> Iterator[Problem]:
    letter = published.url.removesuffix("/")
    mends = {"p": f"Say in {letter}.md where its text stands now: `anchors: {{pN: pM}}`.", "c": f"Give the commitment its id back in {letter}.md; if it was none at all, take it out of this line."}
    for kind, mend in mends.items():
        if packed := pack_anchors(anchor for anchor in gone if anchor[0] == kind):
            yield Problem(path=path, line=published.line, code="anchor-dropped", message=f"The anchor {packed} of {published.url} has been published, and the page would no longer have it.", mend=mend, value=packed)


def merge_permalinks(published: Iterable[Permalink], found: Iterable[Permalink]) -> tuple[Permalink, ...]:
    """Both lists as one, sorted: nothing that was published goes away."""
    anchors: Mapping[str, set[str]] = defaultdict(set)
    for each in (*published, *found):
        anchors[each.url] |= unpack_anchors(each.anchors)
    return tuple(Permalink(url, pack_anchors(anchors[url])) for url in sorted(anchors))


def format_permalinks(permalinks: Iterable[Permalink]) -> str:
    """The list's text."""
    return HEAD + "".join(f"{each}\n" for each in permalinks)


def record_permalinks(content: Path, found: Iterable[Permalink]) -> int:
    """Adds what has been published to the list in the content folder, all or nothing; returns how many lines are new or have new anchors."""
    file = find_permalinks_file(content)
    report = Report(file.shown)
    known = parse_permalinks(read_source(file, report, MOST_BYTES) or "", report) if file.path.exists() else ()
    if report.problems:
        raise SettingsError(f"The published permalinks can't be recorded: {report.problems[0]}")
    merged = merge_permalinks(known, found)
    fresh = len(set(merged) - set(merge_permalinks(known, ())))
    if fresh:
        replace_file(file.path, format_permalinks(merged).encode())
    return fresh
