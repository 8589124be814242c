"""Templates compiled our way: what they put out is what Jinja by itself puts out."""

from __future__ import annotations

import gc
import random
import weakref
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.exceptions import TemplateAssertionError, UndefinedError
from markupsafe import Markup, escape

from dafu.compiling import Compiling
from dafu.markup import show

TEMPLATES = {
    "text and markup": "{{ plain }} {{ marked }} {{ number }} {{ none }} {{ 'a<b' }}",
    "attributes": "{{ thing.name }} {{ thing.inner.name }} {% if thing.empty %}x{% endif %}",
    "calls": "{{ say('a') }} {{ say('b', n=number) }} {{ count(2, thing.name) }} {{ thing.make(number) }} {{ say('s' ~ '.x') }}",
    "loops": "{% for name, item in pairs %}{{ loop.index }}{{ name }}{{ item.name }}{% if not loop.last %}, {% endif %}{% endfor %}",
    "macros": "{% macro row(item, level=2) %}<h{{ level }}>{{ item.name }}</h{{ level }}>{% endmacro %}{{ row(item=thing) }}{{ row(thing, 3) }}{{ row(thing, level=number) }}",
    "a caller": "{% macro box(name) %}<b>{{ name }}</b>{{ caller() }}{% endmacro %}{% call box(name=plain) %}{{ plain }}{% endcall %}",
    "a block set": "{% set words %}{{ plain }}{% endset %}{{ words }}{{ words | length }}",
    "filters and tests": "{{ plain | upper }} {{ marked | length }} {{ plain | truncate(5, true, '…', 0) }} {% if none is none %}y{% endif %} {% if missing is defined %}n{% endif %}",
    "without escapes": "{% autoescape false %}{{ plain }} {{ marked }} {{ say('a') }} {{ silent(plain) }}{% endautoescape %} {{ plain }}",
    "known words": "<a{{ fixed }}{{ silent(plain) }}>{{ say('a') }}</a>",
    "conditions": "{{ plain if number > 2 else thing.name }}{{ none or plain }}{{ thing.inner and marked }}",
}


def make_values() -> dict[str, Any]:
    thing = SimpleNamespace(name="<名> & \"'", empty="", inner=SimpleNamespace(name="内"), make=lambda number: f"{number}<")
    return {"plain": "<a> & \"b\" 'c'", "marked": Markup("<i>&amp;</i>"), "number": 3, "none": None, "thing": thing, "pairs": [("一", thing), ("<二>", thing.inner)]}


GLOBALS = {"say": lambda name, **values: f"<{name}{values}>", "count": lambda number, name: Markup(f"{number}") + name, "silent": lambda text: Markup(""), "fixed": Markup(' lang="en"')}


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_puts_out_what_jinja_puts_out(tmp_path: Path, name: str) -> None:
    (tmp_path / "page.html").write_text(TEMPLATES[name], "utf-8")
    ours = Compiling(tmp_path)
    ours.fixed, ours.silent = frozenset({"fixed"}), frozenset({"silent"})
    theirs = Environment(loader=FileSystemLoader(tmp_path), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True, autoescape=True)
    for environment in (ours, theirs):
        environment.globals |= GLOBALS
    assert ours.get_template("page.html").render(make_values()) == theirs.get_template("page.html").render(make_values())


def test_a_page_leaves_nothing_behind(tmp_path: Path) -> None:
    class Shown:
        """Something that a page shows."""

    (tmp_path / "base.html").write_text("{% macro above() %}{{ shown }}{% endmacro %}{{ above() }}{% block main %}{% endblock %}", "utf-8")
    (tmp_path / "page.html").write_text("{% extends 'base.html' %}{% macro row(item) %}{{ item }}{% endmacro %}{% block main %}{{ row(shown) }}{% endblock %}", "utf-8")
    template = Compiling(tmp_path).get_template("page.html")
    shown = Shown()
    left = weakref.ref(shown)
    gc.disable()
    try:
        assert template.render(shown=shown).count("Shown") == 2
        del shown
        assert left() is None
    finally:
        gc.enable()


@pytest.mark.parametrize("text", ["{{ missing }}", "{{ missing.name }}", "{% for each in missing %}{% endfor %}"])
def test_what_is_missing_is_an_error(tmp_path: Path, text: str) -> None:
    (tmp_path / "page.html").write_text(text, "utf-8")
    with pytest.raises(UndefinedError):
        Compiling(tmp_path).get_template("page.html").render(make_values())


@pytest.mark.parametrize("text", ["{{ say(*pairs) }}", "{{ say('a', **thing) }}"])
def test_a_call_whose_arguments_are_not_written_out_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "page.html").write_text(text, "utf-8")
    with pytest.raises(TemplateAssertionError, match=r"neither \* nor \*\*"):
        Compiling(tmp_path).get_template("page.html")


def test_an_attribute_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("{{ thing.missing }}", "utf-8")
    with pytest.raises(AttributeError):
        Compiling(tmp_path).get_template("page.html").render(make_values())


def test_values_stand_in_a_page_as_escape_writes_them() -> None:
    chance = random.Random(9)
    texts = ["".join(chance.choices("<>&\"'ab中 ", k=chance.randrange(8))) for _ in range(500)]
    for value in (*texts, *map(Markup, texts), 3, 2.5, None, True):
        assert show(value) == str(escape(value))
