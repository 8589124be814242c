"""The archive's tables in `data/`: letters, commitments and figures as CSV, threads and policies as JSON, put together from extracts of the letters."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

from dafu.catalogue import Catalogue
from dafu.data import year_number
from dafu.entries import Entry, Promise
from dafu.extracts import Extract, Extracts
from dafu.jsontext import write_json
from dafu.output import Output, join_items, make_json_output
from dafu.policies import Cited, Citing
from dafu.records import as_data
from dafu.reference import Site
from dafu.threads import Mention, Story, iter_mentions
from dafu.units import EVERYTHING, Unit, depend

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

KEYS: dict[str, dict[str, Any]] = {
    "letters": {"primaryKey": "id"},
    "commitments": {"primaryKey": ["letter", "id"], "foreignKeys": [{"fields": "letter", "reference": {"resource": "letters", "fields": "id"}}]},
    "figures": {"foreignKeys": [{"fields": "letter", "reference": {"resource": "letters", "fields": "id"}}]},
}
"""How the tables hang together."""

# What a spreadsheet takes for the beginning of a formula, in some languages full-width too; a sign alone, such as a relation, is none.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def make_extract(entry: Entry, catalogue: Catalogue) -> Extract:
    """What the tables have of a letter; all that it follows from is among `Makers.list_given`."""
    reports = [report for report, _ in catalogue.reports_of.get(entry.letter.id, ())]
    mentions = [mention for spoken in entry.letter.spoken for mention in iter_mentions(entry, spoken, reports)]
    threads: dict[str, list[str]] = {}
    own = {mention.thread: mention for mention in mentions if not mention.is_apart}
    for story in catalogue.stories_of.get(entry.letter.id, ()):
        for promise in own[story.page.slug].promises:
            threads.setdefault(promise.id, []).append(story.page.slug)
    rows = {
        "letters": [_tell_letter(entry)],
        "commitments": (_tell_promise(promise, threads.get(promise.id, ())) for promise in entry.promises),
        "figures": _iter_figures(entry),
    }
    return Extract(
        {name: _write_rows(COLUMNS[name], told) for name, told in rows.items()},
        {(mention.thread, mention.is_apart): write_json(_tell_mention(mention)) for mention in mentions},
        {citing.id: write_json(_tell_citing(citing)) for citing, _ in catalogue.citings_of.get(entry.letter.id, ())},
    )


def show_rows(extract: Extract) -> list[Output]:
    """What tables have of a letter, as tables by themselves: what they link to is looked at with the letter."""
    return [Output(f"data/{name}.csv", _write_head(name) + rows) for name, rows in extract.rows.items()]


def _write_rows(columns: Iterable[str], rows: Iterable[dict[str, Any]]) -> bytes:
    """Rows of a table; nothing in them is taken for a formula."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows([None if (value := row[name]) is None else _cell(value) for name in columns] for row in rows)
    return text.getvalue().encode()


def _cell(value: Any) -> Any:
    if type(value) is str:
        return "'" + value if value.startswith(_FORMULA) and len(value) > 1 else value
    if isinstance(value, (list, tuple)):
        return _cell("；".join(map(str, value)))
    if isinstance(value, bool):
        return "true" if value else "false"
    return value


def _tell_letter(entry: Entry) -> dict[str, Any]:
    front = entry.letter.front
    return {
        "id": entry.letter.id, "url": entry.url, "year": year_number(entry.letter.year), "number": front.number, "title": front.title, "kind": front.kind, "session": front.session,
        "proposers": front.proposers, "respondent": front.respondent, "co_handlers": front.co_handlers, "date": front.date, "outcome": front.outcome.grade if front.outcome else None,
        "document_number": front.document_number, "topics": [topic.name for topic in entry.topics], "summary": front.summary, "commitments": len(entry.promises),
    }


def _tell_promise(promise: Promise, threads: Iterable[str]) -> dict[str, Any]:
    commitment, front = promise.commitment, promise.letter.front
    measure, due = commitment.measure, commitment.due
    proof = promise.status.proofs[-1] if promise.status.proofs else None
    return {
        "letter": promise.letter.id, "id": commitment.id, "url": promise.url, "date": front.date, "respondent": front.respondent, "action": commitment.action,
        "quote": promise.quote, "value": measure and measure.value, "unit": measure and measure.unit, "relation": measure and measure.relation,
        "due": due and due.value, "due_text": due and due.text, "owners": commitment.owners, "thread": commitment.thread, "threads": list(threads),
        "status": promise.status.code, "evidence_letter": proof and proof.letter.id, "evidence_quote": proof and proof.quote,
    }


