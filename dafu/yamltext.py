"""YAML as text with places: PyYAML's events become a small tree in which every scalar is still what was typed.

PyYAML by itself reads `01234` as 668, `yes` as True, lets a repeated key win in silence and copies an alias as often as
it is named. Here none of that happens: one later place (`shapes`) decides what is a date or a number, a repeated
key is a problem, and anchors, aliases and tags are refused.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from dafu.problems import Report, Spot, quote_value

MAX_DEPTH = 12
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|(?<!^)\ufeff")
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})


@dataclass(frozen=True, slots=True)
class Scalar:
    """A value as typed; `text` is None where YAML says null."""

    text: str | None
    spot: Spot


@dataclass(frozen=True, slots=True)
class Sequence:
    items: tuple[Node, ...]
    spot: Spot


@dataclass(frozen=True, slots=True)
class Mapping:
    pairs: tuple[tuple[Scalar, Node], ...]
    spot: Spot


Node = Scalar | Sequence | Mapping


_TOO_DEEP, _MEND_DEEP = f"Values are nested more than {MAX_DEPTH} deep here.", "See the front matter's keys in the README."


class _Refused(Exception):
    """The document can't be read on from here; the problem has been reported."""


def parse_yaml(text: str, report: Report, first_line: int = 1) -> Node | None:
    """The tree of one YAML document, or None where it is empty or broken (then the report says where and why)."""
    places = _Places(text, first_line)
    if forbidden := _FORBIDDEN.search(text):
        return report.add(places.at(forbidden.start()), "yaml-broken", f"The character U+{ord(forbidden[0]):04X} can't stand in YAML.", "Delete it.")
    try:
        return _Composer(text, report, places).compose()
    except yaml.MarkedYAMLError as error:
        opened = (error.context or "").startswith(("while scanning a quoted", "while parsing a flow"))
        mark = (error.context_mark if opened else None) or error.problem_mark or error.context_mark
        spot = places.at(mark.index) if mark else (first_line, 1)
        if "nesting depth" in (error.problem or ""):
            return report.add(spot, "yaml-deep", _TOO_DEEP, _MEND_DEEP)
        why = " ".join(part for part in (error.context, error.problem) if part)
        report.add(spot, "yaml-broken", f"This is not YAML: {why}.",
                   "Put values with : # * & @ or quotation marks into double quotes, and indent with blanks, not tabs.")
    except _Refused:
        pass
    return None


class _Places:
    """Line and column of an offset. YAML counts more characters as line ends than an editor does, so its own lines won't do."""

    def __init__(self, text: str, first_line: int) -> None:
        self.starts = [0, *(found.end() for found in re.finditer("\n", text))]
        self.first_line = first_line

    def at(self, offset: int) -> Spot:
        line = bisect.bisect_right(self.starts, offset) - 1
        return line + self.first_line, offset - self.starts[line] + 1


class _Composer:
    """Turns the stream of events into nodes, without recursion in the parser and with a bound on depth."""

    def __init__(self, text: str, report: Report, places: _Places) -> None:
        self.events: Iterator[yaml.Event] = yaml.parse(text, Loader=_LOADER)
        self.report = report
        self.places = places

    def compose(self) -> Node | None:
        root: Node | None = None
        for event in self.events:
            if isinstance(event, (yaml.ScalarEvent, yaml.CollectionStartEvent, yaml.AliasEvent)):
                if root is not None:
                    self.refuse(event, "yaml-documents", "A second YAML document begins here.", "Keep one, without `---` inside it.")
                root = self.node(event, 0)
        return root

    def node(self, event: yaml.Event, depth: int) -> Node:
        self.check_plain(event, depth)
        spot = self.spot(event)
        if isinstance(event, yaml.ScalarEvent):
            is_null = not event.style and event.value in _NULLS  # libyaml says '' for a plain scalar, PyYAML None
            return Scalar(None if is_null else event.value, spot)
        if isinstance(event, yaml.SequenceStartEvent):
            return Sequence(tuple(self.items(yaml.SequenceEndEvent, depth)), spot)
        return Mapping(tuple(self.pairs(depth)), spot)

    def items(self, end: type[yaml.Event], depth: int) -> Iterator[Node]:
        for event in self.events:
            if isinstance(event, end):
                return
            yield self.node(event, depth + 1)

    def pairs(self, depth: int) -> Iterator[tuple[Scalar, Node]]:
        first: dict[str, Spot] = {}
        keys_and_values = self.items(yaml.MappingEndEvent, depth)
        for key in keys_and_values:
            value = next(keys_and_values)
            if not isinstance(key, Scalar) or key.text is None:
                self.report.add(key.spot, "yaml-key", "This key is not a word.", "Write the key's name before the colon.")
            elif key.text in first:
                line = first[key.text][0]
                self.report.add(key.spot, "key-repeated", f"The key {quote_value(key.text)} stands here for the second time (first in line {line}).",
                                "Keep one of them.", value=key.text)
            else:
                first[key.text] = key.spot
                yield key, value

    def check_plain(self, event: yaml.Event, depth: int) -> None:
        if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
            name = ("*" if isinstance(event, yaml.AliasEvent) else "&") + event.anchor
            self.refuse(event, "yaml-alias", f"{quote_value(name)} is a YAML anchor or alias; they are not used here.",
                        "Write the value out, or put it into quotes if it begins with & or *.")
        if event.tag is not None and event.tag != "!":
            typed = event.tag.replace("tag:yaml.org,2002:", "!!")
            self.refuse(event, "yaml-tag", f"{quote_value(typed)} is a YAML tag; values here are text.", "Remove it, or put the value into quotes.")
        if depth > MAX_DEPTH:
            self.refuse(event, "yaml-deep", _TOO_DEEP, _MEND_DEEP)

    def refuse(self, event: yaml.Event, code: str, message: str, mend: str) -> None:
        self.report.add(self.spot(event), code, message, mend)
        raise _Refused

    def spot(self, event: yaml.Event) -> Spot:
        return self.places.at(event.start_mark.index)
