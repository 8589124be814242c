"""The interface speaks both languages everywhere."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from string import Formatter

import pytest

from dafu.problems import SettingsError
from dafu.words import FOLDER, read_words
from tests.making import ROOT, build_site

LANGUAGES = sorted(path.stem for path in FOLDER.glob("*.yml"))


def blanks(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_both_languages_have_the_same_entries() -> None:
    chinese, english = (set(read_words(language).entries) for language in ("zh-Hans", "en"))
    assert {name.removesuffix(".one") for name in english} - {name.removesuffix(".one") for name in chinese} == set()
    assert chinese - english == set()


def test_entries_fill_the_same_blanks() -> None:
    chinese, english = (read_words(language).entries for language in ("zh-Hans", "en"))
    assert {name for name in chinese if blanks(chinese[name]) != blanks(english[name])} == set()


AT_LEAST = {0: "0", 9: "9", 10: "至少10", 19: "至少10", 20: "至少20", 49: "至少20", 50: "至少50", 99: "至少50", 100: "至少100", 1999: "至少1000", 2000: "至少2000"}


@pytest.mark.parametrize(("number", "said"), AT_LEAST.items())
def test_a_number_that_grows_is_said_in_steps(number: int, said: str) -> None:
    assert read_words("zh-Hans").at_least(number) == said


def test_every_entry_is_said_somewhere() -> None:
    code = "\n".join(path.read_text("utf-8") for folder in ("templates", "dafu") for path in (ROOT / folder).rglob("*") if path.suffix in (".html", ".py", ".xml", ".txt"))
    said = set(re.findall(r"""(?:say|count|tell)\(\s*f?["']([^"']+)["']""", code)) | set(re.findall(r'(?:if .*? else |count\()"([a-z._]+)"', code))
    stems = tuple(name for name in said if name.endswith((".", "}"))) + ("data.file.", "status.", "kind.", "correction.", "says.", "relation.", "file.", "nav.", "empty.", "search.js.", "register.js.")
    ends = tuple(re.findall(r'~ "(\.[a-z]+)"', code))
    patterns = [re.compile(re.sub(r"\\\{[^}]*\\\}", "[a-z]+", re.escape(name))) for name in said if "{" in name]
    unsaid = [
        name for name in read_words("en").entries
        if name.removesuffix(".one") not in said and name not in said and not name.startswith(stems) and not name.endswith(ends) and not any(pattern.fullmatch(name) for pattern in patterns)
    ]
    assert unsaid == []


def test_missing_entry_stops_the_build() -> None:
    with pytest.raises(SettingsError, match="zh-Hans.yml"):
        read_words("zh-Hans").say("no.such.words")


def test_a_catalogue_that_lacks_entries_stops_the_build_and_all_are_named(tmp_path: Path) -> None:
    shutil.copytree(FOLDER, tmp_path, dirs_exist_ok=True)
    english = tmp_path / "en.yml"
    english.write_text(re.sub(r"(?m)^(skip|stop): .*\n", "", english.read_text("utf-8")), "utf-8")
    with pytest.raises(SettingsError, match=r"en\.yml: the words 'skip', 'stop' are missing"):
        read_words("en", tmp_path)


@pytest.mark.parametrize("language", LANGUAGES)
def test_site_is_built_in_every_language(language: str, tmp_path: Path) -> None:
    content = tmp_path / "content"
    shutil.copytree(ROOT / "tests" / "mini", content)
    settings = (content / "site.yml").read_text("utf-8")
    (content / "site.yml").write_text(re.sub(r"^language:.*\n?", "", settings, flags=re.MULTILINE) + f"\nlanguage: {language}\n", "utf-8")
    assert build_site(content, tmp_path / "public").problems == ()
    page = (tmp_path / "public" / "letters" / "index.html").read_text("utf-8")
    assert f'<html lang="{language}">' in page
    assert ("All replies" in page) == (language == "en")
