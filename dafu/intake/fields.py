"""A letter's fields, each with its reason: what the front matter of a draft says, and what a person must settle."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from dafu.intake import furniture
from dafu.intake.anatomy import Anatomy
from dafu.intake.lines import Line
from dafu.intake.marks import find_document_number, find_kind, find_number, find_outcome, find_outcome_in_heading, find_session, read_labelled_number
from dafu.intake.people import PrintedContact, is_contact_line, parse_contact
from dafu.intake.times import parse_day
from dafu.intake.titles import find_title, join_heading
from dafu.intake.units import find_co_handlers, is_unit, read_co_handler_line, read_leading_unit
from dafu.text import squeeze

Value = str | tuple[str, ...] | PrintedContact | None


@dataclass(frozen=True, slots=True)
class Finding:
    """What is known of a key."""

    key: str
    value: Value
    why: str
    line: int | None = None
    """Of the raw text, counted from 1."""
    is_sure: bool = True
    is_derived: bool = False
    """Whether it was made from other words of the letter, for it prints none of its own."""


@dataclass(slots=True)
class Known:
    """What the archive knows already: the names of its offices, with the name that each form stands for."""

    units: dict[str, str] = field(default_factory=dict)


def find_fields(anatomy: Anatomy, known: Known, number_lines: Sequence[int]) -> dict[str, Finding]:
    """The fields of a letter by key; `number_lines` are the offsets at which the raw text's lines begin."""
    reader = _Reader(anatomy, known, number_lines)
    number, respondent = reader.number(), reader.respondent()
    findings = (
        number, reader.title(), reader.printed_title(), reader.kind(number), reader.session(), reader.proposers(), respondent,
        reader.co_handlers(respondent), reader.date(), reader.outcome(), reader.document_number(), reader.contact(),
    )
    return {finding.key: finding for finding in findings}


