"""What may be annotated in a letter beside its commitments: topics, figures, citations, threads. Each with its reason; a person decides."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from dafu.citings import iter_cited
from dafu.reference import Reference
from dafu.search.site import Search
from dafu.text import squeeze

Similar = Callable[[str], Sequence[tuple[str, tuple[str, ...]]]]
"""For words, the ids and topics of the letters that are most like them."""

MOST_TOPICS = 5


@dataclass(frozen=True, slots=True)
class TopicHint:
    """A topic and why it may be one of the letter's."""

    slug: str
    why: str
    is_sure: bool


def suggest_topics(title: str, text: str, reference: Reference, similar: Similar | None = None) -> tuple[TopicHint, ...]:
    """The topics whose keywords stand in the letter, or that letters like it have; the likeliest first."""
    scores: Counter[str] = Counter()
    reasons: dict[str, list[str]] = {}
    for topic in reference.topics:
        for keyword in dict.fromkeys((topic.name, *topic.keywords)):
            count, in_title = text.count(keyword), keyword in title
            if count or in_title:
                scores[topic.slug] += min(count, 5) + 5 * in_title
                reasons.setdefault(topic.slug, []).append(f"{keyword} ×{count}" + (" and in the title" if in_title else ""))
    for letter, topics in similar(title) if similar and title else ():
        for slug in topics:
            scores[slug] += 2
            reasons.setdefault(slug, []).append(f"{letter} is like it")
    best = scores.most_common(MOST_TOPICS)
    least = max(3, best[0][1] * 0.3) if best else 0
    return tuple(TopicHint(slug, ", ".join(reasons[slug][:3]), score >= 8) for slug, score in best if score >= least)


@dataclass(frozen=True, slots=True)
class FigureHint:
    """A number that the letter reports."""

    quote: str
    start: int
    """Where the quote begins, in the body's plain text."""
    value: str
    unit: str
    bound: str
    indicator: str | None
    why: str


_UNIT = r"(?:[万亿千百]{0,2})(?:平方米|平方公里|平米|公里|千米|米|亩|公顷|吨|千瓦时|千瓦|兆瓦|元|家|个|项|人次|人|名|户|件|套|座|处|所|条|台|辆|张|场|次|期|批|栋|株|棵|间|床|例|宗|份|篇|km|㎡|m²|倍|%|％|个百分点)"
_FIGURE = re.compile(rf"(?P<bound>约|近|超过|超|逾|不少于|达到|达|不足|至少|共|累计)?(?<!\d)(?P<value>\d{{1,20}}(?:\.\d{{1,12}})?)(?P<unit>{_UNIT})(?P<more>以上|多|余|左右|以内)?")
_BOUNDS = {"约": "about", "近": "about", "左右": "about", "超过": "over", "超": "over", "逾": "over", "不少于": "over", "至少": "over", "以上": "over", "多": "over", "余": "over", "不足": "up-to", "以内": "up-to"}
_NO_FIGURE = re.compile(r"第$|[〔\[（(]$|[〇\d]年$|号$")


def find_figures(text: str, reference: Reference, taken: Sequence[tuple[int, int]]) -> Iterator[FigureHint]:
    """The numbers with a unit that stand outside the stretches `taken` (candidates of commitments), in the clause of each."""
    for match in _FIGURE.finditer(text):
        if any(start <= match.start() < end for start, end in taken) or _NO_FIGURE.search(text[max(0, match.start() - 2) : match.start()]):
            continue
        start = max(text.rfind(mark, 0, match.start()) for mark in "，。；：、\n") + 1
        ends = [place for mark in "，。；、\n" if (place := text.find(mark, match.end())) >= 0]
        start += len(text[start : match.start()]) - len(text[start : match.start()].lstrip())
        quote = text[start : min(ends, default=len(text))].strip()
        bound = _BOUNDS.get(match["bound"] or "") or _BOUNDS.get(match["more"] or "") or "exact"
        near = squeeze(text[start : match.end()])
        named = [item for item in reference.indicators.indicators if len(item.name) >= 3 and item.name in near and item.multiple_of(match["unit"]) is not None]
        indicator = max(named, key=lambda item: len(item.name), default=None)
        yield FigureHint(quote, start, match["value"], match["unit"], bound, indicator.slug if indicator else None, f"names {indicator.name}" if indicator else "a number with a unit")


def find_threads(text: str, reference: Reference) -> Iterator[tuple[str, str]]:
    """The threads of which a name stands in the letter: slug, and the name."""
    for thread in reference.threads:
        names = [name.name for name in getattr(thread.head, "names", ()) if name.name and name.relation in ("same", "part-of", "renamed-from") and name.name in text]
        if names:
            yield thread.slug, max(names, key=len)


def find_citations(text: str) -> tuple[str, ...]:
    """The titles and document numbers that the build will find in the letter by itself, once each."""
    return tuple(dict.fromkeys(f"《{place.title}》" if place.title else str(place.number) for place in iter_cited(text)))


_COMMON = re.compile(r"关于|进一步|加强|加快|推进|推动|促进|完善|提升|建设|发展|工作|问题|建议|提案|议案|的|和|与|及")


def find_similar(search: Search, title: str) -> list[tuple[str, tuple[str, ...]]]:
    """The three letters whose titles are most like a title, with their topics."""
    grams = dict.fromkeys(word[place : place + 2] for word in re.findall(r"[\u4e00-\u9fff]{2,}", _COMMON.sub(" ", title)) for place in range(len(word) - 1))
    found = search.rank(" OR ".join(f'title:"{gram}"' for gram in list(grams)[:14])) if grams else []
    return [(entry.letter.id, tuple(topic.slug for topic in entry.topics)) for entry in found[:3]]
