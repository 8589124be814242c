"""Policies: titles and document numbers found in the text, one policy for all its titles."""

from __future__ import annotations

from pathlib import Path

import pytest

from dafu.policies import Cited
from tests.making import ROOT, make_letter
from tests.test_parallels import read_catalogue

POLICIES = """
- slug: tree-rules
  name: 种树办法
  titles: [种树暂行办法, 某府办〔2014〕9号]
  relations: [{relation: amends, policy: old-rules, ground: 答复这样说。}]
- {slug: old-rules, name: 旧办法}
"""


def gather(folder: Path, *letters: dict[str, str]) -> tuple[Cited, ...]:
    """The policies of invented letters, one a year."""
    for number, keys in enumerate(letters, 1):
        path = folder / "content" / "letters" / str(2010 + number) / f"{9000 + number}.md"
        path.parent.mkdir(parents=True)
        path.write_text(make_letter(**{"number": f'"{9000 + number}"', "date": f"{2010 + number}-05-06"} | keys), "utf-8")
    (folder / "content" / "site.yml").write_text("title: 试验档案\ndescription: 只为试验。\n", "utf-8")
    (folder / "content" / "policies.yml").write_text(POLICIES, "utf-8")
    return read_catalogue(folder / "content").policies


FOUND = [
    ("依《种草办法》办理。", [("种草办法", None)]),
    ("依《种草办法》（国办发〔2018〕28号）办理。", [("种草办法", "国办发〔2018〕28号")]),
    ("依《种草〈示范〉办法》(国办发[2018]28号)办理。", [("种草〈示范〉办法", "国办发[2018]28号")]),
    ("根据国办发〔2018〕28号文件。", [(None, "国办发〔2018〕28号")]),
    ("《甲办法》《乙办法》和深府办规（2019）7 号", [("甲办法", None), ("乙办法", None), (None, "深府办规（2019）7号")]),
    ("《关于多种树的建议（虚构）》收悉。", []),
    ("《甲》（2018年）第28号。", []),
    ("依《种草办法》\n\n（国办发〔2018〕28号）办理。", [("种草办法", None), (None, "国办发〔2018〕28号")]),
    ("转发国办发\n\n〔2018〕28号。", []),
]


@pytest.mark.parametrize("body, expected", FOUND, ids=[body for body, _ in FOUND])
def test_titles_and_numbers_are_found(body: str, expected: list[tuple[str | None, str | None]], tmp_path: Path) -> None:
    citings = sorted((citing for cited in gather(tmp_path, {"body": body + "\n"}) for citing in cited.citings), key=lambda citing: citing.span)
    assert [(citing.title, citing.number) for citing in citings] == expected
    assert [citing.id for citing in citings] == [f"t{number}" for number in range(1, len(expected) + 1)]


def test_one_policy_for_all_its_titles_and_its_number(tmp_path: Path) -> None:
    bodies = ["依《种树办法》。", "依《种树 暂行办法》。", "依某府办[2014]9号。", "依《种草办法》（某府发〔2015〕7号）。", "依某府发（2015）7号。"]
    trees, grass = gather(tmp_path, *({"body": body + "\n"} for body in bodies))
    assert (trees.slug, trees.name, trees.titles, len(trees.entries), trees.has_page) == ("tree-rules", "种树办法", ("种树办法", "种树 暂行办法"), 3, True)
    assert [(tie.relation, tie.is_active, tie.other, tie.ground) for tie in trees.ties] == [("amends", True, "old-rules", "答复这样说。")]
    assert (grass.slug, grass.name, grass.numbers, grass.url) == ("zhong-cao-ban-fa", "种草办法", ("某府发〔2015〕7号", "某府发（2015）7号"), "policies/zhong-cao-ban-fa/")


def test_the_front_matter_adds_and_corrects(tmp_path: Path) -> None:
    citations = "[{quote: 《种草办法》, title: 种花办法, issuer: 某局, date: 2014-01-02}, {quote: 那份办法, policy: tree-rules}]"
    cited = gather(tmp_path, {"body": "依《种草办法》和那份办法，《乙办法》。\n", "citations": citations})
    assert [(each.name, each.issuers, each.citings[0].id) for each in cited] == [("种树办法", (), "q2"), ("乙办法", (), "t1"), ("种花办法", ("某局",), "q1")]


def test_a_very_long_title_has_an_address_that_a_disk_takes(tmp_path: Path) -> None:
    cited = gather(tmp_path, *({"body": f"《{'种树' * 70}》\n"} for _ in range(2)))
    assert len(cited[0].slug) <= 100 and cited[0].has_page


def test_the_policies_of_the_real_letters() -> None:
    policies = {cited.slug: cited for cited in read_catalogue(ROOT / "content").policies}
    park = policies["futian-technology-park-rules"]
    assert [entry.letter.id for entry in park.entries] == ["2020/ta20200005", "2021/jy20210042"]
    assert len(policies["futian-high-quality-innovation-policy"].titles) == 2
    assert [tie.other for tie in policies["huaqiang-shangbu-space-policy-2018"].ties] == ["huaqiang-shangbu-bagualing-space-measures"]
    assert any(cited.numbers == ("国办发〔2018〕28号",) for cited in policies.values())
