"""What earlier runs have worked out, by the bytes that it depends on. Deleting `.cache/` changes nothing but time."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from functools import cache
from pathlib import Path
from typing import Any

from dafu.body import PARSER_VERSION, Block, Body, Run, parse_body

_CODE = Path(__file__).resolve().parent


@cache
def code_version() -> str:
    """A name for the state of the program, its Python and its Markdown parser: other code, other answers."""
    digest = hashlib.sha256(f"{sys.version}\0{PARSER_VERSION}\0".encode())
    for path in sorted(_CODE.glob("*.py")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


class Memo:
    """A folder of answers; an answer that is damaged or of other code is as good as none."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder

    def parse_body(self, markdown: str, retired: frozenset[str]) -> Body:
        """`body.parse_body`, remembered."""
        if self.folder is None:
            return parse_body(markdown, retired)
        key = _name("body", markdown, *sorted(retired))
        known = self.read(key)
        if known is not None:
            return body_from_data(json.loads(known))
        body = parse_body(markdown, retired)
        self.write(key, json.dumps(body_as_data(body), ensure_ascii=False).encode())
        return body

    def read(self, key: str) -> bytes | None:
        """The answer kept under a key, if it is whole."""
        try:
            data = self._path(key).read_bytes()
        except OSError:
            return None
        digest, _, answer = data.partition(b"\n")
        return answer if digest == _digest(key, answer) else None

    def write(self, key: str, answer: bytes) -> None:
        """Keeps an answer; a cache that can't be written is no reason to stop."""
        path = self._path(key)
        beside = path.with_suffix(f".{os.getpid()}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            beside.write_bytes(_digest(key, answer) + b"\n" + answer)
            os.replace(beside, path)
        except OSError:
            pass

    def _path(self, key: str) -> Path:
        assert self.folder is not None
        return self.folder / key[:2] / key[2:]


def _digest(key: str, answer: bytes) -> bytes:
    """Ties an answer to its question, so that neither damage nor a file in the wrong place is believed."""
    return hashlib.sha256(key.encode() + b"\0" + answer).hexdigest().encode()


def _name(*parts: str) -> str:
    return hashlib.sha256("\0".join((code_version(), *parts)).encode("utf-8", "surrogatepass")).hexdigest()


def body_as_data(body: Body) -> list[Any]:
    """A body as JSON values, without repeating its text."""
    blocks = [
        [block.kind, block.anchor, block.level, block.line, [[[[run.start, run.end, run.strong, run.href] for run in cell] for cell in row] for row in block.cells]]
        for block in body.blocks
    ]
    return [body.text, blocks, body.faults]


def body_from_data(data: list[Any]) -> Body:
    """The body that `body_as_data` described."""
    text, blocks, faults = data
    return Body(
        blocks=tuple(
            Block(kind, anchor, tuple(tuple(tuple(Run(text[a:b], a, strong, href) for a, b, strong, href in cell) for cell in row) for row in rows), level, line)
            for kind, anchor, level, line, rows in blocks
        ),
        text=text,
        faults=tuple(tuple(fault) for fault in faults),
    )
