"""The tools that carry a publication, each a program of its own: whether it is there, how to get it, and what it says when it fails."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from dafu.problems import SettingsError
from dafu.text import drop_controls

_SAID = 6
"""Last lines of a tool's complaint that are repeated."""


@dataclass(frozen=True, slots=True)
class Tool:
    """A program, and where it comes from."""

    name: str
    source: str

    def find(self) -> str:
        """Its path; says how to get it where it isn't installed."""
        path = shutil.which(self.name)
        if path is None:
            raise SettingsError(f"{self.name} isn't installed, and this target is published with it. {self.source}")
        return path

    def run(self, *arguments: str, takes: bytes | None = None, env: Mapping[str, str | None] | None = None, is_final: bool = False) -> subprocess.CompletedProcess[bytes]:
        """What it answers, whatever its status. A step that must not be broken off (`is_final`) goes on when this process is interrupted or killed, and holds its locks."""
        settings = {name: value for name, value in {**os.environ, "LC_ALL": "C", **(env or {})}.items() if value is not None}
        with subprocess.Popen([self.find(), *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=settings, start_new_session=is_final, close_fds=not is_final) as process:
            try:
                out, err = process.communicate(takes or b"")
            except KeyboardInterrupt:
                if is_final:
                    process.communicate()
                else:
                    process.terminate()
                raise
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def do(self, *arguments: str, what: str, **options: object) -> bytes:
        """What it answers where it succeeds; else its own words, as a SettingsError."""
        done = self.run(*arguments, **options)
        if done.returncode != 0:
            raise self.make_error(what, done)
        return done.stdout

    def do_all(self, steps: Iterable[Sequence[str]], *, what: str, env: Mapping[str, str | None] | None = None) -> None:
        """Several calls that belong together, as one that isn't broken off: by a shell where there is one."""
        calls = [[self.find(), *step] for step in steps]
        if sys.platform == "win32":
            for call in calls:
                self.do(*call[1:], what=what, env=env)
        elif calls:
            shell = Tool("sh", "It belongs to the system.")
            done = shell.run("-c", " && ".join(map(shlex.join, calls)), env=env, is_final=True)
            if done.returncode != 0:
                raise self.make_error(what, done)

    def make_error(self, what: str, done: subprocess.CompletedProcess[bytes]) -> SettingsError:
        """A tool's failure in words: what was to be done, and what the tool said."""
        lines = [drop_controls(line) for line in done.stderr.decode("utf-8", "backslashreplace").splitlines() if line.strip()]
        said = "".join(f"\n    {line}" for line in lines[-_SAID:])
        return SettingsError(f"{what}: {self.name} gave up with status {done.returncode}.{said}")


GIT = Tool("git", "Install Debian's or your system's package git.")
RSYNC = Tool("rsync", "Install Debian's package rsync (`apt-get install rsync`; macOS: `brew install rsync`), here and on the server.")
RCLONE = Tool("rclone", "Install Debian's package rclone (`apt-get install rclone`; macOS: `brew install rclone`).")


def join_lines(words: Iterable[str]) -> bytes:
    """Words as lines, the form in which tools read lists of paths."""
    return "".join(f"{word}\n" for word in words).encode()


def tell(words: str) -> None:
    """A remark on the terminal, beside what the command answers."""
    print(words, file=sys.stderr, flush=True)


