"""Invented letters for measuring, annotated as real ones are: promises with measures, days and owners, what later letters say of them, figures, policies, threads.

    number    0   1   2  …  19      20  21 …          a letter depends on its number and the seed alone,
    year   2004  …       2023    2004  2005 …         so the first letters of every archive are the same

Letters are dealt over the years like cards. One letter leans only on those of lower numbers: what became of its promises is told by such of them as are of
a later year and the same office, whose reports it takes for what it promises. `python -m bench.letters --letters 1000 FOLDER` writes an archive.
"""

from __future__ import annotations

import argparse
import datetime
import hashlib
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import count as count_from, islice
from pathlib import Path
from typing import Any

from bench.invented import FIRST_YEAR, OBJECTS, PLACES, THREADS, TOPICS, UNITS, YEARS, Office, Recurring, choose_unit, count_indicators, make_indicator, make_person, make_policy, make_session, make_settings
from bench.sentences import ROOT, Vocabulary, add_vocabulary, read_sentences

__all__ = ["ROOT", "add_vocabulary", "read_sentences", "write_archive", "write_newest"]

SEED = 9001
LOOKED_BACK = 400
"""Letters among which one looks for those that tell what became of its promises."""
SAID = {"done": "{place}{object}{count}{counter}已全部建成并投入使用", "progress": "{place}{object}已开工{count}{counter}，其余正在办理前期手续", "restated": "{place}{object}项目拟按{count}{counter}的规模继续推进"}
PROMISED = (
    "在{place}新建{object}{count}{counter}", "在{place}改造提升{object}{count}{counter}", "将{place}{object}增加到{count}{counter}", "推动{place}{object}尽快投入使用", "为{place}配齐{object}{count}{counter}",
    "编制{place}{object}布局方案", "将{place}{object}纳入民生实事项目", "加强{place}{object}的日常巡查和维护",
)
ORDINALS = "一二三四五六七八九十"


@dataclass(frozen=True, slots=True)
class Work:
    """Something that offices build in a place."""

    place: str
    object: str
    counter: str
    count: int

    def put(self, form: str) -> str:
        return form.format(place=self.place, object=self.object, counter=self.counter, count=self.count)


@dataclass(frozen=True, slots=True)
class Spine:
    """What other letters may know of one: all but its words."""

    number: int
    date: datetime.date
    unit: Office
    kind: str
    thread: Recurring
    reports: tuple[tuple[Work, str], ...]
    """What it says of works, and in which sense."""

    @property
    def year(self) -> int:
        return self.date.year

    @property
    def name(self) -> str:
        return f"{self.year}{9001 + self.number // YEARS}"

    @property
    def id(self) -> str:
        return f"{self.year}/{self.name}"


