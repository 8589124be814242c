"""The house keeps its shape: imports point one way, packages come in by one door, rooms stay small."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = {".".join(path.relative_to(ROOT / "dafu").with_suffix("").parts): path for path in sorted((ROOT / "dafu").rglob("*.py")) if path.stem != "__init__"}


def iter_imports(path: Path) -> list[tuple[str, str]]:
    """Module and name of every import of a file, wherever it stands."""
    found: list[tuple[str, str]] = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found += [(alias.name, "") for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found += [(node.module, alias.name) for alias in node.names]
    return found


def iter_needed(path: Path) -> list[str]:
    """The packages that a room asks for only when it needs them: `need("docx", …)`."""
    calls = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "need"]
    return [str(call.args[0].value).split(".")[0] for call in calls if isinstance(call.args[0], ast.Constant)]


def rooms_used(path: Path) -> set[str]:
    """The rooms that a file leans on."""
    used = set()
    for module, name in iter_imports(path):
        package, _, room = module.partition(".")
        if package == "dafu":
            used |= {room, f"{room}.{name}".lstrip(".")}
    return used & ROOMS.keys()


def find_cycle(graph: dict[str, set[str]]) -> list[str]:
    """A way that leads back to where it began, if there is one."""
    done: set[str] = set()

    def walk(room: str, way: list[str]) -> list[str]:
        if room in way:
            return [*way[way.index(room) :], room]
        if room not in done:
            for used in sorted(graph[room]):
                if cycle := walk(used, [*way, room]):
                    return cycle
            done.add(room)
        return []

    return next((cycle for room in graph if (cycle := walk(room, []))), [])


def test_imports_make_no_cycle() -> None:
    assert find_cycle({room: rooms_used(path) for room, path in ROOMS.items()}) == []


def test_a_cycle_would_be_found() -> None:
    assert find_cycle({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == ["b", "c", "b"]


def test_each_package_comes_in_through_one_room() -> None:
    doors: dict[str, set[str]] = {}
    for room, path in ROOMS.items():
        for module, _ in iter_imports(path):
            package = module.split(".")[0]
            if package not in sys.stdlib_module_names and package not in ("dafu", "__future__"):
                doors.setdefault(package, set()).add(room)
        for package in iter_needed(path):
            doors.setdefault(package, set()).add(room)
    assert {package: rooms for package, rooms in doors.items() if len(rooms) > 1} == {}


FILES = {"asking", "heap", "source", "assets", "words", "memo", "seal", "kept", "texts", "meetings", "made", "spare", "extracts", "crew", "exchange", "holds", "write", "serve", "search.folding", "search.site", "search.making", "search.relating", "search.chunks", "search.segments", "search.stretches", "search.bundles", "search.changes", "publish.snapshot", "publish.road", "publish.git", "publish.rsync", "publish.storage", "publish.folder"}
"""The rooms that touch the disk: the two ends, the memo, what a build keeps for the next, the holds on folders, the server's view of what was written, what of letters' texts, and of what tables have of letters, is too much for memory, a table out of a package, the folders of index and shards that the memo keeps, and what carries a site away. (What `asking` opens are connections, and what `heap` opens is what the system tells of this process.)"""


@pytest.mark.parametrize("room", sorted(ROOMS.keys() - FILES))
def test_only_the_ends_touch_files(room: str) -> None:
    tree = ast.parse(ROOMS[room].read_text("utf-8"))
    touching = {"open", "read_text", "read_bytes", "write_text", "write_bytes", "unlink", "rename", "mkdir"}
    called = {node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "") for node in ast.walk(tree) if isinstance(node, ast.Call)}
    assert called & touching == set()


def test_no_room_outgrows_the_house() -> None:
    files = [*ROOMS.values(), *(ROOT / "static" / "js").rglob("*.js"), *(ROOT / "tests").glob("**/*.py")]
    assert {path.name: lines for path in files if (lines := path.read_text("utf-8").count("\n")) > 300} == {}


def test_every_room_says_what_it_is_for() -> None:
    assert [room for room, path in ROOMS.items() if not ast.get_docstring(ast.parse(path.read_text("utf-8")))] == []


def test_the_door_is_thin() -> None:
    assert (ROOT / "build.py").read_text("utf-8").count("\n") < 30
