"""Reading `content/`: which files there are, and each file's text. The only room that opens content files.

Leaves to others: what the text means.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from dafu.problems import Problem, Report, SettingsError

MAX_BYTES = 2_000_000
"""A letter is text: the longest have some hundred thousand bytes."""


@dataclass(frozen=True, slots=True)
class Folder:
    """The content folder."""

    path: str
    shown: str
    """What stands before a file's name as a person in the current folder would open it."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file of the content folder, not yet opened."""

    folder: Folder
    name: str
    """Relative to the content folder, with slashes: `letters/2018/20180136.md`."""
    real: str | None = None
    """Where it lies, if elsewhere."""

    @property
    def path(self) -> Path:
        return Path(self.real or os.path.join(self.folder.path, self.name))

    @property
    def shown(self) -> str:
        """As a person in the current folder would open it."""
        return self.folder.shown + self.name


@dataclass(frozen=True, slots=True)
class Listing:
    """What lies in the content folder."""

    letters: tuple[SourceFile, ...] = ()
    threads: tuple[SourceFile, ...] = ()
    pages: tuple[SourceFile, ...] = ()
    settings: dict[str, SourceFile] = field(default_factory=dict)
    """The .yml files, by stem: `topics`."""
    permalinks: SourceFile | None = None
    """The list of what has been published, if there is one."""
    problems: tuple[Problem, ...] = ()


FOLDERS = ("letters", "threads", "pages")
SETTINGS = ("site", "topics", "units", "sessions", "indicators", "policies")
PERMALINKS = "permalinks.txt"


def list_content(content: Path) -> Listing:
    """The files that the archive is made of, sorted by name, with a problem for each that can't be one."""
    if not content.is_dir():
        raise SettingsError(f"--content {content}: there is no such folder.")
    files, problems = [], []
    for found in _walk(Path(os.path.abspath(content))):
        if isinstance(found, Problem):
            problems.append(found)
        else:
            files.append(found)
    files.sort(key=lambda file: file.name)
    letters = _under("letters/", files)
    problems += [_misplaced(file) for file in letters if not _is_letter(file.name)]
    problems += [_astray(file) for file in files if file.name.endswith(".md") and "/" in file.name and file.name.split("/")[0] not in FOLDERS]
    settings = {file.name.removesuffix(".yml"): file for file in files if file.name.endswith(".yml") and "/" not in file.name}
    problems += [_unknown_settings(file) for file in files if "/" not in file.name and _is_unknown_settings(file.name)]
    problems += [_nested(file) for file in files if file.name.startswith(("threads/", "pages/")) and file.name.count("/") > 1 and file.name.endswith(".md")]
    return Listing(
        letters=tuple(file for file in letters if _is_letter(file.name)),
        threads=tuple(file for file in _under("threads/", files) if _is_flat(file.name)),
        pages=tuple(file for file in _under("pages/", files) if _is_flat(file.name)),
        settings=settings,
        permalinks=next((file for file in files if file.name == PERMALINKS), None),
        problems=tuple(problems),
    )


def find_permalinks_file(content: Path) -> SourceFile:
    """Where the list of published permalinks lies, or will lie."""
    return SourceFile(_open_folder(content), PERMALINKS, os.path.realpath(content / PERMALINKS))


def _open_folder(content: Path) -> Folder:
    return Folder(os.path.abspath(content), show_path(content / PERMALINKS).removesuffix(PERMALINKS))


def read_source(file: SourceFile, report: Report, most: int = MAX_BYTES) -> str | None:
    """The file's text with `\\n` at its line ends, or None where it can't be read as text (then the report says why)."""
    data = load_source(file, report, most)
    return decode_source(data, report) if data is not None else None


def load_source(file: SourceFile, report: Report, most: int = MAX_BYTES) -> bytes | None:
    """The file's bytes."""
    try:
        size = file.path.stat().st_size
        if size > most:
            return report.add((1, 1), "file-large", f"The file has {size:,} bytes; the most is {most:,}.",
                              "Keep the words of one letter; scans and tables belong elsewhere.")
        return file.path.read_bytes()
    except OSError as error:
        return report.add((1, 1), "file-unreadable", f"The file can't be read: {error.strerror}.", "Check that it exists and may be read.")


