"""S3-compatible storage by rclone. Storage changes one object at a time, so nothing that readers see changes before everything else is there:

    1  shards and assets, under their own names           no page asks for them yet
    2  data and pages that differ, in a folder aside        `publication-next/…`
    3  data, then pages, copied from there into their places inside the storage, then `publication.json`; what is gone, taken away, and the folder aside

The last is short, nothing travels, and it goes on to its end when this process is interrupted or killed.

A publication that breaks off is finished by the next: `publication-next.json` names what it may have brought.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from dafu.headers import lifetime_of, type_of
from dafu.problems import SettingsError
from dafu.publish.carrier import Parcel, Sent
from dafu.publish.publication import NAME, in_order, step_of
from dafu.publish.tools import RCLONE, join_lines
from dafu.targets import Target

NEXT, NEXT_LIST = "publication-next/", "publication-next.json"
_NOTHING = (3, 4)
"""rclone's statuses where a folder or a file isn't there."""

_PROVIDERS = {"amazonaws.com": "AWS", "aliyuncs.com": "Alibaba", "myqcloud.com": "TencentCOS", "myhuaweicloud.com": "HuaweiOBS", "r2.cloudflarestorage.com": "Cloudflare", "digitaloceanspaces.com": "DigitalOcean", "qiniucs.com": "Qiniu"}


class Bucket:
    """A bucket, or a folder in one."""

    extras: Mapping[str, bytes] = {}

    def __init__(self, target: Target, scratch: Path) -> None:
        self.scratch = scratch
        self.place = self.address = target.place
        self.folder = target.place.rstrip("/") if ":" in target.place else f"dafu:{target.place.strip('/')}"
        self.env: dict[str, str | None] = {"RCLONE_LOG_LEVEL": "ERROR"} | ({} if ":" in target.place else _configure(target))
        self.there: dict[str, str] = {}
        self.before: bytes | None = None

    def check(self) -> None:
        RCLONE.find()

    def read_previous(self) -> bytes | None:
        self.there = self._list()
        self.before = self._read_list()
        return self.before

    def _read_list(self) -> bytes | None:
        """The list of the publication that is there now."""
        found = self._run("cat", f"{self.folder}/{NAME}")
        if found.returncode not in (0, *_NOTHING):
            raise RCLONE.make_error(f"{self.place} can't be read", found)
        return found.stdout if found.returncode == 0 and found.stdout else None

    def take(self, paths: Sequence[str], folder: Path) -> None:
        there = [path for path in paths if path in self.there]
        if there:
            self._do("copy", "--no-traverse", "--files-from-raw=-", self.folder, str(folder), takes=join_lines(there), what=f"{self.place} can't be read")

    def send(self, parcel: Parcel) -> Sent:
        wanted = {path: _md5(parcel.folder / path) for path in parcel.sizes}
        self._refuse_others(wanted)
        differing = in_order(path for path, digest in wanted.items() if self.there.get(path) != digest)
        if not differing and NEXT_LIST not in self.there:
            return Sent(0, 0)
        permanent, others = [path for path in differing if step_of(path) == 0], [path for path in differing if step_of(path) in (1, 2)]
        brought = self._read_unfinished()
        gone = (brought | (parcel.previous.all.keys() if parcel.previous else set())) & self.there.keys() - wanted.keys()
        listed = parcel.publication.as_json()
        aside = f"{NEXT}{hashlib.sha256(listed).hexdigest()[:16]}/"
        self._do("rcat", f"{self.folder}/{NEXT_LIST}", takes=json.dumps(sorted(brought | wanted.keys())).encode(), what=f"{self.place} can't be written to")
        self._upload(parcel.folder, permanent, "")
        self._upload(parcel.folder, [*others, NAME], aside)
        self._refuse_meanwhile(aside, {path: wanted[path] for path in (*others, NAME)})
        RCLONE.do_all(self._iter_last_steps(aside, others, sorted(gone)), what=f"{self.place} didn't take the publication", env=self.env)
        if self._read_list() != listed:
            raise SettingsError(f"{self.place}: somebody else has published there at the same moment. Publish again.")
        return Sent(len(differing), sum(parcel.sizes[path] for path in differing))

    def _refuse_others(self, wanted: Mapping[str, str]) -> None:
        """Refuses to write over what isn't a publication's, of ours or of one that broke off."""
        foreign = sorted(path for path in wanted if path in self.there) if self.before is None and NEXT_LIST not in self.there else []
        if foreign:
            raise SettingsError(f"{self.place}: {foreign[0]} is there, and Dafu didn't publish it. Name another bucket or a folder in it, or delete it first.")

    def _refuse_meanwhile(self, aside: str, wanted: Mapping[str, str]) -> None:
        """Before anything is seen: whether all lies aside, and nobody else has published since."""
        lying = self._list(aside)
        if self._read_list() != self.before or any(lying.get(path) != digest for path, digest in wanted.items()):
            raise SettingsError(f"{self.place}: somebody else has published there meanwhile. Publish again, if yours is the newer content.")

    def _iter_last_steps(self, aside: str, paths: Sequence[str], gone: Sequence[str]) -> Iterator[list[str]]:
        """What makes the new publication the one that is seen: data, then pages, copied into their places; then what is gone goes, and the list comes."""
        copy = ["copy", "--no-traverse", "--ignore-times", "--transfers=32", "--checkers=32"]
        for name, group in (("data", [path for path in paths if step_of(path) == 1]), ("pages", [path for path in paths if step_of(path) == 2]), ("list", [NAME])):
            if group:
                yield [*copy, f"--files-from-raw={self._note(name, group)}", f"{self.folder}/{aside}", self.folder]
        yield ["delete", f"--files-from-raw={self._note('gone', [*gone, NEXT_LIST])}", self.folder]
        yield ["purge", f"{self.folder}/{aside}"]
        yield ["delete", "--min-age=1d", f"--include=/{NEXT}**", self.folder]

    def _note(self, name: str, paths: Iterable[str]) -> str:
        """A file with a list of paths."""
        file = self.scratch / f"{name}.txt"
        file.write_bytes(join_lines(paths))
        return str(file)

    def _list(self, place: str = "") -> dict[str, str]:
        """What is there, with the MD5 that the storage knows of it; at the root without what lies aside."""
        listed = self._run("lsf", "--recursive", "--files-only", "--fast-list", "--format=ph", "--hash=MD5", "--separator=\t", f"{self.folder}/{place}")
        if listed.returncode in _NOTHING:
            return {}
        if listed.returncode != 0:
            raise RCLONE.make_error(f"{self.place} can't be reached", listed)
        rows = (line.rpartition("\t") for line in listed.stdout.decode("utf-8", "surrogateescape").split("\n") if "\t" in line)
        return {path: digest for path, _, digest in rows if place or not path.startswith(NEXT)}

    def _read_unfinished(self) -> set[str]:
        """What a publication that broke off may have brought; nothing where its list is damaged."""
        if NEXT_LIST not in self.there:
            return set()
        try:
            listed = json.loads(self._do("cat", f"{self.folder}/{NEXT_LIST}", what=f"{self.place} can't be read"))
        except (ValueError, RecursionError):
            return set()
        return {path for path in listed if isinstance(path, str)} if isinstance(listed, list) else set()

    def _upload(self, folder: Path, paths: Sequence[str], place: str) -> None:
        """Files with their media type and how long they may be kept, one call for each kind."""
        for (kind, lifetime), group in _group(paths):
            headers = [f"--header-upload=Content-Type: {kind}", f"--header-upload=Cache-Control: {lifetime}"]
            self._do("copy", "--no-traverse", "--ignore-times", "--files-from-raw=-", *headers, str(folder), f"{self.folder}/{place}", takes=join_lines(group), what=f"{self.place} didn't take the publication")

    def _run(self, *arguments: str, **options: object) -> subprocess.CompletedProcess[bytes]:
        return RCLONE.run(*arguments, env=self.env, **options)

    def _do(self, *arguments: str, what: str, **options: object) -> bytes:
        return RCLONE.do(*arguments, what=what, env=self.env, **options)


def _configure(target: Target) -> dict[str, str | None]:
    """rclone's settings for a bucket, from the target's keys; who may write there it takes from AWS_ACCESS_KEY_ID and its kin, or from ~/.aws."""
    known = next((name for end, name in _PROVIDERS.items() if end in (target.endpoint or "")), "Other" if target.endpoint else "AWS")
    settings = {"type": "s3", "env_auth": "true", "no_check_bucket": "true", "provider": target.provider or known, "endpoint": target.endpoint, "region": target.region, "acl": target.acl}
    # Some versions of rclone can't work with AWS_CA_BUNDLE, and take the same from a setting of their own.
    trusted = {"AWS_CA_BUNDLE": None, "RCLONE_CA_CERT": os.environ.get("RCLONE_CA_CERT") or os.environ.get("AWS_CA_BUNDLE")}
    return {f"RCLONE_CONFIG_DAFU_{name.upper()}": value for name, value in settings.items() if value} | {"RCLONE_CONFIG": os.devnull} | trusted


def _group(paths: Sequence[str]) -> Iterator[tuple[tuple[str, str], list[str]]]:
    """Paths by media type and lifetime, in the order of publishing."""
    groups: dict[tuple[int, str, str], list[str]] = {}
    for path in paths:
        groups.setdefault((step_of(path), type_of(path), lifetime_of(path)), []).append(path)
    for (_, kind, lifetime), group in sorted(groups.items()):
        yield (kind, lifetime), group


def _md5(path: Path) -> str:
    return hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()
