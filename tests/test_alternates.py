"""`alternates` in site.yml: what stands beside a letter's page, and that nothing leads to what doesn't."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from dafu.publish import limits
from tests.making import build_site, make_letter

ALL = {"index.html", "index.txt", "index.md", "index.json", "annotations.jsonld", "cite.txt", "cite.bib", "cite.ris", "cite.json", "search.bin"}
CITED = {name for name in ALL if name.startswith("cite.")}


@pytest.mark.parametrize(
    ("told", "beside"),
    [
        ("", ALL - {"index.html", "search.bin"}),
        ("alternates: []\n", set()),
        ("alternates: [md, json, annotations]\n", {"index.md", "index.json", "annotations.jsonld", "index.txt"}),
        ("alternates: [txt, cite]\n", {"index.txt", *CITED}),
    ],
)
def test_a_letter_costs_the_files_that_are_asked_for(archive: Callable[..., Path], told: str, beside: set[str]) -> None:
    content = archive({"letters/2020/9001.md": make_letter(), "site.yml": f"title: 试验档案\ndescription: 只为试验。\n{told}"})
    assert build_site(content, content.parent / "public").problems == (), "no link leads to what isn't there"
    letter = content.parent / "public" / "letters" / "2020" / "9001"
    assert {path.name for path in letter.iterdir()} == beside | {"index.html", "search.bin"}
    page = (letter / "index.html").read_text("utf-8")
    assert {name for name in ALL if f'"{name}"' in page} == beside
    assert ("#files" in page) == bool(beside - CITED)


def test_a_build_says_which_host_would_not_take_the_site(archive: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(limits.LIMITS, "cloudflare-pages", limits.Limits(name="Cloudflare Pages", files=20))
    targets = "publish:\n  cdn: {kind: folder, to: ../cdn, host: cloudflare-pages}\n  stick: {kind: zip, to: ../site.zip}\n"
    content = archive({"letters/2020/9001.md": make_letter(), "site.yml": f"title: 试验档案\ndescription: 只为试验。\n{targets}"})
    (warning,) = build_site(content, content.parent / "public").warnings
    assert warning.startswith("publish.cdn: Cloudflare Pages doesn't take over 20 files (these are ") and "alternates" in warning
