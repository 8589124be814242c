"""A Dask scheduler and workers on loopback: the same bytes as of one process, whoever is lost; and what is said where they can't do the work."""

from __future__ import annotations

import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from bench.letters import write_archive
from dafu import cluster
from dafu.archive import POOL_FROM
from dafu.problems import SettingsError
from tests.making import ROOT, build_site, read_tree

if sys.platform == "win32":
    pytest.skip("kills processes as Unix does", allow_module_level=True)


class Loopback:
    """A scheduler, and workers that are started when a test asks for them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.socket() as held:
            held.bind(("127.0.0.1", 0))
            self.address = f"tcp://127.0.0.1:{held.getsockname()[1]}"
        self.started: list[subprocess.Popen[bytes]] = []
        self.scheduler = self._start("scheduler", "--host", "127.0.0.1", "--port", self.address.rpartition(":")[2], "--no-dashboard", "--no-show")

    def add_worker(self, program: Path = ROOT, *, threads: int = 1) -> subprocess.Popen[bytes]:
        """A worker that runs the program in a folder."""
        return self._start("worker", self.address, "--nthreads", str(threads), "--no-nanny", "--no-dashboard", "--local-directory", str(self.folder), program=program)

    def _start(self, *arguments: str, program: Path = ROOT) -> subprocess.Popen[bytes]:
        environment = os.environ | {"PYTHONPATH": str(program)}
        command = [sys.executable, "-m", "distributed.cli.dask_scheduler" if arguments[0] == "scheduler" else "distributed.cli.dask_worker", *arguments[1:]]
        with (self.folder / "log").open("ab") as log:
            self.started.append(subprocess.Popen(command, env=environment, cwd=self.folder, stdout=log, stderr=log))
        return self.started[-1]

    def close(self) -> None:
        for process in self.started:
            with suppress(ProcessLookupError):
                process.kill()
            process.wait()


@pytest.fixture
def loopback(tmp_path: Path) -> Iterator[Loopback]:
    (tmp_path / "dask").mkdir()
    started = Loopback(tmp_path / "dask")
    yield started
    started.close()


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Letters enough to be handed out."""
    chance = random.Random(9007)
    sentences = ["".join(chance.choices("区局街道社区公园桥梁学校医院建设完善推进落实开展工作管理服务", k=chance.randint(8, 24))) for _ in range(900)]
    folder = tmp_path_factory.mktemp("many") / "content"
    write_archive(folder, POOL_FROM + 5, sentences)
    return folder


def wait_for(what: Callable[[], bool]) -> None:
    end = time.monotonic() + 120
    while not what():
        assert time.monotonic() < end
        time.sleep(0.02)


def kill_when(process: subprocess.Popen[bytes], what: Callable[[], bool]) -> threading.Thread:
    """Kills a process as soon as something has come about."""

    def strike() -> None:
        wait_for(what)
        process.send_signal(signal.SIGKILL)

    thread = threading.Thread(target=strike)
    thread.start()
    return thread


def has_pages(output: Path) -> Callable[[], bool]:
    """Whether a build has begun to write pages."""
    return lambda: any(output.parent.glob(f".{output.name}.new-*/letters/*/*/index.html"))


def test_cluster_that_loses_a_worker_makes_the_same_bytes(content: Path, loopback: Loopback, tmp_path: Path) -> None:
    assert build_site(content, tmp_path / "alone").problems == ()
    output = tmp_path / "shared" / "public"
    lost, _ = loopback.add_worker(), loopback.add_worker(threads=3)
    killing = kill_when(lost, has_pages(output))
    assert build_site(content, output, cluster=loopback.address).problems == ()
    killing.join()
    assert lost.wait(10) == -signal.SIGKILL
    assert read_tree(output) == read_tree(tmp_path / "alone")
    assert [path.name for path in output.parent.iterdir()] == ["public"]


def test_loss_of_the_scheduler_is_told(content: Path, loopback: Loopback, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "PATIENCE_S", 5)
    loopback.add_worker()
    output = tmp_path / "shared" / "public"
    killing = kill_when(loopback.scheduler, has_pages(output))
    with pytest.raises(SettingsError, match="the scheduler has gone"):
        build_site(content, output, cluster=loopback.address)
    killing.join()
    assert not output.exists()


def test_worker_of_another_program_is_refused(content: Path, loopback: Loopback, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "dafu", tmp_path / "other" / "dafu", ignore=shutil.ignore_patterns("__pycache__"))
    with (tmp_path / "other" / "dafu" / "words.py").open("a") as file:
        file.write("# changed\n")
    loopback.add_worker(tmp_path / "other")
    with pytest.raises(SettingsError, match="another version of Dafu"):
        build_site(content, tmp_path / "public", cluster=loopback.address)
    assert not (tmp_path / "public").exists()


def test_cluster_without_workers_is_told(content: Path, loopback: Loopback, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "PATIENCE_S", 3)
    with pytest.raises(SettingsError, match="no worker is there"):
        build_site(content, tmp_path / "public", cluster=loopback.address)


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "127.0.0.1", "nothing at all", ""])
def test_address_where_no_scheduler_answers_is_told(content: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setattr(cluster, "PATIENCE_S", 1)
    with pytest.raises(SettingsError, match="no scheduler answers"):
        build_site(content, tmp_path / "public", cluster=address)


def test_storage_that_a_worker_does_not_see_is_told(tmp_path: Path) -> None:
    asked = cluster._Asked(cluster._name_all(), tmp_path / "elsewhere")
    with pytest.raises(SettingsError, match="doesn't see"):
        cluster._do_alone(asked, str, 1)
