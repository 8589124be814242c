"""The contract's rules: what must agree within a letter, between letters, and with the files that letters refer to.

Reading has already reported what can't be read; a value that is None was reported there or is absent.
"""

from __future__ import annotations

import datetime
import difflib
from collections import defaultdict
from collections.abc import Iterator, Mapping

from dafu.check_figures import FIRST_YEAR, LAST_YEAR, check_figures
from dafu.check_personal import check_contact
from dafu.letter import FrontMatter
from dafu.marks import Outline
from dafu.problems import Problem, Report, Spot, quote_value
from dafu.quotes import Missed
from dafu.reading import Letter, report_missed
from dafu.reference import Reference, know
from dafu.shelf import Shelf
from dafu.sums import NotASum, show_number, split_sum
from dafu.text import HIDDEN, UNDATED, make_slug, squeeze

def check_letter(letter: Letter, reference: Reference) -> Iterator[Problem]:
    """Problems within one letter, and with the slugs that it names."""
    report = Report(letter.path)
    _check_identity(letter, report)
    _check_dates(letter.front, report)
    check_figures(letter.front, reference, report)
    _check_commitments(letter, report)
    _check_corrections(letter, report)
    _check_redactions(letter, report)
    _check_anchors(letter, report)
    _check_sums(letter.front, report)
    _check_slugs(letter.front, reference, report)
    check_contact(letter, report)
    yield from report.problems


def check_shelf(shelf: Shelf) -> Iterator[Problem]:
    """Problems between letters."""
    yield from _check_unique(shelf)
    for letter in shelf.letters.values():
        report = Report(letter.path)
        _check_replies_to(letter, shelf, report)
        for outline in letter.outlines:
            _check_evidence(letter, outline, shelf, report)
        yield from report.problems


def _check_identity(letter: Letter, report: Report) -> None:
    front, year, spot = letter.front, letter.year, letter.front.at
    if make_slug(letter.name) != letter.name:
        better = make_slug(front.number or "") or make_slug(letter.name)
        report.add((1, 1), "id-form", f"The file name {quote_value(letter.name)} is not an ID: lower-case ASCII letters, digits and single hyphens.",
                   f"Rename the file to {better}.md." if better else "Rename the file after the letter's number.", value=letter.name)
    if not (year == UNDATED or (len(year) == 4 and year.isascii() and year.isdigit())):
        report.add((1, 1), "year-form", f"The folder {quote_value(year)} is not a year.", f"Name it after the reply's year, or `{UNDATED}`.", value=year)
    elif front.date is not None and not FIRST_YEAR <= front.date.year <= LAST_YEAR:
        report.add(spot.of("date"), "date-far", f"date {front.date} is not a day of the years {FIRST_YEAR} to {LAST_YEAR}.", "Write the date as on the letter.", value=str(front.date))
    elif front.date is not None and year != f"{front.date.year:04d}":
        report.add(spot.of("date"), "year-folder", f"date {front.date} is not in the folder's year {year}.",
                   f"Move the file to letters/{front.date.year:04d}/, or correct the date.", value=str(front.date))
    elif front.date is None and year != UNDATED and "date" not in spot.unread and not front.withdrawn:
        report.add(spot.of("date"), "year-folder", f"The letter has no date, but its folder says {year}.", f"Give it its date, or move it to letters/{UNDATED}/.")
    _check_number(letter, report)


def _check_number(letter: Letter, report: Report) -> None:
    """Whether the ID is the one that the number, or for want of one the date, gives."""
    front = letter.front
    if make_slug(letter.name) != letter.name or "number" in front.at.unread:
        return
    base = letter.name
    for suffix in range(2, 10):
        base = base.removesuffix(f"-{suffix}")
    base = base.removesuffix("-ta").removesuffix("-jy")
    if front.number is not None:
        wanted = make_slug(front.number)
        if wanted and wanted not in (letter.name, base):
            report.add(front.at.of("number"), "id-number", f"number {quote_value(front.number)} gives the ID {quote_value(wanted)}, but the file is named {quote_value(letter.name)}.",
                       f"Rename the file to {wanted}.md, or correct the number.", value=front.number)
    elif front.date is not None and not front.withdrawn and not _is_dated_name(base, front.date):
        report.add((1, 1), "id-number", f"The letter has no number, so the ID {quote_value(letter.name)} should come from its date.",
                   f"Rename the file to n{front.date:%m%d}a.md (the next on that day is n{front.date:%m%d}b.md).", value=letter.name)


def _is_dated_name(name: str, date: datetime.date) -> bool:
    return name.startswith(f"n{date:%m%d}") and len(name) == 6 and name[5].isalpha()


def _check_dates(front: FrontMatter, report: Report) -> None:
    for number, revision in enumerate(front.revisions, 1):
        if front.date and revision.date and revision.date < front.date:
            report.add(revision.at.of("date"), "revision-early", f"revisions[{number}].date {revision.date} lies before the letter's date {front.date}.",
                       "Write the day on which the page was changed.", value=str(revision.date))


