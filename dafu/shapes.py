"""Shapes of values: the one place where typed text becomes a date, a number, a choice or a record.

A record is a frozen dataclass whose fields say their shape with `key(…)`. The same declaration reads the front matter (problems with their
place), writes JSON Schema for editors, and gives the data for export. A field that can't be read is None and has been reported.
"""

from __future__ import annotations

import dataclasses
import datetime
import difflib
import math
import re
from collections.abc import Mapping as Dict
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from dafu.problems import Report, Spot, quote_value
from dafu.text import find_control
from dafu.yamltext import Mapping, Node, Scalar, Sequence

R = TypeVar("R", bound="Record")


class Shape(Protocol):
    def read(self, node: Node, name: str, report: Report) -> Any:
        """The value, or None after reporting why not."""

    def schema(self) -> dict[str, Any]:
        """The JSON Schema of what may be typed."""


@dataclass(frozen=True, slots=True)
class Spots:
    """Where a record's keys stand in its file."""

    start: Spot = (1, 1)
    values: Dict[str, Spot] = field(default_factory=dict)
    unread: frozenset[str] = frozenset()
    """Keys whose value stands there but couldn't be read."""

    def of(self, name: str) -> Spot:
        """The place of a key's value (`topics.2` for a list's third item), or else of the record."""
        return self.values.get(name, self.start)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What every record has beside its keys."""

    at: Spots = field(default_factory=Spots, repr=False, compare=False)


def key(shape: Shape, **options: Any) -> Any:
    """A field that is a key of the front matter; it is required unless it has a `default`."""
    return field(metadata={"shape": shape}, **options)


def iter_keys(cls: type[Record]) -> Dict[str, dataclasses.Field[Any]]:
    """The record's keys as typed, in the contract's order (a field `from_` is the key `from`)."""
    return {f.name.rstrip("_"): f for f in dataclasses.fields(cls) if "shape" in f.metadata}


def wrong_kind(node: Node, name: str, wanted: str, report: Report) -> None:
    """Reports a mapping where a list should be, and the like."""
    kinds = {Scalar: "a single value", Sequence: "a list", Mapping: "a mapping with keys"}
    report.add(node.spot, "value-kind", f"{name} is {kinds[type(node)]}, but should be {wanted}.", f"Write {wanted}.")


@dataclass(frozen=True, slots=True)
class Text:
    """One line of text, trimmed; never empty."""

    pattern: str | None = None
    hint: str = "some text"
    longest: int = 2000

    def read(self, node: Node, name: str, report: Report) -> str | None:
        if not isinstance(node, Scalar):
            return wrong_kind(node, name, self.hint, report)
        text = " ".join((node.text or "").split())
        if not text:
            return report.add(node.spot, "value-empty", f"{name} is empty.", f"Write {self.hint}.")
        if hidden := find_control(text):
            return report.add(node.spot, "text-control", f"{name} holds the invisible character U+{ord(hidden[0]):04X}.", "Delete it.", value=text)
        if len(text) > self.longest:
            return report.add(node.spot, "text-long", f"{name} has {len(text)} characters; the most is {self.longest}.", "Shorten it.")
        if self.pattern and not re.fullmatch(self.pattern, text):
            return report.add(node.spot, "value-form", f"{name} {quote_value(text)} is not {self.hint}.", f"Write {self.hint}.", value=text)
        return text

    def schema(self) -> dict[str, Any]:
        found: dict[str, Any] = {"type": ["string", "number"] if self.pattern is None else "string"}
        return found | ({"pattern": f"^(?:{self.pattern})$"} if self.pattern else {})


SLUG = Text(pattern="[a-z0-9]+(-[a-z0-9]+)*", hint="a slug: lower-case ASCII letters, digits and single hyphens", longest=100)
"""A name as it stands in a permalink."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a closed list of words."""

    options: tuple[str, ...]

    def read(self, node: Node, name: str, report: Report) -> str | None:
        text = node.text if isinstance(node, Scalar) else None
        if text in self.options:
            return text
        shown = " | ".join(self.options)
        if text is None:
            return wrong_kind(node, name, f"one of {shown}", report)
        near = difflib.get_close_matches(text, self.options, 1)
        mend = f'Did you mean "{near[0]}"?' if near else "Choose one of them."
        return report.add(node.spot, "value-choice", f"{name} {quote_value(text)} is none of {shown}.", mend, value=text)

    def schema(self) -> dict[str, Any]:
        return {"enum": list(self.options)}


@dataclass(frozen=True, slots=True)
class Flag:
    """true or false."""

    def read(self, node: Node, name: str, report: Report) -> bool | None:
        text = node.text if isinstance(node, Scalar) else None
        if text in ("true", "false"):
            return text == "true"
        return report.add(node.spot, "value-flag", f"{name} is neither true nor false.", "Write true or false.", value=text)

    def schema(self) -> dict[str, Any]:
        return {"type": "boolean"}


