"""A raw letter as a draft for `content/letters/`: front matter with what is known, `# ?` where a person must decide, candidates as comments, the body clean."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from dafu.body import parse_body
from dafu.intake.fields import Finding
from dafu.intake.hints import FigureHint, Similar, TopicHint, find_citations, find_figures, find_threads, suggest_topics
from dafu.intake.lines import make_simplifier
from dafu.intake.people import PrintedContact
from dafu.intake.promises import Candidate, find_candidates
from dafu.intake.raw import RawLetter
from dafu.intake.slips import Slip, find_slips
from dafu.letter import WITHHELD
from dafu.quotes import Finder
from dafu.reference import Reference
from dafu.text import HIDDEN, UNDATED, drop_controls, make_slug, squeeze

KEYS = ("number", "title", "printed_title", "kind", "session", "proposers", "respondent", "co_handlers", "date", "outcome", "document_number")


@dataclass(frozen=True, slots=True)
class Draft:
    """A letter on its way into the archive."""

    file: str
    """The raw file's name."""
    letter: RawLetter
    year: str
    name: str
    """The ID without a suffix, such as `20180136`."""
    topics: tuple[TopicHint, ...]
    candidates: tuple[Candidate, ...]
    figures: tuple[FigureHint, ...]
    slips: tuple[Slip, ...]
    threads: tuple[tuple[str, str], ...]
    citations: tuple[str, ...]
    text: str
    """The body's plain text."""
    part: tuple[int, int] = (1, 1)
    """Which letter of the file it is, and of how many."""

    @property
    def is_dated(self) -> bool:
        """Whether the ID comes from the day, for want of a number."""
        return _slug_number(self.letter) == ""

    @property
    def open(self) -> list[str]:
        """The keys that a person must settle."""
        return [finding.key for finding in self.letter.findings.values() if not finding.is_sure]

    def value(self, key: str) -> object:
        return self.letter.findings[key].value


def make_draft(file: str, letter: RawLetter, reference: Reference, similar: Similar | None = None, part: tuple[int, int] = (1, 1)) -> Draft:
    """The draft of a letter, with all that may be annotated in it."""
    body = parse_body(letter.body)
    simplify = make_simplifier(letter.raw)
    candidates = find_candidates(body, simplify(body.text))
    title = str(letter.findings["title"].value or "")
    respondent = letter.findings["respondent"].value
    printed = letter.anatomy.signatures[0] if letter.anatomy.signatures else None
    taken = [(candidate.start, candidate.end) for candidate in candidates]
    date = letter.findings["date"]
    return Draft(
        file=file, letter=letter, year=str(date.value)[:4] if date.value and len(str(date.value)) == 10 else UNDATED, name=_make_name(letter),
        topics=suggest_topics(title, body.text, reference, similar), candidates=candidates, figures=tuple(find_figures(body.text, reference, taken)),
        slips=find_slips(body.text, letter.paragraphs, respondent if isinstance(respondent, str) else None, printed),
        threads=tuple(find_threads(body.text, reference)), citations=tuple(cited for cited in find_citations(body.text) if squeeze(title) not in squeeze(cited) or not title), text=body.text, part=part,
    )


def _make_name(letter: RawLetter) -> str:
    """The ID that the number gives, or for want of one the date."""
    date = letter.findings["date"].value
    if slug := _slug_number(letter):
        return slug
    digits = date[5:].replace("-", "") if isinstance(date, str) and len(date) == 10 else "0000"
    return f"n{digits}a"


def _slug_number(letter: RawLetter) -> str:
    """The number as an ID; empty where the letter prints none of which one can be made."""
    return make_slug(str(letter.findings["number"].value or ""))


def make_record(draft: Draft) -> dict[str, object]:
    """The draft as plain JSON types: the file, the front matter's keys, contact, body, noise, and what is open."""
    values: dict[str, object] = {key: list(value) if isinstance(value := draft.value(key), tuple) else value for key in KEYS}
    contact = draft.value("contact")
    return {
        "file": draft.file, **values, "topics": [hint.slug for hint in draft.topics],
        "contact": {"name": contact.name, "phone": contact.phone} if isinstance(contact, PrintedContact) else None,
        "body": draft.letter.body, "noise": list(draft.letter.noise), "open": draft.open,
        "derived": [key for key, finding in draft.letter.findings.items() if finding.is_derived],
        "commitments": [{"quote": candidate.slice(draft.text), "why": candidate.why} for candidate in draft.candidates],
        "figures": [{"quote": figure.quote, "value": figure.value, "unit": figure.unit, "bound": figure.bound, "indicator": figure.indicator} for figure in draft.figures],
        "threads": [slug for slug, _ in draft.threads], "citations": list(draft.citations),
        "corrections": [{"quote": slip.quote, "reading": slip.reading, "type": slip.type, "why": slip.why} for slip in draft.slips],
    }


def render_draft(draft: Draft) -> str:
    """The file, ready to be written."""
    return "\n".join(["---", *_iter_front(draft), "---", "", draft.letter.body.rstrip("\n"), ""])


