"""What all carriers have in common: the parcel that they take, and what they are asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

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
    extras: Mapping[str, bytes]
    """Files that this kind of target wants beside the site's."""

    def check(self) -> None:
        """Whether its tools are there."""

    def read_previous(self) -> bytes | None:
        """The `publication.json` that stands there; None where nothing of Dafu's does. Refuses a place that holds somebody else's work."""

    def take(self, paths: Sequence[str], folder: Path) -> None:
        """Brings files of the previous publication into a folder; one that isn't there any more is left out."""

    def send(self, parcel: Parcel) -> Sent:
        """Carries a publication to its place."""

    def tidy(self, parcel: Parcel) -> None:
        """Where a publication stands in its place already: takes away what one that broke off at its very end has left."""


def find_path(text: str, content: Path) -> Path:
    """The path that a target's `to` names: from the home folder with `~`, else from the folder in which the content folder lies."""
    return (content.resolve().parent / Path(text).expanduser()).resolve()
