"""Each kind of target, published to for real: what readers fetch is what was built, byte for byte, and a second time only what changed is sent."""

from __future__ import annotations

import subprocess
import urllib.request
from pathlib import Path

from dafu.headers import lifetime_of, type_of
from dafu.output import is_permanent
from dafu.publish.publication import NAME
from tests.making import TESTS, read_tree
from tests.publishing.hosts import fetch_all, run_nginx
from tests.publishing.peers import Peer, Tree, change_letter, publish_project, run_git, run_s3, write_project


def without_extras(tree: Tree) -> Tree:
    return {path: data for path, data in tree.items() if path not in (NAME, ".nojekyll")}


def test_what_readers_fetch_is_what_was_built_and_only_changes_are_sent(project: Path, peer: Peer, tmp_path: Path) -> None:
    first = publish_project(project, peer)
    before = read_tree(project / "public")
    assert without_extras(peer.read()) == before
    if peer.root is not None:
        with run_nginx(peer.root(), tmp_path) as address:
            assert fetch_all(address, list(before)) == before

    assert publish_project(project, peer).sent.files == 0

    change_letter(project, "再种树九棵。")
    second = publish_project(project, peer)
    after, there = read_tree(project / "public"), peer.read()
    assert {path: there.get(path) for path in after} == after
    kept = without_extras(there).keys() - after.keys()
    assert kept == {path for path in before.keys() - after.keys() if is_permanent(path)} == set(second.changes.kept)
    assert len(kept) >= 2
    assert {path: there[path] for path in kept} == {path: before[path] for path in kept}
    if not peer.target.startswith("{kind: zip"):
        assert 2 <= second.sent.files <= 20 < first.sent.files

    change_letter(project, "再种树十棵。")
    third = publish_project(project, peer)
    assert without_extras(peer.read()).keys() - read_tree(project / "public").keys() == set(third.changes.kept) == after.keys() - read_tree(project / "public").keys()


def test_objects_in_storage_have_their_types_and_lifetimes(tmp_path: Path) -> None:
    with run_s3(tmp_path) as peer:
        project = write_project(tmp_path / "project", TESTS / "mini", peer)
        publish_project(project, peer)
        address = peer.target.partition('endpoint: "')[2].partition('"')[0] + "/replies/archive/"
        kinds = {(type_of(path), is_permanent(path)): path for path in read_tree(project / "public")}
        found = {}
        for path in kinds.values():
            with urllib.request.urlopen(address + path, timeout=10) as answer:
                found[path] = (answer.headers["Content-Type"], answer.headers["Cache-Control"])
        assert found == {path: (type_of(path), lifetime_of(path)) for path in kinds.values()}
        assert {path for path in peer.read() if path.startswith("publication")} == {NAME}


def count_commits(bare: Path) -> int:
    return int(subprocess.run(["git", f"--git-dir={bare}", "rev-list", "--count", "gh-pages"], check=True, capture_output=True).stdout)


def test_a_branch_keeps_what_was_published_before_only_where_it_is_asked_to(tmp_path: Path) -> None:
    with run_git(tmp_path) as peer:
        project = write_project(tmp_path / "project", TESTS / "mini", peer)
        publish_project(project, peer)
        change_letter(project, "再种树九棵。")
        publish_project(project, peer)
        assert count_commits(tmp_path / "remote.git") == 1
        site = project / "content/site.yml"
        site.write_text(site.read_text("utf-8").replace("kind: git,", "kind: git, history: true, domain: replies.example.org,"), "utf-8")
        change_letter(project, "再种树十棵。")
        publish_project(project, peer)
        assert count_commits(tmp_path / "remote.git") == 2
        assert peer.read()["CNAME"] == b"replies.example.org\n"


def test_the_contents_own_repository_knows_the_way(tmp_path: Path) -> None:
    """Without `to`, a branch of `origin`; the checkout, its branches and its index are as they were."""
    with run_git(tmp_path) as peer:
        project = write_project(tmp_path / "project", TESTS / "mini", Peer("{kind: git}", peer.read, peer.root))
        for words in ("init -q -b main", "add content", "-c user.name=a -c user.email=a@example.org commit -qm Letters", f"remote add origin {tmp_path / 'remote.git'}"):
            subprocess.run(["git", "-C", str(project), *words.split()], check=True)
        publish_project(project, peer)
        assert without_extras(peer.read()) == read_tree(project / "public")
        branches = subprocess.run(["git", "-C", str(project), "branch", "--format=%(refname)"], check=True, capture_output=True, text=True).stdout
        status = subprocess.run(["git", "-C", str(project), "status", "--porcelain", "--", "content"], check=True, capture_output=True, text=True).stdout
        assert (branches, status) == ("refs/heads/main\n", "")
