"""What is done with each input, and what must hold: no exception, every problem a line of plain text, nothing foreign in a page, a draft that `check` takes."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from bench import fuzz_inputs as inputs
from bench.foreign import iter_foreign, iter_foreign_in, iter_foreign_markdown
from bench.fuzz_inputs import ROOT
from dafu.assets import read_assets
from dafu.body import parse_body
from dafu.catalogue import make_catalogue
from dafu.data import is_split
from dafu.check import check_letter, check_shelf
from dafu.check_reference import check_mentions, check_pages, check_reference
from dafu.extracts import Gathering
from dafu.intake.desk import Desk, RawFile
from dafu.letters import look_through
from dafu.markdown import render_prose
from dafu.markup import LetterMarkup
from dafu.makers import Makers, Part
from dafu.memo import Memo
from dafu.output import Output
from dafu.parallels import Parallels
from dafu.problems import Problem, Report
from dafu.reading import SETTINGS_SHAPES, Letter, make_reference, read_letter, read_page, read_settings
from dafu.reference import PageHead, Reference, Site, Thread
from dafu.archive import Archive, list_blocking, read_archive
from dafu.options import Options
from dafu.search.folding import make_pairs
from dafu.search.query import All, Any as AnyOf, Not, Query, Term, Years, parse_query
from dafu.search.site import Search
from dafu.shelf import Shelf
from dafu.text import find_control
from dafu.yamltext import parse_yaml


@dataclass(frozen=True, slots=True)
class Trial:
    """A kind of input, and what is done with one."""

    kind: str
    share: int
    """Of the time."""
    inputs: Callable[[], SearchStrategy[Any]]
    run: Callable[[Any], object]
    finish: Callable[[], Iterable[str]] = field(default=tuple)
    """What is tried once for many inputs together; what it yields are failures."""


@cache
def _reference() -> Reference:
    """What the real letters refer to."""
    return read_archive(Options(content=ROOT / "content", output=ROOT / "public", use_cache=False)).reference


def _show(problems: Iterable[Problem]) -> None:
    """Every problem must be one line that a terminal can carry, at a place that there is."""
    for problem in problems:
        line = str(problem)
        assert "\n" not in line and find_control(line) is None, f"a problem is no plain line: {line!r}"
        assert problem.line > 0 and problem.column > 0, f"a problem has no place: {line}"
        json.loads(problem.as_json())


def try_letter(text: str) -> None:
    """Reads and checks a letter; one without a problem is rendered too."""
    letter, problems = _read(text, _reference())
    _show(problems)
    if letter is not None and not list_blocking(problems):
        _render(letter)


def _read(text: str, reference: Reference, letter_id: str = "2020/9001") -> tuple[Letter | None, list[Problem]]:
    report = Report("letters/2020/9001.md")
    letter = read_letter(letter_id, text, report)
    problems = list(report.problems)
    if letter is not None:
        letter = look_through(letter, reference.threads)
        problems += [*check_letter(letter, reference), *check_shelf(Shelf([letter])), *check_mentions(reference.threads, [letter])]
    return letter, problems


def _render(letter: Letter) -> None:
    """The body as HTML and as Markdown, which must say the body's words and nothing else."""
    markup = LetterMarkup(letter)
    pages = [markup.render_cell(cell) for block in letter.body.blocks for row in block.cells for cell in row]
    found = [*(foreign for page in pages for foreign in iter_foreign(str(page))), *iter_foreign_markdown(letter.body.markdown)]
    assert not found, f"foreign in a body: {found[:3]}"


def try_settings(named: tuple[str, str]) -> None:
    """Reads and checks a settings file, a thread or a page."""
    name, text = named
    report = Report(f"{name}.yml")
    if name in ("thread", "page"):
        page = read_page("a", Thread if name == "thread" else PageHead, text, report)
        problems = [] if page is None else [*check_mentions([page], []), *check_reference(make_reference({}, [page]), {})] if name == "thread" else list(check_pages([page]))
    else:
        value = read_settings(SETTINGS_SHAPES[name], text, report)
        problems = list(check_reference(make_reference({name: value}, []), {}))
    _show([*report.problems, *problems])


def try_yaml(text: str) -> None:
    """Reads YAML that means nothing."""
    report = Report("topics.yml")
    node = parse_yaml(text, report)
    assert node is None or True
    _show(report.problems)


