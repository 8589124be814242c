"""What publishing refuses, what it leaves alone, and what it says; nothing is sent in any of these."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from dafu.problems import SettingsError
from dafu.publish import tools
from dafu.publish.limits import LIMITS, Limits, iter_trespasses
from dafu.publish.publication import NAME, NotOurs, parse_publication
from tests.making import ROOT, TESTS, make_letter, read_tree
from tests.publishing.hosts import need_program
from tests.publishing.peers import FEW, Peer, change_letter, publish_few, publish_project, run_git, run_publish, run_rsyncd, write_few, write_project

MINI = TESTS / "mini"


def test_a_dry_run_sends_nothing_and_says_what_would_go(folder_project: Path, folder_peer: Peer) -> None:
    done = run_publish(folder_project, folder_peer, "here", "--dry-run")
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert {line[2:] for line in lines[:-1] if line.startswith("+ ")} == read_tree(folder_project / "public").keys()
    assert lines[-1].startswith("Would go to ") and lines[-1].endswith("Nothing was sent.")
    assert folder_peer.read() == {}

    publish_project(folder_project, folder_peer)
    change_letter(folder_project, "再种树九棵。")
    before = folder_peer.read()
    found = json.loads(run_publish(folder_project, folder_peer, "--dry-run", "--format", "json").stdout)
    assert ("letters/2018" in found["changed"][-1] or "letters/" in " ".join(found["changed"]), found["files_sent"], len(found["kept"]) >= 2) == (True, 0, True)
    assert folder_peer.read() == before


def test_shards_and_assets_go_first_then_data_then_pages(folder_project: Path, folder_peer: Peer) -> None:
    new = publish_project(folder_project, folder_peer, is_dry=True).changes.new
    steps = [0 if path.startswith(("assets/", "search/data/")) else 2 if path.endswith(".html") else 1 for path in new]
    assert steps == sorted(steps) and set(steps) == {0, 1, 2}


def test_problems_in_the_content_keep_everything_from_being_sent(folder_project: Path, folder_peer: Peer) -> None:
    publish_project(folder_project, folder_peer)
    before = folder_peer.read()
    (folder_project / "content/letters/2018/9999.md").write_text("---\nnumber: 9999\n---\n\n甲。\n", "utf-8")
    done = run_publish(folder_project, folder_peer)
    assert (done.returncode, "9999.md:2:1: The key kind is missing." in done.stderr, "Traceback" in done.stderr) == (1, True, False)
    assert folder_peer.read() == before


@pytest.mark.parametrize(("targets", "arguments", "said"), [
    ("", [], "site.yml names no target"),
    ("publish: {one: {kind: zip, to: a.zip}, two: {kind: zip, to: b.zip}}", [], "Say which: one, two."),
    ("publish: {server: {kind: zip, to: a.zip}}", ["servr"], "Did you mean server?"),
    ("publish: {there: {kind: git, to: /nowhere/at/all.git}}", [], "can't be reached"),
    ("publish: {there: {kind: git, to: 'ext::sh -c true'}}", [], "can't be reached"),
    ("publish: {there: {kind: rsync, to: 'rsync://127.0.0.1:1/none'}}", [], "can't be reached"),
    ("publish: {there: {kind: s3, to: none, endpoint: 'http://127.0.0.1:1'}}", [], "can't be reached"),
    ("publish: {there: {kind: folder, to: content}}", [], "a publication can't lie in"),
    ("publish: {there: {kind: zip, to: content/site.yml}}", [], "a publication can't lie in"),
    ("publish: {there: {kind: zip, to: content}}", [], "a publication can't lie in"),
])
def test_a_target_that_cannot_be_is_told_in_a_sentence(tmp_path: Path, targets: str, arguments: list[str], said: str) -> None:
    peer = Peer("{kind: zip, to: x.zip}", dict, None, {"RCLONE_RETRIES": "1", "RCLONE_LOW_LEVEL_RETRIES": "1", "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"})
    project = write_project(tmp_path / "project", MINI, peer)
    site = project / "content/site.yml"
    site.write_text(site.read_text("utf-8").replace("publish: {here: {kind: zip, to: x.zip}}", targets), "utf-8")
    done = run_publish(project, peer, *arguments)
    assert (done.returncode, "Traceback" in done.stderr) == (2, False)
    assert said in done.stderr


@pytest.mark.parametrize(("target", "said"), [("{kind: rsync, to: 'box:/srv'}", "apt-get install rsync"), ("{kind: s3, to: replies}", "apt-get install rclone"), ("{kind: git, to: x.git}", "package git")])
def test_a_tool_that_is_not_there_is_named_with_where_it_comes_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, target: str, said: str) -> None:
    peer = Peer(target, dict, None)
    project = write_project(tmp_path / "project", MINI, peer)
    monkeypatch.setattr(tools.shutil, "which", lambda name: None)
    with pytest.raises(SettingsError, match=said):
        publish_project(project, peer)
    assert not (project / "public").exists()


@pytest.mark.parametrize(("host", "sizes", "said"), [
    ("cloudflare-pages", {f"a/{number}.txt": 1 for number in range(20_001)}, "over 20,000 files (these are 20,001)"),
    ("cloudflare-pages", {"data/letters.json": 26 * 2**20}, "files of over 25 MiB (data/letters.json: 26.0 MiB)"),
    ("github-pages", {"a": 600_000_000, "b": 600_000_000}, "sites of over 1,000 MB (this is 1,200.0 MB)"),
    ("netlify", {f"letters/{number}.txt": 1 for number in range(54_001)}, "over 54,000 files in one folder (letters has 54,001)"),
])
def test_what_a_host_forbids_is_said(host: str, sizes: dict[str, int], said: str) -> None:
    assert any(words.startswith(said) for words in iter_trespasses(LIMITS[host], sizes))
    assert list(iter_trespasses(LIMITS[host], {"index.html": 1000})) == []


def test_what_a_host_forbids_is_said_before_anything_is_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LIMITS, "cloudflare-pages", Limits(name="Cloudflare Pages", files=200))
    with run_git(tmp_path) as peer:
        project = write_project(tmp_path / "project", MINI, Peer(peer.target.replace("kind: git", "kind: git, host: cloudflare-pages"), peer.read, peer.root))
        with pytest.raises(SettingsError, match="Cloudflare Pages doesn't take over 200 files"):
            publish_project(project, peer)
        assert peer.read() == {}


def test_a_server_that_changes_links_is_found_out_before_readers_see_it(tmp_path: Path) -> None:
    with run_rsyncd(tmp_path, "munge symlinks = yes") as peer:
        project = write_project(tmp_path / "project", MINI, peer)
        with pytest.raises(SettingsError, match="munge symlinks = no"):
            publish_project(project, peer)
        assert not (tmp_path / "module/current").exists()


def test_after_a_withdrawal_no_shard_of_before_stays(folder_project: Path, folder_peer: Peer) -> None:
    letter = folder_project / "content/letters/2018/9077.md"
    letter.write_text(make_letter(number="9077", date="2018-05-06"), "utf-8")
    publish_project(folder_project, folder_peer)
    before = folder_peer.read()
    letter.write_text(make_letter(number="9077", date="2018-05-06", withdrawn="{date: 2024-01-02, reason: 应当事人要求}"), "utf-8")
    listed = folder_project / "content/permalinks.txt"
    listed.write_text("".join(line for line in listed.read_text("utf-8").splitlines(keepends=True) if not line.startswith(("proposers/jia", "respondents/mou"))), "utf-8")
    published = publish_project(folder_project, folder_peer)
    assert published.changes.kept == ()
    assert any("withdrawn since" in words for words in published.remarks)
    assert not {path for path in folder_peer.read() if path.startswith("search/data/")} - read_tree(folder_project / "public").keys()
    assert {path for path in before if path.startswith("search/data/start")} != {path for path in folder_peer.read() if path.startswith("search/data/start")}


def test_what_was_taken_out_is_gone_at_once_where_it_is_asked(folder_project: Path, folder_peer: Peer) -> None:
    publish_project(folder_project, folder_peer)
    change_letter(folder_project, "再种树九棵。")
    publish_project(folder_project, folder_peer)
    assert publish_project(folder_project, folder_peer, is_forgetting=True).changes.kept == ()
    assert folder_peer.read().keys() - {NAME} == read_tree(folder_project / "public").keys()


DAMAGES = [b"", b"{}", b"not json", b"[" * 100_000] + [
    b'{"format": "Dafu publication 1", "files": {"%s": "0"}, "kept": {}, "withdrawn": []}' % path for path in (b"../../etc/x", b"/etc/x", b"a\\\\b", b"assets/a\\nb.js", b"assets/\\ud800.js")]


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_list_that_is_damaged_or_leads_outside_is_not_believed(damage: bytes) -> None:
    with pytest.raises(NotOurs):
        parse_publication(damage)


def test_a_target_whose_list_is_damaged_is_left_alone(folder_peer: Peer, tmp_path: Path) -> None:
    project = write_few(tmp_path / "project", folder_peer)
    publish_few(project, folder_peer, FEW)
    (folder_peer.root() / NAME).write_bytes(b"not json")
    before = folder_peer.read()
    with pytest.raises(SettingsError, match="publication.json is damaged"):
        publish_few(project, folder_peer, FEW | {"index.html": b"<p>9"})
    assert folder_peer.read() == before


def test_what_was_published_may_not_vanish_even_where_its_list_was_lost(folder_project: Path, folder_peer: Peer) -> None:
    letter = folder_project / "content/letters/2018/9077.md"
    letter.write_text(make_letter(number="9077", date="2018-05-06"), "utf-8")
    publish_project(folder_project, folder_peer)
    listed = folder_project / "content/permalinks.txt"
    assert "letters/2018/9077/ p1-p3\n" in listed.read_text("utf-8")
    before = folder_peer.read()
    letter.unlink()
    assert {problem.code for problem in publish_project(folder_project, folder_peer).problems} == {"permalink-dropped"}
    listed.unlink()
    assert "letters/2018/9077/" in {problem.value for problem in publish_project(folder_project, folder_peer).problems}
    assert folder_peer.read() == before


def test_content_that_cannot_be_written_to_is_published_all_the_same(folder_peer: Peer, tmp_path: Path) -> None:
    project = write_project(tmp_path / "project", MINI, folder_peer)
    (project / "content/permalinks.txt").unlink()
    (project / "content").chmod(0o555)
    humbly = [need_program("setpriv"), "--inh-caps=-all", "--bounding-set=-all"] if os.geteuid() == 0 else []  # root may write everywhere
    done = subprocess.run([*humbly, sys.executable, str(ROOT / "build.py"), "publish"], cwd=project, capture_output=True, text=True, timeout=120)
    (project / "content").chmod(0o755)
    assert (done.returncode, "The list of permalinks in the content folder couldn't be written: Permission denied." in done.stderr) == (0, True), done.stderr
    assert folder_peer.read().keys() - {NAME} == read_tree(project / "public").keys()
