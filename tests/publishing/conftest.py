"""What the tests of publishing share: each kind of target as a real peer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from tests.making import TESTS
from tests.publishing.peers import Peer, run_folder, run_git, run_rsyncd, run_s3, run_sshd, run_zip, write_project

PEERS: dict[str, Callable[[Path], AbstractContextManager[Peer]]] = {"git": run_git, "ssh": run_sshd, "rsync": run_rsyncd, "s3": run_s3, "folder": run_folder, "zip": run_zip}


@pytest.fixture(params=list(PEERS))
def peer(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Peer]:
    """Each kind of target in turn."""
    with PEERS[request.param](tmp_path) as peer:
        yield peer


@pytest.fixture
def project(peer: Peer, tmp_path: Path) -> Path:
    """The invented archive, with that target."""
    return write_project(tmp_path / "project", TESTS / "mini", peer)


@pytest.fixture
def folder_peer(tmp_path: Path) -> Iterator[Peer]:
    with run_folder(tmp_path) as peer:
        yield peer


@pytest.fixture
def folder_project(folder_peer: Peer, tmp_path: Path) -> Path:
    return write_project(tmp_path / "project", TESTS / "mini", folder_peer)
