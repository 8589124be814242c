"""The road from `content/` to `public/`: reads, checks, catalogues, makes every output, checks links, writes."""

from __future__ import annotations

import datetime
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, nullcontext
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from typing import Any

from dafu.archive import Archive, list_blocking, read_archive, read_reference
from dafu.asked import Told
from dafu.assets import read_assets
from dafu.catalogue import Catalogue, make_catalogue
from dafu.crew import Bench, Crew, Doing, Done, Finished, read_done, spread
from dafu.data import is_split
from dafu.extracts import Gathering
from dafu.headers import make_headers_file
from dafu.heap import settle, undisturbed, unsettle
from dafu.inspection import Inspection
from dafu.kept import Stack
from dafu.keys import Keys
from dafu.links import LinkCheck
from dafu.made import Made
from dafu.makers import Makers, Part
from dafu.options import Options, show_progress
from dafu.parallels import Parallels
from dafu.permalinks import Permalink
from dafu.pool import POOL_FROM, Pool
from dafu.problems import Problem, SettingsError
from dafu.publish.limits import iter_warnings
from dafu.reference import Site
from dafu.remade import list_standings, part_units, tell_passages
from dafu.seal import Seal
from dafu.search.site import Search
from dafu.source import Listing, list_content
from dafu.typed import Outside
from dafu.write import stage_site, take_turn


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
    warnings: tuple[str, ...] = ()
    """What hosts of the site's targets forbid, and the site has."""
    seconds: float = 0.0


class Sizes:
    """How many files a site has, and bytes; by path only where it is published, as a large archive has a million."""

    def __init__(self, *, keeps_paths: bool) -> None:
        self.files = 0
        self.size_bytes = 0
        self.keeps_paths = keeps_paths
        self.by_path: dict[str, int] = {}

    def take(self, path: str, size: int) -> None:
        self.files += 1
        self.size_bytes += size
        if self.keeps_paths:
            self.by_path[path] = size


def build(options: Options, *, writing: bool = True) -> Result:
    """Builds the site, or with `writing=False` only checks that it could be built."""
    _check_folders(options)
    with take_turn(options.output) if writing else nullcontext():
        return _build(options, writing=writing)


def _build(options: Options, *, writing: bool) -> Result:
    start = time.perf_counter()
    listing = list_content(options.content)
    if not writing:
        return _build_anew(options, listing, Made(None, None), writing=False, start=start)
    seal = Seal(options.open_memo("seals"), options.output, listing, (options.base_url,), options.jobs)
    told = None if options.keeps_outside else seal.read()
    if told is not None:
        return replace(_read_told(told), seconds=time.perf_counter() - start)
    made = Made(options.cache and options.cache / "made" / seal.name, seal.made)
    is_done = False
    try:
        result = _build_anew(options, listing, made, writing=True, start=start)
        is_done = not result.problems
    finally:
        kept = made.close(is_done=is_done)
    if is_done:
        seal.write(_tell(result), kept)
    return result


def _tell(result: Result) -> dict[str, Any]:
    """What a build that is done told, as JSON."""
    return {name: getattr(result, name) for name in _TOLD} | {"withdrawn": result.withdrawn, "warnings": result.warnings, "permalinks": [str(each) for each in result.permalinks]}


def _read_told(told: dict[str, Any]) -> Result:
    permalinks = tuple(Permalink(*each.split(" ", 1)) for each in told["permalinks"])
    return Result(**{name: told[name] for name in _TOLD}, withdrawn=tuple(told["withdrawn"]), warnings=tuple(told["warnings"]), permalinks=permalinks)


_TOLD = ("letters", "drafts", "pages", "files", "size_bytes", "base_url")


def _build_anew(options: Options, listing: Listing, made: Made, *, writing: bool, start: float) -> Result:
    with options.open_pool() as pool:
        options = replace(options, passing=pool.place)
        with undisturbed():
            archive = read_archive(options, pool, listing)
        try:
            return _build_from(archive, options, pool, made, writing=writing, start=start)
        finally:
            unsettle()
            archive.close(is_sweeping=writing)


def _build_from(archive: Archive, options: Options, pool: Pool, made: Made, *, writing: bool, start: float) -> Result:
    blocking = list_blocking(archive.problems) if writing else archive.problems
    if blocking:
        return Result(problems=archive.problems, letters=len(archive.letters), seconds=time.perf_counter() - start)
    with undisturbed():
        catalogue = make_catalogue(archive.letters, archive.reference, archive.pages, archive.heard)
        archive.heard.clear()  # what was heard is in the proofs now
    links = LinkCheck(catalogue.site.base_url, keeps_outside=options.keeps_outside)
    inspection = Inspection(iter_letters=archive.iter_whole, reference=archive.reference, pages=archive.pages, published=archive.published, shown=archive.shown, links=links)
    sizes, changed = _make(options, catalogue, inspection, pool, made, archive.reader and archive.reader.stack, writing=writing)
    return Result(
        problems=inspection.list_problems(),
        letters=len(catalogue.entries),
        drafts=catalogue.draft_count,
        pages=sum(path.endswith(".html") for path in links.paths),
        files=sizes.files,
        size_bytes=sizes.size_bytes,
        changed=changed,
        base_url=catalogue.site.base_url,
        withdrawn=tuple(letter.id for letter in catalogue.withdrawn),
        permalinks=inspection.list_permalinks(),
        outside=inspection.list_outside(),
        warnings=tuple(iter_warnings(catalogue.site.publish, sizes.by_path)),
        seconds=time.perf_counter() - start,
    )


