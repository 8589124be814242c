"""The road from `content/` to `public/`: reads, checks, catalogues, makes every output, checks links, writes."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TypeVar

from dafu.catalogue import make_catalogue
from dafu.check import check_letter, check_shelf
from dafu.check_personal import check_personal, filter_personal
from dafu.check_reference import check_mentions, check_pages, check_reference
from dafu.compress import iter_with_compressed
from dafu.inspection import Inspection
from dafu.intake.desk import Desk
from dafu.intake.hints import find_similar
from dafu.links import LinkCheck
from dafu.makers import iter_outputs
from dafu.memo import Memo
from dafu.output import Output
from dafu.permalinks import MOST_BYTES, Permalink, parse_permalinks
from dafu.pool import map_in_processes
from dafu.problems import Problem, Report, SettingsError, sort_problems
from dafu.reading import DRAFT_OPEN, SETTINGS_SHAPES, Letter, make_reference, read_letter, read_page, read_settings
from dafu.redirects import check_redirects
from dafu.reference import Page, PageHead, Reference, Site, Thread
from dafu.search.site import Search
from dafu.shelf import Shelf
from dafu.source import MAX_BYTES, Listing, SourceFile, list_content, read_source, show_path
from dafu.typed import Outside
from dafu.write import stage_site, take_turn

T = TypeVar("T")

POOL_FROM = 300
"""Letters from which on more than one process pays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a command was told."""

    content: Path
    output: Path
    base_url: str | None = None
    jobs: int = 1
    use_cache: bool = True
    quiet: bool = False
    keeps_outside: bool = False
    """Whether the result tells which addresses elsewhere the pages link to."""

    @property
    def cache(self) -> Path | None:
        """Where work is kept between commands; None where none may be."""
        return Path(self.content).resolve().parent / ".cache" if self.use_cache else None

    @property
    def memo(self) -> Memo:
        return self.open_memo("memo")

    def open_memo(self, name: str) -> Memo:
        """A folder of `.cache/`, beside the content."""
        return Memo(self.cache / name if self.cache else None)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a build did, or why it did nothing."""

    problems: tuple[Problem, ...] = ()
    letters: int = 0
    drafts: int = 0
    pages: int = 0
    files: int = 0
    size_bytes: int = 0
    changed: int = 0
    base_url: str | None = None
    withdrawn: tuple[str, ...] = ()
    """Letters of which only a notice stands there."""
    permalinks: tuple[Permalink, ...] = ()
    """What the site promises; for `permalinks.record_permalinks`, once it is published."""
    outside: tuple[Outside, ...] = ()
    seconds: float = 0.0


def build(options: Options, *, writing: bool = True) -> Result:
    """Builds the site, or with `writing=False` only checks that it could be built."""
    _check_folders(options)
    with take_turn(options.output) if writing else nullcontext():
        return _build(options, writing=writing)


def _build(options: Options, *, writing: bool) -> Result:
    start = time.perf_counter()
    archive = read_archive(options)
    blocking = list_blocking(archive.problems) if writing else archive.problems
    if blocking:
        return Result(problems=archive.problems, letters=len(archive.letters), seconds=time.perf_counter() - start)
    catalogue = make_catalogue(archive.letters, archive.reference, archive.pages)
    links = LinkCheck(catalogue.site.base_url, keeps_outside=options.keeps_outside)
    inspection = Inspection(letters=archive.letters, reference=archive.reference, pages=archive.pages, published=archive.published, shown=archive.shown, links=links)
    search = Search(catalogue.entries, options.memo, options.jobs)
    watched = inspection.watch(_show_progress(iter_outputs(catalogue, search), "files", options.quiet))
    outputs = iter_with_compressed(watched, dict.fromkeys(catalogue.site.precompress))
    files, size_bytes, changed = _write(options.output, outputs, inspection) if writing else _weigh(outputs)
    return Result(
        problems=inspection.list_problems(),
        letters=len(catalogue.entries),
        drafts=catalogue.draft_count,
        pages=sum(path.endswith(".html") for path in links.paths),
        files=files,
        size_bytes=size_bytes,
        changed=changed,
        base_url=catalogue.site.base_url,
        withdrawn=tuple(letter.id for letter in catalogue.withdrawn),
        permalinks=inspection.list_permalinks(),
        outside=inspection.list_outside(),
        seconds=time.perf_counter() - start,
    )


def open_site(options: Options) -> tuple[Site, tuple[Problem, ...]]:
    """The site's settings alone, with the problems in them and in what they stand beside."""
    listing = list_content(options.content)
    problems: list[Problem] = []
    reference = _read_reference(listing, options, problems)
    return reference.site, tuple(problems)


