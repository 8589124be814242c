"""The runner of builds: what it counts, what it compares, what it shows."""

from __future__ import annotations

import sys
import xml.etree.ElementTree as ElementTree
from argparse import Namespace
from pathlib import Path

import pytest

from bench.build import Bench, compare, copy_program, edited, read_manifest
from bench.letters import read_sentences, write_archive
from bench.peers import copy_letter, write_hugo
from bench.plot import make_axis, make_plot
from bench.results import COLD, HUGO, LETTER, PAGEFIND, UNCHANGED, Change, Measured, Results, make_growth_table, make_steps_table, read_results, write_results
from bench.watching import Spent, watch

FAMILY = """
import subprocess, sys, time
held = bytearray(60 << 20)
if len(sys.argv) > 1:
    time.sleep(0.6)
else:
    subprocess.run([sys.executable, __file__, "child"], check=True)
"""


def make_measured(letters: int, *, with_pagefind: bool = True) -> Measured:
    def cost(factor: float) -> tuple[Spent, ...]:
        return tuple(Spent(letters * factor * run, letters * factor, 100.0, 150.0) for run in (1, 3, 2))

    spent = {COLD: cost(0.02), UNCHANGED: cost(0.01), LETTER: cost(0.012), HUGO: cost(0.001)} | ({PAGEFIND: cost(0.019)} if with_pagefind else {})
    return Measured(letters=letters, text_bytes=letters * 10_000, files=letters * 9, size_bytes=letters * 200_000, changes={LETTER: Change(12, 2_500_000, 0)}, spent=spent)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_memory_of_a_command_is_that_of_all_its_processes(tmp_path: Path) -> None:
    script = tmp_path / "family.py"
    script.write_text(FAMILY)
    spent = watch([sys.executable, script])
    assert 60 < spent.largest_mb < 110
    assert 120 < spent.together_mb < 220
    assert 0.6 < spent.seconds < 60


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_command_that_fails_ends_the_measurement_with_what_it_said() -> None:
    with pytest.raises(SystemExit, match="no such thing"):
        watch([sys.executable, "-c", "import sys; sys.exit('no such thing')"])


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_peer_that_fails_is_left_out_and_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bench = Bench(tmp_path, 9, Namespace())
    bench.run_peer(PAGEFIND, [sys.executable, "-c", "import sys; sys.exit('no memory')"])
    bench.run_peer(HUGO, [sys.executable, "-c", ""])
    assert (len(bench.spent[PAGEFIND]), len(bench.spent[HUGO])) == (0, 1)
    assert "no memory" in capsys.readouterr().err


def test_change_counts_what_came_went_and_differs(tmp_path: Path) -> None:
    for name, text in (("same.html", "a"), ("other.html", "b"), ("gone.html", "c"), ("data/letters.json", "d")):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    before = read_manifest(tmp_path)
    (tmp_path / "other.html").write_text("bb")
    (tmp_path / "new.html").write_text("eee")
    (tmp_path / "data" / "letters.json").write_text("dddd")
    (tmp_path / "gone.html").unlink()
    assert compare(before, read_manifest(tmp_path)) == Change(files=3, size_bytes=5, data_bytes=4)


def test_edited_file_is_put_back(tmp_path: Path) -> None:
    path = tmp_path / "letter.md"
    path.write_text("一二", "utf-8")
    with edited(path, "一", "三"):
        assert path.read_text("utf-8") == "三二"
    assert path.read_text("utf-8") == "一二"


def test_copy_of_the_program_builds_with_its_own_templates(tmp_path: Path) -> None:
    copy_program(tmp_path / "program")
    write_archive(tmp_path / "content", 1, read_sentences(None))
    with edited(tmp_path / "program" / "templates" / "parts" / "rows.html", "</footer>", "<p>改</p></footer>"):
        watch([sys.executable, tmp_path / "program" / "build.py", "--content", tmp_path / "content", "--output", tmp_path / "public", "--quiet"])
    assert "<p>改</p></footer>" in (tmp_path / "public" / "index.html").read_text("utf-8")


def test_hugo_gets_every_letter_with_its_terms(tmp_path: Path) -> None:
    write_archive(tmp_path / "content", 3, read_sentences(None))
    write_hugo(tmp_path / "content", tmp_path / "hugo")
    letter = tmp_path / "content" / "letters" / "2005" / "20059001.md"
    copy = tmp_path / "hugo" / "content" / "letters" / "2005" / "20059001.md"
    assert {path.name for path in tmp_path.glob("hugo/content/letters/*/*.md")} == {path.name for path in tmp_path.glob("content/letters/*/*.md")}
    first = copy.read_text("utf-8")
    assert all(f"\n{line}" in first for line in ('years: ["2005"]', 'respondents: ["青岚区', "sessions: [", "form: "))
    assert "\nkind:" not in first
    with edited(letter, "我局高度重视", "我局十分重视"):
        copy_letter(tmp_path / "content", tmp_path / "hugo", letter)
    assert copy.read_text("utf-8") == first.replace("我局高度重视", "我局十分重视")


def test_results_come_back_as_they_were_kept(tmp_path: Path) -> None:
    results = Results(machine="2 cores", command="python -m bench.build", archives=(make_measured(100), make_measured(1000, with_pagefind=False)))
    write_results(results, tmp_path / "results.json")
    assert read_results(tmp_path / "results.json") == results


def test_tables_show_medians_and_ratios() -> None:
    steps = make_steps_table(make_measured(100)).splitlines()
    assert steps[2:4] == ["| cold | 4.0 | 1.00 | 40.00 | 2.0 | 100 | 150 |", "| unchanged | 2.0 | 0.50 | 20.00 | 1.0 | 100 | 150 |"]
    growth = make_growth_table([make_measured(100), make_measured(1000, with_pagefind=False)]).splitlines()
    assert {
        "| cold, ms a letter | 40.00 | 40.00 |",
        "| Pagefind on Hugo's site, ms a letter | 38.00 | – |",
        "| cold, of Hugo's seconds | 20.00 | 20.00 |",
        "| cold, of Hugo's and Pagefind's seconds | 1.00 | – |",
        "| one letter changed: files and MB that change, apart from `data/` | 12, 2.50 | 12, 2.50 |",
    } <= set(growth)


def test_axis_runs_from_one_power_of_ten_to_another() -> None:
    axis = make_axis([20, 3000], 0, 300)
    assert axis.ticks == [1, 2, 3, 4]
    assert [round(axis.place(value)) for value in (10, 100, 10_000)] == [0, 100, 300]


@pytest.mark.parametrize("counts", [(100,), (100, 1000, 100_000)])
def test_plot_is_a_picture_with_a_line_for_each_step(counts: tuple[int, ...]) -> None:
    root = ElementTree.fromstring(make_plot([make_measured(count, with_pagefind=count < 10_000) for count in counts]))
    lines = root.findall("{http://www.w3.org/2000/svg}polyline")
    assert [len(line.get("points", "").split()) for line in lines] == [len(counts)] * 4 + [sum(count < 10_000 for count in counts)] + [len(counts)] * 2 + [sum(count < 10_000 for count in counts)]
