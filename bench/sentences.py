"""The vocabulary of invented letters: sentences of real documents as they stand, or clauses of several put together with other numbers and names.

    stock      15 in 100 sentences stand in many letters, the more of them the larger the archive
    varied     the rest: clauses of two or three sentences, most of them in one letter alone
    whole      every sentence as it stands in the file: the worst case for passages that stand in other letters too
"""

from __future__ import annotations

import argparse
import gzip
import random
import re
from pathlib import Path

from bench.invented import PLACES, UNITS

ROOT = Path(__file__).resolve().parent.parent
STOCK_SHARE = 0.15
FIRST_STOCK, STOCK_PER_LETTER = 200, 0.1
"""How many stock sentences the first letters draw from, and how many each letter adds."""
CLAUSE = range(4, 17)
"""Characters of a clause that is put together with others; a longer one would make a passage by itself that many letters share."""

_UNFIT = re.compile(r"[*_<>|#\[\]`~\\&@《》〔〕［］【】\x00-\x1f\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff]|\d{7}|[（(]\d|联系|联络|经办人|承办人|办理人|填表人|具体负责人|电话|手机|座机|邮箱|热线|拨打|致电|微信")
"""What would be markup, a policy, or look like somebody's number."""
_FIRST = re.compile("[\u4e00-\u9fff]")
_NUMBER = re.compile(r"\d+(?![\d月日号])")
_PARTS = re.compile("[，；：,;]")
_BROKEN = re.compile("[一二三四五六七八九十其][是中、]|[“”‘’（）()]")
"""With which a clause counts on others, or leaves a pair of marks open."""

_CLAUSES = (
    "截至{year}年{month}月底", "会同{unit}", "在{place}", "共安排资金{n}万元", "较上年增长{n}个百分点", "惠及居民{n}人次", "组织宣讲活动{n}场", "由{unit}牵头",
    "涉及{n}个小区", "覆盖{place}及周边", "按照{year}年度工作计划", "经{unit}审核", "收集意见建议{n}条", "{place}先行先试", "走访企业{n}家", "整改问题{n}项",
)
"""Clauses with a name or a number, as letters have them everywhere."""


def add_vocabulary(parser: argparse.ArgumentParser) -> None:
    """The two options that say what letters are made of."""
    parser.add_argument("--sentences", type=Path, metavar="FILE", help="real sentences, one a line, may be .gz; without it those of the project's own letters")
    parser.add_argument("--whole", action="store_true", help="take every sentence as it stands, so that each stands in many letters: the worst case for parallel passages")


def read_sentences(file: Path | None) -> list[str]:
    """Sentences of 12 to 80 characters: one a line in the file given, else those of the project's own letters."""
    if file is not None:
        text = gzip.open(file, "rt", encoding="utf-8").read() if file.suffix == ".gz" else file.read_text("utf-8")
    else:
        bodies = (path.read_text("utf-8").split("\n---\n", 1)[1] for path in sorted((ROOT / "content" / "letters").glob("*/*.md")))
        text = "\n".join(bodies).replace("。", "。\n").replace("**", "")
    lines = (line.strip() for line in text.splitlines())
    return [line for line in lines if 12 <= len(line) <= 80 and _FIRST.match(line) and not _UNFIT.search(line)]


class Vocabulary:
    """Makes sentences."""

    def __init__(self, sentences: list[str], *, whole: bool = False) -> None:
        self.whole = whole
        self.sentences = [sentence.rstrip("。；;，,：:") + "。" for sentence in sentences]
        random.Random(9001).shuffle(self.sentences)  # neighbours in the file are of one document
        clauses = (clause for sentence in sentences for clause in _PARTS.split(sentence.rstrip("。")))
        self.clauses = [clause for clause in dict.fromkeys(clauses) if len(clause) in CLAUSE and _FIRST.match(clause) and not _BROKEN.search(clause)]

    def make(self, chance: random.Random, number: int, year: int) -> str:
        """A sentence of the letter of that number and year."""
        if self.whole:
            return chance.choice(self.sentences)
        if chance.random() < STOCK_SHARE:
            return self.sentences[int(chance.random() * min(len(self.sentences), FIRST_STOCK + number * STOCK_PER_LETTER))]
        parts = [chance.choice(self.clauses) for _ in range(2 if chance.random() < 0.6 else 3)]
        if chance.random() < 0.4:
            parts.insert(int(chance.random() * len(parts)), self._make_clause(chance, year))
        return _NUMBER.sub(lambda old: _vary(old[0], chance, year), "，".join(parts)) + "。"

    def _make_clause(self, chance: random.Random, year: int) -> str:
        return chance.choice(_CLAUSES).format(year=year, month=chance.randint(1, 12), n=chance.randint(2, 999), unit=chance.choice(UNITS).name, place=chance.choice(PLACES))


def _vary(number: str, chance: random.Random, year: int) -> str:
    """Another number of as many digits; a year is one of the last."""
    if len(number) == 4 and number.startswith(("19", "20")):
        return str(year - chance.randrange(4))
    return str(chance.randint(10 ** (len(number) - 1), 10 ** len(number) - 1))
