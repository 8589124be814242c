"""Interface words: one catalogue a language, and dates and numbers as the language writes them."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dafu.problems import Report, SettingsError
from dafu.text import UNDATED
from dafu.yamltext import Mapping, Scalar, parse_yaml

FOLDER = Path(__file__).resolve().parent.parent / "templates" / "words"
MANY = 3
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")


@dataclass(frozen=True, slots=True)
class Words:
    """The interface's words in one language."""

    language: str
    entries: dict[str, str]

    def say(self, entry: str, /, **values: object) -> str:
        """The words of an entry, `{blanks}` filled; a name that the catalogue lacks is an error."""
        try:
            return self.entries[entry].format(**values)
        except KeyError as error:
            raise SettingsError(f"templates/words/{self.language}.yml: the words {error} are missing (for {entry!r}).") from error

    def under(self, stem: str) -> dict[str, str]:
        """The entries whose names begin with a stem, without it, their blanks unfilled: for scripts, which fill them."""
        return {name.removeprefix(stem): text for name, text in self.entries.items() if name.startswith(stem)}

    def count(self, name: str, number: int) -> str:
        """The words for a number of things; `NAME.one` for one of them where the language has it."""
        only = f"{name}.one"
        return self.say(only if number == 1 and only in self.entries else name, n=self.number(number))

    def date(self, day: datetime.date | None) -> str:
        """A day as the language writes it."""
        if day is None:
            return self.say("date.none")
        return f"{day.year}年{day.month}月{day.day}日" if self.language == "zh-Hans" else f"{day.day} {_MONTHS[day.month - 1]} {day.year}"

    def number(self, value: float) -> str:
        """A number with its decimals as given; thousands parted in English."""
        return f"{value:,}" if self.language == "en" else f"{value}"

    def at_least(self, number: int) -> str:
        """A number that grows with the archive: from ten on only the last of 10, 20, 50, 100, 200… that it has reached, so that few pages change with it."""
        if number < 10:
            return self.number(number)
        power = 10 ** (len(str(number)) - 1)
        return self.say("number.at_least", n=self.number(max(step * power for step in (1, 2, 5) if step * power <= number)))

    def list(self, names: Sequence[str]) -> str:
        """Names in a row."""
        return ("、" if self.language == "zh-Hans" else ", ").join(names)

    def group(self, kind: str, name: str) -> str:
        """The heading of a list: `2019年`, a topic, an office; letters without a date have a heading of their own."""
        return self.say("years.undated") if (kind, name) == ("years", UNDATED) else self.say(f"{kind}.one", name=name)

    def people(self, names: Sequence[str]) -> str:
        """A few names in a row; of many the first and how many they are."""
        return self.list(names) if len(names) <= MANY else self.say("proposers.many", first=names[0], n=len(names))


FIRST = "zh-Hans"
"""The language whose catalogue says what there is to say."""


def read_words(language: str, folder: Path = FOLDER) -> Words:
    """The catalogue of a language; one that lacks an entry is an error that names all that it lacks."""
    words = _read_catalogue(language, folder)
    if missing := sorted(_read_catalogue(FIRST, folder).entries.keys() - words.entries.keys()) if language != FIRST else []:
        raise SettingsError(f"templates/words/{language}.yml: the words {', '.join(map(repr, missing))} are missing; templates/words/{FIRST}.yml has them.")
    return words


def _read_catalogue(language: str, folder: Path) -> Words:
    path = folder / f"{language}.yml"
    report = Report(f"templates/words/{path.name}")
    node = parse_yaml(path.read_text("utf-8"), report)
    if report.problems or not isinstance(node, Mapping):
        raise SettingsError(str(report.problems[0]) if report.problems else f"{report.path}: this is not a list of names and words.")
    return Words(language, {name.text or "": value.text or "" for name, value in node.pairs if isinstance(value, Scalar)})
