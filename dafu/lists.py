"""Long lists in pages: their slices, and the view of a slice.

A list whose newest items come first is cut from its oldest end, in blocks that keep their number and what they hold when a newer item is added:

    page/1/   page/2/   …   page/7/   at the list's own address
    oldest ├─────────┼─────────┼ … ┼─────────┼──────────────┤ newest
             a block   a block       a block   half a block to one and a half

A list in any other order (by name, by number of letters, from the oldest on) begins at its own address and goes on at `page/2/`.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from dafu.heads import Crumb
from dafu.templating import View
from dafu.units import Unit, depend
from dafu.words import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """One page of a long list."""

    items: tuple[Any, ...]
    number: int
    """As in its address; 1 for the first page of a list in pages, 0 for the newest of one in blocks."""
    top: str
    """The list's own address."""
    total: int
    """Of the list's items."""
    before: str | None = None
    """The page that readers come from; None for the first."""
    after: str | None = None
    end: str | None = None
    """The page of the oldest; None where this is it, where the list is cut, and where `pages` are counted."""
    pages: int | None = None
    """How many they are; not said of blocks, where it would change each page with every new block."""
    is_cut: bool = False
    """Whether the list's older items stand elsewhere."""

    @property
    def url(self) -> str:
        return self.top if self.is_first else f"{self.top}page/{self.number}/"

    @property
    def is_first(self) -> bool:
        """Whether it stands at the list's own address: there everything is said that changes with each item."""
        return self.before is None

    @property
    def days(self) -> tuple[datetime.date | None, datetime.date | None]:
        """The days of its oldest and its newest item, where the list is one in blocks; None where no item has a day."""
        days = [item.date for item in self.items if item.date]
        return (days[-1], days[0]) if days else (None, None)


def paginate(items: Sequence[Any], url: str, size: int) -> Iterator[Slice]:
    """The pages of a list from its beginning on; an empty list has one page."""
    count = max(1, -(-len(items) // size))
    for number in range(1, count + 1):
        before, after = page_url(url, number - 1) if number > 1 else None, page_url(url, number + 1) if number < count else None
        yield Slice(items=tuple(items[(number - 1) * size : number * size]), number=number, top=url, total=len(items), before=before, after=after, pages=count)


def page_url(url: str, number: int) -> str:
    """The address of a page of a list that begins at `url`."""
    return url if number == 1 else f"{url}page/{number}/"


def paginate_newest(items: Sequence[Any], url: str, size: int, most: int | None = None) -> Iterator[Slice]:
    """The pages of a list whose newest items come first; at most so many of them."""
    blocks = count_blocks(len(items), size)
    head = len(items) - blocks * size
    last = 1 if most is None else max(1, blocks + 2 - most)
    end = f"{url}page/1/" if last == 1 else None
    for number in (0, *range(blocks, last - 1, -1)):
        start, stop = (0, head) if number == 0 else (head + (blocks - number) * size, head + (blocks - number + 1) * size)
        before = None if number == 0 else url if number == blocks else f"{url}page/{number + 1}/"
        next_number = (number or blocks + 1) - 1
        after = f"{url}page/{next_number}/" if next_number >= last else None
        yield Slice(items=tuple(items[start:stop]), number=number, top=url, total=len(items), before=before, after=after, end=end if after else None, is_cut=last > 1)


def count_blocks(length: int, size: int) -> int:
    """How many whole blocks stand before the newest page, which keeps at least half a block to itself."""
    return max(0, (length - (size + 1) // 2) // size)


def list_page_units(parts: Iterable[Slice], make: Callable[[Iterable[Slice]], Iterator[View]], first: Callable[[], tuple[object, ...]], *others: object) -> list[Unit[View]]:
    """A unit for each page of a list: the first, which tells of all of it, from what `first` gives; each of the others from what stands there, and from `others`."""
    return [Unit(part.url, partial(make, [part]), first if part.is_first else depend(part.number, part.before, part.after, part.end, part.items, *others)) for part in parts]


def make_list_view(part: Slice, words: Words, *, title: str, description: str, section: str, template: str, feed: str | None = None, above: Crumb | None = None,
                   data: Mapping[str, Any] | None = None) -> View:
    """The view of one page of a list; all but the first say which they are."""
    crumbs = ((above,) if above else ()) + (Crumb(title, part.top),)
    if not part.is_first:
        title = words.say("page.of" if part.pages else "page.of.oldest", title=title, n=part.number)
        crumbs += (Crumb(title, part.url),)
        description = description if part.pages else title
    return View(url=part.url, template=template, title=title, description=description, section=section, crumbs=crumbs, feed=feed, data={"part": part, **(data or {})})
