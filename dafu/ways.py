"""The links of the page that is being made."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from dafu.output import link_below, link_between


class Way:
    """Leads from where a page stands to any place of the site."""

    def __init__(self) -> None:
        self._here = ""
        self._root: str | None = None

    @contextmanager
    def at(self, here: str, root: str | None = None) -> Iterator[None]:
        """Within, links lead from that site-relative address; with `root`, from there, wherever the page is."""
        before = self._here, self._root
        self._here, self._root = here, root
        try:
            yield
        finally:
            self._here, self._root = before

    def link(self, url: str) -> str:
        """The link to a site-relative address."""
        return link_between(self._here, url) if self._root is None else link_below(self._root, url)
