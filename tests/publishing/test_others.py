"""What others did at a target: their own work there is left alone, what they put beside the site stays, what was damaged is mended, who publishes meanwhile is noticed."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from dafu.output import is_permanent
from dafu.problems import SettingsError
from dafu.publish import tools
from dafu.publish.publication import NAME
from dafu.publish.storage import NEXT_LIST
from tests.making import ROOT, read_tree
from tests.publishing.peers import FEW, Peer, Tree, publish_few, put_object, run_git, run_rsyncd, run_s3, run_zip, write_few, write_tree



def test_a_branch_with_somebody_elses_work_is_left_alone(tmp_path: Path) -> None:
    with run_git(tmp_path) as peer:
        subprocess.run(["git", "init", "-q", "-b", "gh-pages", str(tmp_path / "other")], check=True)
        (tmp_path / "other/essay.html").write_text("somebody's")
        for words in ("add .", "-c user.name=a -c user.email=a@example.org commit -qm Essay", f"push -q {tmp_path / 'remote.git'} gh-pages"):
            subprocess.run(["git", "-C", str(tmp_path / "other"), *words.split()], check=True)
        with pytest.raises(SettingsError, match="the branch holds essay.html, which Dafu didn't publish"):
            publish_few(write_few(tmp_path / "project", peer), peer, FEW)
        assert peer.read() == {"essay.html": b"somebody's"}


@pytest.mark.parametrize(("theirs", "said"), [("current/index.html", "current"), ("releases/2024-05-06/index.html", "releases/2024-05-06"), ("a link", "current")])
def test_a_servers_folder_with_somebody_elses_releases_is_left_alone(tmp_path: Path, theirs: str, said: str) -> None:
    with run_rsyncd(tmp_path) as peer:
        place = tmp_path / "module"
        if theirs == "a link":
            (place / "current").symlink_to("elsewhere")
        else:
            write_tree(place, {theirs: b"somebody's"})
        before = list_tree(place)
        with pytest.raises(SettingsError, match=f"/{said} is there, and Dafu didn't put it there"):
            publish_few(write_few(tmp_path / "project", peer), peer, FEW)
        assert list_tree(place) == before


def test_a_bucket_with_somebody_elses_objects_is_left_alone(tmp_path: Path) -> None:
    """What isn't in a publication's way stays, whatever it is called; a damaged list of one that broke off is no hindrance."""
    with run_s3(tmp_path) as peer:
        project, theirs = write_few(tmp_path / "project", peer), {"甲 & 乙%.txt": b"1", "a\tb.txt": b"2", "letters/..x": b"3"}
        for path, data in (theirs | {"index.html": b"somebody's"}).items():
            put_object(peer, path, data)
        with pytest.raises(SettingsError, match="index.html is there, and Dafu didn't publish it"):
            publish_few(project, peer, FEW)
        assert peer.read() == theirs | {"index.html": b"somebody's"}

        put_object(peer, NEXT_LIST, b"[" * 100_000)
        publish_few(project, peer, FEW)
        found = peer.read()
        assert (NAME in found, {path: data for path, data in found.items() if path != NAME}) == (True, FEW | theirs)

        put_object(peer, NAME, b"not json")
        with pytest.raises(SettingsError, match="publication.json is damaged"):
            publish_few(project, peer, FEW | {"index.html": b"<p>9"})
        assert peer.read() == found | {NAME: b"not json"}


def make_zip(*, locks: bool = False, spoils: bool = False) -> bytes:
    """A zip file with a publication's list: one that wants a password, or one of which the content is damaged."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(NAME, b"{}" * 100)
    data = bytearray(file.getvalue())
    if locks:
        data[6] |= 1
        data[data.index(b"PK\1\2") + 8] |= 1
    if spoils:
        start = 30 + len(NAME)
        data[start:start + 4] = b"\xff" * 4
    return bytes(data)


@pytest.mark.parametrize("data", [b"", b"a letter", make_zip(locks=True), make_zip(spoils=True), make_zip()[:-30]])
def test_a_zip_file_that_is_not_ours_is_left_alone(tmp_path: Path, data: bytes) -> None:
    with run_zip(tmp_path) as peer:
        (tmp_path / "site.zip").write_bytes(data)
        with pytest.raises(SettingsError, match="no zip file of Dafu's"):
            publish_few(write_few(tmp_path / "project", peer), peer, FEW)
        assert (tmp_path / "site.zip").read_bytes() == data


