"""Letters by every name that an annotation may call them, and the words of theirs that others quote."""

from __future__ import annotations

import difflib
import pickle
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dafu.body import Body
from dafu.kept import KeptBody
from dafu.memo import Memo, code_version
from dafu.packed import Packed
from dafu.pool import Spread
from dafu.quotes import Finder, Missed, Span
from dafu.reading import Letter


@dataclass(frozen=True, slots=True)
class Said(Packed):
    """Quoted words in their letter."""

    span: Span | Missed
    """Where they stand, or why there is no such place."""
    words: str = ""
    anchor: str = ""
    """Of the paragraph."""


Quote = tuple[str, int | None]
"""Words, and which of the places where they stand."""

Heard = dict[tuple[str, Quote], Said]
"""By a letter's id, and what is quoted of it."""

BATCH = 200
"""Letters in which quotes are looked for in one go."""


class Shelf:
    """Letters to be found by `YEAR/ID`, or by `ID` where just one has it."""

    def __init__(self, letters: Iterable[Letter], heard: Heard = {}) -> None:
        """`heard` is what has been looked for already."""
        self.heard = heard
        self.letters = {letter.id: letter for letter in letters}
        self.by_name: dict[str, list[Letter]] = defaultdict(list)
        for letter in self.letters.values():
            self.by_name[letter.name].append(letter)

    def find(self, reference: str) -> Letter | str:
        """The letter that `YEAR/ID` or a unique `ID` names, or else why there is none."""
        if reference in self.letters:
            return self.letters[reference]
        found = self.by_name.get(reference, [])
        if len(found) == 1:
            return found[0]
        if found:
            return f"is the ID of {len(found)} letters: {', '.join(letter.id for letter in found)}. Write YEAR/ID."
        near = difflib.get_close_matches(reference, [*self.by_name, *self.letters], 1)
        return "is not the ID of a letter here. " + (f'Did you mean "{near[0]}"?' if near else "Write the name of a file in letters/, without .md.")

    def hear(self, letter: Letter, quote: Quote) -> Said:
        """A letter's own words."""
        return self.heard.get((letter.id, quote)) or find_said(letter.body, [quote])[0]


def find_said(body: Body | KeptBody, quotes: Iterable[Quote]) -> list[Said]:
    """Quotes in one body."""
    finder = Finder(body.text)
    found = [finder.find(*quote) for quote in quotes]
    return [Said(span, span.slice(finder.text), _name_block(body, span.start)) if isinstance(span, Span) else Said(span) for span in found]


def _name_block(body: Body | KeptBody, place: int) -> str:
    """The anchor of the block in which a place lies."""
    return next(anchor for start, _, anchor in reversed(body.stretches) if start <= place)


def hear_evidence(shelf: Shelf, spread: Spread, memo: Memo) -> Heard:
    """All that commitments quote of later letters, looked for by any process; what was heard of a letter before that is kept as it was isn't looked for again."""
    asked: dict[str, dict[Quote, None]] = defaultdict(dict)
    for outline in (outline for letter in shelf.letters.values() for outline in letter.outlines):
        for evidence in outline.evidence:
            found = shelf.find(evidence.letter) if evidence.letter is not None and evidence.quote is not None else ""
            if isinstance(found, Letter):
                asked[found.id][evidence.quote, evidence.nth] = None
    bodies = [shelf.letters[name].body for name in asked]
    before = _read_heard(memo)
    answers = [before.get(body.name, {}) if isinstance(body, KeptBody) else {} for body in bodies]
    quotes_of = list(asked.values())
    missing = [place for place, quotes in enumerate(quotes_of) if not quotes.keys() <= answers[place].keys()]
    work = [(bodies[place], tuple(quotes_of[place])) for place in missing]
    batches = [work[first : first + BATCH] for first in range(0, len(work), BATCH)]
    for place, (_, quotes), told in zip(missing, work, (said for batch in spread(_find_in_each, batches) for said in batch)):
        answers[place] = dict(zip(quotes, told))
    if missing:
        memo.write(_HEARD, code_version().encode() + pickle.dumps({body.name: told for body, told in zip(bodies, answers) if isinstance(body, KeptBody)}))
    return {(name, quote): told[quote] for (name, quotes), told in zip(asked.items(), answers) for quote in quotes}


_HEARD = "evidence"
"""Under which all that was heard is kept, behind the name of the program that has heard it."""


def _read_heard(memo: Memo) -> dict[str, dict[Quote, Said]]:
    """By the names of letters' records what was heard of them."""
    version, kept = code_version().encode(), memo.read(_HEARD)
    return pickle.loads(kept[len(version) :]) if kept is not None and kept.startswith(version) else {}


def _find_in_each(work: Sequence[tuple[Body | KeptBody, Sequence[Quote]]]) -> list[list[Said]]:
    return [find_said(body, quotes) for body, quotes in work]
