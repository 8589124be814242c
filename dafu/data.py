"""The archive as data: JSON, CSV, the data package, the JSON Schema, and each letter as text, Markdown, JSON and annotations."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import accumulate
from typing import Any

from dafu.catalogue import Catalogue
from dafu.entries import Entry
from dafu.jsontext import write_json
from dafu.letter import FrontMatter
from dafu.output import Output, join_items, make_json_output, make_text_output, show_json
from dafu.policies import Cited
from dafu.records import as_data, make_schema
from dafu.reference import Site
from dafu.text import escape_markdown
from dafu.threads import Mention, Story
from dafu.units import EVERYTHING, Unit, depend
from dafu.words import Words

SPLIT_BYTES = 20_000_000
# What a spreadsheet takes for the beginning of a formula, in some languages full-width too; a sign alone, such as a relation, is none.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


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
    """What stands in `data/`."""
    tables = {"letters": _iter_letter_rows, "commitments": _iter_commitment_rows, "figures": _iter_figure_rows}
    lists = {"threads": lambda: map(make_thread_object, catalogue.stories), "policies": lambda: map(make_policy_object, catalogue.policies)}
    others = {"data/datapackage.json": lambda: make_datapackage(catalogue), "data/letter.schema.json": make_letter_schema}
    return [
        *(_list_letter_units(catalogue.entries) if by_year else [Unit("data/letters.json", lambda: [Output("data/letters.json", _join_letters(catalogue.entries))], depend(EVERYTHING))]),
        *(Unit(f"data/{name}.csv", partial(_make_table, name, iter_rows, catalogue), depend(EVERYTHING)) for name, iter_rows in tables.items()),
        *(Unit(f"data/{name}.json", partial(_make_list, name, iter_objects), depend(EVERYTHING)) for name, iter_objects in lists.items()),
        *(Unit(path, partial(_make_json, path, make), depend(EVERYTHING)) for path, make in others.items()),
    ]


def _make_table(name: str, iter_rows: Callable[[Catalogue], Iterable[dict[str, Any]]], catalogue: Catalogue) -> list[Output]:
    return [make_csv_output(f"data/{name}.csv", COLUMNS[name], iter_rows(catalogue))]


def _make_list(name: str, iter_objects: Callable[[], Iterable[dict[str, Any]]]) -> list[Output]:
    """A list whose objects are made one by one, as all of them take several times their bytes."""
    return [Output(f"data/{name}.json", join_items(map(write_json, iter_objects())) + b"\n")]


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


def make_csv_output(path: str, columns: dict[str, str], rows: Iterable[dict[str, Any]]) -> Output:
    """A table as UTF-8 with BOM, as spreadsheets want it; nothing in it is taken for a formula."""
    data = io.BytesIO()  # of a large archive, a text takes four times as much
    text = io.TextIOWrapper(data, "utf-8-sig", newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([None if (value := row[name]) is None else _cell(value) for name in columns] for row in rows)
    text.flush()
    return Output(path, data.getvalue())


def _cell(value: Any) -> Any:
    if type(value) is str:
        return "'" + value if value.startswith(_FORMULA) and len(value) > 1 else value
    if isinstance(value, (list, tuple)):
        return _cell("；".join(map(str, value)))
    if isinstance(value, bool):
        return "true" if value else "false"
    return value


COLUMNS: dict[str, dict[str, str]] = {
    "letters": {
        "id": "string", "url": "string", "year": "integer", "number": "string", "title": "string", "kind": "string", "session": "string", "proposers": "string",
        "respondent": "string", "co_handlers": "string", "date": "date", "outcome": "string", "document_number": "string", "topics": "string", "summary": "string",
        "commitments": "integer",
    },
    "commitments": {
        "letter": "string", "id": "string", "url": "string", "date": "date", "respondent": "string", "action": "string", "quote": "string", "value": "number",
        "unit": "string", "relation": "string", "due": "date", "due_text": "string", "owners": "string", "thread": "string", "threads": "string", "status": "string",
        "evidence_letter": "string", "evidence_quote": "string",
    },
    "figures": {
        "letter": "string", "url": "string", "date": "date", "respondent": "string", "indicator": "string", "value": "number", "unit": "string", "bound": "string",
        "type": "string", "from": "date", "to": "date", "stated": "date", "scope": "string", "quote": "string",
    },
}
"""The tables' columns with their Frictionless types."""


def _iter_letter_rows(catalogue: Catalogue) -> Iterator[dict[str, Any]]:
    for entry in catalogue.entries:
        front = entry.letter.front
        yield {
            "id": entry.letter.id, "url": entry.url, "year": year_number(entry.letter.year), "number": front.number, "title": front.title, "kind": front.kind, "session": front.session,
            "proposers": front.proposers, "respondent": front.respondent, "co_handlers": front.co_handlers, "date": front.date, "outcome": front.outcome.grade if front.outcome else None,
            "document_number": front.document_number, "topics": [topic.name for topic in entry.topics], "summary": front.summary, "commitments": len(entry.promises),
        }