def _iter_front(draft: Draft) -> Iterator[str]:
    findings = draft.letter.findings
    for key in ("number", "title", "printed_title"):
        yield from _iter_key(findings[key])
    yield "draft: true                   # take this line away once what is marked `# ?` is settled"
    for key in ("kind", "session", "proposers", "respondent", "co_handlers", "date", "outcome", "document_number"):
        yield from _iter_key(findings[key])
    sure = [hint.slug for hint in draft.topics if hint.is_sure]
    yield f"topics: [{', '.join(sure)}]"
    for hint in draft.topics:
        yield f"# {'topic' if hint.is_sure else '? topic'} {hint.slug}: {_comment(hint.why)}"
    yield "summary: null                 # one or two sentences"
    name = drop_controls(PurePath(draft.file).name)
    yield f"source: {{file: {quote(name) if name.strip() else 'null'}, sha256: null, url: null, scan: null, note: {_note(draft)}}}"
    hidden = draft.letter.body.count(HIDDEN)
    before = [draft.letter.body[max(0, match.start() - 12) : match.start()] for match in re.finditer(re.escape(HIDDEN), draft.letter.body)]
    persons = [bool(re.search(r"联系|聯|电话|经办|承办", words)) for words in before]
    yield f"contact: {WITHHELD if findings['contact'].value or any(persons) else 'null'}"
    if hidden:
        yield "redactions:"
        for number, is_person in enumerate(persons, 1):
            yield f"  - {{nth: {number}, reason: {'联系人姓名和电话' if is_person else '原文如此'}}}" + ("" if is_person else "   # ? why it is hidden")
    yield from _iter_candidates(draft)


def _iter_key(finding: Finding) -> Iterator[str]:
    """A key with its value; what isn't sure says why on the line above."""
    if not finding.is_sure:
        shown = f" ({finding.value})" if finding.key == "date" and isinstance(finding.value, str) and len(finding.value) == 7 else ""
        yield f"# ? {finding.key}: {_comment(finding.why)}{shown}"
    value = finding.value
    if finding.key == "date" and isinstance(value, str) and len(value) != 10:
        value = None
    if isinstance(value, tuple):
        yield f"{finding.key}: [{', '.join(quote(each) for each in value)}]"
    else:
        yield f"{finding.key}: {'null' if value is None else value if finding.key == 'date' else quote(str(value))}"


def _iter_candidates(draft: Draft) -> Iterator[str]:
    finder = Finder(draft.text)
    if draft.slips:
        yield "# corrections:"
        for slip in draft.slips:
            yield f"#   - {{quote: {quote(slip.quote)}, reading: {quote(slip.reading)}, type: {slip.type}}}   # {_comment(slip.why)}"
    if draft.candidates:
        yield "# commitments:"
        for number, candidate in enumerate(draft.candidates, 1):
            words = " ".join(candidate.slice(draft.text).split())
            yield f"#   - {{id: c{number}, quote: {quote(words)}{_nth(finder, candidate.start, words)}, action: {quote(_SHALL.sub('', words) or words)}}}   # {_comment(candidate.why)}"
    if draft.figures:
        yield "# figures, each of which wants its indicator, type and period:"
        for figure in draft.figures:
            indicator = figure.indicator or "which"
            words = " ".join(figure.quote.split())
            yield f"#   - {{quote: {quote(words)}{_nth(finder, figure.start, words)}, indicator: {indicator}, value: {figure.value}, unit: {quote(figure.unit)}, bound: {figure.bound}, type: stock}}   # {_comment(figure.why)}"
    for slug, name in draft.threads:
        yield f"# thread {slug}: {_comment(name)} stands in the letter"
    if draft.citations:
        yield f"# the build finds by itself: {_comment('、'.join(draft.citations))}"


_SHALL = re.compile(r"^(?:我[局委办厅部县市区省院镇乡们]|本[局委办厅部])?(?:将|拟|计划)(?=[\u4e00-\u9fff])")


def _nth(finder: Finder, start: int, words: str) -> str:
    """Which of its places a quote means, where it stands at more than one."""
    spans = list(finder.iter_spans(words))
    return f", nth: {1 + sum(span.start < start for span in spans)}" if len(spans) > 1 else ""


def _note(draft: Draft) -> str:
    """What is said of the source where its file holds more than one letter."""
    place, count = draft.part
    return quote(f"原文件含{count}封答复，此为第{place}封") if count > 1 else "null"


_PLAIN = re.compile(r"[A-Za-z\u4e00-\u9fff《“（][^\n:#\[\]{},&*!|>'\"%@`\\]*")
_WORDS = re.compile(r"(?:y|n|yes|no|on|off|true|false|null|~|[\d.eE+_-]+)", re.IGNORECASE)


def quote(text: str) -> str:
    """A value as YAML takes it for text, and nothing else."""
    text = " ".join(text.split())
    if _PLAIN.fullmatch(text) and not _WORDS.fullmatch(text):
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _comment(text: str) -> str:
    return " ".join(text.replace("\n", " ").split())


def describe(draft: Draft) -> Sequence[tuple[str, str, str, str]]:
    """The summary's rows: field, value, why, sure or not."""
    place, count = draft.part
    rows = [("part", f"letter {place} of {count} in the file", "each has a salutation of its own", "open")] if count > 1 else []
    for key in (*KEYS, "contact"):
        finding = draft.letter.findings[key]
        value = finding.value
        if isinstance(value, PrintedContact):
            shown = " ".join(part for part in (value.name, value.phone) if part)
        else:
            shown = "、".join(value) if isinstance(value, tuple) else str(value or "")
        where = f" (line {finding.line})" if finding.line else ""
        rows.append((key, shown or "–", finding.why + where, "sure" if finding.is_sure else "open"))
    rows.append(("topics", "、".join(hint.slug for hint in draft.topics) or "–", "; ".join(hint.why for hint in draft.topics[:2]), "sure" if draft.topics and all(hint.is_sure for hint in draft.topics) else "open"))
    size = len(squeeze("".join(draft.letter.noise)))
    rows.append(("candidates", f"{len(draft.candidates)} commitments, {len(draft.figures)} figures, {len(draft.slips)} corrections", "as comments in the draft", "open"))
    rows.append(("noise", f"{len(draft.letter.noise)} lines, {size} characters", "set aside" + (", as listed below" if size else ""), "sure"))
    return rows
