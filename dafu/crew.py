"""The parts of the site, made in this process or in several: each output looked at, compressed, and put in its place where it was made.

What all processes work from they have of this one, where they can be its copies; else it is written to a folder once and read by each of them: columns
of numbers stay in the file, and only what is touched of them comes into memory.
"""

from __future__ import annotations

import marshal
import mmap
import pickle
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import date
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from dafu.asked import Asked, Teller, number_links, pack_links
from dafu.compress import iter_compressed
from dafu.heap import settle
from dafu.holds import Passing
from dafu.links import Looked, Looker, Seen
from dafu.makers import Makers, Making, Part
from dafu.output import Output
from dafu.pool import POOL_FROM, Pool
from dafu.write import Place, check_path

@dataclass(frozen=True, slots=True)
class Done:
    """An output that was made: what the site as a whole must know of it."""

    looked: Looked
    changed: date | None
    """Of a letter's page the day of its last change."""
    files: tuple[tuple[str, int, bool], ...]
    """The file and its compressed forms: path, size in bytes, whether it differs from the old site's."""
    asked: Asked | None = None
    """Of the first output of a unit: what all of them ask for, in the place of their links."""


Record = tuple[bytes, bytes, bytes, bytes]
"""Of a unit's outputs all but their links; what these ask for, as numbers; the links; of a letter what tables have of it."""

Finished = tuple[str, int, bytes, Record]
"""A unit's kind and place, of a letter the digest of the passages that it shares, and the record of its outputs."""


def record_done(made: Sequence[Done], rows: Sequence[Looked] = (), extract: bytes = b"") -> Record:
    """What was made of a unit as bytes, in which it goes to other processes and is kept for the next build; of what goes into tables, `rows` tell what it links to."""
    head = marshal.dumps([_tell(done) for done in made])
    everything = [*(done.looked for done in made), *(table for table in rows if table.links)]
    links = pack_links((looked.path, looked.links or (), looked.outside) for looked in everything)
    return head, number_links((link for looked in everything for link in looked.links or ()), {done.looked.path: done.looked.anchors for done in made}), links, extract


def read_done(head: bytes, told: Teller, *, is_lying: bool = False) -> list[Done]:
    """What is in a record; `told` tells what the files ask for. They may lie there as they were."""
    made = marshal.loads(head)
    asked = Asked(told, is_lying)
    return [_read(*each, None if place else asked, is_lying) for place, each in enumerate(made)]


def _tell(done: Done) -> tuple[Any, ...]:
    looked = done.looked
    changed = done.changed.toordinal() if done.changed else None
    return looked.path, looked.anchors, looked.is_listed, changed, done.files


def _read(path: str, anchors: bytes | None, is_listed: bool, changed: int | None, files: Any, asked: Asked | None, is_lying: bool) -> Done:
    files = tuple((file, size, False) for file, size, _ in files) if is_lying else files
    return Done(Looked(path, anchors, is_listed, None, ()), date.fromordinal(changed) if changed else None, files, asked)


@dataclass(frozen=True)
class Bench:
    """Where outputs are finished."""

    looker: Looker
    forms: tuple[str, ...]
    """What files are compressed to beside."""
    place: Place | None
    """Where they are put; None where nothing is to be written."""

    def finish(self, output: Output, seen: Seen | None = None) -> Done:
        """Looks at an output and puts it in its place; `seen` is what is known of others that are made with it."""
        check_path(output.path)
        looked = self.looker.look(output, seen)
        files = tuple((each.path, len(each.data), self.place.put(each) if self.place else False) for each in (output, *iter_compressed(output, self.forms)))
        return Done(looked, output.changed, files)


@dataclass(frozen=True)
class Crew:
    """All that a process needs to make any part."""

    makers: Makers
    bench: Bench

    def do(self, part: Part) -> list[Finished]:
        """What was made of each unit of a part."""
        return [(part.kind, making.place, making.passages, self._finish(making)) for making in self.makers.make(part)]

    def _finish(self, making: Making) -> Record:
        seen = Seen()
        made = [self.bench.finish(output, seen) for output in making.outputs]
        return record_done(made, [self.bench.looker.look(table, seen) for table in making.rows], making.extract)


Doing = Callable[[Sequence[Part]], Iterator[list[Finished]]]
"""Makes parts of the site, in their order."""


@contextmanager
def spread(crew: Crew, pool: Pool, units: int) -> Iterator[Doing]:
    """What makes parts of the site by the processes of a pool; where there are only so few units, in this one."""
    is_cheap = pool.can_copy
    least = POOL_FROM if not is_cheap else COPY_FROM if len(crew.makers.catalogue.entries) < POOL_FROM else COPY_FROM_OF_MANY
    if pool.jobs < 2 or units < least:
        yield partial(map, crew.do)
        return
    with ExitStack() as held:
        if is_cheap:
            do = held.enter_context(pool.hand_down(crew.do))
        else:
            passing = Passing("dafu-passing-crew-", pool.place)
            held.callback(passing.remove)
            write_shared(passing.path, crew)
            do = partial(do_part, passing.path)
        yield lambda parts: held.enter_context(closing(pool.map(do, parts)))


COPY_FROM, COPY_FROM_OF_MANY = 120, 30
"""Letters and other units from which on it pays to have copies of this process make them; of many letters lists and tables take longer."""

def do_part(folder: Path, part: Part) -> list[Finished]:
    """A part made from what was written to a folder."""
    return read_shared(folder).do(part)


def write_shared(folder: Path, crew: Crew) -> None:
    """Writes what processes work from: an object, and beside it its arrays, each beginning at a multiple of 64 bytes."""
    columns: list[memoryview] = []
    data = pickle.dumps(crew, 5, buffer_callback=lambda column: columns.append(column.raw()))
    with (folder / "columns").open("wb") as file:
        for column in columns:
            file.write(column)
            file.write(bytes(-len(column) % 64))
    (folder / "crew").write_bytes(pickle.dumps([len(column) for column in columns]) + data)


@lru_cache(1)
def read_shared(folder: Path) -> Crew:
    """What was written there."""
    with (folder / "crew").open("rb") as file:
        sizes = pickle.load(file)
        with (folder / "columns").open("rb") as held:
            columns = memoryview(mmap.mmap(held.fileno(), 0, access=mmap.ACCESS_READ)) if sum(sizes) else memoryview(b"")
        crew = pickle.load(file, buffers=_cut(columns, sizes))
    settle()
    return crew


def _cut(columns: memoryview, sizes: Iterable[int]) -> Iterator[memoryview]:
    start = 0
    for size in sizes:
        yield columns[start : start + size]
        start += size + -size % 64
