"""The road of a publication: chooses the target, builds, packs the parcel, says what a host forbids, hands it to the carrier."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from dafu.check_reference import RESERVED
from dafu.permalinks import is_promise, record_permalinks
from dafu.problems import Problem, SettingsError, count
from dafu.publish.carrier import Carrier, Parcel, Sent
from dafu.publish.folder import Folder, ZipFile
from dafu.publish.git import Branch
from dafu.publish.limits import LIMITS, find_host, iter_trespasses
from dafu.publish.publication import NAME, Changes, NotOurs, Publication, compare, make_publication, parse_publication
from dafu.publish.rsync import Server
from dafu.publish.snapshot import Scratch, digest_parcel, drop_damaged, hold_scratch, seal, take_site, write_extras
from dafu.publish.storage import Bucket
from dafu.reference import Site
from dafu.road import Options, Result, build, open_site
from dafu.source import show_path
from dafu.targets import Target

EXAMPLE_ADDRESS = "https://example.org/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What a publication did, or would do, or why it did nothing."""

    problems: tuple[Problem, ...] = ()
    place: str = ""
    result: Result | None = None
    changes: Changes | None = None
    sent: Sent | None = None
    """None of a dry run; of no file where all was there already."""
    remarks: tuple[str, ...] = ()


def publish(options: Options, name: str | None, *, is_dry: bool = False, is_forgetting: bool = False) -> Published:
    """Builds the site and brings it to a target of site.yml; with `is_dry` only looks what would change there."""
    site, problems = open_site(options)
    if problems and (told := build(options, writing=False).problems):
        return Published(problems=told)
    name, target = choose_target(site, name)
    options = replace(options, base_url=options.base_url or target.base_url)
    with hold_scratch(options.cache, name) as scratch:
        carrier = make_carrier(target, name, options, scratch)
        carrier.check()
        result = build(options)
        if result.problems:
            return Published(problems=result.problems, result=result)
        return _hand_over(carrier, target, options, result, scratch, is_dry=is_dry, is_forgetting=is_forgetting)


def choose_target(site: Site, name: str | None) -> tuple[str, Target]:
    """The target of a name; without a name the only one."""
    targets = dict(site.publish)
    if not targets:
        raise SettingsError("site.yml names no target. Write one, for example `publish: {site: {kind: folder, to: /srv/replies}}`; the README shows each kind.")
    if name is None and len(targets) > 1:
        raise SettingsError(f"site.yml names several targets. Say which: {', '.join(targets)}.")
    if name is not None and name not in targets:
        near = difflib.get_close_matches(name, targets, 1)
        raise SettingsError(f"site.yml has no target {name!r}. " + (f"Did you mean {near[0]}?" if near else f"There are: {', '.join(targets)}."))
    chosen = name or next(iter(targets))
    return chosen, targets[chosen]


def make_carrier(target: Target, name: str, options: Options, scratch: Scratch) -> Carrier:
    """The way to a target."""
    content = Path(options.content)
    match target.kind:
        case "git":
            return Branch(target, name, content, scratch.folder)
        case "rsync":
            return Server(target, content, scratch.folder)
        case "s3":
            return Bucket(target, scratch.folder)
        case "folder":
            return Folder(target, content, Path(options.output))
        case _:
            return ZipFile(target, content, Path(options.output))


def _hand_over(carrier: Carrier, target: Target, options: Options, result: Result, scratch: Scratch, *, is_dry: bool, is_forgetting: bool) -> Published:
    """Packs what was built, compares it with what stands at the target, and sends it unless that is the same."""
    take_site(Path(options.output), scratch)
    write_extras(scratch, carrier.extras)
    previous = _read_previous(carrier)
    publication = make_publication(digest_parcel(scratch), previous, result.withdrawn, is_forgetting=is_forgetting)
    if dropped := _list_dropped(previous, publication, options):
        return Published(problems=dropped, result=result)
    changes = compare(publication, previous)
    remarks = _list_remarks(result, previous, publication)
    if publication.kept and not is_dry:
        carrier.take(sorted(publication.kept), scratch.parcel)
        publication = replace(publication, kept=drop_damaged(scratch, publication.kept))
    sizes = seal(scratch, publication)
    _check_limits(target, carrier.address, result, scratch, sizes)
    if is_dry:
        return Published(place=carrier.place, result=result, changes=changes, remarks=remarks)
    message = f"{count(result.letters, 'letter')}, {count(result.files, 'file')}"
    sent = carrier.send(Parcel(folder=scratch.parcel, publication=publication, previous=previous, sizes=sizes, message=message))
    remarks += _record(options, result)
    return Published(place=carrier.place, result=result, changes=compare(publication, previous), sent=sent, remarks=remarks)


def _record(options: Options, result: Result) -> tuple[str, ...]:
    """Adds to the list of permalinks; a remark where that can't be written, for the site is published all the same."""
    try:
        record_permalinks(Path(options.content), result.permalinks)
    except OSError as error:
        return (f"The list of permalinks in the content folder couldn't be written: {error.strerror}.",)
    return ()


def _read_previous(carrier: Carrier) -> Publication | None:
    data = carrier.read_previous()
    try:
        return None if data is None else parse_publication(data)
    except NotOurs as error:
        raise SettingsError(f"{carrier.place}: its {NAME} is damaged, or not Dafu's. Put it back, or publish to an empty place.") from error


def _list_dropped(previous: Publication | None, publication: Publication, options: Options) -> tuple[Problem, ...]:
    """Letters and lists that stand at the target and wouldn't any more: also where nobody kept the list of permalinks. A letter that is withdrawn may take its lists along."""
    pages = (path.removesuffix("index.html") for path in (previous.files if previous else ()) if path.endswith("/index.html") and path not in publication.files)
    folders = {"letters"} if previous and set(publication.withdrawn) - set(previous.withdrawn) else RESERVED
    gone = sorted(url for url in pages if url.partition("/")[0] in folders and is_promise(url))
    shown = show_path(Path(options.content) / "site.yml")
    return tuple(
        Problem(path=shown, code="permalink-dropped", message=f"The page {url} has been published, and the site would no longer have it.", mend=f"Bring it back, or say here where it went: `redirects: {{{url}: …}}`.", value=url)
        for url in gone
    )


def _check_limits(target: Target, address: str, result: Result, scratch: Scratch, sizes: dict[str, int]) -> None:
    """Refuses what the host would: before anything is sent."""
    host = find_host(target, (address, result.base_url or ""))
    if host is None:
        return
    redirects = scratch.parcel / "_redirects"
    trespasses = tuple(iter_trespasses(LIMITS[host], sizes, redirects.read_bytes() if redirects.exists() else b""))
    if trespasses:
        raise SettingsError(f"{LIMITS[host].name} doesn't take {'; nor '.join(trespasses)}. Nothing was sent. Publish less (site.yml says what a letter comes with), or elsewhere.")


def _list_remarks(result: Result, previous: Publication | None, publication: Publication) -> tuple[str, ...]:
    """What an editor should know, though it keeps nothing from being published."""
    remarks: Sequence[tuple[bool, str]] = (
        (result.base_url == EXAMPLE_ADDRESS, f"The site's address is still {EXAMPLE_ADDRESS}: feeds, citations and metadata name it. Set base_url in site.yml, or of the target."),
        (previous is not None and not set(publication.withdrawn) <= set(previous.withdrawn), "A letter was withdrawn since: no shard of the previous publication stays."),
    )
    return tuple(words for holds, words in remarks if holds)
