"""Letters' words folded, all of a field in one row: what `folding.fold` says of each character, looked up for a whole row at once."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence

from dafu.search.arrays import Array, Row, np
from dafu.search.fields import FIELDS, Document
from dafu.search.folding import fold_char, read_simplified

NEXT, END = "\0", "\1"
"""What parts a letter's values, and what stands after its last one, until the row is done."""

_UNSEEN = {0: "\2", 1: "\2"}
"""Values that hold one of these hold another character that nobody sees."""

_DROPPED, _OTHER, _UNKNOWN = 0xFFFF, 0x10000, 0x10001
"""Characters that fold to nothing, to several units, or that weren't met yet; all else folds to one unit."""

_UNITS = np.full(0x10000, _UNKNOWN, np.uint32)
_UNITS[:2] = 0, 1


def make_rows(documents: Sequence[Document]) -> tuple[list[Row], set[str]]:
    """A row for each field, and the traditional characters that stand in them."""
    rows, seen = [], np.zeros(0x110000, bool)
    for place in range(len(FIELDS)):
        points = _list_points(document.words[place] for document in documents)
        seen[points] = True
        rows.append(_drop_empty(_fold_points(points)))
    parts = {part for point in np.flatnonzero(seen).tolist() for part in unicodedata.normalize("NFKC", chr(point)).lower()}
    return rows, parts & read_simplified().keys()


def _list_points(letters: Iterable[Sequence[str]]) -> Array:
    """The code points of letters' values, one letter after the other."""
    text = "".join(NEXT.join(value.translate(_UNSEEN) if NEXT in value or END in value else value for value in values) + END for values in letters)
    return np.frombuffer(unicodedata.normalize("NFC", text).encode("utf-32-le", "surrogatepass"), "<u4")


def _fold_points(points: Array) -> Array:
    """Folded units of code points; 0 and 1 stay."""
    units = np.full(len(points), _OTHER, np.uint32)
    is_low = points < 0x10000
    low = points if is_low.all() else points[is_low]
    for point in np.unique(low[_UNITS[low] == _UNKNOWN]).tolist():
        folded = _fold_point(point)
        _UNITS[point] = folded[0] if len(folded) == 1 else _OTHER if len(folded) else _DROPPED
    units[is_low] = _UNITS[low]
    others = np.flatnonzero(units == _OTHER)
    if len(others):
        units = _spell_out(units, others, points[others])
    return units[units != _DROPPED].astype("<u2")


def _fold_point(point: int) -> Array:
    return np.frombuffer(fold_char(chr(point)).encode("utf-16-le", "surrogatepass"), "<u2")


def _spell_out(units: Array, others: Array, points: Array) -> Array:
    """Puts several units, or none, where one place has them."""
    distinct, which = np.unique(points, return_inverse=True)
    folded = [_fold_point(point) for point in distinct.tolist()]
    sizes = np.ones(len(units), np.int64)
    sizes[others] = np.array([len(each) for each in folded])[which]
    spelt = np.repeat(units, sizes)
    starts = np.cumsum(sizes)[others] - sizes[others]
    for number, each in enumerate(folded):
        for place, unit in enumerate(each.tolist()):
            spelt[starts[which == number] + place] = unit
    return spelt


def _drop_empty(units: Array) -> Row:
    """The row of folded units, in which values that fold to nothing leave no trace."""
    is_end = units == 1
    content = np.cumsum(units > 1, dtype=np.int64)
    ends = np.flatnonzero(is_end)
    before = np.concatenate([[0], content[ends][:-1]]) if len(ends) else content[:0]
    held_before = np.repeat(before, np.diff(ends, prepend=-1))
    goes_on = np.zeros(len(units), bool)
    goes_on[:-1] = units[1:] > 1
    kept = (units != 0) | (goes_on & (content > held_before))
    starts = np.concatenate([[0], np.cumsum(kept)[ends]])
    row = units[kept]
    row[row == 1] = 0
    return Row(row, starts)
