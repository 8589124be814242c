"""What a query means: a tree of terms, parted before they are folded. `static/js/search/query.js` is its twin; both read `tests/cases/terms.json`.

    科技 "20 + 8" title:提案 -撤销 (河套 OR 香港) year:2018..2021

What isn't an operator where it stands is a literal piece: `N-1`, `(2018)28号`, `(A类)`, `foo:bar`, `year:abc`, an OR with nothing beside it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from dafu.search.folding import fold

MOST_TERMS = 100
"""Terms of a query that count; what comes after them is left out."""

DEEPEST = 20
"""Parentheses within one another that count."""

NAMES = ("title", "number", "proposer", "respondent", "commitment", "topic", "year")
"""What may stand before a colon."""

_BLANK = re.compile("[\\s\u001c-\u001f\u0085\ufeff]")
_FIELD = re.compile(f"({'|'.join(NAMES)})[:：]")
_YEARS = re.compile(r"(?=.*\d)(\d{4})?(\.\.)?(\d{4})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Term:
    """A folded piece of text that must stand somewhere; `field` is empty for anywhere."""

    text: str
    field: str = ""


@dataclass(frozen=True, slots=True)
class Years:
    """Letters of some years, both ends included."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Not:
    """Letters that another query doesn't find."""

    query: Query


@dataclass(frozen=True, slots=True)
class All:
    """Letters that each of some queries finds."""

    queries: tuple[Query, ...]


@dataclass(frozen=True, slots=True)
class Any:
    """Letters that at least one of some queries finds."""

    queries: tuple[Query, ...]


Query = Term | Years | Not | All | Any


def parse_query(source: str) -> Query | None:
    """The query that a person typed; None where nothing of it is left."""
    return _Parser(source).group(0, len(source), 0)


class _Parser:
    """Reads a query from left to right; a group calls itself for what stands in parentheses."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.partners = _pair_parentheses(source)
        self.terms = 0

    def group(self, at: int, end: int, depth: int) -> Query | None:
        """What stands between two places: all of its members, those around an OR taken together."""
        members: list[list[Query]] = []
        is_or = saw_or = False
        while at < end:
            if _BLANK.match(self.source[at]):
                at += 1
                continue
            member, at = self.member(at, end, depth)
            if member == "OR":
                is_or, saw_or = bool(members), True
            elif member is not None:
                if is_or:
                    members[-1].append(member)
                else:
                    members.append([member])
                is_or = False
        if saw_or and not members:
            return Term("or")
        return _combine(All, [_combine(Any, each) for each in members])

    def member(self, at: int, end: int, depth: int) -> tuple[Query | str | None, int]:
        """The member that begins at a place, or the word OR; and where it ends."""
        is_not = self.source[at] == "-" and at + 1 < end and not _BLANK.match(self.source[at + 1])
        start = at + is_not
        if self.opens_group(start, end, depth):
            found, stop = self.group(start + 1, self.partners[start], depth + 1), self.partners[start] + 1
        else:
            found, stop = self.leaf(start, end)
            if self.source[at:stop] == "OR":
                return "OR", stop
        return (Not(found) if is_not and found is not None else found), stop

    def opens_group(self, at: int, end: int, depth: int) -> bool:
        """Whether an operator stands here: a parenthesis whose partner ends a word, with a blank between them."""
        partner = self.partners.get(at, end)
        if partner >= end or depth >= DEEPEST:
            return False
        is_last = partner + 1 == end or _BLANK.match(self.source[partner + 1]) is not None
        return is_last and _BLANK.search(self.source, at, partner) is not None

    def leaf(self, at: int, end: int) -> tuple[Query | None, int]:
        """A term, with its field where it has one; and where it ends."""
        name = _FIELD.match(self.source, at, end)
        start = name.end() if name else at
        if self.source.startswith('"', start, end):
            stop = self.source.find('"', start + 1, end)
            after = end if stop < 0 else stop + 1
            text = self.source[start + 1 : end if stop < 0 else stop]
        else:
            blank = _BLANK.search(self.source, start, end)
            after = blank.start() if blank else end
            text = self.source[start:after]
        self.terms += 1
        if self.terms > MOST_TERMS:
            return None, after
        field = name[1] if name else ""
        if field != "year":
            folded = fold(text)
            return (Term(folded, field) if folded else None), after
        return _read_years(text) or Term(fold(self.source[at:after])), after


def _pair_parentheses(source: str) -> dict[int, int]:
    """Where each parenthesis that opens has the one that closes it; those in quotes don't count."""
    pairs: dict[int, int] = {}
    opened: list[int] = []
    at = 0
    while at < len(source):
        char = source[at]
        if char == '"' and (at == 0 or _BLANK.match(source[at - 1]) or source[at - 1] in "-(:："):
            stop = source.find('"', at + 1)
            at = len(source) if stop < 0 else stop
        elif char == "(":
            opened.append(at)
        elif char == ")" and opened:
            pairs[opened.pop()] = at
        at += 1
    return pairs


def _read_years(text: str) -> Years | None:
    """The years of `2018`, `2018..2021`, `2018..` or `..2021`."""
    found = _YEARS.fullmatch(text)
    if found is None or not (found[2] or found[1]) or (found[3] and not found[2]):
        return None
    first, last = int(found[1] or 0), int(found[3] or 9999)
    return Years(first, last if found[2] else first)


def _combine(kind: type[All] | type[Any], queries: list[Query]) -> Query | None:
    """Several queries as one; the same one twice is one."""
    distinct = tuple(dict.fromkeys(queries))
    return kind(distinct) if len(distinct) > 1 else next(iter(distinct), None)


def iter_terms(query: Query | None) -> list[Term]:
    """The terms that a letter is looked for by, each once, in their order; those that it must not hold are left out."""
    if isinstance(query, Term):
        return [query]
    if isinstance(query, (All, Any)):
        return list(dict.fromkeys(term for each in query.queries for term in iter_terms(each)))
    return []