def try_markdown(markdown: str) -> None:
    """A body must be consistent within itself, and a body or a page without faults have nothing foreign in its HTML."""
    body = parse_body(markdown)
    assert all(body.text[run.start : run.end] == run.text for block in body.blocks for run in block.runs), "a run isn't a slice of the text"
    assert len({block.anchor for block in body.blocks}) == len(body.blocks), "two blocks have one anchor"
    if not body.faults:
        letter = Report("a.md"), f"---\nnumber: '9001'\ntitle: 甲\nkind: proposal\nrespondent: 甲局\ndate: 2020-05-06\n---\n\n{markdown}"
        read = read_letter("2020/9001", letter[1], letter[0])
        if read is not None and not letter[0].problems:
            _render(read)
    report = Report("pages/a.md")
    page = read_page("a", PageHead, f"---\ntitle: 甲\n---\n{markdown}", report)
    if page is not None and not report.problems:
        found = list(iter_foreign(render_prose(page.markdown)))
        assert not found, f"foreign in a page: {found[:3]}"


@cache
def _search() -> Search:
    """The search over the small invented archive."""
    archive = read_archive(Options(content=ROOT / "tests" / "mini", output=ROOT / "public", use_cache=False))
    return Search(make_catalogue(archive.letters, archive.reference, archive.pages).entries, Memo(None))


_asked: list[str] = []
"""Queries that are still to be put to the browser's twin."""


def try_query(source: str) -> None:
    """A query must mean the same twice, and find letters each once."""
    assert parse_query(source) == parse_query(source), "a query means two things"
    ids = [hit.entry.letter.id for hit in _search().find(source)]
    assert len(ids) == len(set(ids)), "a letter is found twice"
    if "\ud800" > max(source, default="") or not any("\ud800" <= char <= "\udfff" for char in source):
        _asked.append(source)


_ASK = """
import { readFileSync } from "node:fs";
const { parseQuery, readPairs } = await import(process.argv[1]);
const [pairs, queries] = JSON.parse(readFileSync(0, "utf-8"));
const table = readPairs(pairs);
const asCase = (query) => {
  switch (query?.kind) {
    case undefined: return null;
    case "term": return [query.text, query.field];
    case "years": return { years: [query.first, query.last] };
    case "not": return { not: asCase(query.query) };
    default: return { [query.kind]: query.queries.map(asCase) };
  }
};
process.stdout.write(JSON.stringify(queries.map((query) => { try { return asCase(parseQuery(query, table)); } catch (error) { return String(error); } })));
"""


def ask_twin() -> list[str]:
    """Queries that the browser's twin takes otherwise, where there is a node to ask it."""
    node, queries = shutil.which("node"), list(_asked)
    _asked.clear()
    if node is None or not queries:
        return []
    module = "data:text/javascript;base64," + base64.b64encode((ROOT / "static" / "js" / "search" / "terms.js").read_bytes()).decode()
    asked = json.dumps([make_pairs(), queries]).encode()
    told = subprocess.run([node, "--input-type=module", "-e", _ASK, module], input=asked, capture_output=True, check=True, timeout=60)
    return [query for query, said in zip(queries, json.loads(told.stdout), strict=True) if said != json.loads(json.dumps(_as_case(parse_query(query))))]


def _as_case(query: Query | None) -> object:
    match query:
        case Term(text=text, field=name):
            return [text, name]
        case Years(first=first, last=last):
            return {"years": [first, last]}
        case Not(query=hidden):
            return {"not": _as_case(hidden)}
        case All(queries=queries):
            return {"all": [_as_case(each) for each in queries]}
        case AnyOf(queries=queries):
            return {"any": [_as_case(each) for each in queries]}
    return None


def try_import(file: tuple[str, bytes]) -> None:
    """A raw file must become drafts that `check` takes, but for what they leave open, or a problem."""
    desk = Desk([], _reference())
    for placed in desk.take_in(RawFile(*file)):
        if isinstance(placed, Problem):
            _show([placed])
            continue
        letter, problems = _read(placed.text, Reference(site=Site(title="甲", description="乙"), topics=_reference().topics), placed.id)
        assert letter is not None, f"a draft can't be read: {problems[:1]}"
        assert not list_blocking(problems), f"a draft has a problem: {list_blocking(problems)[0]}"
        assert find_control(placed.text.replace("\n", "")) is None, "a draft holds an invisible character"


# ── whole sites

_FREE = frozenset("title name description summary printed_title session document_number proposers respondent co_handlers action owners note reason ground publisher keywords scan file scheme grade issuer".split())
"""Keys of tests/mini whose words may be any; what quotes must agree with is left as it is."""


