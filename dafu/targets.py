"""Where a site may be published: the targets of `site.yml`, and which keys each kind takes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from dafu.problems import Report, quote_value
from dafu.records import Record, iter_keys, key
from dafu.shapes import Address, Choice, Flag, Number, Text

HOSTS = ("github-pages", "gitee-pages", "codeberg-pages", "cloudflare-pages", "netlify")
KINDS = ("git", "rsync", "s3", "folder", "zip")

_PLAIN = Text(pattern=r"[A-Za-z0-9][A-Za-z0-9._-]*", hint="letters, digits, dots and hyphens", example="eu-west-1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Target(Record):
    """A place to publish to. No password stands here: git, ssh and rclone know them."""

    kind: str = key(Choice(KINDS))
    to: str | None = key(Text(hint="a repository's address or remote, a host's folder, a bucket, a folder or a file", pattern=r"[^-\s].*", example="git@github.com:OWNER/REPOSITORY.git"), default=None)
    """Where: for git `origin` where nothing else is said, the repository that the content came from."""
    host: str | None = key(Choice(HOSTS), default=None)
    """Whose limits hold; known by itself where the address says it."""
    base_url: str | None = key(Address(is_base=True), default=None)
    """The site's address there, where it isn't that of site.yml."""
    branch: str = key(Text(pattern=r"[A-Za-z0-9][A-Za-z0-9._/-]*", hint="a branch's name", example="gh-pages"), default="gh-pages")
    history: bool = key(Flag(), default=False)
    """Whether the branch keeps what was published before, and with it what was withdrawn."""
    domain: str | None = key(Text(pattern=r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", hint="a domain's name", example="replies.example.org"), default=None)
    port: int | None = key(Number(whole=True, least=1), default=None)
    endpoint: str | None = key(Address(), default=None)
    region: str | None = key(_PLAIN, default=None)
    provider: str | None = key(_PLAIN, default=None)
    acl: str | None = key(_PLAIN, default=None)


    @property
    def place(self) -> str:
        return self.to or "origin"


_SECRET = re.compile(r"//[^/@\s]*:[^/@\s]*@|https?://[^/@\s]{26,}@|,[^:]*(secret|pass|token|key)[^:]*=", re.IGNORECASE)
"""A password in an address, a token as the name of a user, which is longer than any name, or rclone's settings within a remote's name."""

_COMMON = frozenset(("kind", "to", "host", "base_url"))
_OWN = {"git": {"branch", "history", "domain"}, "rsync": {"port"}, "s3": {"endpoint", "region", "provider", "acl"}}


def check_targets(targets: Iterable[tuple[str, Target]], report: Report) -> None:
    """Whether each target has the keys that its kind takes, and no others."""
    for name, target in targets:
        if target.to is None and target.kind not in (None, "git") and "to" not in target.at.unread:
            report.add(target.at.start, "key-missing", f"The key publish.{name}.to is missing.", f"Add `to:`, which a target of the kind {target.kind} needs.")
        for other in ("to", "endpoint"):
            if _SECRET.search(getattr(target, other) or ""):
                report.add(target.at.of(other), "target-secret", f"publish.{name}.{other} holds a password or a token.", "Take it out: git, ssh and rclone know passwords by their own means.")
        if target.port is not None and target.port > 65_535:
            report.add(target.at.of("port"), "number-large", f"publish.{name}.port is {target.port}; the most is 65535.", "Write the port of the server.", value=str(target.port))
        taken = _COMMON | _OWN.get(target.kind, set()) if target.kind else set(iter_keys(Target))
        for other in sorted(target.at.values.keys() & iter_keys(Target).keys() - taken):
            report.add(target.at.of(other), "target-key", f"publish.{name}: a target of the kind {target.kind} has no {quote_value(other)}.",
                       f"Delete it; it takes {', '.join(each for each in iter_keys(Target) if each in taken)}.", value=other)
