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
        self.place = target.place
        self.folder = target.place.rstrip("/") if ":" in target.place else f"dafu:{target.place.strip('/')}"
        self.env: dict[str, str | None] = {"RCLONE_LOG_LEVEL": "ERROR"} | ({} if ":" in target.place else _configure(target))
        self.there: dict[str, str] = {}

    def check(self) -> None:
        RCLONE.find()

    def read_previous(self) -> bytes | None:
        self.there = self._list()
        if NAME in self.there:
            return self._do("cat", f"{self.folder}/{NAME}", what=f"{self.place} can't be read")
        if "index.html" in self.there and NEXT_LIST not in self.there:
            raise SettingsError(f"{self.place}: index.html is there, and Dafu didn't publish it. Name another bucket or a folder in it, or delete it first.")
        return None

    def take(self, paths: Sequence[str], folder: Path) -> None:
        there = [path for path in paths if path in self.there]
        if there:
            self._do("copy", "--no-traverse", "--files-from-raw=-", self.folder, str(folder), takes=join_lines(there), what=f"{self.place} can't be read")

    def send(self, parcel: Parcel) -> Sent:
        wanted = {path: _md5(parcel.folder / path) for path in parcel.sizes if path != NAME}
        differing = in_order(path for path, digest in wanted.items() if self.there.get(path) != digest)
        permanent, others = [path for path in differing if step_of(path) == 0], [path for path in differing if step_of(path) > 0]
        brought = self._read_unfinished()
        gone = (brought | (parcel.previous.all.keys() if parcel.previous else set())) & self.there.keys() - parcel.publication.all.keys() - {NAME}
        aside = f"{NEXT}{hashlib.sha256(parcel.publication.as_json()).hexdigest()[:16]}/"
        self._do("rcat", f"{self.folder}/{NEXT_LIST}", takes=json.dumps(sorted(brought | wanted.keys())).encode(), what=f"{self.place} can't be written to")
        self._upload(parcel.folder, permanent, "")
        self._upload(parcel.folder, [*others, NAME], aside)
        RCLONE.do_all(self._iter_last_steps(aside, others, sorted(gone)), what=f"{self.place} didn't take the publication", env=self.env)
        return Sent(len(differing) + 1, sum(parcel.sizes[path] for path in (*differing, NAME)))

    def tidy(self, parcel: Parcel) -> None:
        if NEXT_LIST in self.there:
            self.send(parcel)

    def _iter_last_steps(self, aside: str, paths: Sequence[str], gone: Sequence[str]) -> Iterator[list[str]]:
        """What makes the new publication the one that is seen: data, then pages, copied into their places; then what is gone goes, and the list comes."""
        copy = ["copy", "--no-traverse", "--ignore-times", "--transfers=32", "--checkers=32"]
        for name, group in (("data", [path for path in paths if step_of(path) == 1]), ("pages", [path for path in paths if step_of(path) == 2]), ("list", [NAME])):
            if group:
                yield [*copy, f"--files-from-raw={self._note(name, group)}", f"{self.folder}/{aside}", self.folder]
        yield ["delete", f"--files-from-raw={self._note('gone', [*gone, NEXT_LIST])}", self.folder]
        yield ["purge", f"{self.folder}/{NEXT}"]

    def _note(self, name: str, paths: Iterable[str]) -> str:
        """A file with a list of paths."""
        file = self.scratch / f"{name}.txt"
        file.write_bytes(join_lines(paths))
        return str(file)

    def _list(self) -> dict[str, str]:
        """What is there, with the MD5 that the storage knows of it."""
        listed = self._run("lsf", "--recursive", "--files-only", "--fast-list", "--format=ph", "--hash=MD5", "--separator=\t", self.folder)
        if listed.returncode in _NOTHING:
            return {}
        if listed.returncode != 0:
            raise RCLONE.make_error(f"{self.place} can't be reached", listed)
        return dict(line.split("\t", 1) for line in listed.stdout.decode().splitlines() if not line.startswith(NEXT))

    def _read_unfinished(self) -> set[str]:
        """What a publication that broke off may have brought."""
        if NEXT_LIST not in self.there:
            return set()
        return set(map(str, json.loads(self._do("cat", f"{self.folder}/{NEXT_LIST}", what=f"{self.place} can't be read"))))

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
