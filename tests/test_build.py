"""Same content in, same bytes out: whatever the cache, the machine, the order and the day."""

from __future__ import annotations

import datetime
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

from dafu import letters, processes
from dafu.archive import POOL_FROM, read_archive
from dafu.road import Options, build
from tests.making import ROOT, TESTS, build_site, make_letter, read_tree

Tree = dict[str, bytes]


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """A copy of tests/mini; its cache goes beside it."""
    return Path(shutil.copytree(TESTS / "mini", tmp_path / "content"))


@pytest.fixture(scope="module")
def cold(tmp_path_factory: pytest.TempPathFactory) -> Tree:
    """The mini site, built without a cache."""
    output = tmp_path_factory.mktemp("cold") / "public"
    assert build_site(TESTS / "mini", output).problems == ()
    return read_tree(output)


def build_cached(content: Path) -> Tree:
    """The site of a content folder, built with the cache beside it into a fresh folder."""
    output = content.parent / "public"
    shutil.rmtree(output, ignore_errors=True)
    assert build(Options(content=content, output=output, quiet=True)).problems == ()
    return read_tree(output)


def fill_cache(content: Path) -> None:
    """Reads a content folder as a build would, so that the cache knows its bodies."""
    assert read_archive(Options(content=content, output=content.parent / "public", quiet=True)).problems == ()


def list_memos(content: Path) -> list[Path]:
    return sorted(path for path in (content.parent / ".cache").rglob("*") if path.is_file())


# The cache


def test_cold_build_with_a_cache_is_the_build_without(content: Path, cold: Tree) -> None:
    assert build_cached(content) == cold


def test_warm_build_is_the_cold_one(content: Path, cold: Tree) -> None:
    build_cached(content)
    assert build_cached(content) == cold


def test_warm_build_reads_no_body_anew(content: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill_cache(content)
    parsed: list[str] = []
    monkeypatch.setattr(letters, "read_letter", lambda name, text, report: parsed.append(name))
    fill_cache(content)
    assert parsed == []


def test_deleting_the_cache_changes_nothing(content: Path, cold: Tree) -> None:
    fill_cache(content)
    shutil.rmtree(content.parent / ".cache")
    assert build_cached(content) == cold


def test_build_without_cache_leaves_none(content: Path) -> None:
    build_site(content, content.parent / "public")
    assert not (content.parent / ".cache").exists()


def empty(path: Path, _: Path) -> None:
    path.write_bytes(b"")


def truncate(path: Path, _: Path) -> None:
    path.write_bytes(path.read_bytes()[:-9])


def garble(path: Path, _: Path) -> None:
    path.write_bytes(b"\xff\x00" * 900)


def change_a_letter(path: Path, _: Path) -> None:
    path.write_bytes(path.read_bytes().replace("树".encode(), "林".encode()).replace("桥".encode(), "轿".encode()).replace("云".encode(), "雪".encode()))


def exchange(path: Path, next_path: Path) -> None:
    path.write_bytes(next_path.read_bytes())


def become_folder(path: Path, _: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize("spoil", [empty, truncate, garble, change_a_letter, exchange, become_folder], ids=lambda spoil: spoil.__name__)
def test_spoilt_cache_changes_nothing(content: Path, cold: Tree, spoil: Callable[[Path, Path], None]) -> None:
    fill_cache(content)
    memos = list_memos(content)
    assert len(memos) == 10, "one for each letter, and what is quoted of them"
    for path, next_path in zip(memos, [*memos[1:], memos[0]]):
        spoil(path, next_path)
    assert build_cached(content) == cold


# The machine, the order, the day


def run_build(folder: Path, content: str, output: str, **environment: str) -> None:
    """`build.py` in a process of its own, standing in a folder."""
    command = [sys.executable, str(ROOT / "build.py"), "--content", content, "--output", output, "--no-cache", "--quiet"]
    subprocess.run(command, cwd=folder, env={**os.environ, **environment}, check=True, timeout=60)


def copy_backwards(source: Path, target: Path) -> None:
    """A copy whose files were made from the last to the first, each with another time."""
    for number, path in enumerate(sorted((path for path in source.rglob("*") if path.is_file()), reverse=True)):
        copied = target / path.relative_to(source)
        copied.parent.mkdir(parents=True, exist_ok=True)
        copied.write_bytes(path.read_bytes())
        os.utime(copied, (10**9 + number, 10**9 + number))


@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONHASHSEED": "1", "TZ": "Pacific/Kiritimati", "LC_ALL": "C", "LANG": "C", "PYTHONUTF8": "0"},
        {"PYTHONHASHSEED": "4711", "TZ": "America/Adak", "LC_ALL": "C.UTF-8"},
    ],
    ids=["east", "west"],
)
def test_another_machine_makes_the_same_bytes(tmp_path: Path, cold: Tree, environment: dict[str, str]) -> None:
    copy_backwards(TESTS / "mini", tmp_path / "elsewhere" / "content")
    run_build(tmp_path / "elsewhere", "content", "../site", **environment)
    assert read_tree(tmp_path / "site") == cold


