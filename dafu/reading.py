"""A file's text as a letter, a thread, a page or a settings file: front matter parted from the body, annotations tied to their words."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TypeVar

from dafu.body import Body, parse_body
from dafu.citings import Naming, Place, iter_cited
from dafu.faults import Fault, iter_hidden, iter_link_faults
from dafu.letter import Correction, FrontMatter
from dafu.marks import Mark, Outline, iter_outlines
from dafu.packed import Packed
from dafu.passages import Sentence, find_sentences
from dafu.problems import Problem, Report, quote_value
from dafu.quotes import Finder, Missed, Span
from dafu.records import Record, RecordOf, read_record
from dafu.reference import Indicators, Page, PageHead, Policy, Reference, Session, Site, Thread, Topic, Unit
from dafu.shapes import ListOf, Shape
from dafu.told import Spoken, Told
from dafu.yamltext import Mapping, parse_yaml

R = TypeVar("R", bound=Record)


@dataclass(frozen=True, slots=True)
class Letter(Packed):
    """An annotated letter whose own words bear its annotations."""

    id: str
    """`2018/20180136`: path, permalink and identity in one."""
    path: str
    front: FrontMatter
    body: Body
    line: int
    """Of the file, in which the body begins."""
    marks: tuple[Mark, ...] = ()
    outlines: tuple[Outline, ...] = ()
    """Its commitments without their words."""
    cited: tuple[Place, ...] = ()
    """Where it names policies."""
    sentences: tuple[Sentence, ...] = ()
    """Those in which it names policies."""
    told: tuple[Told, ...] = ()
    """What it says of threads."""
    spoken: tuple[Spoken, ...] = ()
    """The same without its words."""
    namings: tuple[Naming, ...] = ()
    """The policies that it cites, without their places."""
    searched: bytes = b""
    """A digest of its words that are searched."""

    @property
    def year(self) -> str:
        return self.id.partition("/")[0]

    @property
    def age(self) -> tuple[datetime.date, str]:
        """Sorts the oldest first; a letter without a date before all others."""
        return self.front.date or datetime.date.min, self.id

    @property
    def anchor(self) -> str:
        """What names it within a page that gathers letters."""
        return self.id.replace("/", "-")

    @property
    def name(self) -> str:
        """The ID without its year."""
        return self.id.partition("/")[2]

    @property
    def named(self) -> tuple[str, ...]:
        """The threads of which it bears a name that isn't said to be another thing's."""
        return tuple(each.thread for each in self.spoken if each.is_named)

    @property
    def corrections(self) -> tuple[tuple[Mark, Correction], ...]:
        corrections = self.front.corrections
        return tuple((mark, corrections[mark.index]) for mark in self.marks if mark.kind == "correction") if corrections else ()


_FENCE = re.compile(r"-{3}[ \t]*")


def split_front_matter(text: str, report: Report) -> tuple[str, str, int] | None:
    """The YAML, the body, and the line in which the body begins."""
    lines = text.split("\n")
    mend = "Begin the file with a line `---`, the keys, and a line `---`."
    if not _FENCE.fullmatch(lines[0]):
        return report.add((1, 1), "front-matter-missing", "The file has no front matter.", mend)
    end = next((number for number, line in enumerate(lines[1:], 1) if _FENCE.fullmatch(line)), None)
    if end is None:
        return report.add((1, 1), "front-matter-open", "The front matter has no end.", "Close it with a line `---`.")
    return "\n".join(lines[1:end]), "\n".join(lines[end + 1 :]), end + 2


def read_head(cls: type[R], text: str, report: Report) -> tuple[R, str, int] | None:
    """A Markdown file's front matter as a record, its body, and the body's first line."""
    parts = split_front_matter(text, report)
    if parts is None:
        return None
    node = parse_yaml(parts[0], report, first_line=2)
    if not isinstance(node, Mapping):
        if not report.problems:
            report.add((2, 1), "front-matter-empty", "The front matter has no keys.", "Write `key: value` lines, as the README shows.")
        return None
    return read_record(cls, node, "", report), parts[1], parts[2]


ParseBody = Callable[[str, frozenset[str]], Body]


def read_letter(letter_id: str, text: str, report: Report, parse: ParseBody = parse_body) -> Letter | None:
    """The letter that a file spells, as far as it can be read; the report holds what is wrong with it."""
    head = read_head(FrontMatter, text, report)
    if head is None:
        return None
    front, markdown, line = head
    if front.draft:
        report.problems[:] = [_leave_open(problem) for problem in report.problems]
    if front.withdrawn:
        report.problems[:] = [problem for problem in report.problems if not _MAY_BE_GONE.match(problem.message)]
    _report_marks(text, line, report, is_draft=front.draft)
    first_line = line + len(markdown) - len(markdown.lstrip("\n"))
    markdown = markdown.strip("\n") + "\n"
    body = parse(markdown, frozenset(old for old, _ in front.anchors))
    if body.blocks or not front.withdrawn:
        _report_body(body, markdown, first_line, report)
    marks = tuple(_iter_marks(front, body, report))
    cited = tuple(iter_cited(body.text))
    sentences = find_sentences(body, [*(place.span for place in cited), *(mark.span for mark in marks if mark.kind == "citation")])
    return Letter(letter_id, report.path, front, body, first_line, marks, tuple(iter_outlines(front.commitments, marks)), cited, sentences)


DRAFT_OPEN = "draft-open"
"""The code of what a draft leaves open: `check` shows it, and it keeps no site from being built."""


def _leave_open(problem: Problem) -> Problem:
    """A required key without a value, as something that the editor of a draft has yet to settle."""
    if problem.code != "key-null":
        return problem
    return replace(problem, code=DRAFT_OPEN, message=problem.message.replace("has no value", "is still open in this draft"), mend="Settle it before the letter is published.")


_MAY_BE_GONE = re.compile(r"(?:The key )?(?:title|kind|respondent) (?:is missing|has no value)\.")
"""Of a withdrawn letter `withdrawn:` alone may be left, so that the content holds no more of it than the site."""

_OPEN_MARK = re.compile(r"(?<!\S)#[ \t]*\?[ \t]*(.*)")


def _report_marks(text: str, body_line: int, report: Report, *, is_draft: bool) -> None:
    """What `# ?` marks in the front matter leave open; in a letter that is no draft nothing may be."""
    code, mend = (DRAFT_OPEN, "Settle it, and delete the mark.") if is_draft else ("open-mark", "Settle it and delete the mark, or make the letter a draft again: `draft: true`.")
    for number, row in enumerate(text.split("\n")[: body_line - 2], 1):
        if mark := _OPEN_MARK.search(row):
            report.add((number, mark.start() + 1), code, f"This is still open: {quote_value(mark[1])}.", mend)


def read_page(slug: str, shape: type[PageHead] | type[Thread], text: str, report: Report) -> Page | None:
    """A page or a thread, by the shape of its head."""
    head = read_head(shape, text, report)
    if head is None:
        return None
    _report_controls(head[1], head[2], report)
    _report_faults(iter_link_faults(head[1]), head[2], report)
    return Page(slug, report.path, *head)


def read_settings(shape: Shape, text: str, report: Report) -> object | None:
    """A .yml file's value by its shape."""
    node = parse_yaml(text, report)
    if node is None and not report.problems and isinstance(shape, RecordOf):
        return report.add((1, 1), "file-empty", "The file has no keys.", "Write `key: value` lines, or delete it.")
    return shape.read(node, "", report) if node is not None else None


