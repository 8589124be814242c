"""Shapes of values: the one place where typed text becomes a date, a number or a choice. What can't be read is None and has been reported."""

from __future__ import annotations

import datetime
import difflib
import math
import re
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlsplit

from dafu.problems import Report, Spot, quote_value
from dafu.text import drop_typed_blanks, find_control, make_slug, squeeze
from dafu.yamltext import Mapping, Node, Scalar, Sequence


class Shape(Protocol):
    def read(self, node: Node, name: str, report: Report) -> Any:
        """The value, or None after reporting why not."""

    def schema(self) -> dict[str, Any]:
        """The JSON Schema of what may be typed."""


def wrong_kind(node: Node, name: str, wanted: str, report: Report) -> None:
    """Reports a mapping where a list should be, and the like."""
    kinds = {Scalar: "a single value", Sequence: "a list", Mapping: "a mapping with keys"}
    report.add(node.spot, "value-kind", f"{name or 'The file'} is {kinds[type(node)]}.", f"Write {wanted}.")


@dataclass(frozen=True, slots=True)
class Text:
    """One line of text, trimmed; never empty."""

    pattern: str | None = None
    hint: str = "some text"
    example: str | None = None
    longest: int = 2000
    is_typed: bool = False
    """Whether the letter's own words stand here, in which a typist's blanks are none."""

    def read(self, node: Node, name: str, report: Report) -> str | None:
        if not isinstance(node, Scalar):
            return wrong_kind(node, name, self.hint, report)
        text = " ".join((node.text or "").split())
        text = drop_typed_blanks(text) if self.is_typed else text
        if not text:
            return report.add(node.spot, "value-empty", f"{name} is empty.", f"Write {self.hint}.")
        if hidden := find_control(text):
            return report.add(node.spot, "text-control", f"{name} holds the invisible character U+{ord(hidden[0]):04X}.", "Delete it.", value=text)
        if len(text) > self.longest:
            return report.add(node.spot, "text-long", f"{name} has {len(text)} characters; the most is {self.longest}.", "Shorten it.")
        if self.pattern and not re.fullmatch(self.pattern, text):
            return report.add(node.spot, "value-form", f"{name} {quote_value(text)} is not {self.hint}.", self._mend(text), value=text)
        return text

    def _mend(self, text: str) -> str:
        """What to write in the place of a text of the wrong form: the nearest right one where there is one, else an example."""
        near = (form(text) for form in (squeeze, make_slug, str.lower))
        fitting = next((form for form in near if re.fullmatch(self.pattern or "", form)), None)
        return f'Did you mean "{fitting}"?' if fitting else f"Write it like {self.example}."

    def schema(self) -> dict[str, Any]:
        found: dict[str, Any] = {"type": ["string", "number"] if self.pattern is None else "string"}
        return found | ({"pattern": f"^(?:{self.pattern})$"} if self.pattern else {})


SLUG = Text(pattern="[a-z0-9]+(-[a-z0-9]+)*", hint="a slug: lower-case ASCII letters, digits and single hyphens", example="big-trees", longest=100)
"""A name as it stands in a permalink."""

_FOLDERS = "(?:[a-z0-9][a-z0-9_-]*/)+"
PERMALINK = Text(pattern=_FOLDERS, hint="the address of a page within the site, in lower case, with / at its end alone", example="letters/2018/20180136/", longest=200)
TARGET = Text(pattern=rf"(?:\./|{_FOLDERS})(?:#[a-z0-9-]+)?|https://\S+", hint="the address of a page within the site, with or without an #anchor, or one that begins with https://",
              example="letters/2018/20180136-2/#p3, ./ for the home page, or https://example.org/", longest=1000)
"""Where a permalink leads now."""


@dataclass(frozen=True, slots=True)
class Address:
    """An address on the web."""

    is_base: bool = False
    """Whether paths are put after it."""

    def read(self, node: Node, name: str, report: Report) -> str | None:
        text = node.text if isinstance(node, Scalar) else None
        if text is not None and (is_base_address(text) if self.is_base else is_address(text)):
            return text
        return report.add(node.spot, "address-invalid", f"{name} {quote_value(text or '')} is not an address on the web.", "Write one that begins with https:// or http://.", value=text)

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "format": "uri", "pattern": "^https?://"}


_NEVER = re.compile(r"[\s<>\"\\^`{|}]")


def is_address(text: str) -> bool:
    """Whether a browser would take it for an address on the web."""
    try:
        parts = urlsplit(text)
        host = (parts.hostname or "").rstrip(".")
        rest = parts.path + parts.query + parts.fragment
        return parts.scheme in ("http", "https") and bool(host) and ".." not in host and parts.port != 0 and not _NEVER.search(text) and not find_control(text) and not re.search(r"[\[\]]", rest)
    except ValueError:
        return False


def is_base_address(text: str) -> bool:
    """Whether paths can be put after it: an address without question mark and fragment; nor with a user's name, which every page would tell."""
    return is_address(text) and "?" not in text and "#" not in text and "@" not in urlsplit(text).netloc


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
        if not isinstance(node, Scalar):
            return wrong_kind(node, name, "true or false", report)
        if node.text in ("true", "false"):
            return node.text == "true"
        return report.add(node.spot, "value-flag", f"{name} {quote_value(node.text or '')} is neither true nor false.", "Write true or false.", value=node.text)

    def schema(self) -> dict[str, Any]:
        return {"type": "boolean"}


@dataclass(frozen=True, slots=True)
class Number:
    """A decimal number, `6000` or `4.37`: an int where it is whole, else a float."""

    whole: bool = False
    least: int | None = None

    def read(self, node: Node, name: str, report: Report) -> int | float | None:
        example = "180" if self.whole else "6000 or 4.37"
        if not isinstance(node, Scalar):
            return wrong_kind(node, name, f"a number like {example}", report)
        text = node.text
        wanted = "a whole number" if self.whole else "a number without unit or comma"
        form = r"-?\d{1,15}" if self.whole else r"-?\d{1,15}(\.\d{1,12})?"
        if text is None or not re.fullmatch(form, text, re.ASCII):
            return report.add(node.spot, "number-invalid", f"{name} {quote_value(text or '')} is not {wanted}.", f"Write digits, like {example}.", value=text)
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
        if not isinstance(node, Scalar):
            return wrong_kind(node, name, "a date like 2018-05-10", report)
        text = node.text
        match = re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})", text or "", re.ASCII)
        mend = "Write YYYY-MM-DD, as on the letter." if name == "date" else "Write YYYY-MM-DD."
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
        items = self.read_items(node, name, report)
        return None if items is None else tuple(value for value, _ in items)

    def read_items(self, node: Node, name: str, report: Report) -> list[tuple[Any, Spot]] | None:
        """The items that could be read, each with its place."""
        if not isinstance(node, Sequence):
            return wrong_kind(node, name, "a list", report)
        items = ((self.item.read(item, f"{name}[{number}]", report), item.spot) for number, item in enumerate(node.items, 1))
        return [(value, spot) for value, spot in items if value is not None]

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
