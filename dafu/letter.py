"""The letter as the editor annotates it: every key of the front matter, declared once.

The order here is the order of the contract, of the JSON Schema and of the exported data. Whether values agree with each other and with the
letter's words is for `check` to say.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from dafu.records import Record, RecordOf, key
from dafu.shapes import SLUG, Address, Choice, Day, Flag, ListOf, MapOf, Number, Pairs, Text, is_address

record = dataclass(frozen=True, slots=True, kw_only=True)

ID_FORM = "[a-z0-9]+(-[a-z0-9]+)*"
"""A letter's ID: its number in lower-case ASCII; the file's name without `.md`."""

NAME = Text(hint="a name")
QUOTE = Text(hint="words of the letter", longest=5000)
NTH = Number(whole=True, least=1)
LETTER_REF = Text(pattern=rf"((\d{{4}}|undated)/)?{ID_FORM}", hint="a letter's ID, or YEAR/ID", example="20180136 or 2018/20180136")
PARAGRAPH = Text(pattern="p[1-9][0-9]*", hint="a paragraph's anchor", example="p14")

KINDS = ("proposal", "suggestion")
SAYS = ("done", "progress", "restated", "redefined")
RELATIONS = ("=", ">=", "<=", ">", "<", "~")


@record
class Outcome(Record):
    """办理结果, as the letter prints it."""

    grade: str = key(Text(hint="the grade as printed, such as A"))
    scheme: str | None = key(Text(hint="what the grades mean there"), default=None)


@record
class Source(Record):
    """Where the transcription comes from; `sha256` is that of the copy that is kept, its contact line masked."""

    file: str | None = key(Text(hint="a file's name"), default=None)
    sha256: str | None = key(Text(pattern="[0-9a-f]{64}", hint="the SHA-256 of a file, 64 hexadecimal digits", example="the first word that sha256sum prints"), default=None)
    url: str | None = key(Address(), default=None)
    scan: str | None = key(Text(hint="a file's name or an address"), default=None)
    note: str | None = key(Text(hint="a remark"), default=None)

    @property
    def scan_url(self) -> str | None:
        """The scan where it is an address."""
        return self.scan if self.scan and is_address(self.scan) else None


@record
class Withdrawn(Record):
    """Why only a short notice stays at the permalink."""

    date: datetime.date = key(Day())
    reason: str = key(Text(hint="the reason"))


@record
class Revision(Record):
    """What changed on the page since it was first published."""

    date: datetime.date = key(Day())
    note: str = key(Text(hint="what changed"))


@record
class Contact(Record):
    """A contact person: `withheld`, or a name and a telephone number where site.yml lets them be published."""

    name: str = key(NAME)
    phone: str | None = key(Text(hint="a telephone number"), default=None)


@record
class Correction(Record):
    """A slip of the office or the scanner: the body keeps what was printed, the reading text shows `reading`."""

    quote: str = key(QUOTE)
    nth: int | None = key(NTH, default=None)
    reading: str = key(QUOTE)
    type: str = key(Choice(("typo", "page-break", "unit-lost", "ocr", "encoding")))
    note: str | None = key(Text(hint="a remark"), default=None)


@record
class Redaction(Record):
    """Why the body's nth ［已隐去］ stands there; what was hidden is in no file."""

    nth: int = key(NTH)
    reason: str = key(Text(hint="the reason"))


@record
class Measure(Record):
    """How much is promised."""

    value: int | float = key(Number())
    unit: str = key(Text(hint="the unit as printed"))
    relation: str = key(Choice(RELATIONS), default="=")


@record
class Due(Record):
    """By when: the last day that the letter's words allow, and the words."""

    value: datetime.date = key(Day())
    text: str = key(Text(hint="the letter's words for the time"))


@record
class Evidence(Record):
    """A later letter's exact words about a commitment; `says` is the only source of a status."""

    letter: str = key(LETTER_REF)
    quote: str = key(QUOTE)
    nth: int | None = key(NTH, default=None)
    says: str = key(Choice(SAYS))


@record
class Commitment(Record):
    """What the respondent says that it will do."""

    id: str = key(Text(pattern="c[1-9][0-9]{0,3}", hint="the letter c and a number", example="c1"))
    quote: str = key(QUOTE)
    nth: int | None = key(NTH, default=None)
    action: str = key(Text(hint="the action in plain words"))
    measure: Measure | None = key(RecordOf(Measure), default=None)
    due: Due | None = key(RecordOf(Due), default=None)
    owners: tuple[str, ...] = key(ListOf(NAME), default=())
    thread: str | None = key(SLUG, default=None)
    uncheckable: bool = key(Flag(), default=False)
    evidence: tuple[Evidence, ...] = key(ListOf(RecordOf(Evidence)), default=())


