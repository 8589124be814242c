"""How a letter is cited: GB/T 7714, BibTeX, RIS and CSL-JSON, whole or by a paragraph.

The four say the same: who answered, the letter's own heading, the day, the permalink. A page knows neither the paragraph that a reader wants nor the
day of reading, so a citation is made of pieces, of which some are slots: empty in the files, filled by the browser.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from dafu.entries import Entry
from dafu.output import Output, absolute_url, make_text_output
from dafu.reference import Site
from dafu.text import squeeze


@dataclass(frozen=True, slots=True)
class Slot:
    """What only a reader's browser can say."""

    kind: str
    """part: which paragraph, `{n}` · day: today, `{y}` `{m}` `{d}`"""
    text: str


Piece = str | Slot


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What is cited. A letter is in Chinese, so is its citation, whatever the interface speaks."""

    key: str
    author: str
    title: str
    number: str | None
    """Where the title doesn't have it already."""
    day: tuple[int, int, int] | None
    url: str
    site: str


@dataclass(frozen=True, slots=True)
class Citation:
    """A letter in one format."""

    name: str
    """What the format is called."""
    url: str
    """Site-relative address of its file."""
    pieces: tuple[Piece, ...]

    @property
    def file(self) -> str:
        """What its file is called."""
        return self.url.rpartition("/")[2]

    @property
    def text(self) -> str:
        """For the whole letter, without the day of reading."""
        return "".join(piece for piece in self.pieces if isinstance(piece, str))


def make_work(site: Site, entry: Entry) -> Work:
    """A letter as a work that can be cited."""
    front, title = entry.letter.front, name_letter(entry)
    number = front.number if front.number and squeeze(front.number) not in squeeze(title) else None
    day = (front.date.year, front.date.month, front.date.day) if front.date else None
    return Work(key=f"dafu-{entry.letter.id.replace('/', '-')}", author=front.respondent, title=title, number=number, day=day, url=absolute_url(site.base_url, entry.url), site=site.title)


def name_letter(entry: Entry) -> str:
    """The letter's own heading; where it has none, what it answers, in the brackets that say that the heading is supplied."""
    front = entry.letter.front
    return front.printed_title or f"［对《{_nest(front.title)}》的答复］"


def name_in_marks(entry: Entry) -> str:
    """The letter's name in title marks, those inside made single."""
    return f"《{_nest(name_letter(entry))}》"


def _nest(title: str) -> str:
    return title.replace("《", "〈").replace("》", "〉")


def make_citations(site: Site, entry: Entry) -> tuple[Citation, ...]:
    """A letter in every format."""
    work = make_work(site, entry)
    return tuple(Citation(name, f"{entry.url}cite.{ending}", tuple(make(work))) for name, ending, make in FORMATS)


def iter_citation_files(citations: Sequence[Citation]) -> Iterator[Output]:
    """The files beside a letter's page."""
    for citation in citations:
        yield make_text_output(citation.url, citation.text)


_PART, _PLACE = Slot("part", ": 第{n}段"), Slot("part", "#p{n}")


def _make_gbt(work: Work) -> Iterator[Piece]:
    """GB/T 7714: 责任者. 题名: 其他题名信息[EB/OL]. (日期)[引用日期]. 获取路径."""
    yield f"{work.author}. {work.title}"
    yield _PART
    yield f"{f': {work.number}' if work.number else ''}[EB/OL]. "
    if work.day:
        yield "({:04d}-{:02d}-{:02d})".format(*work.day)
    yield Slot("day", "[{y}-{m}-{d}]")
    yield f". {work.url}" if work.day else work.url
    yield _PLACE
    yield ".\n"


def _make_bibtex(work: Work) -> Iterator[Piece]:
    """An @online entry; names and title stand in braces of their own, so that nothing in them is reordered or set in small letters."""
    yield f"@online{{{work.key},\n  author = {{{{{_escape_tex(work.author)}}}}},\n  title = {{{{{_escape_tex(work.title)}"
    yield _PART
    yield "}},\n"
    if work.number:
        yield f"  number = {{{_escape_tex(work.number)}}},\n"
    if work.day:
        yield "  date = {{{0:04d}-{1:02d}-{2:02d}}},\n  year = {{{0}}},\n  month = {{{1}}},\n".format(*work.day)
    yield Slot("day", "  urldate = {{y}-{m}-{d}},\n")
    yield f"  organization = {{{_escape_tex(work.site)}}},\n  langid = {{chinese}},\n  url = {{{work.url}"
    yield _PLACE
    yield "}\n}\n"


# BibTeX counts braces even behind a backslash: one that has no partner would end the field, or swallow the rest of the file.
_TEX = {"\\": r"\textbackslash{}", "{": r"\textbraceleft{}", "}": r"\textbraceright{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"} | {char: f"\\{char}" for char in "%&#_$"}


def _escape_tex(text: str) -> str:
    return "".join(_TEX.get(char, char) for char in text)


def _make_ris(work: Work) -> Iterator[Piece]:
    """An electronic document, a field a line."""
    yield f"TY  - ELEC\nID  - {work.key}\nAU  - {work.author}\nTI  - {work.title}"
    yield _PART
    yield "\n"
    if work.number:
        yield f"M1  - {work.number}\n"
    if work.day:
        yield "PY  - {0:04d}\nDA  - {0:04d}/{1:02d}/{2:02d}\n".format(*work.day)
    yield Slot("day", "Y2  - {y}/{m}/{d}\n")
    yield f"PB  - {work.site}\nLA  - zh\nUR  - {work.url}"
    yield _PLACE
    yield "\nER  - \n"


def _make_csl(work: Work) -> Iterator[Piece]:
    """A list of one item, as reference managers and citeproc read it."""
    yield f'[\n {{\n  "id": {_json(work.key)},\n  "type": "webpage",\n  "author": [{{"literal": {_json(work.author)}}}],\n  "title": {_json(work.title)[:-1]}'
    yield _PART
    yield '",\n'
    if work.number:
        yield f'  "number": {_json(work.number)},\n'
    if work.day:
        yield f'  "issued": {{"date-parts": [[{", ".join(map(str, work.day))}]]}},\n'
    yield Slot("day", '  "accessed": {"date-parts": [["{y}", "{m}", "{d}"]]},\n')
    yield f'  "container-title": {_json(work.site)},\n  "language": "zh-CN",\n  "URL": {_json(work.url)[:-1]}'
    yield _PLACE
    yield '"\n }\n]\n'


def _json(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


FORMATS: tuple[tuple[str, str, Callable[[Work], Iterator[Piece]]], ...] = (
    ("GB/T 7714", "txt", _make_gbt), ("BibTeX", "bib", _make_bibtex), ("RIS", "ris", _make_ris), ("CSL-JSON", "json", _make_csl),
)
"""Name, file's ending and maker of each."""
