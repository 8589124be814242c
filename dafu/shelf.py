"""Letters by every name that an annotation may call them."""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Iterable

from dafu.reading import Letter


class Shelf:
    """Letters to be found by `YEAR/ID`, or by `ID` where just one has it."""

    def __init__(self, letters: Iterable[Letter]) -> None:
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
