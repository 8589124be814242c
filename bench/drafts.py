"""The sentences of an invented letter that annotations quote, with the annotations: promises and what came of them, figures, policies, slips, notes."""

from __future__ import annotations

import datetime
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from bench.invented import OBJECTS, UNITS, YEARS, count_indicators, make_indicator, make_policy
from bench.spines import Spine, Work, make_work

SAID = {"done": "{place}{object}{count}{counter}已全部建成并投入使用", "progress": "{place}{object}已开工{count}{counter}，其余正在办理前期手续", "restated": "{place}{object}项目拟按{count}{counter}的规模继续推进"}
PROMISED = (
    "在{place}新建{object}{count}{counter}", "在{place}改造提升{object}{count}{counter}", "将{place}{object}增加到{count}{counter}", "推动{place}{object}尽快投入使用", "为{place}配齐{object}{count}{counter}",
    "编制{place}{object}布局方案", "将{place}{object}纳入民生实事项目", "加强{place}{object}的日常巡查和维护",
)


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


def make_draft(chance: random.Random, spine: Spine, later: Sequence[Spine]) -> Draft:
    """What a letter of this spine says; `later` are letters that tell what became of it."""
    draft = Draft()
    for work, says in spine.reports:
        _tell(draft, work.put(SAID[says]))
    _add_promises(chance, spine, draft, later)
    _add_figures(chance, spine, draft)
    _add_citations(chance, spine, draft)
    _add_remarks(chance, draft)
    return draft


def _tell(draft: Draft, quote: str, form: str = "{}。") -> None:
    draft.told.append(form.format(quote))
    draft.quotes.append(quote)


def _add_promises(chance: random.Random, spine: Spine, draft: Draft, later: Sequence[Spine]) -> None:
    """Some eight promises: what later letters report first, the thread's own, then others."""
    used = {work.object for work, _ in spine.reports}
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
        _promise(chance, spine, draft, make_work(chance, name, counter), chance.choice(PROMISED), [])


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
