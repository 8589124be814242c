"""The site before the last one, kept for the next: whatever lies there, the new site is what would have been written without it."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from dafu import exchange, spare, write
from dafu.options import Options
from dafu.output import Output
from dafu.road import build
from dafu.write import SIGN, stage_site, take_turn
from tests.making import build_site, make_letter, read_tree

SITE = [Output(SIGN, b'{"name": "dafu"}'), *(Output(f"letters/{year}/{number}/{name}", f"{number} {name}".encode()) for year in (2019, 2020) for number in range(4) for name in ("index.html", "index.md"))]


@pytest.fixture(autouse=True)
def of_any_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spare, "LEAST_FILES", 1)
    monkeypatch.setattr(spare, "MOST_CHANGED", 0.5)


def write_site(folder: Path, outputs: list[Output], links: dict[str, str] | None = None) -> None:
    """Writes a site, the one before kept beside it; what has the bytes that it had has the file that it had."""
    target = folder / "public"
    before = {str(path): (path.stat().st_ino, path.read_bytes()) for path in target.rglob("*") if path.is_file()}
    with take_turn(target), stage_site(target, folder / "cache" / "spare") as staging:
        for output in outputs:
            staging.write(output)
        for path, leads in (links or {}).items():
            staging.link(path, leads)
        staging.commit()
    assert read_tree(target) == {output.path: output.data for output in outputs}
    assert {str(path): (path.stat().st_ino, data) for path, data in ((target / output.path, output.data) for output in outputs) if before.get(str(path), (0, b""))[1] == data}.items() <= before.items()
    assert all(path.is_symlink() or path.is_file() or any(path.iterdir()) for path in target.rglob("*")), "no folder is empty"
    assert {path.name for path in folder.iterdir()} <= {"public", "cache"}


def change(outputs: list[Output], path: str, data: bytes) -> list[Output]:
    return [Output(path, data), *(output for output in outputs if output.path != path)]


def link_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """Has a site fail that is put together of all its files anew."""
    monkeypatch.delattr(write, "link_all")


def test_what_changed_last_and_what_changes_now_is_put_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = SITE
    write_site(tmp_path, now)
    assert not (tmp_path / "cache").exists(), "there was no site before"
    write_site(tmp_path, now := change(now, "index.html", b"old"))
    link_no_more(monkeypatch)
    for path, data in (("index.html", b"new"), ("letters/2020/1/index.md", b"a"), ("letters/2020/1/index.md", b"b"), ("letters/2021/0/index.html", b"c"), ("index.html", b"newer")):
        before, now = read_tree(tmp_path / "public"), change(now, path, data)
        write_site(tmp_path, now)
        assert read_tree(tmp_path / "cache" / "spare") == before


def test_files_and_folders_that_went_are_in_neither(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_site(tmp_path, SITE)
    write_site(tmp_path, change(SITE, "stray/deep/1.html", b"old"))
    link_no_more(monkeypatch)
    write_site(tmp_path, change(SITE, "index.html", b"new"))
    write_site(tmp_path, change(SITE, "index.html", b"newer"))
    assert set(read_tree(tmp_path / "cache" / "spare")) == set(read_tree(tmp_path / "public"))


def test_links_that_somebody_put_there_are_taken_along(tmp_path: Path) -> None:
    now = SITE
    for number in range(3):
        now = change(now, "index.html", b"%d" % number)
        write_site(tmp_path, now, {"images": "/srv/images", "letters/2020/scan.pdf": f"../{number}.pdf"})
        assert os.readlink(tmp_path / "public" / "letters" / "2020" / "scan.pdf") == f"../{number}.pdf"
    write_site(tmp_path, SITE)
    assert not any(path.is_symlink() for path in (tmp_path / "public").rglob("*"))


def _put_folder(place: Path) -> None:
    place.unlink()
    (place / "in").mkdir(parents=True)
    (place / "in" / "it").write_text("something else")


def _put_file(place: Path) -> None:
    shutil.rmtree(place.parent)
    place.parent.write_text("something else")


def _put_other(place: Path) -> None:
    place.unlink()
    place.write_text("something else")


def _put_copy(place: Path) -> None:
    data = place.read_bytes()
    place.unlink()
    place.write_bytes(data)


def _put_link(place: Path) -> None:
    place.unlink()
    place.symlink_to("index.html")


def _put_link_for_folder(place: Path) -> None:
    shutil.rmtree(place.parent)
    (place.parents[4] / "elsewhere").mkdir()
    (place.parents[4] / "elsewhere" / "precious").write_text("precious")
    place.parent.symlink_to(place.parents[4] / "elsewhere")


def _put_more(place: Path) -> None:
    (place.parent / "more").write_text("more")
    (place.parent / "deep" / "er").mkdir(parents=True)


DAMAGES: list[Callable[[Path], None]] = [Path.unlink, _put_folder, _put_file, _put_other, _put_copy, _put_link, _put_link_for_folder, _put_more]


@pytest.mark.parametrize("damage", DAMAGES)
def test_what_lies_there_is_not_believed(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    folder = tmp_path / "inside"
    folder.mkdir()
    write_site(folder, SITE)
    write_site(folder, change(SITE, "index.html", b"new"))
    damage(folder / "cache" / "spare" / "letters" / "2019" / "2" / "index.md")
    for data in (b"newer", b"newest"):
        write_site(folder, change(SITE, "index.html", data))
    assert set(read_tree(folder / "cache" / "spare")) == set(read_tree(folder / "public"))
    assert not (folder / "elsewhere").exists() or (folder / "elsewhere" / "precious").read_text() == "precious"


@pytest.mark.parametrize("kind", ["file", "link", "link to nothing"])
def test_what_stands_in_its_place_is_no_trouble(tmp_path: Path, kind: str) -> None:
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "a" / "b").mkdir(parents=True)
    (elsewhere / "a" / "b" / "precious").write_text("precious")
    folder = tmp_path / "inside"
    (folder / "cache").mkdir(parents=True)
    place = folder / "cache" / "spare"
    place.write_text("a file") if kind == "file" else place.symlink_to(elsewhere if kind == "link" else folder / "nowhere")
    write_site(folder, SITE)
    write_site(folder, change(SITE, "index.html", b"new"))
    write_site(folder, change(SITE, "index.html", b"newer"))
    assert place.is_dir() and not place.is_symlink()
    assert read_tree(elsewhere) == {"a/b/precious": b"precious"}


def test_where_it_can_be_no_help_all_files_are_linked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_site(tmp_path, SITE)
    write_site(tmp_path, change(SITE, "index.html", b"new"))

    def fail(*_: object) -> None:
        raise PermissionError

    for name in ("_put", "_scan", "_move_inside"):
        with monkeypatch.context() as patch:
            patch.setattr(spare, name, fail)
            write_site(tmp_path, change(SITE, "index.html", name.encode()))
    write_site(tmp_path, change(SITE, "index.html", b"newer"))
    assert (tmp_path / "cache" / "spare").is_dir(), "the old site is kept again"


def test_where_files_have_no_second_names_nothing_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError

    write_site(tmp_path, SITE)
    monkeypatch.setattr(os, "link", fail)
    for data in (b"1", b"2"):
        with take_turn(tmp_path / "public"), stage_site(tmp_path / "public", tmp_path / "cache" / "spare") as staging:
            for output in change(SITE, "index.html", data):
                staging.write(output)
            staging.commit()
        assert read_tree(tmp_path / "public") == {output.path: output.data for output in change(SITE, "index.html", data)}
        assert not (tmp_path / "cache").exists()


def test_folders_are_as_new_ones_would_be(tmp_path: Path) -> None:
    folders = ("letters", "letters/2019", "letters/2019/2")
    for number, mask in enumerate((0o077, 0o077, 0o022, 0o022)):
        before = os.umask(mask)
        try:
            write_site(tmp_path, change(SITE, "index.html", b"%d" % number))
        finally:
            os.umask(before)
    assert {(tmp_path / "public" / folder).stat().st_mode & 0o777 for folder in folders} == {0o755}


def test_who_has_the_old_site_open_sees_that_it_is_there_no_more(tmp_path: Path) -> None:
    for number in range(4):
        write_site(tmp_path, change(SITE, "index.html", b"%d" % number))
        held = os.open(tmp_path / "public", os.O_RDONLY)
        write_site(tmp_path, change(SITE, "index.html", b"%d!" % number))
        assert os.listdir(held) == []
        os.close(held)


def test_what_a_killed_build_has_brought_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for data in (b"1", b"2"):
        write_site(tmp_path, change(SITE, "index.html", data))
    for name in ("flush", "swap", "remove"):
        monkeypatch.setattr(write, name, lambda *_: None)
    with stage_site(tmp_path / "public", tmp_path / "cache" / "spare") as staging:
        for output in change(SITE, "index.html", b"3"):
            staging.write(output)
        staging.commit()
    assert {path.name for path in tmp_path.iterdir() if path.name.startswith(".")} == {f".public.new-{os.getpid()}", f".public.new-{os.getpid()}-whole"}
    monkeypatch.undo()
    monkeypatch.setattr(spare, "LEAST_FILES", 1)
    write_site(tmp_path, change(SITE, "index.html", b"4"))


def test_what_was_kept_of_a_site_that_went_is_removed(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    for name in ("one", "other"):
        target = tmp_path / name / "public"
        for data in (b"1", b"2"):
            with take_turn(target), stage_site(target, cache / f"{name}.site") as staging:
                for output in change(SITE, "index.html", data):
                    staging.write(output)
                staging.commit()
        assert {path.name for path in cache.iterdir()} == {f"{name}.site", f"{name}.place"}
        shutil.rmtree(target)


def test_where_the_site_stands_is_not_noted_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "cache").mkdir()
    precious = tmp_path / "cache" / "precious"
    precious.write_text("precious")
    (tmp_path / "cache" / "spare.place").symlink_to(precious)
    for data in (b"1", b"2"):
        write_site(tmp_path, change(SITE, "index.html", data))
    assert precious.read_text() == "precious"
    assert (tmp_path / "cache" / "spare.place").read_bytes() == os.fsencode(tmp_path / "public")


def test_a_file_that_went_meanwhile_is_missed(tmp_path: Path) -> None:
    target = tmp_path / "public"
    write_site(tmp_path, SITE)
    write_site(tmp_path, change(SITE, "index.html", b"new"))
    before = read_tree(target)
    with take_turn(target), stage_site(target, tmp_path / "cache" / "spare") as staging:
        for output in change(SITE, "index.html", b"newer"):
            staging.write(output)
        (target / "letters" / "2019" / "2" / "index.md").unlink()
        with pytest.raises(FileNotFoundError):
            staging.commit()
    assert read_tree(target) == {path: data for path, data in before.items() if path != "letters/2019/2/index.md"}


def test_where_much_changes_nothing_is_kept(tmp_path: Path) -> None:
    write_site(tmp_path, SITE)
    write_site(tmp_path, change(SITE, "index.html", b"new"))
    assert (tmp_path / "cache" / "spare").exists()
    write_site(tmp_path, [SITE[0], *(Output(output.path, output.data + b"!") for output in SITE[1:])])
    assert not (tmp_path / "cache" / "spare").exists()


def test_without_an_exchange_in_one_step_it_is_kept_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchange, "_exchange", lambda one, other: False)
    for data in (b"1", b"2", b"3", b"4"):
        write_site(tmp_path, change(SITE, "index.html", data))
    assert read_tree(tmp_path / "cache" / "spare")["index.html"] == b"3"


@pytest.mark.parametrize("seed", range(3))
def test_any_row_of_changes(tmp_path: Path, seed: int) -> None:
    chance, now = random.Random(seed), SITE
    for _ in range(12):
        for _ in range(chance.randrange(3)):
            name = chance.choice(["index.html", "letters/2020/1/index.md", f"letters/{chance.randrange(2018, 2022)}/{chance.randrange(3)}/index.html", "a/b", "a/b/c/d", "a/b/c/e"])
            now = [output for output in now if not output.path.startswith(f"{name}/") and not name.startswith(f"{output.path}/") and output.path != name]
            now += [Output(name, chance.randbytes(2))] if chance.random() < 0.7 else []
        write_site(tmp_path, now)


def test_a_build_keeps_the_site_before_and_makes_the_same_bytes(tmp_path: Path, archive: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spare, "MOST_CHANGED", 100)
    for number, words in enumerate(("一", "二", "三", "二")):
        letters = {f"letters/2020/{name}.md": make_letter(f"尊敬的委员：\n\n我局修建了{words if name == 9001 else '零'}座桥。\n\n某某局\n", number=f'"{name}"') for name in (9001, 9002)}
        content = archive(letters)
        with monkeypatch.context() as patch:
            if number > 1:
                link_no_more(patch)
            build(Options(content=content, output=tmp_path / "public", quiet=True))
        build_site(content, tmp_path / "clean")
        assert "letters/2020/9001/index.html" in read_tree(tmp_path / "public") == read_tree(tmp_path / "clean")
        assert any((tmp_path / ".cache" / "made").glob("*.site/letters/2020/9001/index.html")) == (number > 0)
