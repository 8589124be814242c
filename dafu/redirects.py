"""Redirects: what stands at the permalink of a page that is gone, and the list that hosts read.

Each old permalink gets a small page that leads on by itself, without a script, and says where to. The file `_redirects` at the root says the
same to Netlify and Cloudflare Pages (which reads the first 2,000 lines), so that they answer 301 and browsers carry a fragment along.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from dafu.heads import Crumb
from dafu.output import Output, absolute_url, base_path, file_of, make_text_output
from dafu.problems import Problem, quote_value
from dafu.reference import Site
from dafu.shapes import is_address
from dafu.templating import Stage, View
from dafu.words import Words

OUTSIDE = "https://"


def find_end(old: str, redirects: Mapping[str, str]) -> str | None:
    """Where an old permalink leads at last, through others that are gone too; None where it leads in a circle. An anchor on the way counts unless a later one does."""
    target, kept, seen = redirects[old], "", {old}
    while not target.startswith(OUTSIDE):
        page, _, anchor = target.partition("#")
        kept = anchor or kept
        if page not in redirects:
            return page.removeprefix("./") + (f"#{kept}" if kept else "")
        if page in seen:
            return None
        seen.add(page)
        target = redirects[page]
    return target


def check_redirects(site: Site, path: str) -> Iterator[Problem]:
    """What can be said of the redirects before there are pages; `path` is that of site.yml."""
    redirects = dict(site.redirects)
    for old, new in site.redirects:
        if new.startswith(OUTSIDE) and not is_address(new):
            yield _tell(site, path, old, "address-invalid", f"{quote_value(new)} is not an address on the web.", "Write one that begins with https://.", new)
        elif find_end(old, redirects) is None:
            yield _tell(site, path, old, "redirect-circle", f"The redirect of {quote_value(old)} leads in a circle.", "Lead it to a page that exists, or to an address elsewhere.", new)


def check_taken(site: Site, path: str, taken: set[str]) -> Iterator[Problem]:
    """Redirects from places where a page of the site lies; `taken` are such files."""
    for old, new in site.redirects:
        if file_of(old) in taken:
            yield _tell(site, path, old, "redirect-taken", f"A redirect leads away from {quote_value(old)}, but that is a page of the site.", "Take the redirect away, or the page.", new)


def _tell(site: Site, path: str, old: str, code: str, message: str, mend: str, value: str) -> Problem:
    line, column = site.at.of(f"redirects.{old}")
    return Problem(path=path, line=line, column=column, code=code, message=message, mend=mend, value=value)


def iter_moved(stage: Stage, words: Words) -> Iterator[Output]:
    """A page at each old permalink, and `_redirects`; nothing where there are no redirects."""
    redirects = dict(stage.site.redirects)
    ends = {old: end for old in sorted(redirects) if (end := find_end(old, redirects)) is not None}
    for old, end in ends.items():
        yield stage.render(_make_view(old, end, stage, words))
    if ends:
        yield make_text_output("_redirects", "".join(_make_rule(old, end, stage.site) for old, end in ends.items()))


def _make_view(old: str, end: str, stage: Stage, words: Words) -> View:
    title = words.say("moved.title")
    is_outside = end.startswith(OUTSIDE)
    shown = end if is_outside else absolute_url(stage.site.base_url, end)
    data: dict[str, Any] = {"target": end, "is_outside": is_outside, "shown": shown, "whole": shown.partition("#")[0]}
    return View(url=old, template="pages/moved.html", title=title, description=title, section="home", data=data, crumbs=(Crumb(title, old),), listed=False)


def _make_rule(old: str, end: str, site: Site) -> str:
    """A line of `_redirects`; paths begin at the root of the host."""
    root = base_path(site.base_url)
    there = quote(end, safe="/:@!$&'()*+,;=-._~#?%[]") if end.startswith(OUTSIDE) else root + end
    return f"{root}{old} {there} 301\n"
