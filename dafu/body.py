"""A body's Markdown as blocks and plain text.

    blocks   ┌ heading s1 ┐┌─ paragraph p1 ────────┐┌─ paragraph p2 ─
    text      一、科技方面 ⏎⏎ 为缓解企业压力，……。 ⏎⏎ 二是……
    runs                    [一是……][持续拓展][……]        each with its offset in the text
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from dafu.faults import Fault, iter_faults
from dafu.markdown import Token, parse_letter
from dafu.text import drop_typed_blanks

PARAGRAPH_GAP = "\n\n"
_RUN_IN = re.compile(r"^(?:第[一二三四五六七八九十]+部分|[一二三四五六七八九十]+、|[（(][一二三四五六七八九十]+[）)])")


class Run(NamedTuple):
    """A stretch of text in one style."""

    text: str
    start: int
    """Offset in the body's plain text, in code points."""
    strong: bool = False
    href: str | None = None

    @property
    def end(self) -> int:
        return self.start + len(self.text)


class Block(NamedTuple):
    """A heading, a paragraph, or a table."""

    kind: str
    """heading | paragraph | table"""
    anchor: str
    cells: tuple[tuple[tuple[Run, ...], ...], ...]
    """Rows of cells of runs; a heading or a paragraph is one cell."""
    level: int = 0
    line: int = 1
    """In the body's Markdown, counted from 1."""
    start: int = 0
    """Where its text begins and ends."""
    end: int = 0

    @property
    def runs(self) -> tuple[Run, ...]:
        return tuple(run for row in self.cells for cell in row for run in cell) if self.kind == "table" else self.cells[0][0]

    @property
    def lead(self) -> str | None:
        """The bold words with which a paragraph begins."""
        if self.kind != "paragraph" or not self.runs or not self.runs[0].strong:
            return None
        return self.runs[0].text


@dataclass(frozen=True, slots=True)
class Heading:
    """An entry of the table of contents: a stretch of the text."""

    start: int
    end: int
    anchor: str
    level: int


@dataclass(frozen=True, slots=True)
class Body:
    """A letter's words."""

    blocks: tuple[Block, ...] = ()
    text: str = ""
    """The plain text, paragraphs parted by a blank line; annotations count in its code points."""
    faults: tuple[Fault, ...] = ()
    """Line, column (from 1, in the Markdown as typed), code and value of what a body may not hold."""
    markdown: str = ""
    """As it is handed out, without typed blanks."""

    @property
    def digest(self) -> bytes:
        """Of its words and of where its blocks stand."""
        return hashlib.sha256(f"{self.stretches}\0{self.text}".encode("utf-8", "surrogatepass")).digest()[:16]

    @property
    def stretches(self) -> list[tuple[int, int, str]]:
        """Where each block begins and ends, and its anchor."""
        return [(block.start, block.end, block.anchor) for block in self.blocks]

    def is_within_cell(self, start: int, end: int) -> bool:
        """Whether a stretch lies in one heading, paragraph or table cell."""
        return any(cell and cell[0].start <= start and end <= cell[-1].end for row in self.block_at(start).cells for cell in row)

    def block_at(self, offset: int) -> Block:
        """The block in which a place of the text lies."""
        return next(block for block in reversed(self.blocks) if block.start <= offset)


def parse_body(markdown: str, retired: frozenset[str] = frozenset()) -> Body:
    """The body of a letter; `retired` are paragraph anchors that are not given out again (front matter: `anchors`)."""
    source = drop_typed_blanks(markdown)
    builder = _Builder(retired)
    for kind, level, line, rows in _iter_blocks(parse_letter(source)):
        if any(token.content for row in rows for cell in row for token in cell):
            builder.add(kind, level, line, rows)
    return Body(tuple(builder.blocks), "".join(builder.parts), tuple(sorted(iter_faults(markdown))), source)