@record
class Period(Record):
    """The time that a figure covers: from–to, the day that a stock stands for, or only the day on which it was stated."""

    from_: datetime.date | None = key(Day(), default=None)
    to: datetime.date | None = key(Day(), default=None)
    stated: datetime.date | None = key(Day(), default=None)


@record
class Figure(Record):
    """What the respondent reports as fact, in a number."""

    quote: str = key(QUOTE)
    nth: int | None = key(NTH, default=None)
    indicator: str = key(SLUG)
    value: int | float = key(Number())
    unit: str = key(Text(hint="the unit as printed"))
    bound: str = key(Choice(("exact", "about", "over", "up-to")), default="exact")
    type: str = key(Choice(("stock", "flow", "cumulative", "capacity", "rate", "target")))
    period: Period | None = key(RecordOf(Period), default=None)
    scope: str | None = key(SLUG, default=None)


@record
class Citation(Record):
    """A policy or document that the letter names; adds to or corrects what the build finds by itself."""

    quote: str = key(QUOTE)
    nth: int | None = key(NTH, default=None)
    title: str | None = key(Text(hint="the document's title"), default=None)
    number: str | None = key(Text(hint="the document's number"), default=None)
    issuer: str | None = key(NAME, default=None)
    date: datetime.date | None = key(Day(), default=None)
    policy: str | None = key(SLUG, default=None)


@record
class Note(Record):
    """The editor's note on a passage."""

    quote: str = key(QUOTE)
    nth: int | None = key(NTH, default=None)
    note: str = key(Text(hint="the note"))


@record
class FrontMatter(Record):
    """The annotations of an official reply (答复)."""

    number: str | None = key(Text(pattern=r"\S+", hint="a number as printed, without blanks", example="20180136", longest=100), default=None)
    title: str = key(Text(hint="the proposal's title", longest=500, is_typed=True))
    printed_title: str | None = key(Text(hint="the letter's own heading", longest=1000, is_typed=True), default=None)
    draft: bool = key(Flag(), default=False)
    withdrawn: Withdrawn | None = key(RecordOf(Withdrawn), default=None)
    kind: str = key(Choice(KINDS))
    session: str | None = key(Text(hint="the session as printed"), default=None)
    proposers: tuple[str, ...] = key(ListOf(NAME), default=())
    respondent: str = key(NAME)
    co_handlers: tuple[str, ...] = key(ListOf(NAME), default=())
    date: datetime.date | None = key(Day(), default=None)
    outcome: Outcome | None = key(RecordOf(Outcome, shorthand="grade"), default=None)
    document_number: str | None = key(Text(hint="the document number as printed"), default=None)
    replies_to: str | None = key(LETTER_REF, default=None)
    topics: tuple[str, ...] = key(ListOf(SLUG), default=())
    summary: str | None = key(Text(hint="one or two sentences"), default=None)
    source: Source | None = key(RecordOf(Source), default=None)
    revisions: tuple[Revision, ...] = key(ListOf(RecordOf(Revision)), default=())
    anchors: Pairs = key(MapOf(PARAGRAPH, PARAGRAPH), default=Pairs())
    contact: Contact | None = key(RecordOf(Contact, shorthand="name"), default=None)
    corrections: tuple[Correction, ...] = key(ListOf(RecordOf(Correction)), default=())
    redactions: tuple[Redaction, ...] = key(ListOf(RecordOf(Redaction)), default=())
    commitments: tuple[Commitment, ...] = key(ListOf(RecordOf(Commitment)), default=())
    figures: tuple[Figure, ...] = key(ListOf(RecordOf(Figure)), default=())
    checks: tuple[str, ...] = key(ListOf(Text(hint="a sum such as 11 + 54 + 117 = 182")), default=())
    citations: tuple[Citation, ...] = key(ListOf(RecordOf(Citation)), default=())
    notes: tuple[Note, ...] = key(ListOf(RecordOf(Note)), default=())


WITHHELD = "withheld"


def has_open_contact(front: FrontMatter) -> bool:
    """Whether a contact person stands in the front matter."""
    return front.contact is not None and front.contact != Contact(name=WITHHELD)
