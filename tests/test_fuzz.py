"""A short run of the fuzz, the same at every time; `python -m bench.fuzz` runs longer and elsewhere. And the fuzz itself: what fails is seen, kept and told."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import strategies as st

from bench.fuzz import Fuzz, make_table, prepared
from bench.fuzz_trials import TRIALS, Trial

COUNTS = {"letters, mutated": 400, "letters, made": 200, "settings, threads, pages": 400, "YAML": 300, "Markdown": 500, "queries": 200, "import: text and pages": 200, "import: Word": 100, "import: PDF": 200, "whole sites": 3}


def read_kept(found: Path) -> list[str]:
    """What the fuzz tells of the inputs that it kept."""
    return [path.read_text("utf-8") for path in sorted(found.glob("*.trace"))]


@pytest.mark.parametrize("trial", TRIALS, ids=lambda trial: trial.kind)
def test_nothing_crashes_or_hangs(trial: Trial, tmp_path: Path) -> None:
    with prepared(tmp_path) as fuzz:
        fuzz.try_batch(trial, COUNTS[trial.kind], 9001)
    assert read_kept(tmp_path) == []
    assert fuzz.tallies[trial.kind].tried >= COUNTS[trial.kind] // 2


def run_trial(run: Callable[[str], object], found: Path) -> Fuzz:
    with prepared(found) as fuzz:
        fuzz.try_batch(Trial("a kind", 1, lambda: st.just("甲"), run), 1, 9001)
    return fuzz


def test_a_crash_is_kept_with_its_input(tmp_path: Path) -> None:
    fuzz = run_trial(lambda value: [][0], tmp_path)
    (kept,) = read_kept(tmp_path)
    assert "IndexError" in kept and [path.read_text("utf-8") for path in tmp_path.iterdir() if not path.suffix] == ["甲"]
    assert (fuzz.tallies["a kind"].crashes, fuzz.tallies["a kind"].hangs) == (1, 0) and "IndexError" in make_table(fuzz)


def test_a_hang_is_interrupted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bench.fuzz.HANG_S", 0.2)

    until = time.process_time() + 30

    def hang(value: str) -> None:
        try:
            while time.process_time() < until:
                pass
        except Exception:
            raise AssertionError("it was swallowed") from None

    fuzz = run_trial(hang, tmp_path)
    assert (fuzz.tallies["a kind"].crashes, fuzz.tallies["a kind"].hangs) == (0, 1) and "hang" in read_kept(tmp_path)[0]
