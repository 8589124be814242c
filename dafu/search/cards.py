"""Letters' words as a result shows them and as long rare terms are looked for in: `letters/YEAR/ID/search.bin`."""

from __future__ import annotations

import re
from typing import Any

from dafu.entries import Entry
from dafu.output import Output
from dafu.search.fields import Document, make_sheet
from dafu.search.shards import deflate
from dafu.search.start import as_json
from dafu.words import Words

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


def make_card_file(entry: Entry, words: Words) -> Output:
    """The file of a letter's words, compressed."""
    return Output(f"letters/{entry.letter.id}/search.bin", deflate(encode_card(make_card(make_sheet(entry).make_document(), show_entry(entry, words)))))