class _Reader:
    """Reads one letter's fields; what several of them need is worked out once."""

    def __init__(self, anatomy: Anatomy, known: Known, number_lines: Sequence[int]) -> None:
        self.anatomy, self.known, self.number_lines = anatomy, known, number_lines
        self.opening = anatomy.opening
        self.raw_heading = " ".join(line.plain for line in anatomy.heading)
        self.found_title = find_title(self.raw_heading, self.opening)
        self.text = join_heading(anatomy.heading, self.found_title.text if self.found_title else None)
        self.beside = (*anatomy.head, *anatomy.foot)
        self.sessions = find_session(self.raw_heading), find_session(self.opening)

    def _line(self, line: Line | None) -> int | None:
        if line is None:
            return None
        return sum(offset <= line.start for offset in self.number_lines)

    def _heading_line(self) -> int | None:
        return self._line(self.anatomy.heading[0]) if self.anatomy.heading else None

    def _body_line(self) -> int | None:
        return self._line(self.anatomy.body[0]) if self.anatomy.body else None

    def number(self) -> Finding:
        if found := find_number(self.raw_heading, is_heading=True):
            return Finding("number", squeeze(found), "in the heading", self._heading_line())
        for line in self.anatomy.head:
            if found := read_labelled_number(line.plain):
                return Finding("number", found, "on a line of its own", self._line(line))
        if found := find_number(re.split(r"收悉|(?:答复|回复|汇报)如下", self.opening)[0][:300]):
            return Finding("number", squeeze(found), "in the opening sentence", self._body_line(), is_sure=False)
        return Finding("number", None, "the letter prints none", is_sure=True)

    def title(self) -> Finding:
        title = self.found_title
        if title is None:
            return Finding("title", None, "neither the heading nor the opening names the proposal", is_sure=False)
        place = self._heading_line() if title.source == "heading" else self._body_line()
        why = {"heading": "quoted in the heading", "opening": "made from the subject that the opening quotes", "subject": "made from the subject, which stands without quotation marks"}[title.source]
        return Finding("title", title.text, why, place, is_sure=title.source == "heading" or bool(self.text) and title.source == "opening", is_derived=title.source != "heading")

    def printed_title(self) -> Finding:
        if self.text is None:
            return Finding("printed_title", None, "the letter has no heading")
        return Finding("printed_title", self.text, "the letter's own heading", self._heading_line())

    def kind(self, number: Finding) -> Finding:
        copies = " ".join(line.plain for line in self.beside if furniture.is_copy_to(line.plain))
        title = self.found_title.text if self.found_title else None
        kind, why, is_named = find_kind(self.raw_heading, self.opening, self.sessions[0] or self.sessions[1], str(number.value or ""), copies, title)
        addressed = self.anatomy.salutation.title if self.anatomy.salutation else None
        by_title = {"委员": "proposal", "代表": "suggestion"}.get(addressed or "")
        if kind is None and by_title:
            return Finding("kind", by_title, f"the salutation says {addressed}", self._line(self.anatomy.salutation_line), is_sure=False)
        if kind and by_title and kind != by_title:
            if is_named and by_title == "proposal" and not copies:
                return Finding("kind", by_title, f"{why}, but the salutation says {addressed}", self._line(self.anatomy.salutation_line), is_sure=False)
            return Finding("kind", kind, f"{why}, although the salutation says {addressed}", self._heading_line(), is_sure=False)
        return Finding("kind", kind, why or "nothing says so", self._heading_line() or self._body_line(), is_sure=kind is not None)

    def session(self) -> Finding:
        found, opened = self.sessions
        above = [(line, named) for line in self.anatomy.head if len(line.plain) < 60 and not furniture.is_page_head(line.plain) and (named := find_session(line.plain))]
        for named, why, place in ((opened, "in the opening sentence", self._body_line()), *((named, "above the letter", self._line(line)) for line, named in above)):
            if found and named and len(named) > len(found) and _COUNT.findall(named) == _COUNT.findall(found):
                return Finding("session", named, f"{why}, where it stands at greater length", place)
        if found:
            return Finding("session", found, "in the heading", self._heading_line())
        if opened:
            return Finding("session", opened, "in the opening sentence", self._body_line())
        if above:
            return Finding("session", above[0][1], "above the letter", self._line(above[0][0]), is_sure=False)
        return Finding("session", None, "the letter prints none")

    def proposers(self) -> Finding:
        salutation = self.anatomy.salutation
        if salutation is None:
            return Finding("proposers", (), "the letter addresses nobody", is_sure=False)
        doubled = len(set(salutation.names)) < len(salutation.names)
        return Finding("proposers", salutation.names, "the salutation" + (", a name of which stands there twice" if doubled else ""), self._line(self.anatomy.salutation_line), is_sure=not doubled)

    def respondent(self) -> Finding:
        if self.anatomy.signatures:
            printed = self.anatomy.signatures[0]
            name = match_unit(printed, self.known)
            why = "the signature" if name == printed else f"the signature, printed {printed}"
            return Finding("respondent", name, why, self._line(self.anatomy.signature_lines[0]), is_sure=name == printed or printed in self.known.units)
        if leading := read_leading_unit(self.raw_heading):
            return Finding("respondent", match_unit(leading, self.known), "the heading, for nobody signs", self._heading_line(), is_sure=False)
        for line in self.beside:
            text = line.plain
            if furniture.is_letterhead(text) and is_unit(named := re.sub(r"(?:文件|函件|便函|用笺|公用笺|[（(]函[）)])$", "", squeeze(text))):
                return Finding("respondent", named, "the letterhead, for nobody signs", self._line(line), is_sure=False)
        for names in (("发布机构", "发文机关", "发文单位", "发布单位", "公开责任部门", "责任部门", "承办单位", "主办单位"), ("来源", "信息来源")):
            for line, after in zip(self.beside, (*self.beside[1:], None), strict=False):
                value = furniture.read_index_value(line.plain, *names)
                if after is not None and re.fullmatch("(?:" + "|".join(names) + r")\s*[：:]?", line.plain.strip()):
                    value = after.plain
                if value and is_unit(value.split()[0]):
                    return Finding("respondent", match_unit(squeeze(value.split()[0]), self.known), "the page, for nobody signs", self._line(line), is_sure=False)
        return Finding("respondent", None, "nobody signs", is_sure=False)

    def co_handlers(self, respondent: Finding) -> Finding:
        found = list(find_co_handlers(self.opening))
        for line in self.beside:
            found += read_co_handler_line(line.plain) if len(line.plain) < 120 else ()
        names = tuple(dict.fromkeys(name for name in found if name != respondent.value))
        return Finding("co_handlers", names, "before 现答复如下" if names else "the opening names none", self._body_line() if names else None)

    def date(self) -> Finding:
        day = self.anatomy.day
        if day is not None and day.value:
            why = "the day of the signature" if day.is_whole else "the signature, which prints no day"
            return Finding("date", day.value, why, self._line(self.anatomy.day_line), is_sure=day.is_whole)
        if day is not None:
            return Finding("date", None, "the signature leaves the day open", self._line(self.anatomy.day_line), is_sure=False)
        for line in self.anatomy.head:
            if (found := parse_day(line.plain)) and found.value and re.match(r"[（(]|.*年", line.plain):
                return Finding("date", found.value, "under the heading", self._line(line), is_sure=False)
        return Finding("date", None, "the letter prints none", is_sure=False)

    def outcome(self) -> Finding:
        if found := find_outcome_in_heading(self.raw_heading):
            return Finding("outcome", found, "in the heading", self._heading_line())
        for line in self.beside:
            for cell in line.cells or (line.plain,):
                if found := find_outcome(cell):
                    return Finding("outcome", found, "on a line of its own", self._line(line), is_sure=len(found) > 1)
        for line in self.anatomy.head:
            squeezed = squeeze(line.plain)
            if (document := find_document_number(line.plain)) and (found := find_outcome(re.sub(r"签发(?:人|领导)?[：:].*$", "", squeezed).replace(document, ""))):
                return Finding("outcome", found, "beside the document number", self._line(line))
        return Finding("outcome", None, "the letter prints none")

    def document_number(self) -> Finding:
        foot = {line.start for line in self.anatomy.foot}
        for is_index in (False, True):
            for line in self.beside:
                if (furniture.is_page_head(line.plain) or bool(line.cells)) is not is_index or (line.start in foot and len(line.key) > 24):
                    continue
                for cell in line.cells or (line.plain,):
                    if found := find_document_number(cell):
                        return Finding("document_number", found, "in the page's index" if is_index else "on a line of its own", self._line(line), is_sure=not is_index)
                if is_index and (value := furniture.read_index_value(line.plain, "文号", "发文字号", "文件编号")) and (found := find_document_number(value)):
                    return Finding("document_number", found, "in the page's index", self._line(line), is_sure=False)
        return Finding("document_number", None, "the letter prints none")

    def contact(self) -> Finding:
        lines = self.anatomy.contact_lines or tuple(line for line in self.anatomy.foot if is_contact_line(line.plain) and re.search(r"联系人|经办人|承办人", line.plain))
        text = "\n".join(read_masked(line.text) if "*" in line.text else line.plain for line in lines)
        if not text:
            text = next((match[0] for line in reversed(self.anatomy.body[-8:]) if (match := re.search(r"[（(]\s*(?:联系人|经办人|承办人)[^（）()]*[）)]?\s*$", line.plain))), "")
        contact = parse_contact(text) if text else PrintedContact()
        if contact == PrintedContact():
            return Finding("contact", None, "the letter names none" if not text else "the line for it is empty")
        place = self._line(self.anatomy.contact_lines[0]) if self.anatomy.contact_lines else None
        return Finding("contact", contact, "the contact line", place)


def read_masked(text: str) -> str:
    """A contact line without bold type; asterisks that hide digits or a name stay."""
    return re.sub(r"(?<![\w*])\*\*(?=\S)([^*]*[\u4e00-\u9fff：:][^*]*)(?<=\S)\*\*", r"\1", text)


_COUNT = re.compile(r"[一二三四五六七八九十百\d]+(?=届|次)")


def match_unit(printed: str, known: Known) -> str:
    """The office that the archive knows by a printed name: by one of its forms, or by one that differs in a single character."""
    if printed in known.units:
        return known.units[printed]
    near = difflib.get_close_matches(printed, list(known.units), 1, 0.85)
    if near and len(near[0]) == len(printed) >= 6 and sum(one != other for one, other in zip(near[0], printed, strict=True)) == 1:
        return known.units[near[0]]
    return printed