def _make(options: Options, catalogue: Catalogue, inspection: Inspection, pool: Pool, made: Made, stack: Stack | None, *, writing: bool) -> tuple[Sizes, int]:
    """Makes the site, and puts it in its place unless something is wrong with it; returns how large it is, and how many files changed."""
    search = Search(catalogue.entries, options.memo, options.jobs, pool.spread)
    standings = list_standings(catalogue.entries)
    made.note_standings(standings)
    settle()
    with ExitStack() as held:
        parallels = held.enter_context(closing(Parallels(catalogue.entries, options.memo, pool.spread)))
        tell = partial(tell_passages, parallels, standings, made, stack) if made.is_held else dict
        with pool.aside(tell, is_small=not made.is_held or len(standings) < POOL_FROM) as telling:
            related, start_url = search.prepare()
            passages = telling()
        made.forget_passages()
        staging = held.enter_context(stage_site(options.output, None if options.cluster else made.spare)) if writing else None
        makers = Makers(catalogue, parallels, related, start_url, read_assets(), is_split(catalogue.entries, characters=parallels.texts.count_characters()), search.folder)
        bench = Bench(inspection.links.looker, tuple(dict.fromkeys(catalogue.site.precompress)), staging.place if staging else None)
        sizes = Sizes(keeps_paths=bool(catalogue.site.publish))
        for done in show_progress(_iter_done(Crew(makers, bench), search, inspection, pool, made, passages), "files", options.quiet):
            inspection.links.take(done.looked)
            if done.asked is not None:
                inspection.links.take_asked(done.asked)
            for path, size, is_new in done.files:
                sizes.take(path, size)
                if staging:
                    staging.take(path, is_new)
        is_sound = next(inspection.iter_problems(), None) is None
        return sizes, staging.commit(pool) if staging and is_sound else 0


def _iter_done(crew: Crew, search: Search, inspection: Inspection, pool: Pool, made: Made, passages: Mapping[int, bytes]) -> Iterator[Done]:
    """Every output of the site, made or as it lies there; what is made of all others when they have been taken note of."""
    makers, bench = crew.makers, crew.bench
    changed: dict[str, datetime.date | None] = {}
    for done in chain(_iter_units(crew, pool, made, passages), map(bench.finish, search.files)):
        if done.changed:
            changed[done.looked.path] = done.changed
        yield done
    listed = [(path, changed.get(path)) for path in inspection.links.listed]
    yield from map(bench.finish, inspection.leave_pages(makers.iter_last(listed)))
    yield bench.finish(make_headers_file(inspection.links.paths))


def _iter_units(crew: Crew, pool: Pool, made: Made, passages: Mapping[int, bytes]) -> Iterator[Done]:
    """What units make: those whose keys are new are made, by other processes where they are many, while this one takes note of the others, which lie there."""
    makers = crew.makers
    keys = Keys(makers) if made.is_kept else None
    parting = part_units(makers, keys, made, passages, pool)
    names, missing = makers.name_units(), parting.missing
    parts, damaged = _order(makers, missing), defaultdict(list)
    with closing(Gathering(len(names["letters"]), pool.place)) as gathering, spread(crew, pool, sum(map(len, missing.values()))) as do:
        begun = do(parts)
        while parting.lying:
            unit = parting.lying.popleft()
            found = made.find(unit.name, unit.key)
            if found is None:
                damaged[unit.kind].append(unit.place)
                continue
            done, extract = found
            if unit.kind == "letters":
                made.note_passages(unit.name, unit.passages)
                gathering.put(unit.place, extract)
            yield from done
        made_again = map(crew.do, _order(makers, damaged))
        tables = _begin_tables(do, [*missing["tables"], *damaged["tables"]], gathering)
        for kind, place, digest, record in chain.from_iterable(chain(begun, made_again, tables)):
            head, numbers, links, extract = record
            told = made.keep(names[kind][place], keys.of(kind, place, digest), record) if keys else Told(numbers, links)
            if kind == "letters":
                made.note_passages(names[kind][place], digest)
                gathering.put(place, extract)
            yield from read_done(head, told)


def _begin_tables(do: Doing, places: Iterable[int], gathering: Gathering) -> Iterator[list[Finished]]:
    """Tables, begun when the first of them is asked for: by then the extracts of all letters have come."""
    extracts = gathering.finish()
    yield from do([Part("tables", (place,), extracts) for place in places])


def _order(makers: Makers, places: Mapping[str, Sequence[int]]) -> list[Part]:
    """The parts that some units make up, once it has been found where their letters meet others."""
    letters, units = places.get("letters", ()), places.get("units", ())
    if letters:
        makers.parallels.meet(letters)
    return makers.list_parts(letters, units)


def open_site(options: Options) -> tuple[Site, tuple[Problem, ...]]:
    """The site's settings alone, with the problems in them and in what they stand beside."""
    listing = list_content(options.content)
    problems: list[Problem] = []
    reference = read_reference(listing, options, problems)
    return reference.site, tuple(problems)


def open_search(options: Options) -> tuple[Search | None, tuple[Problem, ...]]:
    """The search over the content as it is now, or the problems that keep it from being made."""
    archive = read_archive(options)
    if list_blocking(archive.problems):
        return None, archive.problems
    catalogue = make_catalogue(archive.letters, archive.reference, archive.pages, archive.heard)
    return Search(catalogue.entries, options.memo, options.jobs), ()


def _check_folders(options: Options) -> None:
    try:
        content, output = options.content.resolve(), options.output.resolve()
    except (OSError, RuntimeError) as error:
        raise SettingsError(f"--output {options.output}: a symbolic link there leads in a circle.") from error
    if output.is_relative_to(content) or content.is_relative_to(output):
        raise SettingsError(f"--output {options.output}: the site and the content can't lie in one another. Name another folder.")
