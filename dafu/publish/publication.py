"""What stands at a target, as its `publication.json` says, and what a new publication changes there. Pure functions on values."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from dafu.output import is_permanent

NAME = "publication.json"
"""Lies in the root of what was published. Whoever mirrors the site can check it by it."""

_SIGN = "Dafu publication 1"
Digests = Mapping[str, str]
"""Paths and the SHA-256 of their content."""


class NotOurs(ValueError):
    """A `publication.json` that Dafu didn't write, or that is damaged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """What was published once."""

    files: Digests
    """The site's own."""
    kept: Digests = field(default_factory=dict)
    """Permanent files of the publication before."""
    withdrawn: tuple[str, ...] = ()
    """Letters of which only a notice stood there."""

    @property
    def all(self) -> dict[str, str]:
        return {**self.kept, **self.files}

    def as_json(self) -> bytes:
        record = {"format": _SIGN, "files": dict(sorted(self.files.items())), "kept": dict(sorted(self.kept.items())), "withdrawn": list(self.withdrawn)}
        return (json.dumps(record, ensure_ascii=False, indent=0) + "\n").encode()


def parse_publication(data: bytes) -> Publication:
    """The publication that a `publication.json` describes; raises NotOurs."""
    try:
        record = json.loads(data)
        files, kept, withdrawn = (dict(record["files"]), dict(record["kept"]), tuple(map(str, record["withdrawn"])))
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise NotOurs from error
    if record.get("format") != _SIGN or not all(_is_plain(path) and isinstance(digest, str) for path, digest in [*files.items(), *kept.items()]):
        raise NotOurs
    return Publication(files=files, kept=kept, withdrawn=withdrawn)


def _is_plain(path: str) -> bool:
    """Whether a path from elsewhere stays within the site, and is a line that tools can be given."""
    return bool(path) and not path.startswith("/") and not re.search(r"[\\\0-\x1f\ud800-\udfff]", path) and ".." not in PurePosixPath(path).parts


def make_publication(files: Digests, previous: Publication | None, withdrawn: Iterable[str], *, is_forgetting: bool = False) -> Publication:
    """The publication of a site after another.

    What the readers of the previous one may still ask for stays for once: its permanent files, but no shard where a letter has been withdrawn since, whose
    words are in them; nothing with `is_forgetting`. The same site published again is no new publication.
    """
    withdrawn = tuple(sorted(withdrawn))
    if previous is None or is_forgetting:
        return Publication(files=files, withdrawn=withdrawn)
    may_shards_stay = set(withdrawn) <= set(previous.withdrawn)
    source = previous.kept if files == previous.files else previous.files
    kept = {path: digest for path, digest in source.items() if path not in files and is_permanent(path) and (may_shards_stay or path.startswith("assets/"))}
    return Publication(files=files, kept=kept, withdrawn=withdrawn)


@dataclass(frozen=True, slots=True)
class Changes:
    """What a publication changes at its target, as lists of paths in order."""

    new: tuple[str, ...]
    changed: tuple[str, ...]
    gone: tuple[str, ...]
    kept: tuple[str, ...]
    """Of the previous publication, for its readers."""

    @property
    def count(self) -> int:
        return len(self.new) + len(self.changed) + len(self.gone)


def compare(new: Publication, previous: Publication | None) -> Changes:
    """What differs between two publications."""
    before, after = previous.all if previous else {}, new.all
    return Changes(
        new=in_order(path for path in after if path not in before),
        changed=in_order(path for path in after if path in before and before[path] != after[path]),
        gone=in_order(path for path in before if path not in after),
        kept=in_order(new.kept),
    )


def in_order(paths: Iterable[str]) -> tuple[str, ...]:
    """Paths in the order of publishing: shards and assets, then data, then pages."""
    return tuple(sorted(paths, key=lambda path: (step_of(path), path)))


def step_of(path: str) -> int:
    """0 for shards and assets, 1 for data, 2 for pages, 3 for the list of it all."""
    return 0 if is_permanent(path) else 3 if path == NAME else 2 if path.endswith(".html") else 1
