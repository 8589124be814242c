"""Long lists in pages: their slices, and the view of a slice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dafu.heads import Crumb
from dafu.templating import View
from dafu.words import Words


@dataclass(frozen=True, slots=True)
class Slice:
    """One page of a long list."""

    items: tuple[Any, ...]
    number: int
    """From 1."""
    urls: tuple[str, ...]
    """Of all its pages."""
    total: int

    @property
    def before(self) -> str | None:
        return self.urls[self.number - 2] if self.number > 1 else None

    @property
    def after(self) -> str | None:
        return self.urls[self.number] if self.number < len(self.urls) else None


def paginate(items: Sequence[Any], url: str, size: int) -> Iterator[Slice]:
    """The pages of a list: the first at `url`, the others at `url` + `page/2/`…; an empty list has one page."""
    count = max(1, -(-len(items) // size))
    urls = tuple(page_url(url, number) for number in range(1, count + 1))
    for number in range(1, count + 1):
        yield Slice(tuple(items[(number - 1) * size : number * size]), number, urls, len(items))


def page_url(url: str, number: int) -> str:
    """The address of a list's page, counted from 1."""
    return url if number == 1 else f"{url}page/{number}/"


def make_list_view(part: Slice, words: Words, *, title: str, description: str, section: str, template: str, feed: str | None = None, above: Crumb | None = None,
                   data: Mapping[str, Any] | None = None) -> View:
    """The view of one page of a list; from the second on its title says which."""
    url = part.urls[part.number - 1]
    first = (Crumb(title, part.urls[0]),) if part.number > 1 else ()
    if part.number > 1:
        title = words.say("page.of", title=title, n=part.number)
    crumbs = ((above,) if above else ()) + first + (Crumb(title, url),)
    return View(url=url, template=template, title=title, description=description, section=section, crumbs=crumbs, feed=feed, data={"part": part, **(data or {})})
