"""Queries for measuring the search: pieces of letters, whole words, phrases, forms of every kind; the same for the same seed."""

from __future__ import annotations

import random
from collections.abc import Sequence

from dafu.search.fields import FIELDS, Document
from dafu.search.folding import read_simplified

TEXT = len(FIELDS) - 1
FIELD_NAMES = ("title", "number", "proposer", "respondent", "commitment", "topic")
WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}


class Queries:
    """Draws queries from some letters."""

    def __init__(self, documents: Sequence[Document], seed: int = 9001) -> None:
        self.documents = documents
        self.chance = random.Random(seed)
        self.traditional: dict[str, str] = {}
        for traditional, simplified in read_simplified().items():
            self.traditional.setdefault(simplified, traditional)

    def piece(self, length: int, place: int | None = None) -> str:
        """A piece of a letter's words, without quotation marks and blanks at its ends."""
        while True:
            values = self.chance.choice(self.documents).words[self.chance.choice([TEXT] * 9 + [0, 1, 3, 4, 6, 8]) if place is None else place]
            value = self.chance.choice(values) if values else ""
            start = self.chance.randrange(max(1, len(value) - length + 1))
            piece = value[start : start + length].strip()
            if piece and '"' not in piece:
                return piece

    def word(self, length: int) -> str:
        """A piece of the text that is all Chinese characters."""
        while not ("".join(found := self.piece(length, TEXT)).isalpha() and len(found) == length):
            pass
        return found

    def pieces(self, count: int) -> list[str]:
        """Pieces of 1 to 12 characters; a few in traditional characters, full-width forms, and both mixed."""
        found = [self.piece(self.chance.randint(1, 12)) for _ in range(count)]
        changes = [str, str, str, str, str, str, str, self.make_traditional, lambda piece: piece.translate(WIDE), lambda piece: self.make_traditional(piece.upper())]
        return [self.chance.choice(changes)(piece) for piece in found]

    def make_traditional(self, piece: str) -> str:
        return "".join(self.traditional.get(char, char) for char in piece)

    def forms(self, count: int) -> list[str]:
        """Queries of every form."""
        return [self._form(number) for number in range(count)]

    def _form(self, number: int) -> str:
        one, two, three = (f'"{self.piece(self.chance.randint(1, 4))}"' for _ in range(3))
        years = sorted(document.year or 0 for document in self.chance.choices(self.documents, k=2))
        name = self.chance.choice(FIELD_NAMES)
        place = next(place for place, field in enumerate(FIELDS) if field.name == name)
        held = any(document.words[place] for document in self.documents)
        forms = [
            f'"{self.piece(self.chance.randint(1, 12))}"', f"{one} {two}", f"{one} OR {two}", f"{one} -{two}", f"( {one} OR {two} ) {three}", f"{one} -( {two} OR {three} )",
            f'{name}:"{self.piece(2, place)}"' if held else one, f"{one} year:{years[0]}..{years[1]}", f"-{one}", f"year:{years[0]} {two} OR {three}", self.chance.choice(self.documents).number or one,
        ]
        return forms[number % len(forms)]