def test_what_others_put_on_a_branch_stays(tmp_path: Path) -> None:
    with run_git(tmp_path) as peer:
        project = write_few(tmp_path / "project", peer)
        publish_few(project, peer, FEW)
        subprocess.run(["git", "clone", "-q", "-b", "gh-pages", str(tmp_path / "remote.git"), str(tmp_path / "other")], check=True)
        (tmp_path / "other/proof-of-owner.txt").write_text("yes")
        for words in ("add .", "-c user.name=a -c user.email=a@example.org commit -qm Proof", "push -q"):
            subprocess.run(["git", "-C", str(tmp_path / "other"), *words.split()], check=True)
        publish_few(project, peer, FEW | {"index.html": b"<p>9"})
        assert list_pages(peer) == FEW | {"index.html": b"<p>9", "proof-of-owner.txt": b"yes"}


def test_what_others_keep_on_a_server_stays_and_what_broke_off_goes(tmp_path: Path) -> None:
    with run_rsyncd(tmp_path) as peer:
        project, place = write_few(tmp_path / "project", peer), tmp_path / "module"
        theirs = {"notes.txt": b"yes", "releases/theirs/a b.txt": b"yes"}
        write_tree(place, {"notes.txt": b"yes", f"releases/{'0' * 16}/index.html": b"half"})
        publish_few(project, peer, FEW)
        write_tree(place, theirs)
        publish_few(project, peer, FEW | {"index.html": b"<p>9"})
        listed = list_tree(place)
        current = f"{listed.pop('current')}/"
        assert {path: data for path, data in listed.items() if not path.startswith(current)} == theirs
        assert peer.read().items() >= (FEW | {"index.html": b"<p>9"}).items()


def test_files_and_links_that_others_put_into_a_folder_stay(folder_peer: Peer, tmp_path: Path) -> None:
    project, place = write_few(tmp_path / "project", folder_peer), folder_peer.root()
    publish_few(project, folder_peer, FEW)
    write_tree(place, {".well-known/proof.txt": b"yes"})
    links = {place / "scans": "/nowhere/scans", place / "letters/newest.html": "index.html"}
    for link, goal in links.items():
        link.symlink_to(goal)
    publish_few(project, folder_peer, FEW | {"index.html": b"<p>9"})
    assert {link: link.readlink().as_posix() for link in links} == links
    assert (place / "index.html").read_bytes() == b"<p>9"
    assert (place / ".well-known/proof.txt").read_bytes() == b"yes"


def test_a_link_in_the_sites_way_gives_way(folder_peer: Peer, tmp_path: Path) -> None:
    project, place = write_few(tmp_path / "project", folder_peer), folder_peer.root()
    publish_few(project, folder_peer, FEW)
    (place / "letters").rename(tmp_path / "moved")
    (place / "letters").symlink_to(tmp_path / "moved")
    (place / "about.html").symlink_to("index.html")
    new = FEW | {"index.html": b"<p>9", "about.html": b"<p>8"}
    publish_few(project, folder_peer, new)
    assert list_pages(folder_peer) == new
    assert not (place / "letters").is_symlink()


def test_a_folder_with_a_built_site_is_cleared_of_what_was_built_there_before(folder_peer: Peer, tmp_path: Path) -> None:
    write_tree(folder_peer.root(), FEW | {"letters/2018/9077/index.html": b"<p>of before"})
    publish_few(write_few(tmp_path / "project", folder_peer), folder_peer, FEW)
    assert list_pages(folder_peer) == FEW


@pytest.mark.parametrize("peer", ["rsync", "s3", "folder"], indirect=True)
def test_what_is_damaged_or_missing_at_the_target_is_mended(peer: Peer, tmp_path: Path) -> None:
    project = write_few(tmp_path / "project", peer)
    publish_few(project, peer, FEW)
    before = peer.read()
    if peer.root is None:
        put_object(peer, "index.html", b"damaged")
        put_object(peer, "letters/index.html", None)
    else:
        (peer.root() / "index.html").write_bytes(b"damaged")
        (peer.root() / "letters/index.html").unlink()
    assert (publish_few(project, peer, FEW).sent.files, peer.read()) == (2, before)