def _iter_blocks(tokens: list[Token]) -> Iterator[tuple[str, int, int, list[list[list[Token]]]]]:
    """Kind, level, line and the inline tokens of each cell of each row."""
    table: list[list[list[Token]]] | None = None
    kind, level, line = "paragraph", 0, 1
    for token in tokens:
        if token.map:
            line = token.map[0] + 1
        if token.type == "table_open":
            table, table_line = [], line
        elif token.type == "table_close":
            yield "table", 0, table_line, table or []
            table = None
        elif token.type == "tr_open" and table is not None:
            table.append([])
        elif token.type in ("heading_open", "paragraph_open"):
            kind = token.type.removesuffix("_open")
            level = int(token.tag[1]) if kind == "heading" else 0
        elif token.type == "inline":
            children = token.children or []
            if table is not None:
                table[-1].append(children)
            else:
                yield kind, level, line, [[children]]


class _Builder:
    """Lays blocks one after the other into the plain text and gives them their anchors."""

    def __init__(self, retired: frozenset[str]) -> None:
        self.retired = retired
        self.blocks: list[Block] = []
        self.parts: list[str] = []
        self.length = 0
        self.numbers = {"p": 0, "s": 0}

    def add(self, kind: str, level: int, line: int, rows: list[list[list[Token]]]) -> None:
        if self.blocks:
            self.write(PARAGRAPH_GAP)
        cells = []
        for row_number, row in enumerate(rows):
            if row_number:
                self.write("\n")
            cells.append(tuple(self.cell(tokens, number) for number, tokens in enumerate(row)))
        filled = [cell for row in cells for cell in row if cell]
        start, end = (filled[0][0].start, filled[-1][-1].end) if filled else (0, 0)
        self.blocks.append(Block(kind, self.next_anchor("s" if kind == "heading" else "p"), tuple(cells), level, line, start, end))

    def cell(self, tokens: list[Token], number: int) -> tuple[Run, ...]:
        if number:
            self.write("\t")
        runs = []
        for text, strong, href in _iter_styled(tokens):
            runs.append(Run(text, self.length, strong, href))
            self.write(text)
        return tuple(runs)

    def write(self, text: str) -> None:
        self.parts.append(text)
        self.length += len(text)

    def next_anchor(self, letter: str) -> str:
        while True:
            self.numbers[letter] += 1
            anchor = f"{letter}{self.numbers[letter]}"
            if anchor not in self.retired:
                return anchor


def _iter_styled(tokens: list[Token]) -> Iterator[tuple[str, bool, str | None]]:
    """Text, boldness and link target, neighbours of one style joined."""
    strong, href, pending = False, None, ""
    for token in tokens:
        change = token.type in ("strong_open", "strong_close", "link_open", "link_close")
        if change and pending:
            yield _join_lines(pending), strong, href
            pending = ""
        if token.type in ("strong_open", "strong_close"):
            strong = token.nesting == 1
        elif token.type in ("link_open", "link_close"):
            href = str(token.attrGet("href")) if token.nesting == 1 else None
        else:
            pending += token.content or ("\n" if token.type in ("softbreak", "hardbreak") else "")
    if pending:
        yield _join_lines(pending), strong, href


def _join_lines(text: str) -> str:
    """Lines of one paragraph as one: a blank between two Latin words, nothing beside Chinese."""
    return re.sub(r"(?<=[!-~])\n(?=[!-~])", " ", text).replace("\n", "")


def make_contents(body: Body) -> tuple[Heading, ...]:
    """The table of contents: headings, and the bold leads that begin with a numeral where a letter has them instead."""
    entries = []
    below = 2
    for block in body.blocks:
        if block.kind == "heading":
            entries.append(Heading(block.start, block.end, block.anchor, block.level))
            below = block.level + 1
        elif block.lead:
            level = lead_level(block.lead) or below
            shown = block.lead.rstrip("，。：；、,.:;")
            entries.append(Heading(block.start, block.start + len(shown), block.anchor, min(level, 4)))
    return tuple(entries)


def lead_level(lead: str) -> int | None:
    """2 for a lead that begins with 一、, 3 for （一）, else None."""
    numeral = _RUN_IN.match(lead)
    if numeral is None:
        return None
    return 3 if numeral[0][0] in "（(" else 2
