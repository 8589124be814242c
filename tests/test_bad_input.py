"""Bad input is shown as problems, all of them in one run, and the site of an earlier build stays as it was."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from dafu.cli import DONE, PROBLEMS, main
from dafu.source import MAX_BYTES, list_content
from tests.making import TESTS, build_site, make_letter, read_tree

CASES: list[dict[str, Any]] = yaml.load((TESTS / "cases" / "bad_input.yml").read_text("utf-8"), Loader=yaml.BaseLoader)
LETTER = "letters/2020/9001.md"

Archive = Callable[[dict[str, str | bytes]], Path]
Refuse = Callable[[Path], list[dict[str, Any]]]


@pytest.fixture(scope="module")
def good_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of an earlier build without problems."""
    folder = tmp_path_factory.mktemp("good")
    for name, text in {"site.yml": "title: 试验档案\ndescription: 只为试验。\n", LETTER: make_letter()}.items():
        path = folder / "content" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    assert build_site(folder / "content", folder / "public").problems == ()
    return folder / "public"


@pytest.fixture
def refuse(good_site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Refuse:
    """Builds a content folder over a good site: exit status 1, problems shown, no traceback, the site untouched; returns the problems."""
    output = tmp_path / "public"
    shutil.copytree(good_site, output)

    def run(content: Path) -> list[dict[str, Any]]:
        monkeypatch.chdir(content)
        status = main(["build", "--content", str(content), "--output", str(output), "--jobs", "1", "--no-cache", "--format", "json"])
        shown = capsys.readouterr()
        problems = [json.loads(line) for line in shown.out.splitlines()]
        assert (status, bool(problems), shown.err) == (PROBLEMS, True, "")
        assert read_tree(output) == read_tree(good_site)
        return problems

    return run


def show(problems: list[dict[str, Any]]) -> list[str]:
    """File, line and code of each."""
    return [f"{problem['file']}:{problem['line']} {problem['code']}" for problem in problems]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["title"])
def test_bad_input_is_a_problem(case: dict[str, Any], archive: Archive, refuse: Refuse) -> None:
    letters = case.get("letters", {"2020/9001": {}})
    files = {f"letters/{name}.md": make_letter(**keys) for name, keys in letters.items()}
    content = archive(files | case.get("files", {}))
    for name in case.get("without", ()):
        (content / name).unlink()
    assert show(refuse(content)) == case["expected"]


BYTES: dict[str, tuple[bytes, list[str]]] = {
    "GB 18030": (make_letter().encode("gb18030"), [f"{LETTER}:3 file-encoding"]),
    "UTF-16": (make_letter().encode("utf-16"), [f"{LETTER}:1 file-encoding"]),
    "UTF-16 without its mark": (make_letter().encode("utf-16-le"), [f"{LETTER}:3 file-encoding"]),
    "half a character at the end": (make_letter(body="甲").encode()[:-1], [f"{LETTER}:10 file-encoding"]),
    "5 MB": (make_letter(body="甲" * 1_700_000).encode(), [f"{LETTER}:1 file-large"]),
    "deep nesting": (make_letter(title="[" * 100_000).encode(), [f"{LETTER}:3 yaml-deep"]),
    "deep mappings": (make_letter(title="{a: " * 10_000).encode(), [f"{LETTER}:3 yaml-deep"]),
    "a long line without the quote": (make_letter(body="种树九棵。" * 120_000, notes="[{quote: 恐龙, note: 甲}]").encode(), [f"{LETTER}:8 quote-missing"]),
    "a long value": (make_letter(title="甲" * 501).encode(), [f"{LETTER}:3 text-long"]),
}


@pytest.mark.parametrize(("data", "expected"), BYTES.values(), ids=BYTES)
def test_unreadable_bytes_are_a_problem(data: bytes, expected: list[str], archive: Archive, refuse: Refuse) -> None:
    assert show(refuse(archive({LETTER: data}))) == expected


def test_column_of_a_wrong_byte_counts_characters(archive: Archive, refuse: Refuse) -> None:
    problem, = refuse(archive({LETTER: make_letter(body="甲乙").encode() + b"\xff"}))
    assert (problem["line"], problem["column"]) == (10, 3)


def test_column_in_a_body_counts_typed_blanks(archive: Archive, refuse: Refuse) -> None:
    problem, = refuse(archive({LETTER: make_letter(body="种 9 棵\u200b树\n")}))
    assert (problem["line"], problem["column"]) == (10, 6)


LINKS = {
    "a file outside": ("letters/2020/9002.md", "../../../secret.md"),
    "a folder outside": ("letters/2021", "../../outside"),
    "the root": ("letters/2021", "/"),
    "nothing": ("letters/2020/9002.md", "nowhere.md"),
    "itself": ("letters/2020/9002.md", "9002.md"),
    "the folder that it lies in": ("letters/2021", "."),
    "another folder inside": ("letters/2021", "2020"),
}


@pytest.mark.parametrize(("name", "target"), LINKS.values(), ids=LINKS)
def test_symbolic_link_to(name: str, target: str, archive: Archive, refuse: Refuse) -> None:
    content = archive({LETTER: make_letter()})
    (content.parent / "secret.md").write_text(make_letter(number="9002"), "utf-8")
    (content.parent / "outside").mkdir()
    (content / name).symlink_to(target)
    assert show(refuse(content)) == [f"{name}:1 file-link"]


