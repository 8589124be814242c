"""Invented letters for measuring: sentences of the real ones (or of `--sentences FILE`) put together anew, annotated, the same for the same seed."""

from __future__ import annotations

import gzip
import random
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOPICS = ("policy-funds", "industrial-space", "hetao", "talent", "incubation", "tech-finance", "urban-renewal")


def read_sentences(file: Path | None) -> list[str]:
    """Sentences of 12 to 80 characters: one a line in the file given, else those of the project's own letters."""
    if file is not None:
        text = gzip.open(file, "rt", encoding="utf-8").read() if file.suffix == ".gz" else file.read_text("utf-8")
    else:
        bodies = (path.read_text("utf-8").split("\n---\n", 1)[1] for path in sorted((ROOT / "content" / "letters").glob("*/*.md")))
        text = "\n".join(bodies).replace("。", "。\n").replace("**", "")
    return [line.strip() for line in text.splitlines() if 12 <= len(line.strip()) <= 80 and not line.startswith(("#", "（联系人"))]


def write_archive(folder: Path, count: int, sentences: list[str], seed: int = 9001) -> None:
    """A content folder with `count` letters of 3,000 to 5,000 characters over twenty years."""
    chance = random.Random(seed)
    for name in ("site.yml", "topics.yml", "units.yml", "sessions.yml"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes((ROOT / "content" / name).read_bytes())
    for number in range(count):
        year = 2004 + number * 20 // count
        path = folder / "letters" / str(year) / f"{90_000_000 + number}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(make_letter(90_000_000 + number, year, sentences, chance), "utf-8")


def make_letter(number: int, year: int, sentences: list[str], chance: random.Random) -> str:
    """One letter with some eight commitments."""
    paragraphs: list[str] = []
    commitments: list[str] = []
    length = chance.randint(3000, 5000)
    while sum(map(len, paragraphs)) < length:
        words = "".join(chance.choices(sentences, k=5))
        if len(commitments) < 8:
            promise = f"将新建第{number}号之{len(commitments) + 1}设施{chance.randint(2, 900)}处"
            commitments.append(promise)
            words += promise + "。"
        paragraphs.append(words.replace("<", "").replace("|", ""))
    head = [
        "---", f'number: "{number}"', f"title: 关于虚构事项{number}的建议", "kind: proposal", f"proposers: [甲{number % 997}]", "respondent: 福田区科技创新局",
        f"date: {year}-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d}", f"topics: [{', '.join(chance.sample(TOPICS, 3))}]", f"summary: {paragraphs[0][:60]}", "commitments:",
    ]
    head += [f"  - {{id: c{place}, quote: {promise}, action: {promise[1:]}}}" for place, promise in enumerate(commitments, 1)]
    return "\n".join([*head, "---", "", "尊敬的委员：", *(f"\n{words}" for words in paragraphs), "\n福田区科技创新局\n"])