def decode_source(data: bytes, report: Report) -> str | None:
    """A file's bytes as text."""
    if not data.strip():
        return report.add((1, 1), "file-empty", "The file is empty.", "Write something into it, or delete it.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        before = data[data.rfind(b"\n", 0, error.start) + 1 : error.start]
        column = len(before.decode("utf-8", "replace").lstrip("\ufeff")) + 1
        return report.add((line, column), "file-encoding", f"Byte {data[error.start]:#04x} is not UTF-8.",
                          "Save the file as UTF-8; Chinese text from elsewhere is often GB 18030.")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read_raw(path: Path) -> bytes | Problem:
    """The bytes of a file that is to be imported, or why it can't be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        return Problem(path=show_path(path), code="raw-unreadable", message=f"The file can't be read: {error.strerror}.", mend="Check its name, and that it may be read.")


def show_path(path: Path) -> str:
    """The path from the current folder where it lies under it, else as it is."""
    absolute, here = (os.path.join(each, "") for each in (os.path.abspath(path), os.getcwd()))
    return Path(absolute.removeprefix(here)).as_posix()


def _walk(content: Path) -> Iterator[SourceFile | Problem]:
    root, here = content.resolve(), _open_folder(content)
    unread: list[OSError] = []
    for folder, folders, names in os.walk(content, onerror=unread.append):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(folders + [n for n in names if not n.startswith(".")]):
            path = Path(folder, name)
            file = SourceFile(here, path.relative_to(content).as_posix())
            if not _name_is_text(file.name):
                yield Problem(path=repr(file.shown)[1:-1], code="file-name", message="The file's name holds a character that can't be shown.", mend="Rename it.")
            elif path.is_symlink() and (path.is_dir() or not _stays_inside(path, root)):
                yield Problem(path=file.shown, code="file-link", message="This symbolic link leaves the content folder, leads nowhere, or leads to a folder.",
                              mend="Put the file itself here.")
            elif name not in folders and not path.is_file():
                yield Problem(path=file.shown, code="file-kind", message="This is not a file.", mend="Put a text file here, or take it away.")
            elif name not in folders:
                yield file
    for error in unread:
        yield Problem(path=show_path(Path(error.filename)), code="folder-unreadable", message=f"The folder can't be read: {error.strerror}.",
                      mend="Check that it may be read; all that lies in it would be missing from the site.")


def _stays_inside(path: Path, root: Path) -> bool:
    try:
        return path.resolve(strict=True).is_relative_to(root)
    except (OSError, RuntimeError):
        return False


def _name_is_text(name: str) -> bool:
    return name.isprintable()


def _under(folder: str, files: list[SourceFile]) -> list[SourceFile]:
    return [file for file in files if file.name.startswith(folder)]


def _is_letter(name: str) -> bool:
    return name.endswith(".md") and name.count("/") == 2


def _is_flat(name: str) -> bool:
    return name.endswith(".md") and name.count("/") == 1


def _is_unknown_settings(name: str) -> bool:
    stem, _, ending = name.rpartition(".")
    return ending in ("yml", "yaml") and not (ending == "yml" and stem in SETTINGS)


def _astray(file: SourceFile) -> Problem:
    near = difflib.get_close_matches(file.name.split("/")[0], FOLDERS, 1)
    return Problem(path=file.shown, code="folder-unknown", message="No part of the archive reads this folder.",
                   mend=f"Did you mean {near[0]}/?" if near else "Text lies in letters/YEAR/, threads/ and pages/.")


def _nested(file: SourceFile) -> Problem:
    kind = file.name.split("/")[0]
    return Problem(path=file.shown, code=f"{kind.removesuffix('s')}-name", message=f"This file lies in a folder of {kind}/, where nothing is read.", mend=f"Move it to {kind}/ itself.")


def _misplaced(file: SourceFile) -> Problem:
    return Problem(path=file.shown, code="letter-place", message="This file is not in the place of a letter.",
                   mend="Letters are letters/YEAR/ID.md; move it there, or out of letters/.")


def _unknown_settings(file: SourceFile) -> Problem:
    known = [f"{name}.yml" for name in SETTINGS]
    near = difflib.get_close_matches(file.name, known, 1, 0.7)
    return Problem(path=file.shown, code="settings-unknown", message="No part of the archive reads this file.",
                   mend=f'Did you mean "{near[0]}"?' if near else f"Known names: {', '.join(known)}.")
