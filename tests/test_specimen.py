"""One letter with everything wrong: the whole list of problems, line by line as an editor reads it."""

from __future__ import annotations

from pathlib import Path

import pytest

from dafu.cli import PROBLEMS, main

SPECIMEN = Path(__file__).parent / "cases" / "broken"


def test_specimen_shows_every_problem_in_one_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(SPECIMEN / "content")
    status = main(["build", "--content", ".", "--output", str(tmp_path / "public"), "--jobs", "1", "--no-cache"])
    *problems, _ = capsys.readouterr().err.splitlines()
    assert problems == (SPECIMEN / "expected.txt").read_text("utf-8").splitlines()
    assert (status, (tmp_path / "public").exists()) == (PROBLEMS, False)


def test_closing_line_counts_the_problems(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(SPECIMEN / "content")
    main(["check", "--content", ".", "--output", str(tmp_path / "public"), "--jobs", "1", "--no-cache"])
    count = len((SPECIMEN / "expected.txt").read_text("utf-8").splitlines())
    assert capsys.readouterr().err.splitlines()[-1] == f"{count} problems in 1 file. Nothing was written."
