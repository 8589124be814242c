"""Markdown itself: how letters are read, how an editor's pages are, and how a reader of `index.md` may read them; markdown-it-py comes in here.

A letter's body knows four things: headings, paragraphs, tables, and `**strong**` leads. Numerals such as `1.` are the letter's own words, so
lists are not read as lists. `**` closes wherever it stands, as Chinese punctuation beside it would keep CommonMark from seeing it.
"""

from __future__ import annotations

from collections.abc import Iterator

import markdown_it
from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

__all__ = ["PARSER_VERSION", "Token", "iter_foreign", "normalize_address", "parse_letter", "render_prose"]

PARSER_VERSION = markdown_it.__version__


def make_parser() -> MarkdownIt:
    """The letters' Markdown."""
    parser = MarkdownIt("zero", {"html": False, "maxNesting": 20}).enable(["heading", "table", "escape", "link", "newline"])
    parser.inline.ruler.before("escape", "strong_lead", _read_strong)
    return parser


def _read_strong(state: StateInline, silent: bool) -> bool:
    """`**…**` to the next `**`, whatever stands beside the marks."""
    if not state.src.startswith("**", state.pos):
        return False
    end = state.src.find("**", state.pos + 2)
    if end < state.pos + 3 or end + 2 > state.posMax or state.env.get("is_strong"):
        return False
    if not silent:
        start, stop = state.pos + 2, state.posMax
        state.env["is_strong"] = True
        state.push("strong_open", "strong", 1).markup = "**"
        state.pos, state.posMax = start, end
        state.md.inline.tokenize(state)
        state.pos, state.posMax = end, stop
        state.push("strong_close", "strong", -1).markup = "**"
        state.env["is_strong"] = False
    state.pos = end + 2
    return True


def _follow_all(parser: MarkdownIt) -> MarkdownIt:
    """The parser made to take every address for one, so that none is overlooked."""
    parser.validateLink = lambda url: True  # type: ignore[method-assign]
    return parser


_LETTER = make_parser()
_PROSE = MarkdownIt("commonmark", {"html": False}).enable("table")
_TRUSTING = tuple(_follow_all(parser) for parser in (make_parser(), MarkdownIt("commonmark", {"html": True}).enable("table")))
"""What reads a body as trustingly as can be: as we do, and as a program may that is given `index.md`."""


def parse_letter(source: str) -> list[Token]:
    """The tokens of a letter's body."""
    return _LETTER.parse(source)


def iter_foreign(markdown: str) -> Iterator[tuple[int, int, str, str]]:
    """First and last line, kind (tag, link or picture) and text of what a reader of Markdown may take for more than words."""
    for parser in _TRUSTING:
        first, last = 0, 1
        for token in parser.parse(markdown):
            first, last = token.map or (first, last)
            for inner in (token, *(token.children or ())):
                if inner.type in ("html_block", "html_inline"):
                    yield first + 1, last, "tag", inner.content
                elif inner.type == "image":
                    yield first + 1, last, "picture", str(inner.attrGet("src"))
                elif inner.type == "link_open":
                    yield first + 1, last, "link", str(inner.attrGet("href"))


def render_prose(markdown: str) -> str:
    """The HTML of an editor's own page, in which lists and all else of CommonMark may stand, but no HTML."""
    tokens = _PROSE.parse(markdown)
    for token in tokens:
        token.attrs.pop("style", None)  # of a table's column; the site has no style but its own
        token.info = ""
    return _PROSE.renderer.render(tokens, _PROSE.options, {})


def normalize_address(address: str) -> str:
    """An address as it stands in the page for one that was typed in Markdown: what isn't ASCII is encoded."""
    return _PROSE.normalizeLink(address)
