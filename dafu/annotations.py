"""A letter's annotations as W3C Web Annotations: positions in code points of `index.txt`, quotes exact slices of it."""

from __future__ import annotations

from typing import Any

from dafu.entries import Entry
from dafu.output import Output, absolute_url, make_json_output
from dafu.reading import Mark
from dafu.records import as_data
from dafu.reference import Site

CONTEXT = 20
"""Characters before and after a quote that help to find it again."""

_MOTIVATIONS = {"commitment": "classifying", "figure": "classifying", "citation": "linking", "note": "commenting", "correction": "editing"}
_KEYS = {"commitment": "commitments", "figure": "figures", "citation": "citations", "note": "notes", "correction": "corrections"}
_PLAIN = {"note": "note", "correction": "reading", "commitment": "action"}


def make_annotations(entry: Entry, site: Site) -> Output:
    """The letter's `annotations.jsonld`: one annotation page."""
    page = absolute_url(site.base_url, entry.url)
    items = [_make_annotation(mark, entry, page) for mark in entry.letter.marks]
    return make_json_output(
        f"{entry.url}annotations.jsonld",
        {"@context": "http://www.w3.org/ns/anno.jsonld", "id": f"{page}annotations.jsonld", "type": "AnnotationPage", "startIndex": 0, "items": items},
    )


def _make_annotation(mark: Mark, entry: Entry, page: str) -> dict[str, Any]:
    annotation = getattr(entry.letter.front, _KEYS[mark.kind])[mark.index]
    bodies: list[dict[str, Any]] = [{"type": "TextualBody", "purpose": "tagging", "value": mark.kind}]
    if mark.kind in _PLAIN:
        bodies.append({"type": "TextualBody", "purpose": "describing", "format": "text/plain", "language": "zh-Hans", "value": getattr(annotation, _PLAIN[mark.kind])})
    else:
        described = {name: value for name, value in as_data(annotation).items() if value is not None and name not in ("quote", "nth")}
        bodies.append({"type": "Dataset", "value": described})
    return {
        "id": f"{page}#{mark.id}",
        "type": "Annotation",
        "motivation": _MOTIVATIONS[mark.kind],
        "body": bodies,
        "target": {"source": f"{page}index.txt", "selector": _make_selectors(mark, entry.letter.body.text)},
    }


def _make_selectors(mark: Mark, text: str) -> list[dict[str, Any]]:
    start, end = mark.span.start, mark.span.end
    return [
        {"type": "TextQuoteSelector", "exact": text[start:end], "prefix": text[max(0, start - CONTEXT) : start], "suffix": text[end : end + CONTEXT]},
        {"type": "TextPositionSelector", "start": start, "end": end},
    ]
