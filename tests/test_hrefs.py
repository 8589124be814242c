"""Every kind of file that names another one: the link check sees it in crafted ones, and in the built site all of them lead somewhere."""

from __future__ import annotations

import csv
import io
import json
import re
import xml.etree.ElementTree as xml
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urldefrag, urljoin

import pytest

from dafu.links import LinkCheck
from dafu.output import Output, file_of
from tests.making import TESTS, build_site, inflate, make_letter, read_tree

Tree = dict[str, bytes]
BASE = "https://example.org/mini/"

# The link check on crafted files


def check_links(files: dict[str, str]) -> list[tuple[str, str, str | None]]:
    """File, code and link of each problem."""
    check = LinkCheck(BASE)
    for _ in check.watch([Output(path, text.encode()) for path, text in files.items()]):
        pass
    return [(problem.path, problem.code, problem.value) for problem in check.iter_problems()]


def head(markup: str) -> str:
    return f"<head>\n{markup}\n</head>\n"


KINDS = {
    "picture of many sizes": ("index.html", '<img src="a/" srcset="{} 2x">', "9.png"),
    "stylesheet": ("index.html", head('<link rel="stylesheet" href="{}">'), "9.css"),
    "refresh": ("a/index.html", head('<meta http-equiv="refresh" content="0; url={}">'), "../9/#p1"),
    "form with a question": ("index.html", '<form action="{}">', "9/?q=9"),
    "start of the search": ("a/index.html", '<script data-start="{}">', "../search/9.bin"),
    "worker": ("a/index.html", '<script data-worker="{}">', "../9.js"),
    "full address": ("index.html", '<a href="{}">', f"{BASE}9/"),
    "canonical": ("a/index.html", head('<link rel="canonical" href="{}">'), f"{BASE}9/"),
    "metadata": ("a/index.html", head('<meta property="og:url" content="{}">'), f"{BASE}9/"),
    "metadata for citing": ("a/index.html", head('<meta name="citation_public_url" content="{}">'), f"{BASE}9/"),
    "JSON-LD": ("a/index.html", head('<script type="application/ld+json">{{"@id":"{}"}}</script>'), f"{BASE}9/#p1"),
    "sitemap": ("sitemap.xml", "<url><loc>{}</loc></url>", f"{BASE}9/"),
    "Atom": ("a/feed.xml", '<link rel="alternate" href="{}"/>', f"{BASE}9/"),
    "Atom's id": ("feed.xml", "<entry><id>{}</id></entry>", f"{BASE}9/"),
    "OpenSearch": ("opensearch.xml", '<Url template="{}?q={{searchTerms}}"/>', f"{BASE}9/"),
    "JSON Feed": ("feed.json", '{{"items": [\n {{"id": "{}"}}]}}', f"{BASE}9/"),
    "letters": ("data/letters.json", '[{{"id": "2020/9001", "url": "{}"}}]', "letters/9/"),
    "letters in years": ("data/letters.json", '[{{"url": "{}"}}]', "data/letters-9999.json"),
    "a letter as data": ("letters/2020/9001/index.json", '{{"commitments": [{{"url": "{}"}}]}}', "a/#c9"),
    "data package": ("data/datapackage.json", '{{"resources": [{{"path": "{}"}}]}}', "9.csv"),
    "annotations": ("a/annotations.jsonld", '{{"items":[{{"id":"{}"}}]}}', f"{BASE}a/#c9"),
    "annotations' source": ("a/annotations.jsonld", '{{"target":{{"source":"{}"}}}}', f"{BASE}9.txt"),
    "table": ("data/letters.csv", '\ufeffid,url,title\r\n9,{},"a, ""b"""\r\n', "letters/9/"),
    "llms.txt": ("llms.txt", "- [九]({}): 某局\n", f"{BASE}9/index.md"),
    "robots.txt": ("robots.txt", "User-agent: *\n\nSitemap: {}\n", f"{BASE}9.xml"),
    "shell": ("sw.js", 'self.SHELL = ["./", "{}"];\n', "9/"),
    "worker's script": ("sw.js", 'importScripts("{}");\n', "assets/9.js"),
    "picture in a style": ("assets/a/css/site.css", 'p {{ background: url("{}") }}', "../img/9.svg"),
    "style in a style": ("assets/a/css/site.css", '@import "{}";', "9.css"),
    "import": ("assets/a/js/page.js", 'import {{ nine }} from "{}";', "./9.js"),
    "import when needed": ("assets/a/js/page.js", 'await import("{}");', "../9.js"),
}