SETTINGS_SHAPES: dict[str, Shape] = {
    "site": RecordOf(Site),
    "topics": ListOf(RecordOf(Topic)),
    "units": ListOf(RecordOf(Unit)),
    "sessions": ListOf(RecordOf(Session)),
    "indicators": RecordOf(Indicators),
    "policies": ListOf(RecordOf(Policy)),
}


def make_reference(settings: dict[str, object], threads: list[Page]) -> Reference:
    """All that letters may refer to; what couldn't be read is empty."""
    found = {"site": Site(title="", description="")} | {name: value for name, value in settings.items() if value is not None}
    return Reference(threads=tuple(sorted(threads, key=lambda thread: thread.slug)), **found)


def _report_body(body: Body, markdown: str, first_line: int, report: Report) -> None:
    """Reports what a body may not hold."""
    if not body.blocks:
        report.add((first_line, 1), "body-empty", "The letter has no text.", "Write the letter's words under the front matter.")
    _report_controls(markdown, first_line, report)
    _report_faults(body.faults, first_line, report)
    for block in body.blocks:
        if block.kind == "heading" and not 2 <= block.level <= 4:
            report.add((first_line + block.line - 1, 1), "body-heading", f"A heading of level {block.level} stands here.",
                       "Use ## for 一、, ### for （一） and #### below; the page's own title is level 1.")