def test_a_pipe_is_not_taken_for_a_letter(archive: Archive) -> None:
    content = archive({})
    (content / "letters" / "2020").mkdir(parents=True)
    os.mkfifo(content / LETTER)
    listing = list_content(content)
    assert (listing.letters, [problem.code for problem in listing.problems]) == ((), ["file-kind"])


def test_problems_of_all_files_come_in_one_run(archive: Archive, refuse: Refuse) -> None:
    broken = {LETTER: make_letter(date="2020-13-01"), "letters/2020/9002.md": "甲", "letters/2020/9003.md": b"\xff",
              "topics.yml": "a: b: c", "units.yml": "- {slug: A, name: 甲局}"}
    assert show(refuse(archive(broken))) == [
        f"{LETTER}:7 date-invalid", "letters/2020/9002.md:1 front-matter-missing", "letters/2020/9003.md:1 file-encoding",
        "topics.yml:1 yaml-broken", "units.yml:1 value-form",
    ]


def test_a_problem_as_json_says_everything(archive: Archive, refuse: Refuse) -> None:
    assert refuse(archive({LETTER: make_letter(date="2020-13-01")})) == [{
        "file": LETTER, "line": 7, "column": 7, "code": "date-invalid", "value": "2020-13-01",
        "message": 'date "2020-13-01" is not a calendar day (month 13).', "mend": "Write YYYY-MM-DD, as on the letter.",
    }]


def test_a_problem_as_text_is_one_line(archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    content = archive({LETTER: make_letter(date="2020-13-01")})
    monkeypatch.chdir(content)
    assert main(["check", "--content", str(content), "--output", str(tmp_path / "public"), "--no-cache"]) == PROBLEMS
    assert capsys.readouterr().err == (
        f'{LETTER}:7:7: date "2020-13-01" is not a calendar day (month 13). Write YYYY-MM-DD, as on the letter. [date-invalid]\n'
        "1 problem in 1 file. Nothing was written.\n")


FOREIGN = {
    "Windows line ends": make_letter().replace("\n", "\r\n").encode(),
    "line ends of old Macs": make_letter().replace("\n", "\r").encode(),
    "a byte order mark": make_letter().encode("utf-8-sig"),
    "blanks after the fences": make_letter().replace("---\n", "--- \t\n").encode(),
    "no line end at the end": make_letter().rstrip("\n").encode(),
}


@pytest.mark.parametrize("data", FOREIGN.values(), ids=FOREIGN)
def test_letters_from_other_machines_make_the_same_site(data: bytes, archive: Archive, tmp_path: Path) -> None:
    plain, foreign = tmp_path / "plain", tmp_path / "foreign"
    assert build_site(archive({LETTER: make_letter()}), plain).problems == ()
    assert build_site(archive({LETTER: data}), foreign).problems == ()
    assert read_tree(foreign) == read_tree(plain)


def test_a_number_keeps_its_nought(archive: Archive, tmp_path: Path) -> None:
    content, output = archive({"letters/2020/01234.md": make_letter(number="01234")}), tmp_path / "public"
    assert main(["build", "--content", str(content), "--output", str(output), "--quiet", "--no-cache"]) == DONE
    letter, = json.loads((output / "data" / "letters.json").read_text("utf-8"))
    assert (letter["id"], letter["number"]) == ("2020/01234", "01234")


def test_a_line_of_nearly_two_megabytes_is_read(archive: Archive, tmp_path: Path) -> None:
    text = make_letter(body="种" * ((MAX_BYTES - 500) // 3))
    assert build_site(archive({LETTER: text}), tmp_path / "public").problems == ()


def iter_codes(path: Path) -> list[str]:
    """Every code that a room gives to a problem."""
    calls = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)]
    telling = [call for call in calls if getattr(call.func, "attr", getattr(call.func, "id", "")) in ("add", "refuse", "Problem", "Missed")]
    values = [value for call in telling for value in (*call.args[:2], *(word.value for word in call.keywords if word.arg == "code"))]
    words = [value.value for value in values if isinstance(value, ast.Constant) and isinstance(value.value, str)]
    return [word for word in words if re.fullmatch(r"[a-z]+(-[a-z]+)+", word)]


UNMET = {"file-unreadable", "folder-unreadable"}
"""Codes that no content brings about by itself: a disk that fails."""


def test_every_code_is_met_by_a_case() -> None:
    met = set(re.findall(r"\b[a-z]+(?:-[a-z]+)+\b", "".join(path.read_text("utf-8") for path in (TESTS / "cases" / "bad_input.yml", Path(__file__), TESTS / "test_intake_files.py", TESTS / "test_intake_traps.py", TESTS / "test_permalinks.py"))))
    met |= set(re.findall(r"\[([a-z-]+)\]$", (TESTS / "cases" / "broken" / "expected.txt").read_text("utf-8"), re.MULTILINE))
    codes = {code for path in (TESTS.parent / "dafu").rglob("*.py") for code in iter_codes(path)}
    assert codes - met - UNMET == set() and len(codes) > 50
