"""The archive as data: what other programs read must be what the letters say."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import frictionless
import jsonschema
import pytest
import yaml

from dafu.catalogue import make_catalogue
from dafu.data import is_split, list_archive_units, make_letter_schema
from dafu.archive import read_archive
from dafu.options import Options
from tests.making import ROOT, build_site, make_letter

LETTERS = sorted((ROOT / "content" / "letters").glob("*/*.md"))


def read_front_matter(path: Path) -> dict[str, Any]:
    """The front matter as an ordinary YAML reader has it, days as text."""
    return json.loads(json.dumps(yaml.safe_load(path.read_text("utf-8").split("\n---\n")[0]), default=str))


def test_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(make_letter_schema())


@pytest.mark.parametrize("path", LETTERS, ids=lambda path: path.stem)
def test_schema_accepts_the_letters(path: Path) -> None:
    jsonschema.validate(read_front_matter(path), make_letter_schema())


@pytest.mark.parametrize("wrong", [{"kind": "petition"}, {"colour": "red"}, {"date": "2018-1-1"}, {"commitments": [{"id": "c1"}]}, {"topics": "trees"}])
def test_schema_refuses_what_the_check_refuses(wrong: dict[str, Any]) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(read_front_matter(LETTERS[0]) | wrong, make_letter_schema())


def test_letter_object_is_the_same_in_both_places(site: Path) -> None:
    letters = json.loads((site / "data" / "letters.json").read_text("utf-8"))
    assert letters == [json.loads((site / letter["url"] / "index.json").read_text("utf-8")) for letter in letters]


def test_letter_object_has_the_keys_of_the_contract(site: Path) -> None:
    keys = list(json.loads((site / "data" / "letters.json").read_text("utf-8"))[0])
    assert keys == [
        "id", "url", "year", "number", "title", "printed_title", "draft", "withdrawn", "kind", "session", "proposers", "respondent", "co_handlers", "date", "outcome",
        "document_number", "replies_to", "topics", "summary", "source", "revisions", "anchors", "corrections", "redactions", "commitments", "figures", "checks",
        "citations", "notes", "text",
    ]


def test_annotations_point_at_their_words(site: Path) -> None:
    wrong = []
    for path in site.rglob("annotations.jsonld"):
        text = (path.parent / "index.txt").read_bytes().decode()
        for item in json.loads(path.read_text("utf-8"))["items"]:
            quote, position = item["target"]["selector"]
            start, end = position["start"], position["end"]
            if text[start:end] != quote["exact"] or not text[:start].endswith(quote["prefix"]) or not text[end:].startswith(quote["suffix"]):
                wrong.append(item["id"])
    assert wrong == []


def test_annotations_are_web_annotations(site: Path) -> None:
    schema = json.loads((ROOT / "tests" / "cases" / "annotation.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    kinds = set()
    for path in site.rglob("annotations.jsonld"):
        page = json.loads(path.read_text("utf-8"))
        jsonschema.validate(page, schema)
        kinds |= {item["body"][0]["value"] for item in page["items"]}
    assert kinds == {"commitment", "figure", "note", "correction", "policy", "parallel", "evidence"}


def test_what_an_annotation_leads_to_are_the_words_that_it_names(site: Path) -> None:
    texts = {path.relative_to(site).as_posix(): path.read_bytes().decode() for path in site.rglob("letters/*/*/index.txt")}
    found = set()
    for path in site.rglob("annotations.jsonld"):
        for item in json.loads(path.read_text("utf-8"))["items"]:
            for body in item["body"]:
                if body["type"] == "SpecificResource":
                    quote, position = body["selector"]
                    words = texts[body["source"].removeprefix("https://example.org/")][position["start"] : position["end"]]
                    assert words == quote["exact"]
                    assert item["motivation"] == "assessing" or words == item["target"]["selector"][0]["exact"]
                    found.add(item["motivation"])
    assert found == {"linking", "assessing"}


def test_every_annotation_has_its_mark_in_the_page(site: Path) -> None:
    missing = []
    for path in site.rglob("annotations.jsonld"):
        page = (path.parent / "index.html").read_text("utf-8")
        ids = [item["id"].partition("#")[2] for item in json.loads(path.read_text("utf-8"))["items"]]
        missing += [(path.parent.name, name) for name in ids if page.count(f' id="{name}"') != 1 or f'data-mark="{name}"' not in page]
    assert missing == []


def test_clean_markdown_begins_with_the_heading(site: Path) -> None:
    text = (site / "letters/2021/jy20210042/index.md").read_text("utf-8")
    assert text.startswith("# 关于对JY 20210042《关于提升产业园区建设及运营环境的建议》的回复\n\n编号：JY20210042  \n")
    assert "## 一、现有工作基础" in text and "---" not in text


def test_large_archive_is_split_by_year(archive: Callable[..., Path]) -> None:
    letters = {f"letters/{2020 + n}/900{n}.md": make_letter(number=f"900{n}", date=f"{2020 + n}-05-06") for n in (1, 2)}
    found = read_archive(Options(content=archive(letters), output=Path("none"), use_cache=False))
    catalogue = make_catalogue(found.letters, found.reference, ())
    assert is_split(catalogue.entries, 10) and not is_split(catalogue.entries, 100_000) and not is_split((), 0)
    outputs = (output for unit in list_archive_units(catalogue, by_year=True) for output in unit.make())
    files = {output.path: json.loads(output.data) for output in outputs if "letters" in output.path and "json" in output.path}
    assert files["data/letters.json"] == [{"year": 2022, "url": "data/letters-2022.json", "letters": 1}, {"year": 2021, "url": "data/letters-2021.json", "letters": 1}]
    assert [letter["id"] for letter in files["data/letters-2021.json"]] == ["2021/9001"]


def test_spreadsheet_takes_nothing_for_a_formula(archive: Callable[..., Path], tmp_path: Path) -> None:
    content = archive({"letters/2020/9001.md": make_letter(title='"=HYPERLINK(\\"https://x.example\\")"', proposers='["@甲", "+乙"]')})
    assert build_site(content, tmp_path / "public").problems == ()
    row = next(csv.DictReader((tmp_path / "public" / "data" / "letters.csv").read_text("utf-8-sig").splitlines()))
    assert (row["title"], row["proposers"]) == ('\'=HYPERLINK("https://x.example")', "'@甲；+乙")


def test_data_package_describes_its_tables(site: Path) -> None:
    package = json.loads((site / "data" / "datapackage.json").read_text("utf-8"))
    for resource in package["resources"]:
        header = (site / "data" / resource["path"]).read_text("utf-8-sig").splitlines()[0]
        assert header.split(",") == [field["name"] for field in resource["schema"]["fields"]]


def test_the_data_package_is_valid(site: Path) -> None:
    report = frictionless.validate(str(site / "data" / "datapackage.json"))
    assert report.valid, report.to_summary()


def test_threads_as_data_are_what_the_letters_say(site: Path) -> None:
    threads = json.loads((site / "data" / "threads.json").read_text("utf-8"))
    texts = {letter["id"]: letter["text"] for letter in json.loads((site / "data" / "letters.json").read_text("utf-8"))}
    assert len(threads) >= 12
    for thread in threads:
        assert (site / thread["url"] / "index.html").exists() and thread["note"]
        for mention in (*thread["mentions"], *thread["apart"]):
            for passage in mention["passages"]:
                assert all(words in texts[mention["letter"]] for words in passage["text"].split("……"))
            assert all(item["quote"] in texts[mention["letter"]] for item in (*mention["commitments"], *mention["figures"]))


def test_policies_as_data_point_at_their_words(site: Path) -> None:
    texts = {letter["id"]: letter["text"] for letter in json.loads((site / "data" / "letters.json").read_text("utf-8"))}
    policies = json.loads((site / "data" / "policies.json").read_text("utf-8"))
    assert sum(policy["url"] is not None for policy in policies) == 2
    for policy in policies:
        for citation in policy["citations"]:
            assert texts[citation["letter"]][citation["start"] : citation["end"]] == citation["quote"]
            assert (citation["title"] or citation["number"]) in citation["quote"]
