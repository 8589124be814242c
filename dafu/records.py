"""Records: frozen dataclasses whose fields say their shape with `key(…)`.

One declaration reads the front matter (problems with their place), writes JSON Schema for editors, and gives the data for export.
"""

from __future__ import annotations

import dataclasses
import datetime
import difflib
from collections.abc import Mapping as Dict, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, TypeVar

from dafu.packed import Packed
from dafu.problems import Report, Spot, quote_value
from dafu.shapes import ListOf, MapOf, Pairs, Shape, wrong_kind
from dafu.yamltext import Mapping, Node, Scalar

R = TypeVar("R", bound="Record")


@dataclass(frozen=True, slots=True)
class Spots:
    """Where a record's keys stand in its file."""

    start: Spot = (1, 1)
    values: Dict[str, Spot] = field(default_factory=dict)
    unread: frozenset[str] = frozenset()
    """Keys whose value stands there but couldn't be read."""

    def __reduce__(self) -> str | tuple[Any, ...]:
        return "NOWHERE" if self is NOWHERE else (Spots, (self.start, self.values, self.unread))

    def of(self, name: str) -> Spot:
        """The place of a key's value (`topics.2` for a list's third item, `anchors.p14` in a mapping), or else of the record."""
        return self.values.get(name, self.start)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record(Packed):
    """What every record has beside its keys."""

    at: Spots = field(default_factory=Spots, repr=False, compare=False)


NOWHERE = Spots()


def forget_places(value: Any) -> None:
    """Drops the places in a record and all records in it, which take more memory than its keys, once everything is checked. Read the file again for them."""
    if isinstance(value, Record):
        object.__setattr__(value, "at", NOWHERE)
        for name in _names_of(type(value)):
            forget_places(getattr(value, name))
    elif type(value) is tuple and value and not isinstance(value[0], str):
        for item in value:
            forget_places(item)


def key(shape: Shape, **options: Any) -> Any:
    """A field that is a key of the front matter; it is required unless it has a `default`."""
    return field(metadata={"shape": shape}, **options)


@cache
def iter_keys(cls: type[Record]) -> Dict[str, dataclasses.Field[Any]]:
    """The record's keys as typed, in the contract's order (a field `from_` is the key `from`)."""
    return {f.name.rstrip("_"): f for f in dataclasses.fields(cls) if "shape" in f.metadata}


@cache
def _names_of(cls: type[Record]) -> tuple[str, ...]:
    return tuple(known.name for known in iter_keys(cls).values())


@cache
def _keys_of(cls: type[Record]) -> tuple[tuple[str, str], ...]:
    """Each key as typed, and its field's name."""
    return tuple((name, known.name) for name, known in iter_keys(cls).items())


@dataclass(frozen=True, slots=True)
class RecordOf:
    """A mapping with the keys of a record."""

    cls: type[Record]
    shorthand: str | None = None
    """The key that a single value stands for: `outcome: A` is `outcome: {grade: A}`."""

    def read(self, node: Node, name: str, report: Report) -> Record | None:
        if self.shorthand and isinstance(node, Scalar):
            node = Mapping(((Scalar(self.shorthand, node.spot), node),), node.spot)
        if not isinstance(node, Mapping):
            return wrong_kind(node, name, f"keys and values: {', '.join(iter_keys(self.cls))}", report)
        return read_record(self.cls, node, name, report)

    def schema(self) -> dict[str, Any]:
        whole = make_schema(self.cls)
        return {"anyOf": [iter_keys(self.cls)[self.shorthand].metadata["shape"].schema(), whole]} if self.shorthand else whole


def read_record(cls: type[R], node: Mapping, name: str, report: Report) -> R:
    """The record that a mapping spells; unknown and missing keys are problems, and so is each value of a wrong shape."""
    keys = iter_keys(cls)
    prefix = f"{name}." if name else ""
    values: dict[str, Any] = {}
    spots: dict[str, Spot] = {}
    for typed, value in node.pairs:
        known = keys.get(typed.text or "")
        if known is None:
            _report_unknown(typed, keys, prefix, report)
            continue
        spots[typed.text] = value.spot
        shape = known.metadata["shape"]
        is_null = isinstance(value, Scalar) and value.text is None
        if isinstance(shape, ListOf) and not is_null:
            items = shape.read_items(value, prefix + typed.text, report)
            values[known.name] = None if items is None else tuple(item for item, _ in items)
            spots |= {f"{typed.text}.{number}": spot for number, (_, spot) in enumerate(items or ())}
        elif not is_null:
            values[known.name] = shape.read(value, prefix + typed.text, report)
            if isinstance(shape, MapOf) and isinstance(value, Mapping):
                spots |= {f"{typed.text}.{name.text}": item.spot for name, item in value.pairs}
        elif known.default is dataclasses.MISSING:
            report.add(value.spot, "key-null", f"{prefix}{typed.text} has no value.", "Give it one; it is required.")
    unread = frozenset(name for name in spots if name in keys and values.get(keys[name].name, ...) is None)
    return _fill(cls, keys, values, Spots(node.spot, spots, unread), {k.text for k, _ in node.pairs}, prefix, report)


def _fill(cls: type[R], keys: Dict[str, Any], values: dict[str, Any], at: Spots, typed: set[str | None], prefix: str, report: Report) -> R:
    """The record with defaults where a key isn't typed or couldn't be read."""
    for name, known in keys.items():
        if values.get(known.name) is not None:
            continue
        values[known.name] = None if known.default is dataclasses.MISSING else known.default
        if name not in typed and known.default is dataclasses.MISSING:
            report.add(at.start, "key-missing", f"The key {prefix}{name} is missing.", f"Add `{name}:`.")
    return cls(**values, at=at)


def _report_unknown(typed: Scalar, keys: Dict[str, Any], prefix: str, report: Report) -> None:
    near = difflib.get_close_matches(typed.text or "", keys, 1)
    mend = f"Did you mean `{near[0]}`?" if near else f"Known keys: {', '.join(keys)}."
    report.add(typed.spot, "key-unknown", f"The key {quote_value(prefix + (typed.text or ''))} is not known here.", mend, value=typed.text)


def make_schema(cls: type[Record]) -> dict[str, Any]:
    """The JSON Schema of a record as it may be typed."""
    keys = iter_keys(cls)
    properties: dict[str, Any] = {}
    for name, known in keys.items():
        shape = known.metadata["shape"].schema()
        may_be_null = known.default is not dataclasses.MISSING
        properties[name] = {"anyOf": [shape, {"type": "null"}]} if may_be_null else shape
    required = [name for name, known in keys.items() if known.default is dataclasses.MISSING]
    described = {"description": " ".join((cls.__doc__ or "").split())}
    return described | {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


_PLAIN = frozenset((str, int, float, bool, type(None)))


def as_data(value: Any) -> Any:
    """A record's keys, or any value in it, as plain JSON types in the contract's order."""
    if type(value) in _PLAIN:
        return value
    if isinstance(value, Record):
        return {name: as_data(getattr(value, known)) for name, known in _keys_of(type(value))}
    if isinstance(value, Pairs):
        return {name: as_data(item) for name, item in value}
    if isinstance(value, datetime.date):
        return value.isoformat()
    return [as_data(item) for item in value] if isinstance(value, Sequence) else value
