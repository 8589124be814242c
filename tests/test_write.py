"""The site that readers see is the old one or the new one, whole, whatever happens to the build."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from dafu import exchange, write
from dafu.output import Output
from dafu.problems import SettingsError
from dafu.write import SIGN, stage_site, take_turn
from tests.making import ROOT, build_site, make_letter, read_tree

SITE = [Output("index.html", b"home"), Output("letters/1/index.html", b"one"), Output(SIGN, b'{"name": "dafu"}')]


def write_site(target: Path, outputs: list[Output]) -> int:
    with take_turn(target), stage_site(target) as staging:
        for output in outputs:
            staging.write(output)
        return staging.commit()


def stamps(folder: Path) -> dict[str, tuple[int, int]]:
    """Inode and time of every file."""
    return {str(path): (path.stat().st_ino, path.stat().st_mtime_ns) for path in folder.rglob("*") if path.is_file()}


def test_first_site_is_written_whole(tmp_path: Path) -> None:
    assert write_site(tmp_path / "public", SITE) == 3
    assert read_tree(tmp_path / "public") == {output.path: output.data for output in SITE}


def test_same_site_again_touches_nothing(tmp_path: Path) -> None:
    write_site(tmp_path / "public", SITE)
    before = stamps(tmp_path)
    assert write_site(tmp_path / "public", SITE) == 0
    assert stamps(tmp_path) == before


def test_only_what_differs_gets_new_bytes_and_times(tmp_path: Path) -> None:
    target = tmp_path / "public"
    write_site(target, SITE)
    before = stamps(target)
    assert write_site(target, [Output("index.html", b"other"), *SITE[1:]]) == 1
    after = stamps(target)
    assert {path for path in after if after[path] != before[path]} == {str(target / "index.html")}


@pytest.mark.parametrize("left", [None, b"ha"], ids=["nothing", "half a copy"])
def test_what_a_lost_worker_has_linked_is_linked_again(tmp_path: Path, left: bytes | None) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    for name in ("a", "b/c"):
        (old / name).parent.mkdir(parents=True, exist_ok=True)
        (old / name).write_bytes(b"half a copy")
    write.link_all(str(old), str(new), ["a"])
    if left is not None:
        (new / "a").unlink()
        (new / "a").write_bytes(left)
    write.link_all(str(old), str(new), ["a", "b/c"])
    assert read_tree(new) == read_tree(old)
    assert {path.stat().st_ino for path in new.rglob("?") if path.is_file()} == {path.stat().st_ino for path in old.rglob("?") if path.is_file()}


@pytest.mark.parametrize("size", [1, 2, 5, 6])
def test_files_are_compared_to_their_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    monkeypatch.setattr(write, "COMPARED", size)
    (tmp_path / "file").write_bytes(b"abcde")
    (tmp_path / "empty").write_bytes(b"")
    others = [b"Xbcde", b"abXde", b"abcdX", b"abcd", b"abcdef", b""]
    assert write._has_bytes(str(tmp_path / "file"), b"abcde") and write._has_bytes(str(tmp_path / "empty"), b"")
    assert not any(write._has_bytes(str(tmp_path / "file"), other) for other in others)


def test_strays_go(tmp_path: Path) -> None:
    target = tmp_path / "public"
    write_site(target, SITE)
    (target / "stray" / "deep").mkdir(parents=True)
    (target / "stray" / "deep" / "old.html").write_text("old")
    assert write_site(target, SITE[:1] + SITE[2:]) == 2
    assert set(read_tree(target)) == {"index.html", SIGN}
    assert not (target / "stray").exists()


def test_without_commit_the_old_site_stays(tmp_path: Path) -> None:
    write_site(tmp_path / "public", SITE)
    before = stamps(tmp_path)
    with pytest.raises(RuntimeError), stage_site(tmp_path / "public") as staging:
        staging.write(Output("index.html", b"half"))
        raise RuntimeError
    assert stamps(tmp_path) == before


def test_without_an_exchange_in_one_step_the_site_is_still_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchange, "_exchange", lambda one, other: False)
    write_site(tmp_path / "public", SITE)
    write_site(tmp_path / "public", [Output("index.html", b"new"), SITE[2]])
    assert read_tree(tmp_path) == {"public/index.html": b"new", f"public/{SIGN}": SITE[2].data}


def test_site_set_aside_by_a_killed_build_comes_back(tmp_path: Path) -> None:
    write_site(tmp_path / "public", SITE)
    (tmp_path / "public").rename(tmp_path / ".public.old-1")
    with take_turn(tmp_path / "public"):
        assert set(read_tree(tmp_path / "public")) == {output.path for output in SITE}


def test_folder_of_somebody_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.doc").write_text("years of work")
    with pytest.raises(SettingsError, match="Dafu didn't write"), stage_site(tmp_path):
        pass
    assert (tmp_path / "thesis.doc").read_text() == "years of work"


def test_folder_with_a_data_package_of_somebody_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / SIGN).write_text('{"name": "my-thesis"}')
    with pytest.raises(SettingsError, match="Dafu didn't write"), stage_site(tmp_path):
        pass


def test_folder_under_version_control_is_refused(tmp_path: Path) -> None:
    write_site(tmp_path / "public", SITE)
    (tmp_path / "public" / ".git").mkdir()
    with pytest.raises(SettingsError, match="holds .git"), stage_site(tmp_path / "public"):
        pass


def test_second_rename_that_fails_brings_the_old_site_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_site(tmp_path / "public", SITE)
    monkeypatch.setattr(exchange, "_exchange", lambda one, other: False)
    rename = os.rename

    def fail_at_the_new_one(one: Path, other: Path) -> None:
        if ".new-" in str(one):
            raise OSError("no room")
        rename(one, other)

    monkeypatch.setattr(write.os, "rename", fail_at_the_new_one)
    with pytest.raises(OSError, match="no room"):
        write_site(tmp_path / "public", [Output("index.html", b"new"), SITE[2]])
    assert read_tree(tmp_path) == {f"public/{output.path}": output.data for output in SITE}


def test_site_keeps_its_permissions(tmp_path: Path) -> None:
    write_site(tmp_path / "public", SITE)
    (tmp_path / "public").chmod(0o2775)
    write_site(tmp_path / "public", [Output("index.html", b"new"), SITE[2]])
    assert (tmp_path / "public").stat().st_mode & 0o7777 == 0o2775


def test_folder_of_a_like_name_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / ".public.old-backup").mkdir()
    (tmp_path / ".public.new-4711").mkdir()
    write_site(tmp_path / "public", SITE)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".public.old-backup", "public"]


def test_build_that_waits_reads_its_content_when_its_turn_has_come(tmp_path: Path, archive: Callable[..., Path]) -> None:
    content, output = archive({"letters/2020/9001.md": make_letter()}), tmp_path / "site" / "public"
    with ThreadPoolExecutor() as pool:
        with take_turn(output):
            waiting = pool.submit(build_site, content, output)
            time.sleep(1.5)
            (content / "letters" / "2020" / "9001.md").write_text(make_letter("尊敬的甲乙丙委员：\n\n我局将种树十棵。\n"), "utf-8")
        assert waiting.result().problems == ()
    assert "种树十棵" in (output / "letters" / "2020" / "9001" / "index.txt").read_text("utf-8")


def test_site_set_aside_comes_back_though_the_content_has_problems(tmp_path: Path, archive: Callable[..., Path]) -> None:
    write_site(tmp_path / "site" / "public", SITE)
    (tmp_path / "site" / "public").rename(tmp_path / "site" / ".public.old-1")
    assert build_site(archive({"letters/2020/9001.md": make_letter(date="2020-13-01")}), tmp_path / "site" / "public").problems
    assert set(read_tree(tmp_path / "site" / "public")) == {output.path for output in SITE}


def test_path_outside_the_site_is_a_bug(tmp_path: Path) -> None:
    with stage_site(tmp_path / "public") as staging, pytest.raises(ValueError, match="outside"):
        staging.write(Output("../secret", b""))


def test_two_outputs_for_one_path_are_a_bug(tmp_path: Path) -> None:
    with stage_site(tmp_path / "public") as staging, pytest.raises(ValueError, match="two outputs"):
        staging.write(SITE[0])
        staging.write(SITE[0])


def test_site_behind_a_link_is_replaced_where_it_lies(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "public").symlink_to(tmp_path / "real")
    write_site(tmp_path / "public", SITE)
    assert (tmp_path / "public").is_symlink()
    assert set(read_tree(tmp_path / "real")) == {output.path for output in SITE}


def test_second_build_changes_no_file(tmp_path: Path) -> None:
    build_site(ROOT / "content", tmp_path / "public")
    before = stamps(tmp_path)
    assert build_site(ROOT / "content", tmp_path / "public").changed == 0
    assert stamps(tmp_path) == before


def test_stray_letter_takes_its_pages_along(tmp_path: Path, archive: Callable[..., Path]) -> None:
    content = archive({"letters/2020/9001.md": make_letter(), "letters/2020/9002.md": make_letter(number="9002")})
    build_site(content, tmp_path / "public")
    (content / "letters" / "2020" / "9002.md").unlink()
    build_site(content, tmp_path / "public")
    assert sorted(path.name for path in (tmp_path / "public" / "letters" / "2020").iterdir()) == ["9001"]


KILLER = """
import os, signal, sys
from dafu import exchange, write
at, step = int(sys.argv[3]), 0
def count(call):
    def counted(*arguments, **options):
        global step
        step += 1
        if step == at:
            os.kill(os.getpid(), signal.SIGKILL)
        return call(*arguments, **options)
    return counted