def open_desk(options: Options) -> Desk:
    """The desk on which raw letters become drafts, beside the archive as it is; problems in the archive don't keep it shut."""
    archive = read_archive(options)
    similar = None
    if archive.letters and not list_blocking(archive.problems):
        catalogue = make_catalogue(archive.letters, archive.reference, archive.pages)
        search = Search(catalogue.entries, options.memo, options.jobs)
        similar = partial(find_similar, search)
    return Desk(archive.letters, archive.reference, similar)


def open_search(options: Options) -> tuple[Search | None, tuple[Problem, ...]]:
    """The search over the content as it is now, or the problems that keep it from being made."""
    archive = read_archive(options)
    if list_blocking(archive.problems):
        return None, archive.problems
    catalogue = make_catalogue(archive.letters, archive.reference, archive.pages)
    return Search(catalogue.entries, options.memo, options.jobs), ()


def list_blocking(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """The problems that keep a site from being built: all but what a draft leaves open."""
    return tuple(problem for problem in problems if problem.code != DRAFT_OPEN)


def _write(target: Path, outputs: Iterable[Output], inspection: Inspection) -> tuple[int, int, int]:
    """Writes the stream, unless something is wrong with it; returns the site's files and bytes, and how many files changed."""
    with stage_site(target) as staging:
        for output in outputs:
            staging.write(output)
        is_sound = next(inspection.iter_problems(), None) is None
        return len(staging.seen), staging.size_bytes, staging.commit() if is_sound else 0


def _weigh(outputs: Iterable[Output]) -> tuple[int, int, int]:
    """The same figures of a site that isn't written."""
    sizes = [len(output.data) for output in outputs]
    return len(sizes), sum(sizes), 0


def _check_folders(options: Options) -> None:
    try:
        content, output = options.content.resolve(), options.output.resolve()
    except (OSError, RuntimeError) as error:
        raise SettingsError(f"--output {options.output}: a symbolic link there leads in a circle.") from error
    if output.is_relative_to(content) or content.is_relative_to(output):
        raise SettingsError(f"--output {options.output}: the site and the content can't lie in one another. Name another folder.")


def read_archive(options: Options) -> Archive:
    """Everything in the content folder, read and checked."""
    listing = list_content(options.content)
    problems = list(listing.problems)
    reference = _read_reference(listing, options, problems)
    pages = tuple(page for file in listing.pages if (page := _read_with(partial(read_page, _stem(file), PageHead), file, problems)) is not None)
    letters = _read_letters(listing.letters, options, problems)
    if not listing.letters and not problems:
        problems.append(Problem(path=show_path(options.content), code="no-letters", message="There is no letter in letters/.", mend="Write one to letters/YEAR/ID.md."))
    paths = {name: file.shown for name, file in listing.settings.items()}
    problems += check_reference(reference, paths)
    problems += check_redirects(reference.site, paths.get("site", "site.yml"))
    published = _read_with(parse_permalinks, listing.permalinks, problems, MOST_BYTES) if listing.permalinks else None
    problems += check_pages(pages)
    for letter in letters:
        problems += check_letter(letter, reference)
    problems += check_shelf(Shelf(letters))
    if letters:
        problems += check_mentions(reference.threads, letters)
    told = filter_personal(problems, publishes_contacts=reference.site.publish_contacts)
    shown = {file.name: file.shown for file in (*listing.settings.values(), listing.permalinks) if file is not None}
    return Archive(tuple(letters), reference, pages, tuple(sort_problems(told)), published or (), shown)


def _read_reference(listing: Listing, options: Options, problems: list[Problem]) -> Reference:
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


def _read_letters(files: tuple[SourceFile, ...], options: Options, problems: list[Problem]) -> list[Letter]:
    """All letters in the order of their paths; in several processes where there are many."""
    read = partial(read_letter_file, options.memo)
    results = map_in_processes(read, files, options.jobs if len(files) >= POOL_FROM else 1, chunk=50)
    found = list(_show_progress(results, "letters", options.quiet))
    for _, trouble in found:
        problems += trouble
    return [letter for letter, _ in found if letter is not None]


def read_letter_file(memo: Memo, file: SourceFile) -> tuple[Letter | None, tuple[Problem, ...]]:
    """One letter's file as a letter, with the problems in it."""
    report = Report(file.shown)
    text = read_source(file, report)
    letter_id = file.name.removeprefix("letters/").removesuffix(".md")
    letter = read_letter(letter_id, text, report, memo.parse_body) if text is not None else None
    if text is not None:
        check_personal(file.name, text, report)
    return letter, tuple(report.problems)


def _show_progress(items: Iterable[T], what: str, quiet: bool) -> Iterator[T]:
    """The same items; on long work a line on the terminal says how far it is."""
    last = time.perf_counter()
    shown = False
    for number, item in enumerate(items, 1):
        yield item
        now = time.perf_counter()
        if not quiet and now - last > 1 and sys.stderr.isatty():
            print(f"\r{number:,} {what}", end="", file=sys.stderr, flush=True)
            last, shown = now, True
    if shown:
        print(file=sys.stderr)
