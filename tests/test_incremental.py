"""A build after another: whatever has changed, the site is that of a cold build; where nothing has, no file is touched."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from dafu import road, seal
from dafu.problems import SettingsError
from dafu.road import Options, Result, build
from dafu.source import list_content
from tests.making import ROOT, TESTS, build_site, read_tree


def build_again(content: Path, **options: object) -> Result:
    """Builds with the cache beside the content, onto the site that lies there."""
    result = build(Options(content=content, output=content.parent / "public", quiet=True, **options))
    assert result.problems == ()
    return result


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of tests/mini that has been built; tests take copies of its folder."""
    folder = tmp_path_factory.mktemp("built")
    shutil.copytree(TESTS / "mini", folder / "content")
    build_again(folder / "content")
    return folder


@pytest.fixture
def content(built: Path, tmp_path: Path) -> Path:
    """The same with its site and its cache; the site is sealed in its new place."""
    shutil.copytree(built, tmp_path, dirs_exist_ok=True)
    build_again(tmp_path / "content")
    return tmp_path / "content"


def replace_in(file: str, old: str, new: str) -> Callable[[Path], None]:
    def change(content: Path) -> None:
        text = (content / file).read_text("utf-8")
        assert old in text
        (content / file).write_text(text.replace(old, new), "utf-8")

    return change


def drop_letter(content: Path) -> None:
    """A letter that no other leans on becomes a draft."""
    (content / "permalinks.txt").unlink()
    letter = content / "letters" / "undated" / "9003.md"
    letter.write_text(letter.read_text("utf-8").replace("---\n", "---\ndraft: true\n", 1), "utf-8")


CHANGES: dict[str, Callable[[Path], None]] = {
    "a letter's words": replace_in("letters/2019/9006.md", "尊敬的李滔委员", "尊敬的李滔委员及各位代表"),
    "a letter's title": replace_in("letters/2019/9006.md", "title: ", "title: 再"),
    "a topic": replace_in("topics.yml", "name: ", "name: 新"),
    "a unit": replace_in("units.yml", "name: ", "name: 新"),
    "a session": replace_in("sessions.yml", "name: 某区政协九届一次会议", "name: 某区政协第九届一次会议"),
    "an indicator": replace_in("indicators.yml", "name: ", "name: 新"),
    "a thread": replace_in("threads/star-bridge-park.md", "title: ", "title: 新"),
    "a page": replace_in("pages/about.md", "title: ", "title: 新"),
    "site.yml: title": replace_in("site.yml", "title: ", "title: 新"),
    "site.yml: size of pages": replace_in("site.yml", "page_size: ", "page_size: 1"),
    "a letter becomes a draft": drop_letter,
}


@pytest.mark.parametrize("name", CHANGES)
def test_whatever_changes_the_site_is_that_of_a_cold_build(content: Path, name: str) -> None:
    before = read_tree(content.parent / "public")
    CHANGES[name](content)
    build_again(content)
    assert build_site(content, content.parent / "cold").problems == ()
    after = read_tree(content.parent / "public")
    assert after == read_tree(content.parent / "cold") and after != before


def test_another_address_is_another_site(content: Path) -> None:
    build_again(content, base_url="https://other.example.org/x/")
    build_site(content, content.parent / "cold", base_url="https://other.example.org/x/")
    assert read_tree(content.parent / "public") == read_tree(content.parent / "cold")


def make_nothing(*_: object, **__: object) -> None:
    raise AssertionError("the site is made again")


