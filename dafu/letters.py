"""One letter's file, read, checked by itself and looked through for what others ask of it: what a process of the pool does."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from dafu.check import check_letter
from dafu.check_personal import check_personal
from dafu.citings import iter_namings
from dafu.kept import Head, Stack
from dafu.memo import code_version
from dafu.problems import Problem, Report
from dafu.reading import Letter, read_letter
from dafu.records import forget_places
from dafu.reference import Page, Reference
from dafu.search.fields import digest_searched
from dafu.source import SourceFile, decode_source, load_source
from dafu.told import iter_spoken, iter_told


@dataclass(frozen=True)
class Reader:
    """Reads letters beside what they may refer to."""

    reference: Reference
    stack: Stack

    @cached_property
    def version(self) -> bytes:
        """What a letter depends on beside its own file."""
        reference = replace(self.reference, site=None)  # type: ignore[arg-type]
        return hashlib.sha256(f"{code_version()}\0{reference!r}".encode("utf-8", "surrogatepass")).digest()

    def read(self, file: SourceFile) -> tuple[Head | Letter | None, tuple[Problem, ...]]:
        """The letter, kept on the disk, and the problems in it; one that has any stays in memory with the places of its keys."""
        report = Report(file.shown)
        data = load_source(file, report)
        if data is None:
            return None, tuple(report.problems)
        name = hashlib.sha256(b"\0".join([self.version, file.name.encode(), file.shown.encode(), data])).hexdigest()
        head = self.stack.find(name)
        if head is not None:
            return head, ()
        letter = self._read_anew(file, data, report)
        if letter is None or report.problems:
            return letter, tuple(report.problems)
        forget_places(letter.front)
        return self.stack.keep(name, letter), ()

    def read_whole(self, file: SourceFile) -> Letter | None:
        """The letter with the places of its keys."""
        report = Report(file.shown)
        data = load_source(file, report)
        return self._read_anew(file, data, report) if data is not None else None

    def _read_anew(self, file: SourceFile, data: bytes, report: Report) -> Letter | None:
        text = decode_source(data, report)
        if text is None:
            return None
        letter = read_letter(file.name.removeprefix("letters/").removesuffix(".md"), text, report)
        check_personal(file.name, text, report)
        if letter is None:
            return None
        report.problems += check_letter(letter, self.reference)
        return look_through(letter, self.reference.threads)


def look_through(letter: Letter, threads: Sequence[Page]) -> Letter:
    """A letter with what is asked of all letters at once: what it says of threads, which policies it cites, and which words of it are searched."""
    told = tuple(iter_told(letter.body, threads))
    spoken = tuple(iter_spoken(told, letter.outlines, letter.marks))
    return replace(letter, told=told, spoken=spoken, namings=tuple(iter_namings(letter.front, letter.marks, letter.cited)), searched=digest_searched(letter))
