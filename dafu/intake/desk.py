"""The editor's desk: raw files in, drafts with their places in `content/letters/` out. Nothing here touches the disk."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from dafu.intake.convert import convert
from dafu.intake.draft import Draft, make_draft, render_draft
from dafu.intake.fields import Known
from dafu.intake.hints import Similar
from dafu.intake.raw import read_letters
from dafu.intake.trouble import ConversionError
from dafu.problems import Problem
from dafu.reading import Letter
from dafu.reference import Reference
from dafu.text import drop_typed_blanks


@dataclass(frozen=True, slots=True)
class RawFile:
    """A file to be taken in."""

    name: str
    """As it was named on the command line; `-` for standard input."""
    data: bytes


@dataclass(frozen=True, slots=True)
class Placed:
    """A draft and where it goes."""

    draft: Draft
    id: str
    """`2018/20180136`."""
    text: str
    taken: str | None = None
    """Why it can't be written: what stands there already."""

    @property
    def path(self) -> str:
        """Within the content folder."""
        return f"letters/{self.id}.md"


@dataclass(frozen=True, slots=True)
class Held:
    """What tells one letter from another of the same ID."""

    kind: object
    title: object
    proposers: object
    respondent: object

    def is_same(self, other: Held) -> bool:
        """Whether both answer the same proposal: by the title, or where one has none by who asked and who answers."""
        if self.kind is not None and other.kind is not None and self.kind != other.kind:
            return False
        if isinstance(self.title, str) and isinstance(other.title, str):
            return _make_key(self.title) == _make_key(other.title)
        return (self.proposers, self.respondent) == (other.proposers, other.respondent)


_SUFFIXES = {"proposal": "ta", "suggestion": "jy"}


class Desk:
    """Takes raw files in, one after the other, beside the letters that the archive holds."""

    def __init__(self, letters: Iterable[Letter], reference: Reference, similar: Similar | None = None) -> None:
        self.reference, self.similar = reference, similar
        self.known = Known({form: unit.name for unit in reference.units for form in (unit.name, *unit.aliases) if form})
        self.held = {letter.id: Held(letter.front.kind, letter.front.title, letter.front.proposers, letter.front.respondent) for letter in letters}

    def take_in(self, file: RawFile) -> Iterator[Placed | Problem]:
        """The drafts of a file's letters, or why there are none."""
        try:
            raw = convert(file.name, file.data)
        except ConversionError as error:
            yield Problem(path=file.name, code=error.code, message=error.why, mend=error.mend)
            return
        letters = read_letters(raw, self.known)
        if not letters:
            yield Problem(path=file.name, code="raw-no-letter", message="No letter of reply was found in it: there is neither an addressee nor a heading with 答复.",
                          mend="Check that the file holds the reply itself, with its salutation.")
        for place, letter in enumerate(letters, 1):
            yield self._place(make_draft(file.name, letter, self.reference, self.similar, (place, len(letters))))

    def _place(self, draft: Draft) -> Placed:
        """The draft under the ID that is free for it; a letter that is there already stays as it is."""
        text = render_draft(draft)
        own = Held(*(draft.value(key) for key in ("kind", "title", "proposers", "respondent")))
        for name in self._iter_names(draft):
            letter_id = f"{draft.year}/{name}"
            if letter_id not in self.held:
                self.held[letter_id] = own
                return Placed(draft, letter_id, text)
            if own.is_same(self.held[letter_id]):
                return Placed(draft, letter_id, text, f"The archive holds this letter already: letters/{letter_id}.md.")
        return Placed(draft, f"{draft.year}/{draft.name}", text, f"Every ID for the number {draft.name} is taken in letters/{draft.year}/.")

    def _iter_names(self, draft: Draft) -> Iterator[str]:
        """The ID and, for letters that share it, its forms: by kind, then by count; a dated name by its letter."""
        if draft.is_dated:
            yield from (draft.name[:-1] + letter for letter in "abcdefghijklmnopqrstuvwxyz")
            return
        yield draft.name
        kind = str(draft.value("kind"))
        held = self.held.get(f"{draft.year}/{draft.name}")
        if kind in _SUFFIXES and held is not None and held.kind != kind:
            yield f"{draft.name}-{_SUFFIXES[kind]}"
        yield from (f"{draft.name}-{count}" for count in range(2, 10))


def _make_key(title: str) -> str:
    return re.sub(r"[\s《》“”\"‘’]|的?(?:建议|提案|议案)$", "", drop_typed_blanks(title))


def take_in_all(desk: Desk, files: Sequence[RawFile | Problem]) -> tuple[list[Placed], list[Problem]]:
    """What came of all files, in their order."""
    placed: list[Placed] = []
    problems: list[Problem] = []
    for file in files:
        for result in [file] if isinstance(file, Problem) else desk.take_in(file):
            (problems if isinstance(result, Problem) else placed).append(result)
    return placed, problems
