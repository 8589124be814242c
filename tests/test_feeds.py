"""Feeds, sitemap and heads as the programs that read them see them."""

from __future__ import annotations

import html
import json
import re
import xml.etree.ElementTree as xml
from pathlib import Path

import feedparser
import pytest

from dafu import feeds
from tests.making import ROOT, build_site, make_letter

FOLDERS = ["", "years/2023/", "years/2019/", "topics/hetao/", "respondents/futian-science-technology-innovation-bureau/", "proposers/li-tao/", "sessions/futian-cppcc-6-3/"]
COUNTS = [5, 2, 0, 3, 5, 1, 2]


@pytest.mark.parametrize(("folder", "count"), list(zip(FOLDERS, COUNTS)), ids=FOLDERS)
def test_both_feeds_of_a_list_agree(site: Path, folder: str, count: int) -> None:
    atom = feedparser.parse((site / folder / "feed.xml").read_bytes())
    feed = json.loads((site / folder / "feed.json").read_text("utf-8"))
    assert not atom.bozo and atom.version == "atom10"
    assert len(atom.entries) == count
    assert [(entry.id, entry.title, entry.summary) for entry in atom.entries] == [(item["id"], item["title"], item["content_text"]) for item in feed["items"]]
    assert feed["version"] == "https://jsonfeed.org/version/1.1" and feed["feed_url"].endswith(f"{folder}feed.json")


def test_feed_knows_no_today(site: Path) -> None:
    assert feedparser.parse((site / "feed.xml").read_bytes()).feed.updated == "2023-10-16T00:00:00+08:00"


def test_sitemap_lists_every_page_once(site: Path) -> None:
    tree = xml.fromstring((site / "sitemap.xml").read_bytes())
    listed = [element.text for element in tree.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
    pages = {path.parent.relative_to(site).as_posix() for path in site.rglob("index.html")}
    assert sorted(listed) == sorted("https://example.org/" + ("" if page == "." else f"{page}/") for page in pages)


def test_of_many_addresses_each_folder_has_its_sitemap(site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeds, "MOST_TOGETHER", 20)
    monkeypatch.setattr(feeds, "MOST_ADDRESSES", 5)
    assert build_site(ROOT / "content", tmp_path).problems == ()
    paths = re.findall("<loc>https://example.org/(.*?)</loc>", (tmp_path / "sitemap.xml").read_text("utf-8"))
    assert {"letters/2018/sitemap.xml", "commitments/sitemap.xml", "commitments/sitemap-2.xml", "sitemap-pages.xml"} <= set(paths)
    listed = []
    for path in paths:
        named = re.findall("<loc>https://example.org/(.*?)</loc>", (tmp_path / path).read_text("utf-8"))
        assert 0 < len(named) <= 5 and all(url.startswith(path[: path.rfind("/") + 1]) for url in named)
        listed += named
    assert sorted(listed) == sorted(re.findall("<loc>https://example.org/(.*?)</loc>", (site / "sitemap.xml").read_text("utf-8")))


def test_robots_and_opensearch_lead_to_what_exists(site: Path) -> None:
    assert "Sitemap: https://example.org/sitemap.xml" in (site / "robots.txt").read_text("utf-8")
    urls = [element.attrib["template"] for element in xml.fromstring((site / "opensearch.xml").read_bytes()).iter("{http://a9.com/-/spec/opensearch/1.1/}Url")]
    assert urls[0] == "https://example.org/search/?q={searchTerms}"
    assert (site / "search" / "index.html").is_file()


def test_llms_names_every_letter(site: Path) -> None:
    found = re.findall(r"\(https://example\.org/(letters/[^)]*)\)", (site / "llms.txt").read_text("utf-8"))
    assert len(found) == 5 and all((site / path).is_file() for path in found)


def metas_of(page: Path) -> dict[str, str]:
    return {name: html.unescape(content) for name, content in re.findall(r'<meta (?:name|property)="([^"]+)" content="([^"]*)">', page.read_text("utf-8"))}


def test_head_of_a_letter_speaks_to_every_reader(site: Path) -> None:
    metas = metas_of(site / "letters/2021/jy20210042/index.html")
    wanted = {
        "DC.title": "关于提升产业园区建设及运营环境的建议", "DC.creator": "福田区科技创新局", "DC.date": "2021-06-21", "og:type": "article",
        "og:url": "https://example.org/letters/2021/jy20210042/", "citation_publication_date": "2021/06/21", "citation_author": "福田区科技创新局",
        "SiteName": "答复档案", "ColumnName": "全部答复", "ArticleTitle": "关于提升产业园区建设及运营环境的建议", "PubDate": "2021-06-21", "ContentSource": "福田区科技创新局",
        "Author": "福田区科技创新局", "Url": "https://example.org/letters/2021/jy20210042/",
    }
    assert {name: metas.get(name) for name in wanted} == wanted
    assert {"Keywords", "Description", "citation_title"} <= metas.keys() and "SiteIDCode" not in metas


def linked_data_of(page: Path) -> list[dict[str, object]]:
    return [json.loads(text) for text in re.findall(r'<script type="application/ld\+json">(.*?)</script>', page.read_text("utf-8"), flags=re.DOTALL)]


def test_letter_is_a_message_from_a_government_organization(site: Path) -> None:
    crumbs, message = linked_data_of(site / "letters/2023/2023005/index.html")
    assert crumbs["@type"] == "BreadcrumbList"
    assert (message["@type"], message["sender"]["@type"], message["sender"]["name"], message["dateSent"]) == ("Message", "GovernmentOrganization", "福田区科技创新局", "2023-10-08")
    assert [unit["name"] for unit in message["contributor"]] == ["区委组织部", "区发改局", "区文体旅游局", "区金融局", "合作区建设发展事务署"]


def test_data_page_is_a_dataset(site: Path) -> None:
    assert [data["@type"] for data in linked_data_of(site / "data/index.html")] == ["BreadcrumbList", "Dataset"]


def test_nothing_breaks_out_of_a_script(archive, tmp_path: Path) -> None:
    content = archive({"letters/2020/9001.md": make_letter(title='"</script><script>alert(1)</script><b>"')})
    assert build_site(content, tmp_path / "public").problems == ()
    page = (tmp_path / "public/letters/2020/9001/index.html").read_text("utf-8")
    assert page.count("<script") == page.count("</script>") == 4
    assert "<b>" not in page
