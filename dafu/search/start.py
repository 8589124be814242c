"""The table that browsers load first: where shards begin, which letters there are, how long they are, and what they are filtered by."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from dafu.entries import Entry
from dafu.search.arrays import Array, encode_varints, np
from dafu.search.fields import FIELDS, K1, WHOLE_NUMBER
from dafu.search.folding import fold
from dafu.search.grams import DEEPEST
from dafu.search.segments import round_lengths
from dafu.search.shards import Shard

TITLED = 64
"""Letters whose titles come with the first table; those of more would be too many bytes."""


def make_start(
    entries: Sequence[Entry], titles: Sequence[str], lengths: Array, shards: Iterable[Shard], most: int, pairs: str, traditional: str
) -> list[bytes]:
    """The length of a JSON object and the object, then columns of bytes in the order of its `columns`, a part each; `entries` are the letters in the
    index's order, `titles` those of the first of them, `lengths` has a row a field, `most` is how often a gram stands that doesn't grow, `pairs` are
    the traditional characters that letters hold, `traditional` names the file of all."""
    ids = sorted(entry.letter.id for entry in entries)
    dates = {entry.letter.id: entry.date for entry in entries}
    rows = [(shard.first, shard.mark) for shard in shards]
    columns = {"digests": b"".join(mark for _, mark in rows), "starts": pack_starts([first for first, _ in rows])}
    columns |= {"months": bytes(day.month if day else 0 for day in map(dates.get, ids)), "days": bytes(day.day if day else 0 for day in map(dates.get, ids))}
    facets = {}
    for name, (values, sets) in _iter_facets(entries):
        distinct = sorted(set(sets))
        facets[name] = {"values": values, "sets": distinct}
        numbers = {members: number for number, members in enumerate(distinct)}
        columns[f"facet {name}"] = np.array([numbers[members] for members in sets], "<u2" if len(distinct) > 256 else "u1").tobytes()
    fields = []
    for place, field in enumerate(FIELDS):
        fields.append({"name": field.name, "boost": field.boost, "b": field.b, "average": int(lengths[place].sum()) / max(len(entries), 1), "asked": field.asked_as, "everywhere": field.is_everywhere})
        if field.b:
            distinct, codes = np.unique(round_lengths(lengths[place]), return_inverse=True)
            fields[place]["lengths"] = distinct.tolist()
            columns[f"lengths {field.name}"] = codes.astype(np.uint8).tobytes()
    head = {
        "letters": len(entries), "most": most, "deepest": DEEPEST, "k1": K1, "wholeNumber": WHOLE_NUMBER, "shards": len(rows),
        "folders": list(Counter(id.partition("/")[0] for id in ids).items()), "names": _lay_out([id.partition("/")[2] for id in ids]),
        "numbers": dict(_iter_numbers(entries)), "titles": list(titles) if len(entries) <= TITLED else [], "pairs": pairs, "traditional": traditional, "fields": fields, "facets": facets, "columns": [[name, len(data)] for name, data in columns.items()],
    }
    data = as_json(head)
    return [len(data).to_bytes(4, "little") + data, *columns.values()]


def as_json(value: Any) -> bytes:
    """Compact JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def pack_starts(firsts: Sequence[tuple[int, ...]]) -> bytes:
    """Where each shard begins, in three columns: how many units it shares with the one before and how many follow, a byte each; how much the first
    that follows is more than the unit in its place there; and all others."""
    shared, steps, others = [], [], []
    before: tuple[int, ...] = ()
    for first in firsts:
        same = next((place for place, (a, b) in enumerate(zip(before, first)) if a != b), min(len(before), len(first)))
        shared.append(same)
        steps.append(first[same] - (before[same] if same < len(before) else 0))
        others += first[same + 1 :]
        before = first
    lengths = [len(first) - same for first, same in zip(firsts, shared)]
    return bytes(shared) + bytes(lengths) + encode_varints(np.array(steps, np.int64))[0].tobytes() + np.array(others, "<u2").tobytes()


def _iter_numbers(entries: Sequence[Entry]) -> Iterator[tuple[int, str]]:
    """The letters whose id isn't their whole number, with that number."""
    for place, entry in enumerate(entries):
        number = fold(entry.letter.front.number or "")
        if number != entry.letter.id.partition("/")[2]:
            yield place, number


def _lay_out(names: list[str]) -> str:
    """Names of one width, the first character of all, then the second, and so on: what they have in common compresses to nothing."""
    width = max(map(len, names), default=0)
    padded = [name.rjust(width) for name in names]
    return "".join("".join(name[place] for name in padded) for place in range(width))


Facet = tuple[list[tuple[str, str]], list[tuple[int, ...]]]
"""Values with slug and name, and for each letter which of them it has."""


def _iter_facets(entries: Sequence[Entry]) -> Iterator[tuple[str, Facet]]:
    """What results are filtered by, beside the year."""
    yield "topic", _make_facet([[(topic.slug, topic.name) for topic in entry.topics] for entry in entries])
    yield "respondent", _make_facet([[(entry.respondent.slug, entry.respondent.name)] for entry in entries])
    yield "kind", _make_facet([[(entry.letter.front.kind, "")] for entry in entries])
    yield "status", _make_facet([[(promise.status.code, "") for promise in entry.promises] for entry in entries])


def _make_facet(held: list[list[tuple[str, str]]]) -> Facet:
    """The values by how many letters have them, those of most first."""
    counts = Counter(value for values in held for value in dict.fromkeys(values))
    values = sorted(counts, key=lambda value: (-counts[value], value))
    numbers = {value: number for number, value in enumerate(values)}
    return values, [tuple(sorted({numbers[value] for value in each})) for each in held]