def _check_commitments(letter: Letter, report: Report) -> None:
    first: dict[str, int] = {}
    words = squeeze(letter.body.text)
    for number, commitment in enumerate(letter.front.commitments, 1):
        name, due = f"commitments[{number}]", commitment.due
        if commitment.id in first:
            report.add(commitment.at.of("id"), "id-repeated", f"{name}.id {quote_value(commitment.id)} is also that of commitments[{first[commitment.id]}].",
                       "Give each commitment an id of its own.", value=commitment.id)
        elif commitment.id is not None:
            first[commitment.id] = number
        if due is None:
            continue
        if due.value and letter.front.date and due.value < letter.front.date:
            report.add(due.at.of("value"), "due-early", f"{name}.due {due.value} lies before the letter's date {letter.front.date}.",
                       "Write the last day that the letter's words allow.", value=str(due.value))
        if due.text and squeeze(due.text) not in words:
            report.add(due.at.of("text"), "due-words", f"{name}.due.text {quote_value(due.text)} doesn't stand in the letter.",
                       "Quote the letter's own words for the time.", value=due.text)


def _check_corrections(letter: Letter, report: Report) -> None:
    taken, owner = 0, ""
    for mark, correction in letter.corrections:
        name = f"corrections[{mark.index + 1}]"
        if correction.reading is not None and squeeze(correction.reading) == squeeze(correction.quote):
            report.add(correction.at.of("reading"), "correction-same", f"{name}.reading {quote_value(correction.reading)} is what the text says already.", "Write how it should read.", value=correction.reading)
        if mark.span.start < taken:
            report.add(correction.at.of("quote"), "correction-overlap", f"{name} {quote_value(correction.quote)} overlaps {owner}.",
                       "Make one correction of the two, or quote fewer words.", value=correction.quote)
        if mark.span.end > taken:
            taken, owner = mark.span.end, name
        if not letter.body.is_within_cell(mark.span.start, mark.span.end):
            report.add(correction.at.of("quote"), "correction-long", f"{name} {quote_value(correction.quote)} runs over the end of a paragraph or a table's cell.",
                       "Correct each by itself.", value=correction.quote)


def _check_redactions(letter: Letter, report: Report) -> None:
    hidden = letter.body.text.count(HIDDEN)
    seen: set[int] = set()
    for number, redaction in enumerate(letter.front.redactions, 1):
        nth = redaction.nth
        if nth is None:
            continue
        if nth > hidden or nth in seen:
            why = f"the body has {hidden} of them" if nth > hidden else "it has been explained already"
            mend = "Count the places in the body." if nth > hidden else "Keep one of the two entries."
            report.add(redaction.at.of("nth"), "redaction-nth", f"redactions[{number}] speaks of {HIDDEN} number {nth}, but {why}.", mend, value=str(nth))
        seen.add(nth)


def _check_anchors(letter: Letter, report: Report) -> None:
    anchors = {block.anchor for block in letter.body.blocks}
    for old, new in letter.front.anchors:
        if new not in anchors:
            report.add(letter.front.at.of("anchors"), "anchor-missing", f"anchors leads {old} to {new}, but no paragraph has that anchor.",
                       "Name the paragraph in which the text stands now.", value=new)


def _check_sums(front: FrontMatter, report: Report) -> None:
    for number, text in enumerate(front.checks):
        spot = front.at.of(f"checks.{number}")
        try:
            sides = split_sum(text)
        except NotASum:
            report.add(spot, "sum-form", f"checks[{number + 1}] {quote_value(text)} is not a sum.", 'Write numbers, + - * / and =, such as "11 + 54 + 117 = 182".', value=text)
            continue
        if len(set(sides)) > 1:
            shown = " ≠ ".join(show_number(side) for side in sides)
            report.add(spot, "sum-wrong", f"checks[{number + 1}] {quote_value(text)} doesn't add up: {shown}.",
                       "Correct it; if the letter itself is wrong, say so in a note instead.", value=text)


def _check_slugs(front: FrontMatter, reference: Reference, report: Report) -> None:
    """Whether every slug is one that a file defines."""
    known = know(reference).slugs
    for kind, name, slug, spot in _iter_slugs(front):
        file, slugs = known[kind]
        if slug is not None and slug not in slugs:
            near = difflib.get_close_matches(slug, [name for name in slugs if name], 1)
            mend = f'Did you mean "{near[0]}"?' if near else f"Define it in {file}, or use one that stands there."
            report.add(spot, "slug-unknown", f"{name} {quote_value(slug)} is not defined in {file}.", mend, value=slug)
    for number, slug in enumerate(front.topics):
        if slug in front.topics[:number]:
            report.add(front.at.of(f"topics.{number}"), "topic-repeated", f"topics names {quote_value(slug)} a second time.", "Name it once.", value=slug)


