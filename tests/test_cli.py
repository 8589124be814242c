"""The command: what it prints, what it leaves, with which status it ends."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from dafu.cli import main
from tests.making import ROOT, make_letter, read_tree

Archive = Callable[..., Path]


def run(*arguments: object) -> int:
    return main([str(argument) for argument in arguments])


@pytest.fixture
def healthy(archive: Archive) -> Path:
    return archive({"letters/2020/9001.md": make_letter()})


def test_build_writes_and_sums_up(healthy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--content", healthy, "--output", tmp_path / "out") == 0
    assert (tmp_path / "out" / "letters" / "2020" / "9001" / "index.html").is_file()
    summary = capsys.readouterr().out
    assert summary.startswith("1 letter, ") and "files changed in" in summary and summary.endswith("seconds.\n")


def test_check_writes_nothing(healthy: Path, tmp_path: Path) -> None:
    before = read_tree(tmp_path)
    assert run("check", "--content", healthy, "--output", tmp_path / "out", "--no-cache") == 0
    assert read_tree(tmp_path) == before


def test_options_may_stand_before_the_command(healthy: Path, tmp_path: Path) -> None:
    assert run("--content", healthy, "--output", tmp_path / "out", "check") == 0
    assert not (tmp_path / "out").exists()


def test_quiet_says_nothing(healthy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("build", "--quiet", "--content", healthy, "--output", tmp_path / "out") == 0
    assert capsys.readouterr() == ("", "")


def test_problem_stops_the_build_and_names_file_and_line(archive: Archive, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    content = archive({"letters/2020/9001.md": make_letter(date="2020-13-01")})
    assert run("--content", content, "--output", tmp_path / "out") == 1
    shown = capsys.readouterr().err.splitlines()
    assert shown[0].endswith('letters/2020/9001.md:7:7: date "2020-13-01" is not a calendar day (month 13). Write YYYY-MM-DD, as on the letter. [date-invalid]')
    assert shown[-1] == "1 problem in 1 file. Nothing was written."
    assert not (tmp_path / "out").exists()


def test_problems_as_json_lines(archive: Archive, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    content = archive({"letters/2020/9001.md": make_letter(topics="[tree]", kind="petition")})
    assert run("check", "--format", "json", "--content", content, "--output", tmp_path / "out") == 1
    problems = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(problem["line"], problem["code"], problem["value"]) for problem in problems] == [(4, "value-choice", "petition"), (8, "slug-unknown", "tree")]


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["--jobs", "0"], "--jobs"),
        (["--base-url", "ftp://x"], "--base-url"),
        (["--format", "xml"], "--format"),
        (["paint"], "paint"),
        (["--colour"], "--colour"),
        (["serve", "--port", "x"], "--port"),
    ],
)
def test_wrong_usage_ends_with_2(arguments: list[str], word: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        run(*arguments)
    assert end.value.code == 2
    assert word in capsys.readouterr().err


def test_missing_content_ends_with_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--content", tmp_path / "nowhere", "--output", tmp_path / "out") == 2
    assert "there is no such folder" in capsys.readouterr().err


def test_output_inside_the_content_ends_with_2(healthy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--content", healthy, "--output", healthy / "public") == 2
    assert "can't lie in one another" in capsys.readouterr().err


def test_output_that_cannot_be_written_ends_with_2(healthy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("")
    assert run("--content", healthy, "--output", tmp_path / "file" / "out") == 2
    assert capsys.readouterr().err.startswith("build.py: ")


def test_interrupted_build_ends_with_130(healthy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("dafu.write.Staging.commit", interrupt)
    assert run("--content", healthy, "--output", tmp_path / "out") == 130
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("command", ["build", "check", "serve"])
def test_help_of_every_command_has_an_example(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        run(command, "--help")
    assert end.value.code == 0
    assert f"Example: python build.py {command}" in capsys.readouterr().out


def test_base_url_reaches_canonical_links_only(healthy: Path, tmp_path: Path) -> None:
    run("--content", healthy, "--output", tmp_path / "a", "--base-url", "https://a.example/some/path")
    page = (tmp_path / "a" / "letters" / "2020" / "9001" / "index.html").read_text("utf-8")
    assert '<link rel="canonical" href="https://a.example/some/path/letters/2020/9001/">' in page
    assert 'href="../../../letters/"' in page
    assert 'href="/some/path/letters/"' in (tmp_path / "a" / "404.html").read_text("utf-8")


def test_door_says_what_is_missing_where_nothing_is_installed(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-I", "-S", str(ROOT / "build.py")], cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, "Traceback" in done.stderr) == (2, False)
    assert "pip install" in done.stderr


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "gbk"])
def test_any_terminal_can_show_problems(archive: Archive, tmp_path: Path, encoding: str) -> None:
    content = archive({"letters/2020/9001.md": make_letter(kind="𠮷")})
    command = [sys.executable, "build.py", "check", "--content", str(content), "--output", str(tmp_path / "出")]
    environment = {**os.environ, "PYTHONIOENCODING": encoding}
    for form in ("text", "json"):
        done = subprocess.run([*command, "--format", form], cwd=ROOT, capture_output=True, env=environment)
        assert (done.returncode, b"Traceback" in done.stderr) == (1, False)
    assert json.loads(done.stdout)["value"] == "𠮷"


def test_serve_without_content_ends_with_2(tmp_path: Path) -> None:
    assert run("serve", "--content", tmp_path / "nowhere", "--output", tmp_path / "out", "--port", "0") == 2


INTERRUPTED_EARLY = """
import os, runpy, signal, sys
def strike(frame, event, _):
    if event == "call" and frame.f_code.co_name == "__set_name__" and frame.f_globals["__name__"] == "dataclasses":
        sys.setprofile(None)
        os.kill(os.getpid(), signal.SIGINT)
signal.signal(signal.SIGINT, signal.default_int_handler)  # what runs in the background doesn't hear of it otherwise
sys.setprofile(strike)
sys.argv = ["build.py", "--help"]
runpy.run_path("build.py", run_name="__main__")
"""


@pytest.mark.skipif(os.name != "posix", reason="signals are a thing of POSIX")
def test_interrupt_while_the_program_is_being_read_ends_it_without_a_traceback() -> None:
    ended = subprocess.run([sys.executable, "-c", INTERRUPTED_EARLY], cwd=ROOT, capture_output=True, text=True)
    assert (ended.returncode, ended.stdout, ended.stderr) == (130, "", "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no disk that is always full")
def test_what_cannot_be_said_is_no_success() -> None:
    with open("/dev/full", "w") as full:
        ended = subprocess.run([sys.executable, "-c", "from dafu.heap import leave; print(9); leave(0)"], cwd=ROOT, env=os.environ | {"PYTHONUNBUFFERED": ""}, stdout=full, stderr=subprocess.PIPE, text=True)
    assert (ended.returncode, ended.stderr) == (2, "build.py: what was said can't be written: No space left on device.\n")


@pytest.mark.skipif(os.name != "posix", reason="a shell closes it")
def test_a_build_needs_nobody_to_talk_to(tmp_path: Path) -> None:
    command = f"exec {shlex.quote(sys.executable)} build.py --quiet --output {shlex.quote(str(tmp_path / 'public'))} >&- 2>&-"
    assert subprocess.run(["sh", "-c", command], cwd=ROOT).returncode == 0
