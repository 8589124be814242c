"""The folders that are kept from run to run: the index with the letters' folded words, and the shards with what they were made of."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from dafu.pool import Spread
from dafu.search.arrays import Array, np
from dafu.search.bundles import Kept, Plan, write_items, write_shards
from dafu.search.changes import MOST_CHANGED, Change, list_changed
from dafu.search.chunks import CHUNK, count_units, name_chunks, write_chunk, write_store
from dafu.search.fields import Sheet
from dafu.search.frequent import grow_all
from dafu.search.relating import Relating
from dafu.search.segments import write_contents
from dafu.search.shards import LARGE, SMALL
from dafu.write import link_or_copy


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Size:
    """What depends on how large the archive is; steps are far apart, as all shards change at each."""

    most: int
    """Places of a gram that doesn't grow: so many letters may have to be read for a long rare piece."""
    subtree: int
    """Bytes of a gram with all below it that stand together in a shard."""
    shard: int
    """As `shards.SMALL` and `LARGE`."""


def choose_size(letters: int) -> Size:
    """Few letters can all be read; of many, fewer files are worth a few more bytes a word."""
    if letters >= 4096:
        return Size(64, 20_000, LARGE)
    return Size(32 if letters >= 512 else 16, 9_500, SMALL)


def fill_index(folder: Path, last: Path | None, sheets: Sequence[Sheet], digests: Sequence[bytes], spread: Spread) -> None:
    """Writes the index of some letters, oldest first; the chunks that an earlier run has written are taken from there."""
    names = name_chunks(digests)
    known = set(read_names(last)) if last else set()
    kept = known.intersection(names)
    for path in last.iterdir() if kept else ():
        if path.name.partition(".")[0].rpartition("_")[2] in kept:
            link_or_copy(path, folder / path.name)
    work = ((name, sheets[place * CHUNK : (place + 1) * CHUNK]) for place, name in enumerate(names) if name not in known)
    for _ in spread(partial(write_chunk, folder), work, 1):  # each is some ten megabytes
        pass
    write_contents(folder, names)
    (folder / "chunks.json").write_text(json.dumps(names))


def read_names(folder: Path) -> list[str]:
    """The names of the chunks of an index."""
    return json.loads((folder / "chunks.json").read_text())


def fill_shards(folder: Path, last: Path | None, source: Path, digests: Sequence[bytes], spread: Spread) -> None:
    """Writes the shards of an index, and the related letters."""
    names = read_names(source)
    write_store(folder, source, names)
    (folder / "digests.bin").write_bytes(b"".join(digests))
    size = choose_size(len(digests))
    kept, gone, come = _find_kept(last, digests, size)
    with TemporaryDirectory(dir=folder) as name:
        passing = Path(name)
        laid = Change(kept, folder, passing, gone, come).grow(size.most, size.subtree, spread) if kept else grow_all(folder, passing, count_units(source, names), size.most, size.subtree, spread)
        plan = Plan(laid, size.shard, passing, kept)
        write_items(folder, plan.starts, laid.items)
        del laid  # hundreds of megabytes of a large archive
        relating = Relating(folder, passing, source, names, kept.folder if kept and np.array_equal(gone, come) else None, come)
        rows = relating.tell(spread)
        made = iter(spread(do, [*rows, *plan.work], len(rows) + len(plan.work)))
        relating.write(islice(made, len(rows)))
        write_shards(folder, plan.iter_named(made))


def do(task: Callable[[], T]) -> T:
    """What a task returns."""
    return task()


def _find_kept(last: Path | None, digests: Sequence[bytes], size: Size) -> tuple[Kept | None, Array, Array]:
    """An earlier state from which it is not far to the present one, and the numbers of the letters that have changed; what has gone, and what has come."""
    known = (last / "digests.bin").read_bytes() if last else b""
    before = [known[start : start + 16] for start in range(0, len(known), 16)]
    gone, come = list_changed(before, digests)
    is_near = before and choose_size(len(before)) == size and len(gone) + len(come) <= max(8, MOST_CHANGED * len(digests))
    return Kept(last) if is_near else None, gone, come