def _iter_slugs(front: FrontMatter) -> Iterator[tuple[str, str, str | None, Spot]]:
    for number, topic in enumerate(front.topics):
        yield "topics", f"topics[{number + 1}]", topic, front.at.of(f"topics.{number}")
    for number, commitment in enumerate(front.commitments, 1):
        yield "thread", f"commitments[{number}].thread", commitment.thread, commitment.at.of("thread")
    for number, figure in enumerate(front.figures, 1):
        yield "indicator", f"figures[{number}].indicator", figure.indicator, figure.at.of("indicator")
        yield "scope", f"figures[{number}].scope", figure.scope, figure.at.of("scope")
    for number, citation in enumerate(front.citations, 1):
        yield "policy", f"citations[{number}].policy", citation.policy, citation.at.of("policy")


def _check_replies_to(letter: Letter, shelf: Shelf, report: Report) -> None:
    reference = letter.front.replies_to
    if reference is None:
        return
    spot = letter.front.at.of("replies_to")
    first = shelf.find(reference)
    if isinstance(first, str):
        report.add(spot, "letter-unknown", f"replies_to {quote_value(reference)} {first.partition('. ')[0]}.", first.partition(". ")[2], value=reference)
    elif first is letter or (first.front.date and letter.front.date and first.front.date > letter.front.date):
        report.add(spot, "reply-order", f"replies_to {quote_value(reference)} is not an earlier letter.", "Name the first reply.", value=reference)
    else:
        _check_published(first, letter, spot, "replies_to", report)


def _check_published(other: Letter, letter: Letter, spot: Spot, name: str, report: Report) -> None:
    """A published page can't lean on a letter that readers don't see."""
    if letter.front.draft or letter.front.withdrawn:
        return
    if other.front.withdrawn:
        report.add(spot, "letter-unpublished", f"{name} names {other.id}, which is withdrawn.", "Take the reference away, with whatever words it quotes: nothing of a withdrawn letter may stand elsewhere.", value=other.id)
    elif other.front.draft:
        report.add(spot, "letter-unpublished", f"{name} names {other.id}, which is a draft.", "Publish that letter, or take the reference away.", value=other.id)


def _check_evidence(letter: Letter, outline: Outline, shelf: Shelf, report: Report) -> None:
    for number, evidence in enumerate(outline.evidence, 1):
        here = f"commitments[{outline.number + 1}].evidence[{number}]"
        if evidence.letter is None:
            continue
        later = shelf.find(evidence.letter)
        if isinstance(later, str):
            why, _, mend = later.partition(". ")
            report.add(evidence.at.of("letter"), "letter-unknown", f"{here}.letter {quote_value(evidence.letter)} {why}.", mend, value=evidence.letter)
            continue
        _check_published(later, letter, evidence.at.of("letter"), f"{here}.letter", report)
        if later.front.withdrawn:
            continue
        what = _why_not_later(later, letter)
        if what:
            report.add(evidence.at.of("letter"), "evidence-old", f"{here}.letter {quote_value(evidence.letter)} {what}.",
                       "Only a later letter's words can say what became of it.", value=evidence.letter)
        missed = shelf.hear(later, (evidence.quote, evidence.nth)).span if evidence.quote is not None else None
        if isinstance(missed, Missed):
            report_missed(evidence, here, missed, report, where=f"the letter {later.id}")


def _why_not_later(later: Letter, letter: Letter) -> str | None:
    """Why a letter's words can't tell what became of another's promise."""
    if later is letter:
        return "is this letter itself"
    if later.front.date is None or letter.front.date is None:
        return "can't be shown to be younger: one of the two letters has no date"
    return f"of {later.front.date} is not younger than the promise of {letter.front.date}" if later.front.date <= letter.front.date else None


def _check_unique(shelf: Shelf) -> Iterator[Problem]:
    """Two letters of one year, number and kind, neither of them a second reply, a draft or withdrawn."""
    same: Mapping[tuple[str, str, str], list[Letter]] = defaultdict(list)
    for letter in shelf.letters.values():
        front = letter.front
        if front.number is not None and front.kind is not None and front.replies_to is None and not front.draft and not front.withdrawn:
            same[letter.year, make_slug(front.number), front.kind].append(letter)
    for letters in same.values():
        first, *others = sorted(letters, key=lambda letter: (len(letter.name), letter.name))
        for other in others:
            yield Problem(path=other.path, line=other.front.at.of("number")[0], column=other.front.at.of("number")[1], code="id-duplicate",
                          message=f"number {quote_value(other.front.number or '')} is also that of {first.path}, of the same year and kind.",
                          mend="Delete one of the two; a second reply says `replies_to:` and ends its name in -2.", value=other.front.number)