for owner, name in ((write.Place, "put"), (write, "link_or_copy"), (exchange, "_exchange"), (exchange.shutil, "rmtree"), (write.os, "rename")):
    setattr(owner, name, count(getattr(owner, name)))
from dafu.cli import main
code = main(["build", "--content", sys.argv[1], "--output", sys.argv[2], "--no-cache", "--quiet"])
print(step)
sys.exit(code)
"""


def run_killed(content: Path, output: Path, step: int) -> subprocess.CompletedProcess[str]:
    """A build that kills itself (-9) at a step of its writing."""
    return subprocess.run([sys.executable, "-c", KILLER, str(content), str(output), str(step)], cwd=ROOT, capture_output=True, text=True)


@pytest.mark.skipif(os.name != "posix", reason="kill -9 is a thing of POSIX")
def test_killed_build_leaves_the_old_site_or_the_new_one(tmp_path: Path, archive: Callable[..., Path]) -> None:
    """Twenty builds, each killed at another moment: before, in the middle of and after the exchange."""
    content = archive({"letters/2020/9001.md": make_letter()})
    output = tmp_path / "site" / "public"
    build_site(content, output)
    old = read_tree(output)
    (content / "letters" / "2020" / "9001.md").write_text(make_letter("尊敬的甲乙丙委员：\n\n我局将种树十棵。\n"), "utf-8")
    kept = tmp_path / "kept"
    shutil.copytree(output, kept)
    steps = int(run_killed(content, tmp_path / "dry" / "public", 10**9).stdout) + len(old)
    new = read_tree(tmp_path / "dry" / "public")
    assert new != old
    moments = sorted([1, 2, steps - 1, steps, *random.Random(9001).sample(range(3, steps - 1), 16)])
    seen = []
    for moment in moments:
        shutil.rmtree(output.parent)
        shutil.copytree(kept, output)
        killed = run_killed(content, output, moment)
        found = read_tree(output)
        assert found in (old, new), f"neither the old nor the new site after a kill at step {moment}"
        seen.append((killed.returncode, "old" if found == old else "new"))
        build_site(content, output)
        assert read_tree(output) == new
        assert [path.name for path in output.parent.iterdir()] == ["public"]
    assert (-9, "old") in seen and len(seen) == 20