def make_spine(number: int, seed: int, *, newest: bool = False) -> Spine:
    """The spine of a letter; the newest is of the last December, when no other is."""
    chance = random.Random(f"{seed}/spine/{number}")
    date = datetime.date(FIRST_YEAR + number % YEARS, chance.randint(4, 11), chance.randint(1, 28))
    if newest:
        date = datetime.date(FIRST_YEAR + YEARS - 1, 12, date.day)
    dealt = number - newest  # the newest has the thread of the one before it, which is sure to be in the archive
    thread = THREADS[(dealt + dealt // YEARS) % len(THREADS)]
    works = [_make_work(chance, name, counter) for name, counter in chance.sample(OBJECTS, 4)]
    reports = tuple((work, chance.choice(("done", "progress", "progress", "restated"))) for work in works)
    return Spine(number, date, choose_unit(chance), chance.choice(("proposal", "proposal", "suggestion")), thread, reports)


_recall_spine = lru_cache(maxsize=4 * LOOKED_BACK)(make_spine)


def _make_work(chance: random.Random, name: str, counter: str) -> Work:
    return Work(chance.choice(PLACES), name, counter, chance.randint(2, 60) * (10 if counter in "个套张" else 1))


def _iter_kin(spine: Spine, seed: int) -> Iterator[Spine]:
    """Letters of lower numbers and the same office, of other years."""
    for number in range(spine.number - 1, max(-1, spine.number - 1 - LOOKED_BACK), -1):
        if FIRST_YEAR + number % YEARS != spine.year and (other := _recall_spine(number, seed)).unit is spine.unit:
            yield other


@dataclass(slots=True)
class Draft:
    """A letter as it is put together: its sentences, and the annotations that quote them."""

    told: list[str] = field(default_factory=list)
    promised: list[str] = field(default_factory=list)
    commitments: list[dict[str, Any]] = field(default_factory=list)
    figures: list[dict[str, Any]] = field(default_factory=list)
    citations: list[dict[str, Any]] = field(default_factory=list)
    corrections: list[dict[str, Any]] = field(default_factory=list)
    notes: list[dict[str, Any]] = field(default_factory=list)
    quotes: list[str] = field(default_factory=list)
    """All that must stand in the body just once."""


class Writer:
    """Writes letters of one vocabulary."""

    def __init__(self, sentences: list[str], seed: int = SEED, *, whole: bool = False) -> None:
        self.vocabulary = Vocabulary(sentences, whole=whole)
        self.seed = seed

    def make(self, number: int, *, newest: bool = False) -> tuple[str, str]:
        """A letter's id and its file's text. A draft in which a quote stands twice is thrown away."""
        spine = make_spine(number, self.seed, newest=newest)
        later = list(islice((other for other in _iter_kin(spine, self.seed) if other.year > spine.year), 2))
        before = next((other for other in _iter_kin(spine, self.seed) if other.year < spine.year), None)
        for attempt in count_from():
            chance = random.Random(f"{self.seed}/{number}/{attempt}")
            draft = self._draft(chance, spine, later)
            head = _make_head(chance, spine, draft, before)
            body = self._make_body(chance, spine, head, draft)
            plain = body.replace("**", "")
            if all(plain.count(quote) == 1 for quote in draft.quotes):
                return spine.id, _show(head, draft, body)
        raise AssertionError

    def _draft(self, chance: random.Random, spine: Spine, later: list[Spine]) -> Draft:
        draft = Draft()
        used = {work.object for work, _ in spine.reports}
        for work, says in spine.reports:
            _tell(draft, work.put(SAID[says]))
        _add_promises(chance, spine, draft, later, used)
        _add_figures(chance, spine, draft)
        _add_citations(chance, spine, draft)
        _add_remarks(chance, draft)
        return draft

    def _make_body(self, chance: random.Random, spine: Spine, head: dict[str, Any], draft: Draft) -> str:
        length = chance.randint(2950, 4400) - sum(map(len, draft.told)) - sum(map(len, draft.promised))
        told, promised = list(draft.told), list(draft.promised)
        while length > 0:
            sentence = self.vocabulary.make(chance, spine.number, spine.year)
            (told if chance.random() < 0.6 else promised).append(sentence)
            length -= len(sentence)
        chance.shuffle(told)
        chance.shuffle(promised)
        middle = len(told) // 2
        lines = [f"尊敬的{'、'.join(head['proposers'])}{'委员' if spine.kind == 'proposal' else '代表'}：", f"衷心感谢您对我区工作的关注和支持。您提出的《{head['title']}》收悉，我局高度重视，现将办理情况答复如下："]
        for place, (heading, sentences) in enumerate((("关于建议所提问题的基本情况", told[:middle]), ("已开展的工作", told[middle:]), ("下一步工作", promised))):
            lines += [f"## {ORDINALS[place]}、{heading}", *_iter_paragraphs(chance, sentences, place)]
        if chance.random() < 0.12:
            lines.insert(-2, _make_table(chance, spine.year))
        contact = ["（联系人：［已隐去］）"] if head["contact"] else []
        return "\n\n".join([*lines, "特此答复。", head["respondent"], f"{spine.year}年{spine.date.month}月{spine.date.day}日", *contact]) + "\n"


def _tell(draft: Draft, quote: str, form: str = "{}。") -> None:
    draft.told.append(form.format(quote))
    draft.quotes.append(quote)


def _add_promises(chance: random.Random, spine: Spine, draft: Draft, later: list[Spine], used: set[str]) -> None:
    """Some eight promises: what later letters report first, the thread's own, then others."""
    for other in later:
        for work, says in other.reports:
            if work.object not in used and chance.random() < 0.4:
                used.add(work.object)
                _promise(chance, spine, draft, work, PROMISED[chance.randrange(3)], [{"letter": other.id, "quote": work.put(SAID[says]), "says": says}])
    thread = spine.thread.name_in(spine.year)
    _promise(chance, spine, draft, Work(place="", object=thread, counter="", count=0), chance.choice(("推进{object}后续建设", "完善{object}周边配套", "研究扩大{object}的范围")), [], spine.thread.slug)
    _tell(draft, f"{thread}累计完成投资{chance.randint(2, 90)}亿元")
    names = [each for each in OBJECTS if each[0] not in used]
    for name, counter in chance.sample(names, max(0, chance.randint(6, 10) - len(draft.commitments))):
        _promise(chance, spine, draft, _make_work(chance, name, counter), chance.choice(PROMISED), [])


def _promise(chance: random.Random, spine: Spine, draft: Draft, work: Work, form: str, evidence: list[dict[str, str]], thread: str | None = None) -> None:
    quote = work.put(form)
    day = datetime.date(spine.year + chance.randint(0, 2), 12, 31) if chance.random() < 0.4 else None
    units = chance.sample(UNITS, chance.randint(1, 2)) if chance.random() < 0.4 else []
    draft.commitments.append({
        "id": f"c{len(draft.commitments) + 1}", "quote": quote, "action": quote,
        **({"measure": {"value": work.count, "unit": work.counter, "relation": chance.choice(("=", "=", ">=", "~"))}} if "{count}" in form else {}),
        **({"due": {"value": day, "text": f"{day.year}年底前"}} if day else {}),
        **({"owners": [unit.name_in(spine.year) for unit in units]} if units else {}), **({"thread": thread} if thread else {}),
        **({"uncheckable": True} if form is PROMISED[-1] else {}), **({"evidence": evidence} if evidence else {}),
    })
    draft.promised.append(f"{f'{day.year}年底前，' if day else ''}{'拟' if quote[0] == '将' or chance.random() < 0.5 else '我局将'}{quote}{f'，由{units[0].name_in(spine.year)}负责落实' if units else ''}。")
    draft.quotes.append(quote)


def _add_figures(chance: random.Random, spine: Spine, draft: Draft) -> None:
    for number in chance.sample(range(count_indicators(spine.number)), chance.randint(2, 4)):
        counted, year = make_indicator(number), spine.year - 1
        value = counted.value_in(year)
        quote = f"{counted.name}为{value}{counted.unit}"
        _tell(draft, quote, f"据统计，{year}年{'底' if counted.type != 'flow' else ''}{{}}。")
        period = {"from": datetime.date(year, 1, 1), "to": datetime.date(year, 12, 31)} if counted.type == "flow" else {"to": datetime.date(year, 12, 31)}
        draft.figures.append({"quote": quote, "indicator": counted.slug, "value": value, "unit": counted.unit, "type": counted.type, "period": period, "scope": "district"})


def _add_citations(chance: random.Random, spine: Spine, draft: Draft) -> None:
    """Two or three policies that the build finds by itself; sometimes the editor says more of the first."""
    for place, number in enumerate(chance.sample(range(max(60, spine.number // YEARS)), chance.randint(2, 3))):
        title, printed = make_policy(number)
        _tell(draft, f"《{title}》", f"根据{{}}{f'（{printed}）' if printed else ''}的要求，有关工作正在有序开展。")
        if place == 0 and chance.random() < 0.25:
            draft.citations.append({"quote": f"《{title}》", "issuer": "青岚区人民政府办公室"})


def _add_remarks(chance: random.Random, draft: Draft) -> None:
    """Now and then a slip with its correction, and notes of the editor's."""
    if chance.random() < 0.3:
        name = chance.choice(OBJECTS)[0]
        _tell(draft, f"进一步步完善{name}的运行机制")
        draft.corrections.append({"quote": f"进一步步完善{name}", "reading": f"进一步完善{name}", "type": "typo", "note": "衍一“步”字"})
    for quote in chance.sample(draft.quotes, chance.choice((0, 0, 1, 2))):
        draft.notes.append({"quote": quote, "note": "原文如此；未说明起算日期。"})


def _make_head(chance: random.Random, spine: Spine, draft: Draft, before: Spine | None) -> dict[str, Any]:
    """The front matter before the annotations."""
    respondent = spine.unit.name_in(spine.year)
    work = spine.reports[0][0]
    title = f"关于{chance.choice(('加快', '加强', '优化', '规范'))}{work.place}{work.object}{chance.choice(('建设', '管理', '布局'))}的{'提案' if spine.kind == 'proposal' else '建议'}"
    people = dict.fromkeys(make_person(int(chance.random() * max(20, spine.number // 5))) for _ in range(chance.choice((1, 1, 1, 2, 3, 8))))
    helpers = [unit.name_in(spine.year) for unit in chance.sample(UNITS, chance.choice((0, 0, 1, 2, 3))) if unit is not spine.unit]
    return {
        "number": spine.name, "title": title, "printed_title": f"关于第{spine.name}号《{title}》的答复", "kind": spine.kind, "session": chance.choice(make_session(spine.year, spine.kind)[1:]),
        "proposers": list(people), "respondent": respondent, "co_handlers": helpers, "date": spine.date,
        "document_number": f"青函〔{spine.year}〕{spine.number // YEARS + 1}号" if chance.random() < 0.3 else None,
        "replies_to": before.id if before and chance.random() < 0.02 else None,
        "topics": chance.sample(list(TOPICS), chance.randint(2, 4)), "summary": f"答复{title[2:]}：列出已开展的工作，并提出{len(draft.commitments)}项下一步举措。",
        "source": {"file": f"{spine.name}.txt", "sha256": hashlib.sha256(spine.id.encode()).hexdigest(), "note": "虚构"},
        "revisions": [{"date": spine.date + datetime.timedelta(days=chance.randint(1, 400)), "note": "改正一处转写错误。"}] if chance.random() < 0.03 else [],
        "contact": "withheld" if chance.random() < 0.7 else None,
    }


def _iter_paragraphs(chance: random.Random, sentences: list[str], section: int) -> Iterator[str]:
    """Paragraphs of two to five sentences, with headings or bold leads before them."""
    start, part = 0, 0
    while start < len(sentences):
        end = start + chance.randint(2, 5)
        if section == 1 and start == 0 or section == 1 and end + 8 < len(sentences) and chance.random() < 0.2:
            yield f"### （{ORDINALS[part % 10]}）{chance.choice(OBJECTS)[0]}方面"
            part += 1
        lead = f"**{ORDINALS[part % 10]}是加强{chance.choice(list(TOPICS.values()))}工作。**" if section == 2 and chance.random() < 0.6 else ""
        part += section == 2 and bool(lead)
        yield lead + "".join(sentences[start:end])
        start = end


def _make_table(chance: random.Random, year: int) -> str:
    rows = [[name, *(str(chance.randint(2, 900)) for _ in range(3))] for name, _ in chance.sample(OBJECTS, chance.randint(3, 6))]
    heads = ["项目", *(f"{year - ago}年" for ago in (3, 2, 1))]
    return "\n".join(f"| {' | '.join(row)} |" for row in (heads, ["---"] * 4, *rows))


def _show(head: dict[str, Any], draft: Draft, body: str) -> str:
    lists = {name: getattr(draft, name) for name in ("corrections", "commitments", "figures", "citations", "notes")}
    lines = [f"{name}: {_show_value(value)}" for name, value in head.items() if value not in (None, [])]
    for name, items in lists.items():
        lines += [f"{name}:", *(f"  - {_show_value(item)}" for item in items)] if items else []
    return "\n".join(["---", *lines, "---", "", body])


def _show_value(value: Any) -> str:
    """A value as YAML in one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {_show_value(each)}" for name, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_show_value, value)) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else str(value)


def write_archive(folder: Path, count: int, sentences: list[str], seed: int = SEED, *, whole: bool = False) -> None:
    """A content folder with `count` letters of 3,000 to 5,000 characters over twenty years, one at a time."""
    for name, text in make_settings(count).items():
        _write(folder / name, text)
    writer = Writer(sentences, seed, whole=whole)
    for number in range(count):
        letter_id, text = writer.make(number)
        _write(folder / "letters" / f"{letter_id}.md", text)


def write_newest(folder: Path, count: int, sentences: list[str], seed: int = SEED, *, whole: bool = False) -> Path:
    """One more letter, younger than all of an archive of `count`; returns its path."""
    letter_id, text = Writer(sentences, seed, whole=whole).make(count, newest=True)
    _write(path := folder / "letters" / f"{letter_id}.md", text)
    return path


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.letters", description="Writes an archive of invented letters.")
    parser.add_argument("--letters", type=int, default=1000, metavar="N")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("folder", type=Path)
    add_vocabulary(parser)
    arguments = parser.parse_args()
    write_archive(arguments.folder, arguments.letters, read_sentences(arguments.sentences), arguments.seed, whole=arguments.whole)


if __name__ == "__main__":
    main()
