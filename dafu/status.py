"""What became of a commitment: derived from quoted words of later letters, never typed.

    last evidence says done | progress | restated | redefined   → that
    uncheckable                                                 → uncheckable
    a letter of the same office, at least N days younger, held  → not-mentioned-since
    else                                                        → no-later-letter-held
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from dafu.letter import Evidence
from dafu.marks import Outline
from dafu.packed import Packed
from dafu.quotes import Span
from dafu.reading import Letter
from dafu.reference import Unit
from dafu.shelf import Shelf

STATUSES = ("done", "progress", "restated", "redefined", "not-mentioned-since", "no-later-letter-held", "uncheckable")


@dataclass(frozen=True, slots=True)
class Proof(Packed):
    """A later letter's words about a commitment, in their place."""

    evidence: Evidence
    letter: Letter
    span: Span
    quote: str
    anchor: str
    """Of the paragraph in which the words stand."""


@dataclass(frozen=True, slots=True)
class Status(Packed):
    """A commitment's status with what it rests on."""

    code: str
    proofs: tuple[Proof, ...]
    later_held: int
    """How many letters of the same office are held that are young enough to have mentioned it."""


def derive_status(commitment: Outline, proofs: Sequence[Proof], later_held: int) -> Status:
    """The status by the rule above; `proofs` from oldest to newest."""
    if proofs:
        return Status(proofs[-1].evidence.says, tuple(proofs), later_held)
    if commitment.is_uncheckable:
        return _share("uncheckable", later_held)
    return _share("not-mentioned-since" if later_held else "no-later-letter-held", later_held)


@lru_cache(10_000)
def _share(code: str, later_held: int) -> Status:
    """The status of all commitments of which no letter tells: one value for a great many."""
    return Status(code, (), later_held)


def find_proofs(commitment: Outline, shelf: Shelf) -> tuple[Proof, ...]:
    """The evidence in its letters, from oldest to newest; only what can be shown counts."""
    proofs = []
    for evidence in commitment.evidence:
        letter = shelf.find(evidence.letter)
        said = shelf.hear(letter, (evidence.quote, evidence.nth)) if isinstance(letter, Letter) else None
        if said is not None and isinstance(said.span, Span):
            words = evidence.quote if evidence.quote == said.words else said.words  # one text for both
            proofs.append(Proof(evidence, letter, said.span, words, said.anchor))
    return tuple(sorted(proofs, key=lambda proof: (proof.letter.age, proof.span)))


def make_lineage(units: Sequence[Unit]) -> dict[str, frozenset[str]]:
    """For each unit's slug, the slugs of the unit and of all that came after it."""
    after = {unit.slug: unit.successor for unit in units}
    lineage = {}
    for slug in after:
        line = [slug]
        while (following := after.get(line[-1])) and following not in line:
            line.append(following)
        lineage[slug] = frozenset(line)
    return lineage
