"""Headers: what `_headers`, nginx and Caddy say of every file of the site, and that a page's head says the same."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from dafu.headers import ASK_AGAIN, FOR_EVER, HEADERS, MOST_RULES, PAGE_POLICY, POLICY, make_headers, type_of
from dafu.output import is_permanent
from tests.making import read_tree
from tests.publishing.hosts import HOSTING, ask, run_caddy, run_nginx

MISSING = ("nothing/here", "assets/0123456789ab/js/none.js", "search/data/none-0123456789ab.bin")
"""A browser that asks for a file too early must not believe for a year that there is none."""

Rule = tuple[str, list[tuple[str, str]]]


def parse_rules(text: str) -> list[Rule]:
    """`_headers` as its two hosts read it."""
    rules: list[Rule] = []
    for line in text.splitlines():
        if line and not line.startswith(" "):
            rules.append((line, []))
        elif line:
            name, _, value = line.strip().partition(": ")
            rules[-1][1].append((name, value))
    return rules


def headers_of(rules: list[Rule], path: str) -> list[tuple[str, str]]:
    """All that the rules say of a path; `*` stands for anything, `:name` for a step."""
    forms = [(re.escape(form).replace(r"\*", ".*"), headers) for form, headers in rules]
    return [header for form, headers in forms if re.fullmatch(re.sub(r":\w+", "[^/]+", form), path) for header in headers]


def test_every_file_is_kept_as_long_as_it_may_be_and_every_header_is_said_once(site: Path) -> None:
    rules = parse_rules((site / "_headers").read_text("utf-8"))
    for path in read_tree(site):
        said = headers_of(rules, "/" + path)
        if path != "_headers":
            assert dict(said)["Cache-Control"] == (FOR_EVER if path.startswith(("assets/", "search/data/")) else ASK_AGAIN), path
        assert len(said) == len(dict(said)), path
        assert set(HEADERS) <= set(said), path
        assert dict(said).get("Content-Type") in (None, type_of(path)), path
    assert {path for path in read_tree(site) if is_permanent(path)} == {path for path in read_tree(site) if path.startswith(("assets/", "search/data/"))}


def test_addresses_of_pages_ask_again(site: Path) -> None:
    rules = parse_rules((site / "_headers").read_text("utf-8"))
    for url in ("/", "/search/", "/letters/", "/letters/2018/20180136/", "/commitments/page/2/", "/404.html"):
        assert dict(headers_of(rules, url))["Cache-Control"] == ASK_AGAIN


def test_an_archive_with_many_pages_of_its_own_stays_within_what_hosts_read() -> None:
    rules = parse_rules(make_headers([f"page-{number}/" for number in range(300)]))
    assert len(rules) == MOST_RULES
    assert dict(headers_of(rules, "/assets/0123456789ab/js/letter.js"))["Cache-Control"] == FOR_EVER


def test_every_page_says_the_policy_in_its_head_before_it_asks_for_anything(site: Path) -> None:
    said = f'<meta http-equiv="Content-Security-Policy" content="{PAGE_POLICY}">'.encode()
    for path, data in read_tree(site).items():
        if path.endswith(".html"):
            assert data.count(said) == 1, path
            assert data.index(said) < min(data.index(b"<link"), data.index(b"<script")), path


def test_the_examples_say_the_same_policy() -> None:
    for name in ("nginx.conf", "Caddyfile"):
        assert f'Content-Security-Policy "{POLICY}"' in (HOSTING / name).read_text("utf-8")


@pytest.mark.parametrize("run", [run_nginx, run_caddy])
def test_a_real_server_says_it_of_every_kind_of_file(run: Callable[[Path, Path], AbstractContextManager[str]], site: Path, tmp_path: Path) -> None:
    wrong, kinds = [], {}
    for path in read_tree(site):
        kinds.setdefault((is_permanent(path), type_of(path)), path)
    with run(site, tmp_path) as address:
        for path in [*kinds.values(), *MISSING]:
            status, headers, data = ask(address + path)
            found = {name: headers.get_all(name) for name in ("Cache-Control", "Content-Type", *dict(HEADERS))}
            missing = path in MISSING
            expected = {"Cache-Control": [FOR_EVER if is_permanent(path) and not missing else ASK_AGAIN], "Content-Type": [type_of("404.html" if missing else path)]} | {name: [value] for name, value in HEADERS}
            if (status, data) != (404 if missing else 200, (site / ("404.html" if missing else path)).read_bytes()) or found != expected:
                wrong.append((path, status, {name: (found[name], value) for name, value in expected.items() if found[name] != value}))
            assert headers.get("Access-Control-Allow-Origin", "") == ("*" if path.startswith("data/") else "")
    assert wrong == []


@pytest.mark.parametrize("run", [run_nginx, run_caddy])
def test_a_real_server_asks_again_and_compresses(run: Callable[[Path, Path], AbstractContextManager[str]], site: Path, tmp_path: Path) -> None:
    with run(site, tmp_path) as address:
        _, headers, _ = ask(address + "letters/")
        assert ask(address + "letters/", **{"If-None-Match": headers["ETag"]})[0] == 304
        assert ask(address + "letters/", **{"Accept-Encoding": "gzip"})[1]["Content-Encoding"] == "gzip"
