"""The content folder as one value: every file read and checked, all problems of all files found in one run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TypeVar

from dafu import held
from dafu.check import check_shelf
from dafu.check_personal import check_personal, filter_personal
from dafu.check_reference import check_mentions, check_pages, check_reference
from dafu.kept import Head
from dafu.letters import Reader
from dafu.options import Options, show_progress
from dafu.permalinks import MOST_BYTES, Permalink, parse_permalinks
from dafu.pool import POOL_FROM, Pool
from dafu.problems import Problem, Report, sort_problems
from dafu.reading import DRAFT_OPEN, SETTINGS_SHAPES, Letter, make_reference, read_page, read_settings
from dafu.redirects import check_redirects
from dafu.reference import Page, PageHead, Reference, Thread
from dafu.shelf import Heard, Shelf, hear_evidence
from dafu.source import MAX_BYTES, Listing, SourceFile, list_content, read_source, show_path

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Archive:
    """The content as read, with all problems found in it."""

    letters: tuple[Letter, ...]
    reference: Reference
    pages: tuple[Page, ...]
    problems: tuple[Problem, ...]
    published: tuple[Permalink, ...] = ()
    """What readers have been promised."""
    shown: dict[str, str] = field(default_factory=dict)
    """The paths of the files in the content folder itself, by their names."""
    reader: Reader | None = None
    files: tuple[SourceFile, ...] = ()
    heard: Heard = field(default_factory=dict)
    """What letters quote of others as evidence."""

    def iter_whole(self) -> Iterator[Letter]:
        """The letters, read again with the places of their keys."""
        if self.reader is not None:
            yield from filter(None, map(self.reader.read_whole, self.files))

    def close(self, *, is_sweeping: bool) -> None:
        """The last thing that is done with an archive: lets go of what was kept of its letters, and drops what earlier runs have kept of letters that are no more."""
        if self.reader is not None:
            if is_sweeping:
                self.reader.stack.sweep(self.letters)
            self.reader.stack.close()
        held.let_go()


def read_archive(options: Options, pool: Pool | None = None, listing: Listing | None = None) -> Archive:
    """Everything in the content folder, read and checked."""
    listing = listing or list_content(options.content)
    problems = list(listing.problems)
    reference = read_reference(listing, options, problems)
    pages = tuple(page for file in listing.pages if (page := _read_with(partial(read_page, _stem(file), PageHead), file, problems)) is not None)
    reader = Reader(reference, options.open_stack())
    letters = _read_letters(listing.letters, reader, pool or Pool(1), problems, options.quiet)
    if not listing.letters and not problems:
        problems.append(Problem(path=show_path(options.content), code="no-letters", message="There is no letter in letters/.", mend="Write one to letters/YEAR/ID.md."))
    paths = {name: file.shown for name, file in listing.settings.items()}
    problems += check_reference(reference, paths)
    problems += check_redirects(reference.site, paths.get("site", "site.yml"))
    published = _read_with(parse_permalinks, listing.permalinks, problems, MOST_BYTES) if listing.permalinks else None
    problems += check_pages(pages)
    heard = hear_evidence(Shelf(letters), (pool or Pool(1)).spread if len(letters) >= POOL_FROM else map, options.open_memo("heard"))
    problems += _check_shelf(letters, heard, listing.letters, reader)
    if letters:
        problems += check_mentions(reference.threads, letters)
    told = filter_personal(problems, publishes_contacts=reference.site.publish_contacts)
    shown = {file.name: file.shown for file in (*listing.settings.values(), listing.permalinks) if file is not None}
    return Archive(tuple(letters), reference, pages, tuple(sort_problems(told)), published or (), shown, reader, listing.letters, heard)


def read_reference(listing: Listing, options: Options, problems: list[Problem]) -> Reference:
    settings: dict[str, object] = {}
    if "site" not in listing.settings:
        problems.append(Problem(path=show_path(options.content / "site.yml"), code="site-missing", message="The file is missing.", mend="Write title: and description: into it."))
    for name, file in listing.settings.items():
        if name in SETTINGS_SHAPES:
            settings[name] = _read_with(partial(read_settings, SETTINGS_SHAPES[name]), file, problems)
    threads = [thread for file in listing.threads if (thread := _read_with(partial(read_page, _stem(file), Thread), file, problems)) is not None]
    reference = make_reference(settings, threads)
    if options.base_url is not None:
        reference = replace(reference, site=replace(reference.site, base_url=options.base_url))
    return reference


def _read_with(read: Callable[[str, Report], T], file: SourceFile, problems: list[Problem], most: int = MAX_BYTES) -> T | None:
    report = Report(file.shown)
    text = read_source(file, report, most)
    value = read(text, report) if text is not None else None
    if text is not None:
        check_personal(file.name, text, report)
    problems += report.problems
    return value


def _stem(file: SourceFile) -> str:
    return file.name.rpartition("/")[2].removesuffix(".md")


def _read_letters(files: tuple[SourceFile, ...], reader: Reader, pool: Pool, problems: list[Problem], quiet: bool) -> list[Letter]:
    """All letters in the order of their paths; in several processes where there are many."""
    letters = []
    is_small = len(files) < POOL_FROM
    with nullcontext(reader.read) if is_small else pool.hand_down(reader.read) as read:
        for found, trouble in show_progress(pool.map(read, files, chunk=50, is_small=is_small), "letters", quiet):
            problems += trouble
            if found is not None:
                letters.append(reader.stack.wake(found) if isinstance(found, Head) else found)
    return letters


def _check_shelf(letters: list[Letter], heard: Heard, files: Iterable[SourceFile], reader: Reader) -> list[Problem]:
    """What is wrong between letters; those with something wrong are read again, to say where in the file."""
    troubled = {problem.path for problem in check_shelf(Shelf(letters, heard))}
    if not troubled:
        return []
    whole = {file.shown: reader.read_whole(file) for file in files if file.shown in troubled}
    return list(check_shelf(Shelf((whole.get(letter.path) or letter for letter in letters), heard)))


def list_blocking(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """The problems that keep a site from being built: all but what a draft leaves open."""
    return tuple(problem for problem in problems if problem.code != DRAFT_OPEN)