def test_where_nothing_has_changed_nothing_is_made_or_touched(content: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site = content.parent / "public"
    first = build_again(content)
    times = {path: path.stat() for path in site.rglob("*")}
    monkeypatch.setattr(road, "read_archive", make_nothing)
    again = build_again(content)
    assert {path: path.stat() for path in site.rglob("*")} == times
    assert (again.changed, again.files, again.letters, again.pages, again.size_bytes, again.permalinks) == (0, first.files, first.letters, first.pages, first.size_bytes, first.permalinks)


def damage(file: Path) -> None:
    """Other bytes, as many, with the old times."""
    found, data = file.stat(), file.read_bytes()
    file.write_bytes(bytes([data[0] ^ 1]) + data[1:])
    os.utime(file, ns=(found.st_atime_ns, found.st_mtime_ns))


@pytest.mark.parametrize("change", [damage, lambda path: path.write_bytes(path.read_bytes() + b"\n"), lambda path: (path.rename(f"{path}.old"), path.write_bytes(Path(f"{path}.old").read_bytes()), Path(f"{path}.old").unlink())])
def test_content_that_changes_while_its_site_is_made_is_read_again(content: Path, monkeypatch: pytest.MonkeyPatch, change: Callable[[Path], object]) -> None:
    """Whatever times a program gives it: the site that lies there may be of other words than the content."""
    build_again(content)
    topic = content / "topics.yml"
    topic.write_text(topic.read_text("utf-8") + "# \n", "utf-8")
    read = road.read_archive
    monkeypatch.setattr(road, "read_archive", lambda *given: (read(*given), change(topic))[0])
    build_again(content)
    monkeypatch.setattr(road, "read_archive", make_nothing)
    with pytest.raises(AssertionError, match="made again"):
        build_again(content)


LOOKS = """
from pathlib import Path
from dafu.seal import _digest_outputs
site = Path({site!r})
def look():
    one, two = (_digest_outputs(site, jobs) for jobs in (1, 2))
    assert one == two
    return one
before = look()
path = next(path for path in sorted(site.rglob("*")) if path.is_file() and len(path.relative_to(site).parts) == {depth})
path.write_bytes(path.read_bytes())
assert look() != before
"""
"""Whether several processes see of a site what one sees, and whether they see that a file was written."""


@pytest.mark.parametrize("depth", [1, 2, 3, 4])
def test_several_processes_see_of_a_site_what_one_sees(content: Path, depth: int) -> None:
    build_again(content)
    subprocess.run([sys.executable, "-c", LOOKS.format(site=str(content.parent / "public"), depth=depth)], check=True, cwd=ROOT)


def test_a_process_that_is_killed_while_it_looks_at_the_site_is_no_trouble(content: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> str:
        raise SettingsError("A process was killed.")

    wanted = read_tree(content.parent / "public")
    (content / "topics.yml").write_text((content / "topics.yml").read_text("utf-8") + "# \n", "utf-8")
    with monkeypatch.context() as killed:
        killed.setattr("dafu.seal._digest_outputs", fail)
        build_again(content)
    with monkeypatch.context() as unsealed:
        unsealed.setattr(road, "read_archive", make_nothing)
        with pytest.raises(AssertionError, match="made again"):
            build_again(content)
    build_again(content)
    assert read_tree(content.parent / "public") == wanted


def test_several_processes_read_of_the_content_what_one_reads(content: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = seal._list_files(list_content(content))

    def digest(jobs: int, most: int) -> str | None:
        monkeypatch.setattr(seal, "MANY_READ", most)
        return seal._digest_inputs("program", (), (), files, jobs)

    before = digest(1, len(files) + 1)
    assert before is not None and {digest(1, 1), digest(2, 1)} == {before}
    (content / "topics.yml").write_text((content / "topics.yml").read_text("utf-8") + "# \n", "utf-8")
    assert digest(2, 1) == digest(1, len(files) + 1) != before
    (content / "topics.yml").unlink()
    assert digest(2, 1) is None and digest(1, len(files) + 1) is None


def test_a_list_of_permalinks_longer_than_a_letter_may_be_is_read(content: Path) -> None:
    (content / "permalinks.txt").write_text("2026-01-01 letters/\n" * 150_000, "utf-8")
    assert seal._digest_inputs("program", (), (), seal._list_files(list_content(content)), 1) is not None


def test_a_process_that_is_killed_while_it_reads_the_content_is_no_trouble(content: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> str:
        raise SettingsError("A process was killed.")

    wanted = read_tree(content.parent / "public")
    (content.parent / "public" / "index.html").write_text("damaged")
    monkeypatch.setattr("dafu.seal._digest_inputs", fail)
    build_again(content)
    assert read_tree(content.parent / "public") == wanted


DAMAGES: dict[str, Callable[[Path], object]] = {
    "bytes": lambda site: damage(site / "index.html"),
    "a file gone": lambda site: (site / "search" / "index.html").unlink(),
    "a foreign file": lambda site: (site / "topics" / "foreign.txt").write_text("?"),
    "a link in a file's place": lambda site: ((site / "feed.xml").unlink(), (site / "feed.xml").symlink_to("feed.json")),
    "all gone": shutil.rmtree,
}


@pytest.mark.parametrize("name", DAMAGES)
def test_what_somebody_did_to_the_site_is_mended(content: Path, name: str) -> None:
    site = content.parent / "public"
    wanted = read_tree(site)
    DAMAGES[name](site)
    build_again(content)
    assert read_tree(site) == wanted and not (site / "feed.xml").is_symlink()


@pytest.mark.parametrize("spoil", [lambda path: path.write_bytes(path.read_bytes()[:-1]), lambda path: path.write_bytes(b""), lambda path: path.unlink()])
def test_a_damaged_seal_is_none(content: Path, spoil: Callable[[Path], None]) -> None:
    seals = [path for path in (content.parent / ".cache" / "seals").rglob("*") if path.is_file()]
    assert seals
    for seal in seals:
        spoil(seal)
    damage(content.parent / "public" / "index.html")
    build_again(content)
    assert build_site(content, content.parent / "cold").problems == ()
    assert read_tree(content.parent / "public") == read_tree(content.parent / "cold")


def run_program(program: Path, content: Path, output: Path, *options: str) -> dict[str, bytes]:
    subprocess.run([sys.executable, str(program / "build.py"), "--content", str(content), "--output", str(output), "--quiet", *options], check=True, env={**os.environ, "PYTHONPATH": str(program)})
    return read_tree(output)


def test_another_program_makes_another_site(tmp_path: Path) -> None:
    """A template, a style, words of the interface, and the code itself."""
    program, content = tmp_path / "program", Path(shutil.copytree(TESTS / "mini", tmp_path / "content"))
    for name in ("dafu", "templates", "static"):
        shutil.copytree(ROOT / name, program / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "build.py", program)
    before = run_program(program, content, tmp_path / "public")
    for file, old, new in (("templates/pages/letter.html", "<h1", '<h1 class="new"'), ("static/css/site.css", "body", ".new, body"), ("templates/words/zh-Hans.yml", "nav.data: ", "nav.data: 新"), ("dafu/feeds.py", "FEED_LENGTH = 50", "FEED_LENGTH = 3")):
        text = (program / file).read_text("utf-8")
        assert old in text
        (program / file).write_text(text.replace(old, new, 1), "utf-8")
        after = run_program(program, content, tmp_path / "public")
        assert after != before
        before = after
    assert before == run_program(program, content, tmp_path / "cold", "--no-cache")
