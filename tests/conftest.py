"""What tests share: options, and the sites that are built for them."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.making import ROOT, build_site


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write tests/golden/ anew from tests/mini/")


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real archive, built once."""
    output = tmp_path_factory.mktemp("real") / "public"
    assert build_site(ROOT / "content", output).problems == ()
    return output


@pytest.fixture
def archive(tmp_path: Path) -> Callable[..., Path]:
    """Makes a small content folder: `archive({"letters/2020/9001.md": text, …})`; site.yml and topics.yml are there already."""

    def make(files: dict[str, str | bytes] | None = None) -> Path:
        content = tmp_path / "content"
        base = {"site.yml": "title: 试验档案\ndescription: 只为试验。\n", "topics.yml": "- {slug: trees, name: 树木}\n"}
        for name, text in {**base, **(files or {})}.items():
            path = content / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return content

    return make


@pytest.fixture(scope="session")
def sentences() -> list[str]:
    """What invented letters are put together of."""
    chance = random.Random(9001)
    return ["".join(chance.choices("区局街道社区公园桥梁学校医院建设完善推进落实开展工作管理服务项目资金规划标准", k=chance.randint(8, 24))) for _ in range(900)]
