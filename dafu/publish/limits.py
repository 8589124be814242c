"""What hosts forbid, said before anything is sent. Pure functions on values."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from dafu.targets import Target

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The most that a host takes; None where it names no bound."""

    name: str
    file_bytes: int | None = None
    site_bytes: int | None = None
    files: int | None = None
    files_of_folder: int | None = None
    redirects: int | None = None
    redirects_bytes: int | None = None


LIMITS = {
    "github-pages": Limits(name="GitHub Pages", file_bytes=100 * MIB, site_bytes=1_000_000_000),
    "gitee-pages": Limits(name="Gitee Pages", file_bytes=50 * MIB, site_bytes=500 * MIB),
    "codeberg-pages": Limits(name="Codeberg Pages", file_bytes=100 * MIB, site_bytes=750 * MIB),
    "cloudflare-pages": Limits(name="Cloudflare Pages", file_bytes=25 * MIB, files=20_000, redirects=2_000, redirects_bytes=100_000),
    "netlify": Limits(name="Netlify", files_of_folder=54_000),
}
"""As the hosts' own pages say for an account that costs nothing; of Gitee and Codeberg what one repository may hold."""

_ADDRESSES = {
    "github-pages": r"(?:^|[/@.])github\.(com|io)(?=[:/]|$)", "gitee-pages": r"(?:^|[/@.])gitee\.(com|io)(?=[:/]|$)", "codeberg-pages": r"(?:^|[/@.])codeberg\.(org|page)(?=[:/]|$)",
    "cloudflare-pages": r"\.pages\.dev(?=[:/]|$)", "netlify": r"\.netlify\.app(?=[:/]|$)",
}


def find_host(target: Target, addresses: tuple[str, ...]) -> str | None:
    """The host whose limits hold: the target's own word, or what its addresses tell."""
    return target.host or next((host for host, form in _ADDRESSES.items() if any(re.search(form, address, re.IGNORECASE) for address in addresses)), None)


def iter_warnings(targets: Iterable[tuple[str, Target]], sizes: Mapping[str, int]) -> Iterator[str]:
    """A sentence for each target whose host, as far as the target tells it, wouldn't take the site; `sizes` are bytes by path."""
    for name, target in targets:
        host = find_host(target, (target.place, target.base_url or ""))
        if host is not None and (trespasses := list(iter_trespasses(LIMITS[host], sizes))):
            yield f"publish.{name}: {LIMITS[host].name} doesn't take {'; nor '.join(trespasses)}. `alternates:` in site.yml says which files stand beside a letter."


def iter_trespasses(limits: Limits, sizes: Mapping[str, int], redirects: bytes = b"") -> Iterator[str]:
    """A sentence for each bound that a publication oversteps; `sizes` are bytes by path, `redirects` is the site's `_redirects`."""
    large = sorted(path for path, size in sizes.items() if limits.file_bytes and size > limits.file_bytes)
    if large and limits.file_bytes:
        more = f" and {len(large) - 3:,} more" if len(large) > 3 else ""
        yield f"files of over {limits.file_bytes / MIB:.0f} MiB ({', '.join(f'{path}: {sizes[path] / MIB:.1f} MiB' for path in large[:3])}{more})"
    if limits.site_bytes and sum(sizes.values()) > limits.site_bytes:
        yield f"sites of over {limits.site_bytes / 1e6:,.0f} MB (this is {sum(sizes.values()) / 1e6:,.1f} MB)"
    if limits.files and len(sizes) > limits.files:
        yield f"over {limits.files:,} files (these are {len(sizes):,})"
    folder, most = max(Counter(str(PurePosixPath(path).parent) for path in sizes).items(), key=lambda pair: pair[1], default=("", 0))
    if limits.files_of_folder and most > limits.files_of_folder:
        yield f"over {limits.files_of_folder:,} files in one folder ({folder} has {most:,})"
    yield from _iter_redirects(limits, redirects)


def _iter_redirects(limits: Limits, redirects: bytes) -> Iterator[str]:
    lines = sum(1 for line in redirects.splitlines() if line.strip() and not line.startswith(b"#"))
    if limits.redirects and lines > limits.redirects:
        yield f"over {limits.redirects:,} redirects (these are {lines:,})"
    if limits.redirects_bytes and len(redirects) > limits.redirects_bytes:
        yield f"a _redirects of over {limits.redirects_bytes:,} bytes (it has {len(redirects):,})"