def _iter_commitment_rows(catalogue: Catalogue) -> Iterator[dict[str, Any]]:
    for promise in catalogue.promises:
        commitment, front = promise.commitment, promise.letter.front
        measure, due = commitment.measure, commitment.due
        proof = promise.status.proofs[-1] if promise.status.proofs else None
        yield {
            "letter": promise.letter.id, "id": commitment.id, "url": promise.url, "date": front.date, "respondent": front.respondent, "action": commitment.action,
            "quote": promise.quote, "value": measure and measure.value, "unit": measure and measure.unit, "relation": measure and measure.relation,
            "due": due and due.value, "due_text": due and due.text, "owners": commitment.owners, "thread": commitment.thread,
            "threads": [story.page.slug for story in catalogue.threads_of.get(promise.url, ())], "status": promise.status.code,
            "evidence_letter": proof and proof.letter.id, "evidence_quote": proof and proof.quote,
        }


def _iter_figure_rows(catalogue: Catalogue) -> Iterator[dict[str, Any]]:
    for entry in catalogue.entries:
        for mark in entry.letter.marks:
            if mark.kind != "figure":
                continue
            figure, period = entry.letter.front.figures[mark.index], entry.letter.front.figures[mark.index].period
            yield as_data(figure) | {
                "letter": entry.letter.id, "url": f"{entry.url}#{mark.id}", "date": entry.date, "respondent": entry.letter.front.respondent,
                "from": period and period.from_, "to": period and period.to, "stated": period and period.stated, "quote": mark.words,
            }


def make_thread_object(story: Story) -> dict[str, Any]:
    """A thread with what letters say of it, the oldest first, and apart from that what they say under names that may be another's."""
    head = as_data(story.page.head)
    mentions = {"mentions": [_describe_mention(mention) for mention in story.mentions], "apart": [_describe_mention(mention) for mention in story.apart]}
    years = {step.year: step.state for step in story.course}
    return {"slug": story.page.slug, "url": story.url} | head | {"note": story.page.markdown.strip(), "years": years} | mentions


def _describe_mention(mention: Mention) -> dict[str, Any]:
    return {
        "letter": mention.entry.letter.id,
        "date": mention.entry.date and str(mention.entry.date),
        "passages": [{"url": f"{mention.entry.url}#{passage.anchor}", "text": passage.text} for passage in mention.passages],
        "commitments": [{"url": promise.url, "quote": promise.quote, "status": promise.status.code} for promise in mention.promises],
        "figures": [{"url": report.url, "quote": report.quote, "indicator": report.figure.indicator} for report in mention.figures],
    }


def make_policy_object(cited: Cited) -> dict[str, Any]:
    """A policy with every place where a letter cites it."""
    return {
        "slug": cited.slug,
        "name": cited.name,
        "url": cited.url if cited.has_page else None,
        "titles": cited.titles,
        "numbers": cited.numbers,
        "ground": cited.ground,
        "relations": [{"relation": tie.relation, "policy": tie.other, "ground": tie.ground} for tie in cited.ties if tie.is_active],
        "citations": [
            {
                "letter": citing.entry.letter.id, "url": citing.url, "date": citing.entry.date and str(citing.entry.date), "title": citing.title, "number": citing.number,
                "quote": citing.words, "start": citing.span.start, "end": citing.span.end,
            }
            for citing in cited.citings
        ],
    }


KEYS: dict[str, dict[str, Any]] = {
    "letters": {"primaryKey": "id"},
    "commitments": {"primaryKey": ["letter", "id"], "foreignKeys": [{"fields": "letter", "reference": {"resource": "letters", "fields": "id"}}]},
    "figures": {"foreignKeys": [{"fields": "letter", "reference": {"resource": "letters", "fields": "id"}}]},
}
"""How the tables hang together."""


def make_datapackage(catalogue: Catalogue) -> dict[str, Any]:
    """The Frictionless data package over the tables."""
    site = catalogue.site
    resources = [
        {
            "name": name, "path": f"{name}.csv", "format": "csv", "mediatype": "text/csv", "encoding": "utf-8-sig", "profile": "tabular-data-resource",
            "schema": {"fields": [{"name": column, "type": kind} for column, kind in columns.items()], "missingValues": [""]} | KEYS[name],
        }
        for name, columns in COLUMNS.items()
    ]
    return {
        "profile": "tabular-data-package", "name": "dafu", "title": site.title, "description": site.description, "homepage": site.base_url, "resources": resources,
    }
