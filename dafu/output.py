"""What every maker yields, and where things lie in the site."""

from __future__ import annotations

import datetime
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import quote, urlsplit

from dafu.jsontext import write_json


@dataclass(frozen=True, slots=True)
class Output:
    """One file of the site."""

    path: str
    """Relative to the site's root, with slashes, ending in a file's name."""
    data: bytes
    changed: datetime.date | None = None
    """Of a letter's page the day of its last change, for the sitemap."""
    is_looked_at: bool = False
    """Whether what it links to has been looked at already, part by part."""


def make_text_output(path: str, text: str) -> Output:
    return Output(path, text.encode("utf-8"))


def make_json_output(path: str, value: Any, *, is_compact: bool = False) -> Output:
    """A value as JSON: for people and for comparing a line for each of its items, for scripts without a blank."""
    return Output(path, (write_json(value) if is_compact else show_json(value)) + b"\n")


def show_json(value: Any) -> bytes:
    """A value as JSON: each of its items on a line, and each record of a list that is an item."""
    if isinstance(value, dict) and value:
        return b"{\n" + b",\n".join(b" %s: %s" % (write_json(name), _show_item(item)) for name, item in value.items()) + b"\n}"
    return join_items(map(write_json, value)) if isinstance(value, (list, tuple)) else write_json(value)


def join_items(items: Iterable[bytes]) -> bytes:
    """A list as JSON, from its items as JSON, which may come one by one."""
    data = io.BytesIO()
    for item in items:
        data.write(b",\n" if data.tell() else b"[\n")
        data.write(item)
    data.write(b"\n]" if data.tell() else b"[]")
    return data.getvalue()


def _show_item(value: Any) -> bytes:
    is_list_of_records = isinstance(value, (list, tuple)) and value and isinstance(value[0], dict)
    return b"[\n  " + b",\n  ".join(map(write_json, value)) + b"\n ]" if is_list_of_records else write_json(value)


_PERMANENT = re.compile(r"assets/[0-9a-f]{12}/.+|search/data/[^/]+-[0-9a-f]{6,12}\.bin")


def is_permanent(path: str) -> bool:
    """Whether the file's name tells its content, so that it may be kept for ever."""
    return _PERMANENT.fullmatch(path) is not None


def file_of(url: str) -> str:
    """The file behind a site-relative address: `letters/` is `letters/index.html`."""
    return url + "index.html" if url == "" or url.endswith("/") else url


def url_of(path: str) -> str:
    """The site-relative address of a page's file."""
    return path.removesuffix("index.html")


_PLAIN = "/:@!$&'()*+,;=-._~"
"""What needs no escape in a link's path."""
_NEEDS_NONE = re.compile(rf"[A-Za-z0-9{re.escape(_PLAIN)}]*(?:#[a-z0-9-]*)?")


def _quote(path: str) -> str:
    return path if "#" not in path and _NEEDS_NONE.fullmatch(path) else quote(path, safe=_PLAIN)


def link_between(source: str, target: str) -> str:
    """The relative link from one site-relative address to another; a fragment stays."""
    path, hash_mark, fragment = target.partition("#")
    if path == source and hash_mark:
        return f"#{fragment}"
    here, there = source.split("/"), path.split("/")
    most = min(len(here), len(there)) - 1
    shared = 0
    while shared < most and here[shared] == there[shared]:
        shared += 1
    link = "../" * (len(here) - 1 - shared) + "/".join(there[shared:])
    return _quote(link or "./") + hash_mark + fragment


def link_below(root: str, target: str) -> str:
    """The link to a site-relative address by way of the site's root; a fragment stays."""
    path, hash_mark, fragment = target.partition("#")
    return root + _quote(path) + hash_mark + fragment


def base_path(base_url: str) -> str:
    """The path of the site's address, `/` or `/some/path/`."""
    return urlsplit(base_url).path.rstrip("/") + "/"


@lru_cache(1 << 14)
def absolute_url(base_url: str, url: str) -> str:
    """The full address of a site-relative one."""
    return base_url.rstrip("/") + "/" + (url if _NEEDS_NONE.fullmatch(url) else quote(url, safe=_PLAIN + "#?"))
