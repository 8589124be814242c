"""A letter's annotations as W3C Web Annotations: positions in code points of `index.txt`, quotes exact slices of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from dafu.catalogue import Catalogue
from dafu.entries import Entry, Promise
from dafu.jsontext import write_json
from dafu.marks import Mark
from dafu.output import Output, absolute_url, make_json_output
from dafu.parallels import Parallel, Shared
from dafu.policies import Cited, Citing
from dafu.quotes import Span
from dafu.reading import Letter
from dafu.records import as_data
from dafu.status import Proof

CONTEXT = 20
"""Characters before and after a quote that help to find it again."""

_MOTIVATIONS = {"commitment": "classifying", "figure": "classifying", "citation": "linking", "note": "commenting", "correction": "editing"}
_KEYS = {"commitment": "commitments", "figure": "figures", "citation": "citations", "note": "notes", "correction": "corrections"}
_PLAIN = {"note": "note", "correction": "reading", "commitment": "action"}


def make_annotations(entry: Entry, catalogue: Catalogue, shared: Iterable[Shared]) -> Output:
    """The letter's `annotations.jsonld`: one annotation page, in which what the build found by itself stands last."""
    base = catalogue.site.base_url
    page = absolute_url(base, entry.url)
    items = [_make_annotation(mark, entry, page) for mark in entry.letter.marks]
    items += [_make_citing(citing, cited, page, base) for citing, cited in catalogue.citings_of.get(entry.letter.id, ()) if not citing.citation]
    items += [_make_evidence(f"{page}#e{number}", promise, proof, entry, base) for number, (promise, proof) in enumerate(catalogue.evidence_of.get(entry.letter.id, ()), 1)]
    items += [_make_parallel(parallel, entry, page, base) for part in shared for parallel in part.parallels]
    return make_json_output(
        f"{entry.url}annotations.jsonld",
        {"@context": "http://www.w3.org/ns/anno.jsonld", "id": f"{page}annotations.jsonld", "type": "AnnotationPage", "startIndex": 0, "items": items},
        is_compact=True,
    )


def _make_annotation(mark: Mark, entry: Entry, page: str) -> dict[str, Any]:
    annotation = getattr(entry.letter.front, _KEYS[mark.kind])[mark.index]
    bodies: list[dict[str, Any]] = [{"type": "TextualBody", "purpose": "tagging", "value": mark.kind}]
    if mark.kind in _PLAIN:
        bodies.append({"type": "TextualBody", "purpose": "describing", "format": "text/plain", "language": "zh-Hans", "value": getattr(annotation, _PLAIN[mark.kind])})
    described = {name: value for name, value in as_data(annotation).items() if value is not None and name not in ("quote", "nth", _PLAIN.get(mark.kind))}
    if described:
        bodies.append(_make_data_body(described))
    return {
        "id": f"{page}#{mark.id}",
        "type": "Annotation",
        "motivation": _MOTIVATIONS[mark.kind],
        "body": bodies,
        "target": _make_target(mark.span, entry, page),
    }


def _make_citing(citing: Citing, cited: Cited, page: str, base: str) -> dict[str, Any]:
    named = {name: value for name, value in (("title", citing.title), ("number", citing.number)) if value}
    bodies: list[dict[str, Any]] = [{"type": "TextualBody", "purpose": "tagging", "value": "policy"}, _make_data_body({"policy": cited.slug, "name": cited.name} | named)]
    if cited.has_page:
        bodies.append({"id": absolute_url(base, cited.url), "type": "Text", "format": "text/html"})
    return {"id": f"{page}#{citing.id}", "type": "Annotation", "motivation": "identifying", "body": bodies, "target": _make_target(citing.span, citing.entry, page)}


def _make_evidence(name: str, promise: Promise, proof: Proof, entry: Entry, base: str) -> dict[str, Any]:
    """The words as evidence of what became of an earlier commitment, to whose own words they lead."""
    bodies: list[dict[str, Any]] = [{"type": "TextualBody", "purpose": "tagging", "value": "evidence"}, _make_data_body({"says": proof.evidence.says, "commitment": promise.url})]
    bodies.append(_make_specific(promise.mark.span, promise.quote, promise.letter, base))
    return {"id": name, "type": "Annotation", "motivation": "assessing", "body": bodies, "target": _make_target(proof.span, entry, absolute_url(base, entry.url))}


def _make_parallel(parallel: Parallel, entry: Entry, page: str, base: str) -> dict[str, Any]:
    bodies: list[dict[str, Any]] = [{"type": "TextualBody", "purpose": "tagging", "value": "parallel"}]
    bodies += [_make_specific(other.span, parallel.quote, other.entry.letter, base) for other in parallel.others]
    return {"id": f"{page}#{parallel.id}", "type": "Annotation", "motivation": "linking", "body": bodies, "target": _make_target(parallel.span, entry, page)}


def _make_data_body(data: dict[str, Any]) -> dict[str, Any]:
    """Keys and values as a body: the model knows text alone, so they are JSON in it."""
    return {"type": "TextualBody", "purpose": "describing", "format": "application/json", "value": write_json(data).decode()}


def _make_specific(span: Span, words: str, letter: Letter, base: str) -> dict[str, Any]:
    """Words of another letter."""
    selectors = [{"type": "TextQuoteSelector", "exact": words}, {"type": "TextPositionSelector", "start": span.start, "end": span.end}]
    return {"type": "SpecificResource", "purpose": "linking", "source": absolute_url(base, f"letters/{letter.id}/index.txt"), "selector": selectors}


def _make_target(span: Span, entry: Entry, page: str) -> dict[str, Any]:
    return {"source": f"{page}index.txt", "selector": _make_selectors(span, entry.letter.body.text)}


def _make_selectors(span: Span, text: str) -> list[dict[str, Any]]:
    start, end = span.start, span.end
    return [
        {"type": "TextQuoteSelector", "exact": text[start:end], "prefix": text[max(0, start - CONTEXT) : start], "suffix": text[end : end + CONTEXT]},
        {"type": "TextPositionSelector", "start": start, "end": end},
    ]
