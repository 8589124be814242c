"""A build after another of invented letters: whatever is left as it lies is what a cold build would make, and little is made again."""

from __future__ import annotations

import random
import re
import struct
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from bench.letters import write_archive
from dafu import crew
from dafu.crew import record_done
from dafu.made import Made
from dafu.road import Options, build
from tests.making import build_site, read_tree

LETTERS = 40
KEY = bytes(range(16))


def build_again(content: Path) -> int:
    """Builds onto the site that lies there; how many files changed."""
    result = build(Options(content=content, output=content.parent / "public", quiet=True, jobs=1))
    assert result.problems == ()
    return result.changed


def list_few(content: Path) -> None:
    """Has lists fill many pages."""
    with (content / "site.yml").open("a") as file:
        file.write("page_size: 4\n")


def change_line(key: str, new: Callable[[str], str]) -> Callable[[Path, random.Random], None]:
    """Changes the value of a key in some letter that has it."""

    def change(content: Path, chance: random.Random) -> None:
        paths = [path for path in sorted(content.glob("letters/*/*.md")) if f"\n{key}: " in path.read_text("utf-8")]
        path = chance.choice(paths)
        path.write_text(re.sub(rf"(?<=\n{key}: )(.*)", lambda found: new(found[1]), path.read_text("utf-8"), count=1), "utf-8")

    return change


def add_words(content: Path, chance: random.Random) -> None:
    """A sentence of another letter, in a paragraph of its own."""
    one, other = chance.sample(sorted(content.glob("letters/*/*.md")), 2)
    body = other.read_text("utf-8").partition("\n---\n")[2]
    taken = chance.choice([paragraph for paragraph in body.split("\n\n") if len(paragraph) > 60 and "#" not in paragraph and "|" not in paragraph and "*" not in paragraph])
    text = one.read_text("utf-8")
    one.write_text(text.replace("\n\n特此答复。", f"\n\n另据{chance.randrange(10**6)}号来函，{taken[20:60]}。\n\n特此答复。"), "utf-8")


def drop_words(content: Path, chance: random.Random) -> None:
    """Words that no annotation quotes."""
    paths = sorted(content.glob("letters/*/*.md"))
    for path in chance.sample(paths, len(paths)):
        text = path.read_text("utf-8")
        if "我局高度重视，" in text:
            path.write_text(text.replace("我局高度重视，", "", 1), "utf-8")
            return


def add_letter(content: Path, chance: random.Random) -> None:
    """A copy of a letter under another number, a few days later."""
    path = chance.choice(sorted(content.glob("letters/*/*.md")))
    number = f"{path.parent.name}8{chance.randrange(1000):03d}"
    text = re.sub(r'\nnumber: .*', f'\nnumber: "{number}"', path.read_text("utf-8"))
    path.with_name(f"{number}.md").write_text(text, "utf-8")


def drop_letter(content: Path, chance: random.Random) -> None:
    """One of those that came, on which no other leans."""
    for path in sorted(content.glob("letters/*/????8???.md"))[:1]:
        path.unlink()


CHANGES: list[Callable[[Path, random.Random], None]] = [
    add_words, add_words, drop_words, add_letter, drop_letter,
    change_line("title", lambda title: title.replace("关于", "关于进一步")),
    change_line("proposers", lambda names: '["周新成", "吴另添"]'),
    change_line("topics", lambda topics: topics.partition(",")[0].rstrip("]") + "]"),
    change_line("summary", lambda summary: '"另一句提要。"'),
    change_line("session", lambda session: '"青岚区政协另一次会议"'),
    change_line("respondent", lambda name: '"青岚区另一局"'),
    change_line("number", lambda number: number.rstrip('"') + '号"'),
]


@pytest.mark.parametrize("seed", range(2))
def test_a_site_that_is_built_step_by_step_is_that_of_a_cold_build(tmp_path: Path, sentences: list[str], seed: int) -> None:
    chance, content = random.Random(seed), tmp_path / "content"
    write_archive(content, LETTERS, sentences)
    list_few(content)
    build_again(content)
    for change in chance.sample(CHANGES, 6):
        change(content, chance)
        build_again(content)
        assert build_site(content, tmp_path / "cold").problems == ()
        assert read_tree(tmp_path / "public") == read_tree(tmp_path / "cold"), change


