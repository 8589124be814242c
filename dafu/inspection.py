"""What must hold of the site as a whole, seen while its files go by: links, redirects, published permalinks; each fault told where an editor can mend it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from dafu.links import LinkCheck
from dafu.output import Output, file_of
from dafu.permalinks import Permalink, check_permalinks, find_permalinks
from dafu.problems import Problem, sort_problems
from dafu.reading import Letter
from dafu.redirects import check_taken
from dafu.reference import Page, Reference
from dafu.source import PERMALINKS
from dafu.typed import Outside, Places, iter_typed


@dataclass(slots=True, kw_only=True)
class Inspection:
    """Knows of a site that has gone by what is wrong with it, and what it promises."""

    iter_letters: Callable[[], Iterable[Letter]]
    """All letters, with the places of their keys."""
    reference: Reference
    pages: tuple[Page, ...]
    published: tuple[Permalink, ...]
    """What has been promised before."""
    shown: Mapping[str, str]
    """The paths of settings files by their names, as a person would open them."""
    links: LinkCheck
    taken: set[str] = field(default_factory=set)
    """Pages of the site from which a redirect leads away."""

    def leave_pages(self, outputs: Iterable[Output]) -> Iterator[Output]:
        """The same outputs, without a redirect's page where the site has another."""
        old = {file_of(url) for url, _ in self.reference.site.redirects}
        for output in outputs:
            if output.path in old and output.path in self.links.paths:
                self.taken.add(output.path)
            else:
                yield output

    def iter_problems(self) -> Iterator[Problem]:
        """All faults, those of links at the files of the site."""
        yield from self.links.iter_problems()
        yield from self._iter_others()

    def _iter_others(self) -> Iterator[Problem]:
        yield from check_taken(self.reference.site, self._show("site.yml"), self.taken)
        yield from check_permalinks(self.published, self.links, self._show(PERMALINKS))

    def list_problems(self) -> tuple[Problem, ...]:
        """All faults, where an editor can mend them."""
        places = self._make_places() if next(self.links.iter_problems(), None) else Places(())
        return tuple(sort_problems([*map(places.trace, self.links.iter_problems()), *self._iter_others()]))

    def list_permalinks(self) -> tuple[Permalink, ...]:
        """The site's own promises."""
        return find_permalinks(self.links)

    def list_outside(self) -> tuple[Outside, ...]:
        """The addresses elsewhere to which its pages link, sorted, if the link check has kept them."""
        if not self.links.outside:
            return ()
        places = self._make_places()
        return tuple(Outside(address, places.find(address) or ((page, 1, 1),)) for address, page in sorted(self.links.outside.items()))

    def _make_places(self) -> Places:
        return Places(iter_typed(self.iter_letters(), self.reference, self.pages, self._show("site.yml")))

    def _show(self, name: str) -> str:
        return self.shown.get(name, name)
