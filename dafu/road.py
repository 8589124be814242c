"""The road from `content/` to `public/`: reads, checks, catalogues, makes every output, checks links, writes."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TypeVar

from dafu.annotations import make_annotations
from dafu.assets import read_assets
from dafu.catalogue import Catalogue, make_catalogue
from dafu.check import check_letter, check_shelf
from dafu.check_reference import check_mentions, check_pages, check_reference
from dafu.cite import iter_citation_files, make_citations
from dafu.data import iter_archive_files, make_letter_files
from dafu.feeds import iter_feeds, iter_machine_files, last_change, make_letter_items, make_promise_items
from dafu.headers import iter_with_headers
from dafu.intake.desk import Desk
from dafu.intake.hints import find_similar
from dafu.letterpage import make_letter_view, make_notice_view
from dafu.links import LinkCheck, trace_problem
from dafu.memo import Memo
from dafu.offline import make_worker
from dafu.output import Output, base_path
from dafu.pages import KINDS, Browsing
from dafu.parallels import Parallels
from dafu.pool import map_in_processes
from dafu.problems import Problem, Report, SettingsError, sort_problems
from dafu.reading import DRAFT_OPEN, SETTINGS_SHAPES, Letter, make_reference, read_letter, read_page, read_settings
from dafu.reference import Page, PageHead, Reference, Thread
from dafu.register import make_register, make_table
from dafu.registerpages import count_rows
from dafu.search.site import Search
from dafu.shelf import Shelf
from dafu.source import Listing, SourceFile, list_content, read_source, show_path
from dafu.templating import Stage
from dafu.words import read_words
from dafu.write import stage_site

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

    @property
    def memo(self) -> Memo:
        return Memo(Path(self.content).resolve().parent / ".cache" / "memo" if self.use_cache else None)


@dataclass(frozen=True, slots=True)
class Archive:
    """The content as read, with all problems found in it."""

    letters: tuple[Letter, ...]
    reference: Reference
    pages: tuple[Page, ...]
    problems: tuple[Problem, ...]


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
    seconds: float = 0.0


def build(options: Options, *, writing: bool = True) -> Result:
    """Builds the site, or with `writing=False` only checks that it could be built."""
    start = time.perf_counter()
    _check_folders(options)
    archive = read_archive(options)
    blocking = list_blocking(archive.problems) if writing else archive.problems
    if blocking:
        return Result(problems=archive.problems, letters=len(archive.letters), seconds=time.perf_counter() - start)
    catalogue = make_catalogue(archive.letters, archive.reference, archive.pages)
    links = LinkCheck(base_path(catalogue.site.base_url))
    search = Search(catalogue.entries, options.memo, options.jobs)
    outputs = links.watch(_show_progress(iter_with_headers(iter_outputs(catalogue, search)), "files", options.quiet))
    size_bytes, changed = _write(options.output, outputs, links) if writing else (sum(len(output.data) for output in outputs), 0)
    return Result(
        problems=_trace_problems(links, archive),
        letters=len(catalogue.entries),
        drafts=catalogue.draft_count,
        pages=sum(path.endswith(".html") for path in links.paths),
        files=len(links.paths),
        size_bytes=size_bytes,
        changed=changed,
        base_url=catalogue.site.base_url,
        seconds=time.perf_counter() - start,
    )


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


def _write(target: Path, outputs: Iterable[Output], links: LinkCheck) -> tuple[int, int]:
    """Writes the stream, unless there is a dead link in it; returns the site's bytes and how many files changed."""
    with stage_site(target) as staging:
        for output in outputs:
            staging.write(output)
        is_sound = next(links.iter_problems(), None) is None
        return staging.size_bytes, staging.commit() if is_sound else 0


def _trace_problems(links: LinkCheck, archive: Archive) -> tuple[Problem, ...]:
    """Dead links, where an editor typed them at the place of typing."""
    problems = tuple(links.iter_problems())
    if not problems:
        return ()
    sources = {f"letters/{letter.id}/index.html": (letter.path, letter.markdown, letter.line) for letter in archive.letters}
    sources |= {f"{page.slug}/index.html": (page.path, page.markdown, page.line) for page in archive.pages}
    sources |= {f"threads/{page.slug}/index.html": (page.path, page.markdown, page.line) for page in archive.reference.threads}
    return tuple(sort_problems(trace_problem(problem, sources) for problem in problems))


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
    problems += check_pages(pages)
    for letter in letters:
        problems += check_letter(letter, reference)
    problems += check_shelf(Shelf(letters))
    if letters:
        problems += check_mentions(reference.threads, letters)
    return Archive(tuple(letters), reference, pages, tuple(sort_problems(problems)))


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


def _read_with(read: Callable[[str, Report], object], file: SourceFile, problems: list[Problem]) -> object:
    report = Report(file.shown)
    text = read_source(file, report)
    value = read(text, report) if text is not None else None
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
    return letter, tuple(report.problems)


def iter_outputs(catalogue: Catalogue, search: Search) -> Iterator[Output]:
    """Every file of the site, one at a time."""
    site = catalogue.site
    words = read_words(site.language)
    assets = read_assets()
    stage = Stage(site, words, assets.url, has_about=any(page.slug == "about" for page in catalogue.pages))
    register = make_register(catalogue, words)
    browsing = Browsing(catalogue, register, words, search.start_url)
    parallels = Parallels(catalogue.entries)
    addresses = []
    for view in chain(browsing.iter_views(), (make_notice_view(letter, words) for letter in catalogue.withdrawn)):
        if view.listed:
            addresses.append((view.url, last_change(view)))
        yield stage.render(view)
    yield stage.render_lost(browsing.make_lost())
    for entry in catalogue.entries:
        shared = parallels.find(entry)
        citations = make_citations(site, entry)
        view = make_letter_view(entry, catalogue, shared, citations, search.related[entry.letter.id], words)
        addresses.append((view.url, last_change(view)))
        yield stage.render(view)
        yield from make_letter_files(entry, words)
        yield from iter_citation_files(citations)
        yield make_annotations(entry, catalogue, shared)
    yield from search.iter_outputs(words)
    yield from iter_archive_files(catalogue)
    yield make_table(register, count_rows(site.page_size))
    yield from iter_feeds("", site.title, make_letter_items(catalogue.entries), stage)
    for kind in KINDS:
        for group in catalogue.groups[kind]:
            yield from iter_feeds(group.url, words.say("feed.title", site=site.title, name=words.group(kind, group.name)), make_letter_items(group.entries), stage)
    yield from iter_feeds("commitments/", words.say("feed.title", site=site.title, name=words.say("commitments.title")), make_promise_items(register.promises, words), stage)
    yield from iter_machine_files(catalogue, stage, addresses)
    yield make_worker(site, assets.url, search.start_url)
    yield from assets.iter_outputs()


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