def test_little_is_made_again(tmp_path: Path, sentences: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    content, made = tmp_path / "content", []
    write_archive(content, LETTERS, sentences)
    list_few(content)
    do = crew.Crew.do
    monkeypatch.setattr(crew.Crew, "do", lambda self, part: made.extend((part.kind, self.makers.name_units()[part.kind][place]) for place in part.places) or do(self, part))
    build_again(content)
    first = Counter(made)
    assert sum(kind == "letters" for kind, _ in first) == LETTERS
    made.clear()
    drop_words(content, random.Random(1))
    build_again(content)
    assert 0 < sum(kind == "letters" for kind, _ in made) < LETTERS / 2
    for listed in ("letters/page/", "topics/[^/]+/page/"):
        pages, again = (sum(re.match(listed, name) is not None for _, name in names) for names in (first, made))
        assert 0 < again < pages / 2, listed


@pytest.mark.parametrize("harm", [lambda path: path.write_bytes(path.read_bytes()[:-5]), lambda path: path.write_bytes(b"?" * 9), lambda path: path.write_bytes(bytes(1000) + path.read_bytes()[1000:]), Path.unlink])
def test_a_damaged_record_is_as_good_as_none(tmp_path: Path, sentences: list[str], harm: Callable[[Path], object]) -> None:
    content = tmp_path / "content"
    write_archive(content, 12, sentences)
    build_again(content)
    record, = (tmp_path / ".cache" / "made").iterdir()
    harm(record)
    drop_words(content, random.Random(2))
    build_again(content)
    assert build_site(content, tmp_path / "cold").problems == ()
    assert read_tree(tmp_path / "public") == read_tree(tmp_path / "cold")


def test_a_record_that_no_seal_knows_is_not_believed(tmp_path: Path) -> None:
    path = tmp_path / "made"
    made = Made(path, None)
    made.keep("a/", KEY, record_done([], (), b"extract"))
    digest = made.close(is_done=True)
    assert Made(path, digest).find("a/", KEY) == ([], b"extract")
    assert Made(path, digest).find("a/", KEY[::-1]) is None
    assert Made(path, "00" * 32).find("a/", KEY) is None
    assert Made(path, None).find("a/", KEY) is None


def test_a_record_of_another_form_is_not_believed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """That of an older program: a site may have been made by one."""
    with monkeypatch.context() as before:
        before.setattr("dafu.made._HELD", struct.Struct("<16sQ4IQ"))
        made = Made(tmp_path / "made", None)
        made.keep("a/", KEY, record_done([]))
        digest = made.close(is_done=True)
        assert Made(tmp_path / "made", digest).has("a/", KEY)
    again = Made(tmp_path / "made", digest)
    assert not again.is_held and again.find("a/", KEY) is None


@pytest.mark.parametrize("held", [64_000_000, 20, 0])
def test_what_was_written_is_read_again_though_there_was_no_more_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, held: int) -> None:
    monkeypatch.setattr("dafu.made.MOST_HELD", held)
    made = Made(tmp_path / "made", None)
    records = [(b"head", f"number {number}".encode(), f"links{number}".encode(), b"extract") for number in range(4)]
    read = [made.keep(f"{number}/", KEY, record) for number, record in enumerate(records[:2])]
    assert made.is_kept and [each.links for each in read] == [b"links0", b"links1"]

    class Full:
        def __getattr__(self, name: str) -> object:
            return getattr(file, name)

        def write(self, data: bytes) -> int:
            return file.write(data[:3])

    file, made._new = made._new, Full()
    read += [made.keep(f"{number}/", KEY, record) for number, record in enumerate(records[2:], 2)]
    assert not made.is_kept and [each.links for each in read] == [b"links0", b"links1", b"links2", b"links3"]
    assert [each.numbers for each in read] == [b"number 0", b"number 1", b"number 2", b"number 3"]
    assert made.close(is_done=True) is None
    assert list(tmp_path.iterdir()) == []
