"""A row is rendered once, whatever lists it stands in."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from dafu import rows
from dafu.output import link_below
from tests.making import TESTS, build_site, read_tree


def test_a_row_is_rendered_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rendered: Counter[object] = Counter()

    class Counted(dict):  # type: ignore[type-arg]
        def __setitem__(self, key: object, row: object) -> None:
            rendered[key] += 1
            super().__setitem__(key, row)

    old = rows.Rows.__init__

    def count(self: rows.Rows, *arguments: object) -> None:
        old(self, *arguments)  # type: ignore[arg-type]
        self._kept = Counted()

    monkeypatch.setattr(rows.Rows, "__init__", count)
    build_site(TESTS / "mini", tmp_path / "public")
    assert len(rendered) > 20 and set(rendered.values()) == {1}


def test_a_site_whose_rows_are_not_remembered_is_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build_site(TESTS / "mini", tmp_path / "one")
    monkeypatch.setattr(rows, "MOST_KEPT", 0)
    build_site(TESTS / "mini", tmp_path / "other")
    assert read_tree(tmp_path / "one") == read_tree(tmp_path / "other")


def test_no_page_is_left_without_its_way_to_the_root(tmp_path: Path) -> None:
    build_site(TESTS / "mini", tmp_path / "public")
    assert [path for path, data in read_tree(tmp_path / "public").items() if rows.ROOT.encode() in data and path.endswith((".html", ".xml"))] == []


LINKS = {"letters/2018/9001/#c1": "../letters/2018/9001/#c1", "letters/二/": "../letters/%E4%BA%8C/", "": "../"}


@pytest.mark.parametrize(("url", "link"), LINKS.items())
def test_links_by_way_of_the_root(url: str, link: str) -> None:
    assert link_below("../", url) == link
