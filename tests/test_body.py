"""Bodies as blocks, contents and faults, by the cases of body.yml."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from dafu.body import Block, Run, make_contents, parse_body

CASES: dict[str, list[dict[str, Any]]] = yaml.safe_load((Path(__file__).parent / "cases" / "body.yml").read_text("utf-8"))


def cases(part: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("case", CASES[part], ids=lambda case: case["title"])


def show_run(run: Run) -> str:
    text = f"<{run.text}>" if run.href else run.text
    return f"«{text}»" if run.strong else text


def show_block(block: Block) -> str:
    """A block as body.yml writes it."""
    words = "\n".join("\t".join("".join(map(show_run, cell)) for cell in row) for row in block.cells)
    return " ".join([block.anchor, *([str(block.level)] if block.kind == "heading" else []), words])


@cases("blocks")
def test_blocks_of_a_body(case: dict[str, Any]) -> None:
    assert [show_block(block) for block in parse_body(case["input"], frozenset(case.get("retired", ()))).blocks] == case["expected"]


@cases("blocks")
def test_runs_are_slices_of_the_plain_text(case: dict[str, Any]) -> None:
    body = parse_body(case["input"])
    runs = [run for block in body.blocks for run in block.runs]
    assert [body.text[run.start : run.end] for run in runs] == [run.text for run in runs]


@cases("places")
def test_block_at_a_place(case: dict[str, Any]) -> None:
    assert parse_body(case["input"]).block_at(case["offset"]).anchor == case["expected"]


@cases("contents")
def test_table_of_contents(case: dict[str, Any]) -> None:
    body = parse_body(case["input"])
    assert [[entry.level, entry.anchor, body.text[entry.start : entry.end]] for entry in make_contents(body)] == case["expected"]


@cases("faults")
def test_faults_of_a_body(case: dict[str, Any]) -> None:
    assert [list(fault) for fault in parse_body(case["input"]).faults] == case["expected"]
