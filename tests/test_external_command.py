"""`check --external` as a command: what it shows, where it says that a link was typed, and that without it no connection is made."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from dafu.cli import main
from dafu.road import Options, build
from tests.making import make_letter
from tests.peers import QUICK, Server, serve_many_names

Archive = Callable[..., Path]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    with serve_many_names(monkeypatch) as server:
        yield server


@contextmanager
def no_sockets(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    tried: list[str] = []
    with monkeypatch.context() as patch:
        for owner, name in ((socket.socket, "connect"), (socket, "getaddrinfo"), (socket, "create_connection")):
            patch.setattr(owner, name, lambda *_, name=name, **__: tried.append(name))
        yield tried


@pytest.fixture
def content(archive: Archive, server: Server) -> Path:
    """An archive that links out of each kind of place."""
    body = f"尊敬的甲乙丙委员：\n\n我局将种树九棵，见[办法]({server.url('404/body')})和[另一处]({server.url('good')})。\n"
    return archive({
        "site.yml": f"title: 试验档案\ndescription: 只为试验。\nlicence: {server.url('404/licence')}\ncontact: {{url: {server.url('404/contact')}}}\n",
        "letters/2020/9001.md": make_letter(body, source=f"{{url: {server.url('404/source')}, scan: {server.url('301/good')}}}"),
        "letters/2020/9002.md": make_letter(number="'9002'", draft="true", source=f"{{url: {server.url('404/draft')}}}"),
        "pages/about.md": f"---\ntitle: 九\n---\n\n<{server.url('404/page')}>\n\n[九][nine] [又]({server.url('500')})\n\n[nine]: {server.url('404/body')} \"九\"\n[信](mailto:nine@example.org) [首页](../)\n",
        "threads/nine.md": f"---\ntitle: 种树\nkind: project\nnames:\n  - {{name: 种树, relation: same}}\n---\n\n见[九]({server.url('404/thread(9)')})。\n",
    })


def run(content: Path, *options: str) -> int:
    return main(["check", "--content", str(content), "--output", str(content.parent / "out"), *options])


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dafu.asking.Asker.__init__.__defaults__", (QUICK,), raising=True)


def test_dead_links_are_told_where_they_were_typed(content: Path, server: Server, quick: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(content, "--external", "--format", "json") == 1
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    found = {(line["file"].removeprefix(content.as_posix() + "/"), line["line"], line["column"], line["value"].partition(str(server.server_address[1]))[2], line["code"]) for line in told}
    dead, moved = "link-outside-dead", "link-outside-moved"
    assert found == {
        ("site.yml", 3, 10, "/404/licence", dead), ("site.yml", 4, 16, "/404/contact", dead), ("letters/2020/9001.md", 8, 15, "/404/source", dead),
        ("letters/2020/9001.md", 8, 15 + len(f"{server.url('404/source')}, scan: "), "/301/good", moved),
        ("letters/2020/9001.md", 13, 15, "/404/body", dead), ("pages/about.md", 5, 2, "/404/page", dead), ("pages/about.md", 9, 9, "/404/body", dead),
        ("pages/about.md", 7, 15, "/500", "link-outside-unanswered"), ("threads/nine.md", 8, 6, "/404/thread(9)", dead),
    }
    assert {line["code"] for line in told if line.get("remark")} == {moved, "link-outside-unanswered"}
    assert not any("draft" in path for _, path in server.asked)


def test_what_is_not_dead_does_not_fail(archive: Archive, server: Server, quick: None, capsys: pytest.CaptureFixture[str]) -> None:
    content = archive({"letters/2020/9001.md": make_letter(source=f"{{url: {server.url('500')}}}"), "pages/about.md": f"---\ntitle: 九\n---\n\n[九]({server.url('good')})\n"})
    assert run(content, "--external") == 0
    shown = capsys.readouterr().out.splitlines()
    assert shown[1].endswith(f"letters/2020/9001.md:8:15: {server.url('500')} could not be checked: it answers 500. Look at it yourself, or check again later. [link-outside-unanswered]")
    assert shown[-1] == "2 outside addresses: 1 answer (0 from another place), 0 dead, 1 not answered, 0 not asked this time; 2 asked just now."
    assert run(content, "--external", "--quiet") == 0 and capsys.readouterr() == ("", "")
    assert server.agents == {"Dafu/0.1.0 link check (+https://example.org/)"}
    assert (content.parent / ".cache" / "links").is_dir()


def test_without_the_option_no_connection_is_made(content: Path, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    with no_sockets(monkeypatch) as tried:
        assert run(content) == 0
        assert build(Options(content=content, output=content.parent / "out", quiet=True)).problems == ()
    assert (tried, server.asked) == ([], [])


def test_only_check_takes_the_option(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["build", "--external"])
    assert "--external" in capsys.readouterr().err