def test_a_zip_file_with_a_damaged_file_is_made_anew(tmp_path: Path) -> None:
    with run_zip(tmp_path) as peer:
        project, file = write_few(tmp_path / "project", peer), tmp_path / "site.zip"
        publish_few(project, peer, FEW)
        style = next(path for path in FEW if is_permanent(path))
        data = bytearray(file.read_bytes())
        start = data.index(style.encode()) + len(style)
        data[start:start + 4] = b"\xff" * 4
        file.write_bytes(data)
        new = {path: data for path, data in FEW.items() if path != style}
        assert publish_few(project, peer, new).sent.files == len(new) + 1
        assert peer.read().keys() == new.keys() | {NAME}


def test_a_damaged_file_is_not_kept_for_readers_of_the_publication_before(folder_peer: Peer, tmp_path: Path) -> None:
    project, style = write_few(tmp_path / "project", folder_peer), next(path for path in FEW if is_permanent(path))
    publish_few(project, folder_peer, FEW)
    (folder_peer.root() / style).write_bytes(b"damaged")
    new = {path: data for path, data in FEW.items() if path != style}
    publish_few(project, folder_peer, new)
    assert list_pages(folder_peer) == new


@pytest.mark.parametrize("peer", ["git", "rsync", "s3", "folder"], indirect=True)
def test_who_publishes_from_elsewhere_meanwhile_is_not_written_over(peer: Peer, tmp_path: Path) -> None:
    here, elsewhere = (write_few(tmp_path / name, peer) for name in ("here", "elsewhere"))
    ours, theirs = (FEW | {"index.html": words, f"letters/{words.decode()}.html": b"<p>"} for words in (b"ours", b"theirs"))
    publish_few(here, peer, FEW)
    with pytest.raises(SettingsError, match=r"somebody else has published there meanwhile|\(stale info\)"):
        publish_few(here, peer, ours, meanwhile=lambda: publish_few(elsewhere, peer, theirs))
    assert list_pages(peer) == theirs
    publish_few(here, peer, ours)
    assert list_pages(peer) == ours


def test_who_publishes_into_a_bucket_at_the_same_moment_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with run_s3(tmp_path) as peer:
        here, elsewhere = (write_few(tmp_path / name, peer) for name in ("here", "elsewhere"))
        theirs = FEW | {"index.html": b"<p>theirs"}

        def do_all(*arguments: object, **options: object) -> None:
            last_steps(*arguments, **options)
            if not (tmp_path / "elsewhere/public").exists():
                publish_few(elsewhere, peer, theirs)

        last_steps = tools.Tool.do_all
        monkeypatch.setattr(tools.Tool, "do_all", do_all)
        with pytest.raises(SettingsError, match="somebody else has published there at the same moment"):
            publish_few(here, peer, FEW)
        assert list_pages(peer) == theirs


def test_two_publications_at_once_wait_for_each_other(folder_project: Path, folder_peer: Peer) -> None:
    command = [sys.executable, str(ROOT / "build.py"), "publish", "--format", "json"]
    both = [subprocess.Popen(command, cwd=folder_project, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    answers = [(process.communicate(timeout=120), process.returncode) for process in both]
    assert [status for _, status in answers] == [0, 0], answers
    assert sorted(json.loads(out)["files_sent"] == 0 for (out, _), _ in answers) == [False, True]
    assert folder_peer.read().keys() - {NAME} == read_tree(folder_project / "public").keys()


def list_tree(folder: Path) -> dict[str, bytes | str]:
    """Every file and every link of a folder."""
    return {path.relative_to(folder).as_posix(): os.readlink(path) if path.is_symlink() else path.read_bytes() for path in folder.rglob("*") if path.is_symlink() or path.is_file()}


def list_pages(peer: Peer) -> Tree:
    """What readers see."""
    return {path: data for path, data in peer.read().items() if not path.startswith(("publication", ".nojekyll"))}
