"""A letter's own page: its blocks with their annotations beside them, its contents, its neighbours; and the notice of a withdrawn one."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from dafu.body import Block, make_contents
from dafu.catalogue import Catalogue
from dafu.entries import Entry, Promise
from dafu.heads import Crumb, iter_letter_links, make_letter_data, make_letter_metas
from dafu.letter import Correction, Note, Redaction, Source
from dafu.markup import LetterMarkup, Link, Markup
from dafu.output import link_between
from dafu.parallels import Shared
from dafu.reading import Letter, Mark
from dafu.status import Proof
from dafu.templating import View
from dafu.text import HIDDEN, squeeze
from dafu.words import Words

_DATE = re.compile(r"[\d〇○零一二三四五六七八九十]{2,4}年[\d一二三四五六七八九十]{1,3}月[\d一二三四五六七八九十]{1,3}日")
_CONTACT = re.compile(r"[（(]?联系(人|电话|方式)")

CLOSING_BLOCKS = 4
"""Blocks at the end of a letter among which signature, date and contact are looked for."""

LINE_OF_TEXT, LINE_OF_ASIDE = 38, 19
"""Characters in a line of the text and of the margin."""

ROOM_BELOW = 60
"""How far, in CSS pixels, the asides of a block may stand out below it before they crowd the next one's."""


@dataclass(frozen=True, slots=True)
class Aside:
    """What stands beside a block about one of its marks."""

    mark: Mark | None = None
    """None where there is only a hidden word to speak of."""
    promise: Promise | None = None
    correction: Correction | None = None
    note: Note | None = None
    redaction: Redaction | None = None
    shared: Shared | None = None
    earlier: Promise | None = None
    """An earlier commitment of which the words tell."""
    proof: Proof | None = None
    anchor: str = ""
    printed: str = ""

    @property
    def is_plain(self) -> bool:
        """Whether it is a commitment of which there is nothing to say but its words."""
        promise = self.promise
        return promise is not None and not (promise.commitment.measure or promise.commitment.due or promise.status.proofs)

    @property
    def height(self) -> int:
        """About how high it stands in the margin, in CSS pixels."""
        words = [self.printed, self.note.note] if self.note else [self.printed, self.correction.note or ""] if self.correction else []
        if self.shared:
            words = [" " * LINE_OF_ASIDE for _ in self.shared.parallels]
        if self.earlier and self.proof:
            words = [self.earlier.quote + " " * LINE_OF_ASIDE]
        if self.promise:
            words = [self.promise.commitment.action, *(proof.quote + " " * LINE_OF_ASIDE for proof in self.promise.status.proofs)]
        lines = sum(-(-(len(text) + 4) // LINE_OF_ASIDE) for text in words)
        return 10 + 20 * lines + (24 if self.promise else 0)


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


def make_letter_view(entry: Entry, catalogue: Catalogue, shared: Sequence[Shared], related: Sequence[Entry], words: Words) -> View:
    """The page of a published letter; `shared` are the passages that other letters have too."""
    letter, front = entry.letter, entry.letter.front
    markup = LetterMarkup(letter, tuple(_iter_links(entry, catalogue, shared)))
    blocks = make_blocks(entry, markup, _gather_asides(entry, shared, catalogue.evidence_of.get(letter.id, ())), find_signatures(entry, catalogue))
    data = {
        "entry": entry,
        "front": front,
        "blocks": blocks,
        "kinds": _list_kinds(entry, catalogue, shared),
        "has_corrections": bool(front.corrections),
        "contents": [(heading, markup.read_span(heading.start, heading.end)) for heading in make_contents(letter.body)],
        "older": catalogue.older(entry),
        "newer": catalogue.newer(entry),
        "related": related,
        "supplements": catalogue.supplements(entry),
        "stories": catalogue.stories_of.get(entry.letter.id, ()),
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
        alternates=tuple(iter_letter_links(letter)),
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


def fold_asides(asides: Sequence[Aside], block: Block) -> dict[str, tuple[Aside, ...]]:
    """The asides that fit beside a block, with those first of which there is most to say; the others fold."""
    room = ROOM_BELOW + -(-(block.end - block.start) // LINE_OF_TEXT) * 32
    shown = []
    for aside in sorted(asides, key=lambda aside: (aside.is_plain, aside.earlier is None, aside.shared is None)):
        room -= aside.height
        if room >= 0 or not shown:
            shown.append(aside)
    return {"shown": tuple(aside for aside in asides if aside in shown), "folded": tuple(aside for aside in asides if aside not in shown)}


def _gather_asides(entry: Entry, shared: Sequence[Shared], evidence: Sequence[tuple[Promise, Proof]]) -> dict[str, list[Aside]]:
    """The asides of each block, in the order of their words."""
    letter, front = entry.letter, entry.letter.front
    promises = {promise.commitment.id: promise for promise in entry.promises}
    asides: dict[str, list[Aside]] = defaultdict(list)
    for mark in sorted(letter.marks, key=lambda mark: (mark.span, mark.index)):
        printed = mark.span.slice(letter.body.text)
        if mark.kind == "commitment":
            aside = Aside(mark, promise=promises[mark.id])
        elif mark.kind == "correction":
            aside = Aside(mark, correction=front.corrections[mark.index], printed=printed)
        elif mark.kind == "note":
            aside = Aside(mark, note=front.notes[mark.index], printed=printed)
        else:
            continue
        asides[letter.body.block_at(mark.span.start).anchor].append(aside)
    for number, (promise, proof) in enumerate(evidence, 1):
        asides[proof.anchor].append(Aside(earlier=promise, proof=proof, anchor=f"e{number}"))
    for part in shared:
        asides[part.anchor].append(Aside(shared=part))
    hidden = [match.start() for match in re.finditer(re.escape(HIDDEN), letter.body.text)]
    for redaction in front.redactions:
        asides[letter.body.block_at(hidden[redaction.nth - 1]).anchor].append(Aside(redaction=redaction))
    return asides


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
