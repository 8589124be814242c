"""Each kind of target, published to for real: what readers fetch is what was built, byte for byte, and a second time only what changed is sent."""

from __future__ import annotations

import json
import urllib.request
from pathlib import Path

from dafu.headers import lifetime_of, type_of
from dafu.output import is_permanent
from dafu.publish.publication import NAME
from tests.making import read_tree
from tests.publishing.hosts import fetch_all, run_nginx
from tests.publishing.peers import Peer, Tree, run_publish

LETTER = "content/letters/2018/9002.md"
EXTRAS = {NAME, ".nojekyll"}


def publish(project: Path, peer: Peer, *options: str) -> dict[str, object]:
    """What a publication did; the site that stands there afterwards is the one that was built."""
    done = run_publish(project, peer, "--format", "json", *options)
    assert (done.returncode, "Traceback" in done.stderr) == (0, False), done.stderr + done.stdout
    return json.loads(done.stdout)


def change(project: Path, words: str) -> None:
    """An editor's change to a letter."""
    path = next((project / "content/letters/2018").glob("*.md"))
    path.write_text(path.read_text("utf-8").rstrip() + f"\n\n{words}\n", "utf-8")


def without_extras(tree: Tree) -> Tree:
    return {path: data for path, data in tree.items() if path not in EXTRAS}


def test_what_readers_fetch_is_what_was_built_and_only_changes_are_sent(project: Path, peer: Peer, tmp_path: Path) -> None:
    first = publish(project, peer)
    before = read_tree(project / "public")
    assert without_extras(peer.read()) == before
    if peer.root is not None:
        with run_nginx(peer.root(), tmp_path) as address:
            assert fetch_all(address, list(before)) == before

    assert publish(project, peer)["files_sent"] == 0

    change(project, "再种树九棵。")
    second = publish(project, peer)
    after, there = read_tree(project / "public"), peer.read()
    assert {path: there.get(path) for path in after} == after
    kept = without_extras(there).keys() - after.keys()
    assert kept == {path for path in before.keys() - after.keys() if is_permanent(path)}
    assert len(kept) >= 2
    assert {path: there[path] for path in kept} == {path: before[path] for path in kept}
    if not peer.target.startswith("{kind: zip"):
        assert 2 <= second["files_sent"] <= 20 < first["files_sent"]

    change(project, "再种树十棵。")
    third = publish(project, peer)
    assert without_extras(peer.read()).keys() - read_tree(project / "public").keys() == set(third["kept"]) == after.keys() - read_tree(project / "public").keys()


def test_objects_in_storage_have_their_types_and_lifetimes(tmp_path: Path) -> None:
    from tests.making import TESTS
    from tests.publishing.peers import run_s3, write_project

    with run_s3(tmp_path) as peer:
        project = write_project(tmp_path / "project", TESTS / "mini", peer)
        publish(project, peer)
        address = peer.target.partition('endpoint: "')[2].partition('"')[0] + "/replies/archive/"
        kinds = {(type_of(path), is_permanent(path)): path for path in read_tree(project / "public")}
        found = {}
        for path in kinds.values():
            with urllib.request.urlopen(address + path, timeout=10) as answer:
                found[path] = (answer.headers["Content-Type"], answer.headers["Cache-Control"])
        assert found == {path: (type_of(path), lifetime_of(path)) for path in kinds.values()}
        assert {path for path in peer.read() if path.startswith("publication")} == {NAME}