@cache
def _mini() -> dict[str, tuple[Any, str]]:
    """The small invented archive's files: their YAML as values, and their bodies."""
    import yaml

    found = {}
    for path in sorted((ROOT / "tests" / "mini").rglob("*")):
        if path.is_file():
            text = path.read_text("utf-8")
            head, body = text.split("---\n", 2)[1:] if path.suffix == ".md" else (text, "")
            found[path.relative_to(ROOT / "tests" / "mini").as_posix()] = yaml.load(head, yaml.BaseLoader), body
    return found


def make_sites() -> SearchStrategy[list[tuple[int, str]]]:
    """Where in the small archive hostile words are put, and which."""
    return st.lists(st.tuples(st.integers(0, 2**16), inputs.TOKEN.filter(lambda token: find_control(token) is None)), min_size=5, max_size=60)


def _soil(value: Any, tokens: Iterable[tuple[int, str]], count: list[int], key: str = "") -> Any:
    """A value with tokens put into the free texts whose numbers they bear."""
    if isinstance(value, dict):
        return {name: _soil(item, tokens, count, name) for name, item in value.items()}
    if isinstance(value, list):
        return [_soil(item, tokens, count, key) for item in value]
    if key not in _FREE or value in ("", "null"):
        return None if value == "null" else value
    count[0] += 1
    return value + "".join(token for place, token in tokens if place % 97 == count[0] % 97)


def write_soiled(folder: Path, tokens: list[tuple[int, str]]) -> None:
    """Writes the small archive with hostile words in it."""
    count = [0]
    for name, (value, body) in _mini().items():
        soiled = _soil(value, tokens, count, "")
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        words = "".join(f"\n{token}\n" for place, token in tokens if place % 31 == count[0] % 31 and not parse_body(token).faults)
        path.write_text(inputs.dump_head(soiled, body + words) if name.endswith(".md") else inputs.dump(soiled), "utf-8")


def try_site(tokens: list[tuple[int, str]]) -> None:
    """Builds a whole small site in memory; what is without a problem must have pages without anything foreign."""
    with tempfile.TemporaryDirectory() as folder:
        write_soiled(Path(folder), tokens)
        archive = read_archive(Options(content=Path(folder), output=Path(folder) / "no", use_cache=False, quiet=True))
    _show(archive.problems)
    if not list_blocking(archive.problems):
        for output in _iter_site(archive):
            found = [] if output.path.startswith(("assets/", "sw.js")) else list(iter_foreign_in(output.path, output.data))
            assert not found, f"foreign in {output.path}: {found[:3]}"


def _iter_site(archive: Archive) -> Iterable[Output]:
    catalogue = make_catalogue(archive.letters, archive.reference, archive.pages)
    search = Search(catalogue.entries, Memo(None))
    makers = Makers(catalogue, Parallels(catalogue.entries, Memo(None)), search.related, search.start_url, read_assets(), is_split(catalogue.entries), search.folder)
    makers.parallels.meet()
    parts = makers.list_parts(range(len(catalogue.entries)), range(len(makers.units)))
    made = list(search.files)
    with closing(Gathering(len(catalogue.entries), None)) as gathering:
        for making in (making for part in parts for making in makers.make(part)):
            made += making.outputs
            if making.extract:
                gathering.put(making.place, making.extract)
        tables = Part("tables", tuple(range(len(makers.tables))), gathering.finish())
        made += (output for making in makers.make(tables) for output in making.outputs)
    return [*made, *makers.iter_last([(output.path, output.changed) for output in made if output.path.endswith(".html")])]


TRIALS = (
    Trial("letters, mutated", 3, lambda: inputs.mutate(inputs.list_letters()), try_letter),
    Trial("letters, made", 3, inputs.make_letters, try_letter),
    Trial("settings, threads, pages", 2, inputs.make_settings, try_settings),
    Trial("YAML", 1, inputs.make_yaml, try_yaml),
    Trial("Markdown", 3, inputs.make_markdown, try_markdown),
    Trial("queries", 2, inputs.make_queries, try_query, ask_twin),
    Trial("import: text and pages", 4, inputs.make_raw_files, try_import),
    Trial("import: Word", 1, inputs.make_word_files, try_import),
    Trial("import: PDF", 1, inputs.make_pdf_files, try_import),
    Trial("whole sites", 2, make_sites, try_site),
)
