"""The archive as data: letters as JSON, the JSON Schema, and each letter as text, Markdown and JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import accumulate
from typing import Any

from dafu.catalogue import Catalogue
from dafu.entries import Entry
from dafu.letter import FrontMatter
from dafu.output import Output, join_items, make_json_output, make_text_output, show_json
from dafu.records import as_data, make_schema
from dafu.reference import Site
from dafu.text import escape_markdown
from dafu.units import EVERYTHING, Unit, depend
from dafu.words import Words

SPLIT_BYTES = 20_000_000


def make_letter_object(entry: Entry) -> dict[str, Any]:
    """A letter as `data/letters.json` and its `index.json` have it: the front matter's keys, and what the build knows."""
    letter = entry.letter
    found = as_data(letter.front)
    found.pop("contact")
    found["topics"] = [{"slug": topic.slug, "name": topic.name} for topic in entry.topics]
    found["commitments"] = [
        as_data(promise.commitment) | {"quote": promise.quote, "url": promise.url, "status": promise.status.code} for promise in entry.promises
    ]
    return {"id": letter.id, "url": entry.url, "year": year_number(letter.year)} | found | {"text": letter.body.text}


def show_letter(entry: Entry) -> bytes:
    """A letter as JSON, in its own file and in the archive's."""
    return show_json(make_letter_object(entry))


def year_number(year: str) -> int | None:
    """A folder's year as a number; None for `undated`."""
    return int(year) if year.isdigit() else None


def make_letter_files(site: Site, entry: Entry, words: Words) -> Iterator[Output]:
    """A letter's plain text, clean Markdown and data, as far as the site has them."""
    if site.has_beside("txt"):
        yield make_text_output(f"{entry.url}index.txt", entry.letter.body.text)
    if site.has_beside("md"):
        yield make_text_output(f"{entry.url}index.md", make_markdown(entry, words))
    if site.has_beside("json"):
        yield Output(f"{entry.url}index.json", show_letter(entry) + b"\n")


def make_markdown(entry: Entry, words: Words) -> str:
    """The letter with its heading and facts, for people and programs that read Markdown."""
    front = entry.letter.front
    facts = [
        (words.say("facts.number"), front.number),
        (words.say("facts.proposers"), words.list(list(front.proposers))),
        (words.say("facts.respondent"), front.respondent),
        (words.say("facts.date"), words.date(front.date)),
    ]
    lines = [f"{name}{words.say('colon')}{escape_markdown(value)}  " for name, value in facts if value]
    return f"# {escape_markdown(front.printed_title or front.title)}\n\n" + "\n".join(lines) + f"\n\n{entry.letter.body.markdown}"


def is_split(entries: Iterable[Entry], most: int = SPLIT_BYTES, *, characters: int = 0) -> bool:
    """Whether letters have more bytes than that as JSON, so that those of each year have a file; no more of them are looked at than it takes, and none where
    their words alone, that many characters, are more."""
    return characters > most or any(total > most for total in accumulate(len(show_letter(entry)) for entry in entries))


def list_archive_units(catalogue: Catalogue, *, by_year: bool) -> list[Unit[Output]]:
    """What stands in `data/` beside its tables."""
    return [
        *(_list_letter_units(catalogue.entries) if by_year else [Unit("data/letters.json", lambda: [Output("data/letters.json", _join_letters(catalogue.entries))], depend(EVERYTHING))]),
        Unit("data/letter.schema.json", partial(_make_json, "data/letter.schema.json", make_letter_schema), depend(EVERYTHING)),
    ]


def _make_json(path: str, make: Callable[[], Any]) -> list[Output]:
    return [make_json_output(path, make())]


def _list_letter_units(entries: Iterable[Entry]) -> list[Unit[Output]]:
    """The letters of each year, and which years there are: never more of them in memory than one file has."""
    years: dict[str, list[Entry]] = {}
    for entry in entries:
        years.setdefault(entry.letter.year, []).append(entry)
    paths = {year: f"data/letters-{year}.json" for year in years}
    listed = [{"year": year_number(year), "url": paths[year], "letters": len(members)} for year, members in years.items()]
    units = [Unit(paths[year], partial(_make_year, paths[year], members), depend(tuple(members))) for year, members in years.items()]
    return [*units, Unit("data/letters.json", partial(_make_json, "data/letters.json", lambda: listed), depend(EVERYTHING))]


def _make_year(path: str, entries: Iterable[Entry]) -> list[Output]:
    return [Output(path, _join_letters(entries))]


def make_letter_schema() -> dict[str, Any]:
    """JSON Schema of the front matter, for completion in an editor."""
    schema = make_schema(FrontMatter)
    withdrawn = {"required": ["withdrawn"], "properties": {"withdrawn": {"type": "object"}}}
    needed = {"anyOf": [{"required": schema.pop("required")}, withdrawn]}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Dafu letter: front matter"} | schema | needed


def _join_letters(entries: Iterable[Entry]) -> bytes:
    return join_items(map(show_letter, entries)) + b"\n"
