"""Compressed forms beside the files: the same content, sent as they are by the servers whose examples we give."""

from __future__ import annotations

import gzip
import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import brotli
import pytest

from dafu.compress import LEAST_BYTES
from tests.making import TESTS, build_site, read_tree
from tests.publishing.hosts import ask, run_caddy, run_nginx


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The invented archive without and with compressed forms."""
    folder = tmp_path_factory.mktemp("compressed")
    shutil.copytree(TESTS / "mini", folder / "content")
    assert build_site(folder / "content", folder / "plain").problems == ()
    with (folder / "content/site.yml").open("a", encoding="utf-8") as site:
        site.write("\nprecompress: [gz, br]\n")
    assert build_site(folder / "content", folder / "public").problems == ()
    return folder / "plain", folder / "public"


def test_each_text_stands_there_in_each_form_and_nothing_else_is_touched(sites: tuple[Path, Path]) -> None:
    plain, both = map(read_tree, sites)
    assert {path: both[path] for path in plain} == plain
    packed = {path: data for path, data in both.items() if path not in plain}
    opened = {path.removesuffix(".gz"): gzip.decompress(data) for path, data in packed.items() if path.endswith(".gz")}
    assert opened == {path.removesuffix(".br"): brotli.decompress(data) for path, data in packed.items() if path.endswith(".br")}
    assert opened == {path: plain[path] for path in opened}
    assert {path for path, data in plain.items() if path.endswith((".html", ".js", ".css", ".json")) and len(data) >= LEAST_BYTES} <= opened.keys()
    assert not any(path.endswith(".bin") for path in opened)


@pytest.mark.parametrize(("run", "form"), [(run_nginx, "gzip"), (run_caddy, "gzip"), (run_caddy, "br")])
def test_a_server_sends_them_as_they_are(run: Callable[[Path, Path], AbstractContextManager[str]], form: str, sites: tuple[Path, Path], tmp_path: Path) -> None:
    _, site = sites
    with run(site, tmp_path) as address:
        _, headers, data = ask(address + "commitments/", **{"Accept-Encoding": form})
    assert (headers["Content-Encoding"], headers["Content-Type"], data) == (form, "text/html; charset=utf-8", (site / f"commitments/index.html.{form.removesuffix('ip')}").read_bytes())


def test_without_brotli_the_build_says_how_to_get_it(sites: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    from dafu.problems import SettingsError

    monkeypatch.setitem(sys.modules, "brotli", None)
    with pytest.raises(SettingsError, match="Brotli isn't installed"):
        build_site(sites[1].parent / "content", tmp_path / "public")
