"""What a host should say beside each file: how long a browser may keep it, what type it is, what a page may load.

`_headers` says it in the form that Netlify and Cloudflare Pages read; `hosting/` has the same for nginx and Caddy; publishing to storage sets it on
each object; every page repeats its policy in its head, for hosts that say nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePosixPath

from dafu.output import Output, is_permanent, make_text_output

_SELF = ("script-src", "style-src", "img-src", "connect-src", "worker-src", "form-action")
PAGE_POLICY = "; ".join(["default-src 'none'", *(f"{what} 'self'" for what in _SELF), "base-uri 'none'"])
"""The Content-Security-Policy of every page's head: nothing inline, nothing from elsewhere. (JSON-LD is data, no script runs there.)"""

POLICY = f"{PAGE_POLICY}; frame-ancestors 'none'"
"""The same as a header, where it may also say that nobody frames a page."""

REFERRER = "same-origin"
"""A search stands in its page's address: where a link leads out, nobody is told."""

HEADERS = (("Content-Security-Policy", POLICY), ("Referrer-Policy", REFERRER), ("X-Content-Type-Options", "nosniff"))
"""For every file."""

FOR_EVER, ASK_AGAIN = "public, max-age=31536000, immutable", "public, max-age=0, must-revalidate"

MOST_RULES = 100
"""Cloudflare reads no more; both hosts let browsers ask again for what no rule names."""

_TYPES = {
    "html": "text/html; charset=utf-8", "css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml",
    "json": "application/json", "jsonld": "application/ld+json", "xml": "application/xml", "csv": "text/csv; charset=utf-8", "txt": "text/plain; charset=utf-8",
    "md": "text/markdown; charset=utf-8", "bib": "application/x-bibtex; charset=utf-8", "ris": "application/x-research-info-systems; charset=utf-8",
}
_NAMED = {"feed.xml": "application/atom+xml", "feed.json": "application/feed+json", "opensearch.xml": "application/opensearchdescription+xml"}
TYPES = {f".{ending}": kind for ending, kind in _TYPES.items()}
"""Media types by the file's ending."""


def type_of(path: str) -> str:
    """The media type of a file of the site."""
    name = PurePosixPath(path).name
    return _NAMED.get(name) or TYPES.get(PurePosixPath(path).suffix, "application/octet-stream")


def lifetime_of(path: str) -> str:
    """How long a browser may keep a file: for ever where its name tells its content, else not without asking."""
    return FOR_EVER if is_permanent(path) else ASK_AGAIN


def make_headers_file(paths: Iterable[str]) -> Output:
    """`_headers` for a site's files."""
    return make_text_output("_headers", make_headers({path[: path.find("/") + 1] or path for path in paths}))


def make_headers(tops: Iterable[str]) -> str:
    """The text of `_headers` for a site's folders (`letters/`) and files at its root.

    Both hosts join what several rules say of one header. So no two rules speak of one header for one path: of keeping, each folder by itself.
    """
    rules = {"/*": HEADERS, "/assets/*": _keep(FOR_EVER), "/search/data/*": _keep(FOR_EVER), "/data/*": (*_keep(ASK_AGAIN), ("Access-Control-Allow-Origin", "*"))}
    rules |= {f"/letters/:year/:id/{name}": (("Content-Type", type_of(name)),) for name in ("annotations.jsonld", "cite.bib", "cite.ris")}
    rules |= {path: _keep(ASK_AGAIN) for path in ("/", "/search/", "/search/index.html")}
    rules |= {f"/{top}*" if top.endswith("/") else f"/{top}": _keep(ASK_AGAIN) for top in sorted(tops) if top not in ("assets/", "search/", "data/")}
    kept = list(rules.items())[:MOST_RULES]
    return "\n".join(f"{path}\n" + "".join(f"  {name}: {value}\n" for name, value in headers) for path, headers in kept)


def _keep(how_long: str) -> tuple[tuple[str, str], ...]:
    return (("Cache-Control", how_long),)
