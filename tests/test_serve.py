"""The editor's server: what it serves, that it waits for builds, that it shows problems, that it makes the browser reload."""

from __future__ import annotations

import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest

from dafu.options import Options
from dafu.serve import SCRIPT_PATH, Handler, Workshop
from tests.making import make_letter


class Bench:
    """A workshop with its server."""

    def __init__(self, content: Path, output: Path) -> None:
        self.letter = content / "letters" / "2020" / "9001.md"
        self.workshop = Workshop(Options(content=content, output=output, use_cache=False, quiet=True))
        self.workshop.rebuild()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, self.workshop, directory=str(output)))
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def get(self, path: str) -> tuple[int, str, str]:
        """Status, media type and text."""
        try:
            answer = urllib.request.urlopen(f"http://127.0.0.1:{self.server.server_address[1]}{path}", timeout=20)
        except urllib.error.HTTPError as error:
            answer = error
        return answer.status, answer.headers.get_content_type(), answer.read().decode()

    def edit(self, text: str) -> None:
        self.letter.write_text(text, "utf-8")
        self.workshop.rebuild()


@pytest.fixture
def bench(archive: Callable[..., Path], tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(archive({"letters/2020/9001.md": make_letter()}), tmp_path / "public")
    yield bench
    bench.server.shutdown()
    bench.server.server_close()


def test_page_comes_with_the_reloading_script_that_the_file_lacks(bench: Bench, tmp_path: Path) -> None:
    status, kind, page = bench.get("/letters/2020/9001/")
    assert (status, kind) == (200, "text/html")
    assert SCRIPT_PATH in page and page.rstrip().endswith("</html>")
    assert SCRIPT_PATH not in (tmp_path / "public/letters/2020/9001/index.html").read_text("utf-8")


def test_other_files_come_as_they_are(bench: Bench, tmp_path: Path) -> None:
    assert bench.get("/letters/2020/9001/index.txt") == (200, "text/plain", (tmp_path / "public/letters/2020/9001/index.txt").read_text("utf-8"))
    assert bench.get("/letters/2020/9001/annotations.jsonld")[1] == "application/ld+json"


def test_folder_without_slash_leads_to_the_folder(bench: Bench) -> None:
    assert "关于多种树的建议" in bench.get("/letters/2020/9001")[2]


def test_lost_page_is_shown(bench: Bench) -> None:
    status, _, page = bench.get("/nowhere/")
    assert status == 404 and "页面不存在" in page


def test_change_is_served_and_waiting_browsers_hear_of_it(bench: Bench) -> None:
    known = bench.get("/-/generation?after=")[2]
    heard: list[str] = []
    waiting = threading.Thread(target=lambda: heard.append(bench.get(f"/-/generation?after={known}")[2]))
    waiting.start()
    bench.edit(make_letter("尊敬的甲乙丙委员：\n\n我局将种树十棵。\n"))
    waiting.join(timeout=20)
    assert heard == [str(int(known) + 1)]
    assert "种树十棵" in bench.get("/letters/2020/9001/")[2]


def test_problems_are_shown_in_the_page_and_go_when_mended(bench: Bench) -> None:
    bench.edit(make_letter(date="2020-13-01"))
    status, _, page = bench.get("/")
    assert status == 500
    assert "9001.md:7:7" in page and "is not a calendar day" in page and SCRIPT_PATH in page
    bench.edit(make_letter())
    assert bench.get("/")[0] == 200


def test_problem_page_shows_hostile_text_as_text(bench: Bench) -> None:
    bench.edit(make_letter(kind='"<script>alert(1)</script>"'))
    assert "<script>alert" not in bench.get("/")[2]


def test_requests_wait_while_a_build_runs(bench: Bench) -> None:
    answers: list[int] = []
    asking = threading.Thread(target=lambda: answers.append(bench.get("/")[0]))
    with bench.workshop.building:
        asking.start()
        asking.join(timeout=0.3)
        assert answers == []
    asking.join(timeout=20)
    assert answers == [200]


def test_address_with_a_path_is_served_under_it(archive: Callable[..., Path], tmp_path: Path) -> None:
    content = archive({"letters/2020/9001.md": make_letter(), "site.yml": "title: 甲\ndescription: 乙。\nbase_url: https://example.org/a%20b/\n"})
    bench = Bench(content, tmp_path / "public")
    assert 'href="/a%20b/letters/"' in bench.get("/nowhere/")[2]
    assert bench.get("/a%20b/letters/")[0] == 200
    bench.server.shutdown()
    bench.server.server_close()
