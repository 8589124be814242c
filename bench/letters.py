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
from itertools import islice
from pathlib import Path
from typing import Any

from bench.drafts import Draft, make_draft
from bench.invented import OBJECTS, TOPICS, UNITS, YEARS, make_person, make_session, make_settings
from bench.sentences import ROOT, Vocabulary, add_vocabulary, read_sentences
from bench.spines import Spine, iter_kin, make_spine

__all__ = ["ROOT", "add_vocabulary", "read_sentences", "write_archive", "write_newest"]

SEED = 9001
MOST_DRAFTS = 100
ORDINALS = "一二三四五六七八九十"


class Writer:
    """Writes letters of one vocabulary."""

    def __init__(self, sentences: list[str], seed: int = SEED, *, whole: bool = False) -> None:
        self.vocabulary = Vocabulary(sentences, whole=whole)
        self.seed = seed

    def make(self, number: int, *, newest: bool = False) -> tuple[str, str]:
        """A letter's id and its file's text. A draft in which a quote stands twice is thrown away; few are."""
        spine = make_spine(number, self.seed, newest=newest)
        later = list(islice((other for other in iter_kin(spine, self.seed) if other.year > spine.year), 2))
        before = next((other for other in iter_kin(spine, self.seed) if other.year < spine.year), None)
        for attempt in range(MOST_DRAFTS):
            chance = random.Random(f"{self.seed}/{number}/{attempt}")
            draft = make_draft(chance, spine, later)
            head = _make_head(chance, spine, draft, before)
            body = self._make_body(chance, spine, head, draft)
            plain = body.replace("**", "")
            if all(plain.count(quote) == 1 for quote in draft.quotes):
                return spine.id, _show(head, draft, body)
        raise RuntimeError(f"letter {number}: a quote stands twice in each of {MOST_DRAFTS} drafts")

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