@pytest.mark.parametrize(("path", "form", "link"), KINDS.values(), ids=KINDS)
def test_dead_link_of_every_kind_is_seen(path: str, form: str, link: str) -> None:
    site = {"index.html": "", "a/index.html": '<p id="p1"></p>', "assets/a/9.txt": ""}
    found = check_links({**site, path: form.format(link)})
    shown = link + "?q={searchTerms}" if path == "opensearch.xml" else link
    assert [(place, value) for place, _, value in found] == [(path, shown)]


QUIET = {
    "words of a letter in data": ("data/letters.json", json.dumps({"text": f'"url": "9/" {BASE}9/', "source": {"url": "https://example.net/9"}})),
    "names that are no address": ("data/letters.json", '[{"id": "2020/9009", "source": "9", "homepage": "https://example.org/"}]'),
    "words of a letter in a table": ("data/figures.csv", "id,title\r\n9,url\r\n"),
    "a host that begins alike": ("index.html", '<a href="https://example.org/mini9/">'),
    "script's own words": ("assets/a/js/page.js", 'const from = "./9.js"; // from "9"'),
    "picture within a style": ("assets/a/css/site.css", "p { background: url(data:image/svg+xml,9) }"),
    "the home page": ("data/letters.json", f'[{{"url": ""}}, {{"id": "{BASE}"}}, {{"id": "{BASE[:-1]}"}}]'),
}


@pytest.mark.parametrize(("path", "text"), QUIET.values(), ids=QUIET)
def test_what_is_no_link_is_not_looked_for(path: str, text: str) -> None:
    assert check_links({"index.html": "", path: text}) == []


def test_a_link_may_come_before_or_after_what_it_names() -> None:
    page, asker = '<p id="p1"></p>', '<a href="a/#p1"></a><a href="a/#p9"></a>'
    wanted = [("index.html", "anchor-dead", "a/#p9")]
    assert check_links({"a/index.html": page, "index.html": asker}) == check_links({"index.html": asker, "a/index.html": page}) == wanted


# The built site, looked at with other means


@pytest.fixture(scope="module")
def mini(tmp_path_factory: pytest.TempPathFactory) -> Tree:
    output = tmp_path_factory.mktemp("mini") / "public"
    assert build_site(TESTS / "mini", output).problems == ()
    return read_tree(output)


def is_held(tree: Tree, path: str, link: str, base: str = BASE) -> bool:
    """Whether a link in a file leads to a file of the site, and its fragment to an element of a page."""
    address, fragment = urldefrag(urljoin(base + path, link))
    target = file_of(address.removeprefix(base).partition("?")[0])
    return address.startswith(base) and target in tree and (not fragment or not target.endswith(".html") or f' id="{fragment}"'.encode() in tree[target])


def iter_values(value: Any, key: str) -> Iterator[str]:
    """Every value that stands under a key, however deep."""
    for name, item in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        if name == key and isinstance(item, str):
            yield item
        yield from iter_values(item, key)


def read_json(mini: Tree, ending: str) -> Iterator[tuple[str, Any]]:
    yield from ((path, json.loads(data)) for path, data in mini.items() if path.endswith(ending) and not path.startswith("assets/"))


def test_addresses_in_data_are_pages_and_places_of_the_site(mini: Tree) -> None:
    told = [(path, url) for path, value in read_json(mini, ".json") for url in iter_values(value, "url") if not url.startswith("https://example.org/") or url.startswith(BASE)]
    told += [(path, row["url"]) for path, data in mini.items() if path.endswith(".csv") for row in csv.DictReader(io.StringIO(data.decode("utf-8-sig")))]
    told += [(path, url) for path, value in read_json(mini, ".jsonld") for url in [*iter_values(value, "id"), *iter_values(value, "source")] if url.startswith(BASE)]
    assert len(told) > 200 and any("#c" in url for _, url in told) and any("#f" in url for _, url in told)
    assert [pair for pair in told if not is_held(mini, "", pair[1])] == []


