"""What tests make: sites, trees of bytes, small invented letters."""

from __future__ import annotations

import zlib
from pathlib import Path

from dafu.road import Options, Result, build
from dafu.search.fields import FIELDS, Document
from dafu.search.folding import fold

TESTS = Path(__file__).parent
ROOT = TESTS.parent


def build_site(content: Path, output: Path, **options: object) -> Result:
    """Builds without a cache and without a word; the result says what came of it."""
    return build(Options(content=content, output=output, quiet=True, use_cache=False, **options))


def read_tree(folder: Path) -> dict[str, bytes]:
    """Every file of a folder by its relative path."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def make_letter(body: str = "尊敬的甲乙丙委员：\n\n我局将种树九棵。\n\n某某局\n", **keys: str) -> str:
    """A small invented letter; `keys` are YAML values that replace or add to its own."""
    front = {"number": "9001", "title": "关于多种树的建议（虚构）", "kind": "proposal", "proposers": "[甲乙丙]", "respondent": "某某局", "date": "2020-05-06"} | keys
    return "---\n" + "".join(f"{name}: {value}\n" for name, value in front.items()) + "---\n\n" + body


def inflate(data: bytes) -> bytes:
    """What a file of the search held before it was compressed."""
    return zlib.decompress(data, -15)


def search_naively(documents: tuple[Document, ...], piece: str) -> set[str]:
    """The letters in whose words a piece stands, read from beginning to end."""
    places = [place for place, field in enumerate(FIELDS) if field.is_everywhere]
    return {document.id for document in documents if any(fold(piece) in fold(value) for place in places for value in document.words[place])}
