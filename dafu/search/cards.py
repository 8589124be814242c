"""Letters' words as a result shows them and as long rare terms are looked for in: `letters/YEAR/ID/search.bin`. They are kept from run to run, a chunk a file."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from dafu.entries import Entry
from dafu.pool import Spread
from dafu.search.arrays import np
from dafu.search.chunks import CHUNK
from dafu.search.fields import Document, Sheet
from dafu.search.shards import deflate
from dafu.search.start import as_json
from dafu.words import Words
from dafu.write import link_or_copy

Shown = tuple[str, str, str]
"""Date, kind and people, in the site's language."""


def show_entry(entry: Entry, words: Words) -> Shown:
    """What a result says of a letter beside its words."""
    front = entry.letter.front
    return words.date(entry.date), words.say(f"kind.{front.kind}"), words.people(front.proposers)


def make_card(document: Document, shown: Shown) -> dict[str, Any]:
    """A letter's words by field, with what is shown of it."""
    date, kind, people = shown
    return {"date": date, "kind": kind, "people": people, "words": document.words, "anchors": document.anchors}


def encode_card(card: dict[str, Any]) -> bytes:
    """A letter's words as bytes: after G in GB 18030, a sixth shorter when compressed; after U in UTF-8, where they have a character that browsers read otherwise."""
    data = as_json(card)
    text = data.decode()
    return b"U" + data if MOVED.search(text) else b"G" + text.encode("gb18030")


MOVED = re.compile("[\ue000-\uf8ff\u1e3f\u9fb4-\u9fbb\ufe10-\ufe19\U00020087\U00020089\U000200cc\U000215d7\U0002298f\U000241fe]")
"""Characters whose place in GB 18030 its editions give differently."""


def fill_cards(folder: Path, last: Path | None, sheets: Sequence[Sheet], shown: Sequence[Shown], spread: Spread) -> None:
    """Writes the words of all letters; those of a chunk that an earlier run has written are taken from there."""
    names = [_name_chunk(sheets[first : first + CHUNK], shown[first : first + CHUNK]) for first in range(0, len(sheets), CHUNK)]
    known = {name for name in names if last and (last / f"{name}.bin").exists()}
    for name in known:
        for suffix in ("bin", "npy"):
            link_or_copy(last / f"{name}.{suffix}", folder / f"{name}.{suffix}")
    work = ((name, sheets[place * CHUNK : (place + 1) * CHUNK], shown[place * CHUNK : (place + 1) * CHUNK]) for place, name in enumerate(names) if name not in known)
    for _ in spread(partial(write_cards, folder), work):
        pass
    (folder / "cards.json").write_text(json.dumps(names))


def _name_chunk(sheets: Sequence[Sheet], shown: Sequence[Shown]) -> str:
    return hashlib.sha256(b"".join(sheet.digest for sheet in sheets) + json.dumps(shown).encode()).hexdigest()[:16]


def write_cards(folder: Path, work: tuple[str, Sequence[Sheet], Sequence[Shown]]) -> None:
    """Writes the words of a chunk's letters, compressed one by one."""
    name, sheets, shown = work
    packed = [deflate(encode_card(make_card(sheet.make_document(), each))) for sheet, each in zip(sheets, shown)]
    (folder / f"{name}.bin").write_bytes(b"".join(packed))
    np.save(folder / f"{name}.npy", np.array([len(data) for data in packed], np.int64))


def iter_cards(folder: Path) -> Iterator[bytes]:
    """The compressed words of all letters, oldest first."""
    for name in json.loads((folder / "cards.json").read_text()):
        with (folder / f"{name}.bin").open("rb") as file:
            for size in np.load(folder / f"{name}.npy").tolist():
                yield file.read(size)