def _iter_figures(entry: Entry) -> Iterator[dict[str, Any]]:
    for mark in entry.letter.marks:
        if mark.kind != "figure":
            continue
        figure, period = entry.letter.front.figures[mark.index], entry.letter.front.figures[mark.index].period
        yield as_data(figure) | {
            "letter": entry.letter.id, "url": f"{entry.url}#{mark.id}", "date": entry.date, "respondent": entry.letter.front.respondent,
            "from": period and period.from_, "to": period and period.to, "stated": period and period.stated, "quote": mark.words,
        }


def _tell_mention(mention: Mention) -> dict[str, Any]:
    return {
        "letter": mention.entry.letter.id,
        "date": mention.entry.date and str(mention.entry.date),
        "passages": [{"url": f"{mention.entry.url}#{passage.anchor}", "text": passage.text} for passage in mention.passages],
        "commitments": [{"url": promise.url, "quote": promise.quote, "status": promise.status.code} for promise in mention.promises],
        "figures": [{"url": report.url, "quote": report.quote, "indicator": report.figure.indicator} for report in mention.figures],
    }


def _tell_citing(citing: Citing) -> dict[str, Any]:
    return {
        "letter": citing.entry.letter.id, "url": citing.url, "date": citing.entry.date and str(citing.entry.date), "title": citing.title, "number": citing.number,
        "quote": citing.words, "start": citing.span.start, "end": citing.span.end,
    }


def list_tables(catalogue: Catalogue) -> list[Unit[Output]]:
    """The tables, those that take longest first; `make` takes the extracts of all letters."""
    return [
        Unit("data/policies.json", partial(_make_json, "data/policies.json", _show_policy, catalogue.policies, catalogue), depend(EVERYTHING)),
        Unit("data/threads.json", partial(_make_json, "data/threads.json", _show_story, catalogue.stories, catalogue), depend(EVERYTHING)),
        *(Unit(f"data/{name}.csv", partial(_make_csv, name), depend(EVERYTHING)) for name in COLUMNS),
        Unit("data/datapackage.json", lambda extracts: [make_json_output("data/datapackage.json", _make_package(catalogue.site))], depend(EVERYTHING)),
    ]


def _make_csv(name: str, extracts: Extracts) -> list[Output]:
    """A table as UTF-8 with BOM, as spreadsheets want it."""
    data = io.BytesIO()
    data.write(_write_head(name))
    for place in range(len(extracts)):
        data.write(extracts.read(place).rows[name])
    return [Output(f"data/{name}.csv", data.getvalue(), is_looked_at=True)]


def _write_head(name: str) -> bytes:
    return ",".join(COLUMNS[name]).encode("utf-8-sig") + b"\r\n"


def _make_json(path: str, show: Callable[[Any, Catalogue, Extracts], bytes], items: Iterable[Any], catalogue: Catalogue, extracts: Extracts) -> list[Output]:
    """A list whose objects are made one by one, as all of them take several times their bytes."""
    return [Output(path, join_items(show(item, catalogue, extracts) for item in items) + b"\n")]


def _show_story(story: Story, catalogue: Catalogue, extracts: Extracts) -> bytes:
    """A thread with what letters say of it, the oldest first, and apart from that what they say under names that may be another's."""
    years = {step.year: step.state for step in story.course}
    head = {"slug": story.page.slug, "url": story.url} | as_data(story.page.head) | {"note": story.page.markdown.strip(), "years": years}
    mentions = {"mentions": story.mentions, "apart": story.apart}
    return _add_lists(head, {name: [_read(mention.entry, catalogue, extracts).mentions[mention.thread, mention.is_apart] for mention in members] for name, members in mentions.items()})


def _show_policy(cited: Cited, catalogue: Catalogue, extracts: Extracts) -> bytes:
    """A policy with every place where a letter cites it."""
    head = {
        "slug": cited.slug,
        "name": cited.name,
        "url": cited.url if cited.has_page else None,
        "titles": cited.titles,
        "numbers": cited.numbers,
        "ground": cited.ground,
        "relations": [{"relation": tie.relation, "policy": tie.other, "ground": tie.ground} for tie in cited.ties if tie.is_active],
    }
    return _add_lists(head, {"citations": [_read(citing.entry, catalogue, extracts).citings[citing.id] for citing in cited.citings]})


def _read(entry: Entry, catalogue: Catalogue, extracts: Extracts) -> Extract:
    return extracts.read(catalogue.places[entry.letter.id])


def _make_package(site: Site) -> dict[str, Any]:
    """The Frictionless data package over the tables."""
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


def _add_lists(head: dict[str, Any], lists: dict[str, list[bytes]]) -> bytes:
    """An object as JSON, at its end lists whose items are JSON already."""
    return b"".join([write_json(head)[:-1], *(b',"%s":[%s]' % (name.encode(), b",".join(items)) for name, items in lists.items()), b"}"])