def list_files_backwards(top: Path, **options: object) -> Iterator[tuple[str, list[str], list[str]]]:
    """`os.walk` on a file system that lists names the other way round."""
    for folder, folders, names in WALK(top, **options):
        folders.sort(reverse=True)
        yield folder, folders, sorted(names, reverse=True)


WALK = os.walk


def test_order_of_the_listing_changes_nothing(tmp_path: Path, cold: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dafu.source.os.walk", list_files_backwards)
    build_site(TESTS / "mini", tmp_path / "public")
    assert read_tree(tmp_path / "public") == cold


def make_many(archive: Callable[..., Path], **keys: str) -> Path:
    """A content folder of more letters than one process reads."""
    letters = {f"letters/2020/{9001 + number}.md": make_letter(number=f'"{9001 + number}"', **keys) for number in range(POOL_FROM + 5)}
    about = {"pages/about.md": "---\ntitle: 关于\n---\n\n虚构。\n"}
    return archive(letters | about)


@pytest.fixture
def pools(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The numbers of processes that were asked for."""
    asked: list[int] = []

    def start(jobs: int, **options: object) -> ProcessPoolExecutor:
        asked.append(jobs)
        return ProcessPoolExecutor(jobs, **options)

    monkeypatch.setattr(processes, "ProcessPoolExecutor", start)
    return asked


def test_two_processes_make_the_same_bytes(archive: Callable[..., Path], tmp_path: Path, pools: list[int]) -> None:
    content = make_many(archive)
    assert [build_site(content, tmp_path / f"site{jobs}", jobs=jobs).problems for jobs in (1, 2)] == [(), ()]
    assert pools in ([2], [2, 2])  # for all the work, or for all before the pages, which copies make
    assert read_tree(tmp_path / "site2") == read_tree(tmp_path / "site1")


_COPYING = """
import sys
from dafu.cli import main
from dafu.pool import Pool
hand_down = Pool.hand_down
Pool.hand_down = lambda self, work: (print("handed down", work.__name__), hand_down(self, work))[1]
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere no process is copied")
def test_copies_of_a_process_make_the_same_bytes(archive: Callable[..., Path], tmp_path: Path) -> None:
    content = make_many(archive)
    build_site(content, tmp_path / "one")
    arguments = ["build", "--content", str(content), "--output", str(tmp_path / "copies"), "--no-cache", "--quiet", "--jobs", "2"]
    ended = subprocess.run([sys.executable, "-c", _COPYING, *arguments], cwd=ROOT, capture_output=True, text=True)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "handed down read\nhanded down do\n", "")
    assert read_tree(tmp_path / "copies") == read_tree(tmp_path / "one")


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere no process is copied")
def test_copies_of_a_process_make_the_same_bytes_when_a_letter_changes(archive: Callable[..., Path], tmp_path: Path) -> None:
    content = make_many(archive)
    arguments = ["build.py", "--content", str(content), "--output", str(tmp_path / "copies"), "--quiet", "--jobs", "2"]
    letter = next(iter(sorted(content.glob("letters/*/*.md"))))
    for text in (letter.read_text("utf-8"), make_letter("尊敬的甲乙丙委员：\n\n我局将种树十棵。\n", number=f'"{letter.stem}"', date=f"{letter.parent.name}-05-06")):
        letter.write_text(text, "utf-8")
        assert subprocess.run([sys.executable, *arguments], cwd=ROOT).returncode == 0
    build_site(content, tmp_path / "one")
    assert read_tree(tmp_path / "copies") == read_tree(tmp_path / "one")


def test_two_processes_find_the_same_problems(archive: Callable[..., Path], tmp_path: Path, pools: list[int]) -> None:
    content = make_many(archive, date="2020-13-01", respondet="某某局")
    one, two = (build_site(content, tmp_path / "public", jobs=jobs).problems for jobs in (1, 2))
    assert pools == [2]
    assert len(one) == 2 * (POOL_FROM + 5)
    assert two == one


def test_few_letters_are_read_in_one_process(tmp_path: Path, pools: list[int]) -> None:
    build_site(TESTS / "mini", tmp_path / "public", jobs=2)
    assert pools == []


def test_no_file_tells_the_day_or_the_machine(tmp_path: Path, cold: Tree) -> None:
    build_site(TESTS / "mini", tmp_path / "public")
    today = datetime.date.today()
    days = [today.isoformat(), f"{today:%Y/%m/%d}", f"{today:%Y%m%d}", f"{today.year}年{today.month}月{today.day}日", f"{today.day} {today:%B %Y}"]
    words = [*days, str(tmp_path), str(ROOT), str(TESTS)]
    tree = read_tree(tmp_path / "public")
    assert [(path, word) for path, data in tree.items() for word in words if word.encode() in data] == []
