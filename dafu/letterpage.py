"""A letter's own page: its blocks with their annotations beside them, its contents, its neighbours; and the notice of a withdrawn one."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from dafu.asides import Aside, find_hidden, fold_asides, gather_asides, number_footnotes
from dafu.body import Block, make_contents
from dafu.catalogue import Catalogue
from dafu.cite import Citation, name_in_marks
from dafu.entries import Entry
from dafu.heads import Crumb, iter_letter_links, make_letter_data, make_letter_metas
from dafu.letter import Source
from dafu.markup import LetterMarkup, Link, Markup
from dafu.output import link_between
from dafu.parallels import Shared
from dafu.reading import Letter
from dafu.templating import View
from dafu.text import squeeze
from dafu.threads import look_around
from dafu.words import Words

_DATE = re.compile(r"[\d〇○零一二三四五六七八九十]{2,4}年[\d一二三四五六七八九十]{1,3}月[\d一二三四五六七八九十]{1,3}日")
_CONTACT = re.compile(r"[（(]?联系(人|电话|方式)")

CLOSING_BLOCKS = 4
"""Blocks at the end of a letter among which signature, date and contact are looked for."""

@dataclass(frozen=True, slots=True)
class BlockView:
    """A block as the page shows it."""

    block: Block
    role: str
    """heading | salutation | plain | signature | contact | table"""
    rank: int
    """Of a heading: its HTML level, which skips none."""
    html: Markup
    rows: tuple[tuple[Markup, ...], ...]
    """Of a table."""
    shown: tuple[Aside, ...]
    folded: tuple[Aside, ...]
    """What would crowd the margin."""
    old_anchors: tuple[str, ...]

    @property
    def folded_are_plain(self) -> bool:
        return all(aside.is_plain for aside in self.folded)


def make_letter_view(entry: Entry, catalogue: Catalogue, shared: Sequence[Shared], citations: Sequence[Citation], related: Sequence[Entry], words: Words) -> View:
    """The page of a published letter; `shared` are the passages that other letters have too."""
    letter, front = entry.letter, entry.letter.front
    asides = gather_asides(entry, shared, catalogue.evidence_of.get(letter.id, ()))
    footnotes = number_footnotes(asides)
    markup = LetterMarkup(letter, tuple(_iter_links(entry, catalogue, shared)), {footnote.aside.id: footnote.number for footnote in footnotes})
    blocks = make_blocks(entry, markup, asides, find_signatures(entry, catalogue))
    data = {
        "entry": entry,
        "front": front,
        "blocks": blocks,
        "footnotes": footnotes,
        "kinds": _list_kinds(entry, catalogue, shared),
        "has_corrections": bool(front.corrections),
        "contents": [(heading, markup.read_span(heading.start, heading.end)) for heading in make_contents(letter.body)],
        "older": catalogue.older(entry),
        "newer": catalogue.newer(entry),
        "related": related,
        "supplements": catalogue.supplements(entry),
        "courses": [look_around(story, letter) for story in catalogue.stories_of.get(letter.id, ())],
        "citations": citations,
        "name": name_in_marks(entry),
        "quiet_after_days": catalogue.site.quiet_after_days,
        "origin": words.list(describe_origin(front.source, words)) if front.source else None,
    }
    year = Crumb(words.group("years", letter.year), f"years/{letter.year}/")
    return View(
        url=entry.url,
        template="pages/letter.html",
        title=front.title,
        description=front.summary or front.printed_title or front.title,
        section="letters",
        data=data,
        crumbs=(Crumb(words.say("years.title"), "years/"), year, Crumb(front.number or front.title, entry.url)),
        metas=tuple(make_letter_metas(catalogue.site, entry)),
        linked_data=(make_letter_data(catalogue.site, entry),),
        alternates=tuple(iter_letter_links(catalogue.site, letter)),
    )


MARKED = ("commitment", "evidence", "figure", "policy", "parallel", "note", "correction")
"""Kinds of annotations that a reader may switch off."""


def _list_kinds(entry: Entry, catalogue: Catalogue, shared: Sequence[Shared]) -> tuple[str, ...]:
    """The kinds that a letter has."""
    held = {mark.kind for mark in entry.letter.marks} | ({"parallel"} if shared else set()) | ({"policy"} if entry.letter.id in catalogue.citings_of else set())
    held |= {"evidence"} if entry.letter.id in catalogue.evidence_of else set()
    return tuple(kind for kind in MARKED if kind in held)


def _iter_links(entry: Entry, catalogue: Catalogue, shared: Iterable[Shared]) -> Iterator[Link]:
    """What the build marks by itself: policies and figures that have a page, passages that stand in other letters too."""
    for citing, cited in catalogue.citings_of.get(entry.letter.id, ()):
        yield Link("policy", citing.span, None if citing.citation else citing.id, link_between(entry.url, cited.url) if cited.has_page else None)
    for report, comparison in catalogue.reports_of.get(entry.letter.id, ()):
        if comparison.has_page:
            yield Link("compared", report.mark.span, None, link_between(entry.url, comparison.url))
    for number, (_, proof) in enumerate(catalogue.evidence_of.get(entry.letter.id, ()), 1):
        yield Link("evidence", proof.span, f"e{number}")
    for parallel in (parallel for part in shared for parallel in part.parallels):
        yield Link("parallel", parallel.span, parallel.id)
    for redaction, span in find_hidden(entry):
        yield Link("redaction", span, f"r{redaction.nth}")


def describe_origin(source: Source, words: Words) -> list[str]:
    """Where the transcription comes from, where no address can be given."""
    file = [words.say("facts.source.file", file=source.file)] if source.file else []
    return [*([source.note] if source.note else []), *file, words.say("facts.source.missing")]


def make_notice_view(letter: Letter, words: Words) -> View:
    """What stays at the permalink of a withdrawn letter."""
    title = words.say("withdrawn.title")
    return View(
        url=f"letters/{letter.id}/", template="pages/withdrawn.html", title=title, description=title, section="letters",
        data={"withdrawn": letter.front.withdrawn}, crumbs=(Crumb(title, f"letters/{letter.id}/"),), listed=False,
    )


def find_signatures(entry: Entry, catalogue: Catalogue) -> frozenset[str]:
    """The forms in which the respondent may sign, without blanks."""
    unit = next((unit for unit in catalogue.reference.units if unit.slug == entry.respondent.slug), None)
    names = {entry.letter.front.respondent, entry.respondent.name, *(unit.aliases if unit else ())}
    return frozenset(squeeze(name) for name in names)


def make_blocks(entry: Entry, markup: LetterMarkup, asides: Mapping[str, Sequence[Aside]], signatures: frozenset[str]) -> tuple[BlockView, ...]:
    """The blocks of a letter in their order."""
    letter = entry.letter
    moved: dict[str, list[str]] = defaultdict(list)
    for old, new in letter.front.anchors:
        moved[new].append(old)
    blocks = letter.body.blocks
    return tuple(
        BlockView(
            block=block,
            role=_role(block, squeeze(markup.read_span(block.start, block.end)), place, len(blocks) - place, signatures),
            rank=rank,
            html=Markup("") if block.kind == "table" else markup.render_cell(block.runs),
            rows=tuple(tuple(markup.render_cell(cell) for cell in row) for row in block.cells) if block.kind == "table" else (),
            **fold_asides(asides.get(block.anchor, ()), block),
            old_anchors=tuple(moved.get(block.anchor, ())),
        )
        for place, (block, rank) in enumerate(zip(blocks, _iter_ranks(blocks)))
    )


def _iter_ranks(blocks: Sequence[Block]) -> Iterator[int]:
    """A letter whose 一、 runs into its sentence has （一） headings with none above; in the page they move up."""
    before = 1
    for block in blocks:
        if block.kind == "heading":
            before = min(block.level, before + 1)
        yield before


def _role(block: Block, text: str, place: int, left: int, signatures: frozenset[str]) -> str:
    """What part of an official letter a block is: this decides its indent and its side of the page."""
    if block.kind != "paragraph":
        return block.kind
    if place == 0 and text.endswith(("：", ":")):
        return "salutation"
    if place and left <= CLOSING_BLOCKS:
        if _CONTACT.match(text):
            return "contact"
        if _DATE.fullmatch(text) or text in signatures:
            return "signature"
    return "plain"
