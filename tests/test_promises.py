"""Candidates of commitments: beside what the editors annotated in the five letters, and the traps one by one."""

from __future__ import annotations

import pytest

from dafu.body import parse_body
from dafu.intake.promises import Candidate, find_candidates
from dafu.quotes import Span
from tests.test_intake import REAL, read_real


def share(one: Span | Candidate, other: Span | Candidate) -> int:
    """How many characters two stretches have in common."""
    return max(0, min(one.end, other.end) - max(one.start, other.start))


def test_candidates_find_what_editors_found() -> None:
    marked = met = offered = right = 0
    for path in REAL:
        letter = read_real(path)
        spans = [mark.span for mark in letter.marks if mark.kind == "commitment"]
        candidates = find_candidates(letter.body)
        marked, offered = marked + len(spans), offered + len(candidates)
        met += sum(any(share(span, candidate) >= 0.5 * (span.end - span.start) for candidate in candidates) for span in spans)
        right += sum(any(share(span, candidate) >= 0.5 * min(span.end - span.start, candidate.end - candidate.start) for span in spans) for candidate in candidates)
    assert met / marked >= 0.95 and right / offered >= 0.7


def find(text: str) -> list[str]:
    body = parse_body(text)
    return [candidate.slice(body.text) for candidate in find_candidates(body)]


@pytest.mark.parametrize(
    "text, expected",
    [
        ("下一步，我局将加快建设虚构公园，完善配套设施。", ["我局将加快建设虚构公园", "完善配套设施"]),
        ("## 三、下一步工作打算\n\n加强日常巡查。增设路灯九盏。", ["加强日常巡查", "增设路灯九盏"]),
        ("我局拟于2021年底前新建停车场。", ["我局拟于2021年底前新建停车场"]),
        ("已将虚构路列入改造计划，完成路灯安装九盏。", []),
        ("感谢您对我局工作的关心和支持，希望您继续提出宝贵意见。", []),
        ("物业企业应当建立巡查制度，不得占用消防通道。", []),
        ("近年来，我局先后建成公园九座，累计投入资金九百万元。", []),
        ("根据《虚构市停车条例》规定，建设单位须配建停车位。", []),
        ("虚拟现实产业园位于虚构路。", []),
    ],
    ids=lambda value: value[:12] if isinstance(value, str) else "",
)
def test_promise_and_trap(text: str, expected: list[str]) -> None:
    assert find(text) == expected
