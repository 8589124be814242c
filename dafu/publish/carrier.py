"""What all carriers have in common: the parcel that they take, and what they are asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from dafu.problems import SettingsError
from dafu.publish.publication import Publication


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """A publication as it lies on this disk, and what stands at the target before it."""

    folder: Path
    """Every file of the publication, `publication.json` too."""
    publication: Publication
    previous: Publication | None
    sizes: Mapping[str, int]
    """Bytes of every file, by path."""
    message: str
    """What is published, in a line."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What a carrier has carried: files and bytes, where it knows them."""

    files: int
    size_bytes: int | None = None


class Carrier(Protocol):
    """The way to one target. Each raises SettingsError with the tool's own words where it fails; each may be asked again after it was broken off."""

    place: str
    """Where the target is, for people."""
    address: str
    """What tells the host whose limits hold."""
    extras: Mapping[str, bytes]
    """Files that this kind of target wants beside the site's."""

    def check(self) -> None:
        """Whether its tools are there."""

    def read_previous(self) -> bytes | None:
        """The `publication.json` that stands there; None where nothing of Dafu's does. Refuses a place that holds somebody else's work."""

    def take(self, paths: Sequence[str], folder: Path) -> None:
        """Brings files of the previous publication into a folder; one that isn't there any more is left out."""

    def send(self, parcel: Parcel) -> Sent:
        """Carries a publication to its place: what differs there, and nothing where all of it is there already. Takes away what one that broke off has left."""


def find_path(text: str, content: Path) -> Path:
    """The path that a target's `to` names: from the home folder with `~`, else from the folder in which the content folder lies."""
    try:
        return (content.resolve().parent / Path(text).expanduser()).resolve()
    except RuntimeError as error:
        raise SettingsError(f"{text}: nobody has that home folder, or a link there leads in a circle.") from error


def check_apart(path: Path, content: Path, output: Path) -> None:
    """Refuses a place within the content or the built site, or around them."""
    for other in (content.resolve(), output.resolve()):
        if path.is_relative_to(other) or other.is_relative_to(path):
            raise SettingsError(f"{path}: a publication can't lie in {other}, nor around it. Name another place.")