_MENDS = {
    "body-html": ("looks like an HTML tag; a letter's text has none.", "Delete it, or write \\< if the letter prints it."),
    "body-image": ("is a picture, which readers' browsers would fetch from elsewhere.", "Take it away, or make it a link."),
    "body-link": ("is not an address that a link here may have.", "Use https:, http: or mailto:, or write the words without a link."),
    "body-link-root": ("starts from the root of the host, and the site may lie under any path.", "Write the link from this page on: ../../ and the rest."),
}


def _report_faults(faults: Iterable[Fault], first_line: int, report: Report) -> None:
    for line, column, code, value in faults:
        why, mend = _MENDS[code]
        report.add((first_line + line - 1, column), code, f"{quote_value(value)} {why}", mend, value=value)


def _report_controls(text: str, first_line: int, report: Report) -> None:
    for line, column, hidden in iter_hidden(text):
        report.add((first_line + line - 1, column), "text-control", f"The text holds the invisible character U+{ord(hidden):04X}.", "Delete it.")


_LETTERS = {"figures": ("figure", "f"), "citations": ("citation", "q"), "notes": ("note", "n"), "corrections": ("correction", "k")}


def _iter_marks(front: FrontMatter, body: Body, report: Report) -> Iterator[Mark]:
    """Every annotation with its place in the text, in the text's order; those without one are reported."""
    finder = Finder(body.text)
    found = []
    for index, commitment in enumerate(front.commitments):
        span = find_quote(commitment, f"commitments[{index + 1}]", finder, report)
        if span is not None and commitment.id is not None:
            found.append(_make_mark("commitment", commitment.id, commitment.quote, span, index, body))
    for key, (kind, letter) in _LETTERS.items():
        for index, item in enumerate(getattr(front, key)):
            span = find_quote(item, f"{key}[{index + 1}]", finder, report)
            if span is not None:
                found.append(_make_mark(kind, f"{letter}{index + 1}", item.quote, span, index, body))
    yield from sorted(found, key=lambda mark: (mark.span.start, -mark.span.end, mark.kind, mark.index))


def _make_mark(kind: str, name: str, quote: str, span: Span, index: int, body: Body) -> Mark:
    words = span.slice(body.text)
    return Mark(kind, name, span, index, quote if quote == words else words, body.block_at(span.start).anchor)  # one text for both


def find_quote(item: Record, name: str, finder: Finder, report: Report) -> Span | None:
    """The place of an annotation's quote; reported where it has none."""
    if item.quote is None:
        return None
    span = finder.find(item.quote, item.nth)
    if isinstance(span, Span):
        return span
    report_missed(item, name, span, report)
    return None


def report_missed(item: Record, name: str, missed: Missed, report: Report, where: str = "the text") -> None:
    """Reports why an annotation's quote has no place."""
    spot = item.at.of("nth" if missed.code == "quote-nth" else "quote")
    message = missed.message.replace("the text", where)
    report.add(spot, missed.code, f"{name}.quote {quote_value(item.quote)} {message}", missed.mend, value=item.quote)