@dataclass(frozen=True, slots=True)
class Number:
    """A decimal number, `6000` or `4.37`: an int where it is whole, else a float."""

    whole: bool = False
    least: int | None = None

    def read(self, node: Node, name: str, report: Report) -> int | float | None:
        text = node.text if isinstance(node, Scalar) else None
        wanted = "a whole number like 180" if self.whole else "a number like 6000 or 4.37, without unit or comma"
        form = r"-?\d{1,15}" if self.whole else r"-?\d{1,15}(\.\d{1,12})?"
        if text is None or not re.fullmatch(form, text, re.ASCII):
            return report.add(node.spot, "number-invalid", f"{name} {quote_value(text or '')} is not {wanted}.", f"Write {wanted}.", value=text)
        if self.least is not None and float(text) < self.least:
            return report.add(node.spot, "number-small", f"{name} is {text}; the least is {self.least}.", f"Write {self.least} or more.", value=text)
        value = float(text)
        return int(text) if "." not in text else int(value) if math.floor(value) == value else value

    def schema(self) -> dict[str, Any]:
        return {"type": "integer" if self.whole else "number"} | ({"minimum": self.least} if self.least is not None else {})


@dataclass(frozen=True, slots=True)
class Day:
    """A calendar day, typed YYYY-MM-DD."""

    def read(self, node: Node, name: str, report: Report) -> datetime.date | None:
        text = node.text if isinstance(node, Scalar) else None
        match = re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})", text or "", re.ASCII)
        mend = "Write YYYY-MM-DD, as on the letter."
        if match is None:
            return report.add(node.spot, "date-invalid", f"{name} {quote_value(text or '')} is not a date.", mend, value=text)
        year, month, day = (int(part) for part in match.groups())
        try:
            return datetime.date(year, month, day)
        except ValueError:
            wrong = f"year {year}" if year < 1 else f"month {month}" if not 1 <= month <= 12 else f"day {day}"
            return report.add(node.spot, "date-invalid", f"{name} {quote_value(text or '')} is not a calendar day ({wrong}).", mend, value=text)

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "format": "date", "pattern": r"^\d{4}-\d{2}-\d{2}$"}


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list; items that can't be read are left out."""

    item: Shape

    def read(self, node: Node, name: str, report: Report) -> tuple[Any, ...] | None:
        if not isinstance(node, Sequence):
            return wrong_kind(node, name, "a list", report)
        values = (self.item.read(item, f"{name}[{number}]", report) for number, item in enumerate(node.items, 1))
        return tuple(value for value in values if value is not None)

    def schema(self) -> dict[str, Any]:
        return {"type": "array", "items": self.item.schema()}


class Pairs(tuple[tuple[Any, Any], ...]):
    """Names and values of a mapping whose names are free."""


@dataclass(frozen=True, slots=True)
class MapOf:
    """Names to values, such as old paragraph anchors to new ones."""

    names: Shape
    values: Shape

    def read(self, node: Node, name: str, report: Report) -> Pairs | None:
        if not isinstance(node, Mapping):
            return wrong_kind(node, name, "a mapping with keys", report)
        pairs = ((self.names.read(k, name, report), self.values.read(v, f"{name}.{k.text}", report)) for k, v in node.pairs)
        return Pairs((k, v) for k, v in pairs if k is not None and v is not None)

    def schema(self) -> dict[str, Any]:
        return {"type": "object", "propertyNames": self.names.schema(), "additionalProperties": self.values.schema()}


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
            return wrong_kind(node, name, f"a mapping with the keys {', '.join(iter_keys(self.cls))}", report)
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
        spots |= _spots_of(typed.text, value)
        is_null = isinstance(value, Scalar) and value.text is None
        if not is_null:
            values[known.name] = known.metadata["shape"].read(value, prefix + typed.text, report)
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


def _spots_of(name: str, value: Node) -> dict[str, Spot]:
    items = value.items if isinstance(value, Sequence) else ()
    return {name: value.spot} | {f"{name}.{number}": item.spot for number, item in enumerate(items)}


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


def as_data(value: Any) -> Any:
    """A record's keys, or any value in it, as plain JSON types in the contract's order."""
    if isinstance(value, Record):
        return {name: as_data(getattr(value, known.name)) for name, known in iter_keys(type(value)).items()}
    if isinstance(value, Pairs):
        return {name: as_data(item) for name, item in value}
    if isinstance(value, tuple):
        return [as_data(item) for item in value]
    return value.isoformat() if isinstance(value, datetime.date) else value