def test_addresses_for_machines_are_pages_of_the_site(mini: Tree) -> None:
    told = [(path, value) for path, data in mini.items() if path.endswith(".xml") for node in xml.fromstring(data).iter()
            for value in (node.text or "", *node.attrib.values()) if value.startswith(BASE)]
    told += [("llms.txt", url) for url in re.findall(r"\]\(([^)]*)\)", mini["llms.txt"].decode())]
    assert len(told) > 100
    assert [pair for pair in told if not is_held(mini, "", pair[1])] == []


def test_links_of_a_letters_markdown_are_those_of_its_page(archive: Callable[..., Path]) -> None:
    content = archive({"letters/2020/9001.md": make_letter("见[上文](#p1)和[另函](../../2021/9002/#p1)。\n"), "letters/2021/9002.md": make_letter(number="'9002'", date="2021-05-06")})
    assert build_site(content, content.parent / "public").problems == ()
    tree = read_tree(content.parent / "public")
    told = re.findall(r"\]\(([^)\s]*)\)", tree["letters/2020/9001/index.md"].decode())
    assert told == ["#p1", "../../2021/9002/#p1"]
    assert all(is_held(tree, "letters/2020/9001/index.html", link, "https://example.org/") for link in told)


def test_search_and_register_name_files_of_the_site(mini: Tree) -> None:
    start = inflate(next(data for path, data in mini.items() if path.startswith("search/data/start-")))
    size = 4 + int.from_bytes(start[:4], "little")
    told = json.loads(start[4:size])
    shards = sorted(path[-10:-4] for path in mini if re.fullmatch(r"search/data/[0-9a-f]{4}-[0-9a-f]{6}\.bin", path))
    assert shards == sorted(start[size + 3 * number : size + 3 * number + 3].hex() for number in range(told["shards"]))
    names, folders = told["names"], [year for year, letters in told["folders"] for _ in range(letters)]
    ids = [f"{year}/{''.join(names[number :: len(folders)]).strip()}" for number, year in enumerate(folders)]
    register = json.loads(mini["commitments/table.json"])["facets"]
    wanted = [f"search/data/{told['traditional']}", *(f"letters/{id}/search.bin" for id in ids)]
    wanted += [f"{facet}s/{slug}/index.html" for facet in ("topic", "respondent") for slug, _ in told["facets"][facet]["values"]]
    wanted += [f"commitments/{facet}/{slug}/index.html" for facet, values in register.items() for slug, _ in values]
    assert len(ids) == 7 and [path for path in wanted if path not in mini] == []


def test_shell_scripts_and_styles_name_files_of_the_site(mini: Tree) -> None:
    worker = mini["sw.js"].decode()
    told = [("", url.removeprefix("./")) for url in json.loads(re.findall(r"SHELL = (.*);", worker)[0])] + [("", url) for url in re.findall(r'importScripts\("(.*)"\)', worker)]
    told += [(path, url) for path, data in mini.items() if path.endswith(".js") for url in re.findall(r"""(?:from |import\()["'](\..*?)["']""", data.decode())]
    assert len(told) > 20
    assert [pair for pair in told if not is_held(mini, *pair)] == []


def test_link_of_the_front_matter_is_told_where_it_was_typed(tmp_path: Path) -> None:
    content = tmp_path / "content"
    for path, data in read_tree(TESTS / "mini").items():
        (content / path).parent.mkdir(parents=True, exist_ok=True)
        (content / path).write_bytes(data.replace(b"https://example.org/9001?a=1", f"{BASE}9/?a=1".encode()).replace(b"https://example.org/write", f"{BASE}9".encode()))
    problems = build_site(content, tmp_path / "public").problems
    places = {(problem.path.removeprefix(content.as_posix() + "/"), problem.line, problem.code) for problem in problems}
    lines = {name: (content / name).read_text("utf-8").split(f"{BASE}9")[0].count("\n") + 1 for name in ("letters/2016/9001.md", "site.yml")}
    assert places <= {(name, line, "link-dead") for name, line in lines.items()} and places
