"""What one letter says of a thread, by its own words alone: where the thread's names stand in it, and the sentences around them.

Names that are the thread's own, or a part of it, or its former ones are told from those that only may be the same, or are not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dafu.body import Body
from dafu.packed import Packed
from dafu.passages import Passage, find_sentences, gather_passages
from dafu.quotes import Finder, Span
from dafu.reference import Page, ThreadName

OWN = ("same", "part-of", "renamed-from")


@dataclass(frozen=True, slots=True)
class Told(Packed):
    """A thread's names in a letter."""

    thread: str
    """The slug."""
    spans: tuple[Span, ...]
    """Where names of its own stand."""
    passages: tuple[Passage, ...]
    """The sentences with them."""
    apart: tuple[Passage, ...]
    """The sentences with names that only may be the thread's, or aren't."""
    is_named: bool
    """Whether any name stands there that isn't said to be another thing's."""


def iter_told(body: Body, threads: Sequence[Page]) -> Iterator[Told]:
    """The threads of which a letter bears a name."""
    finder = Finder(body.text)
    for page in threads:
        places = tuple(_iter_names(page.head.names, finder))
        if places:
            own = [(span, name.relation) for span, name in places if name.relation in OWN]
            others = [(span, name.relation) for span, name in places if name.relation not in OWN]
            sentences = find_sentences(body, [span for span, _ in places])
            is_named = any(name.relation != "distinct" for _, name in places)
            yield Told(page.slug, tuple(span for span, _ in own), gather_passages(sentences, own), gather_passages(sentences, others), is_named)


def _iter_names(names: Sequence[ThreadName], finder: Finder) -> Iterator[tuple[Span, ThreadName]]:
    """Where the names stand; of two that overlap the longer."""
    taken: list[Span] = []
    for name in sorted((name for name in names if name.name), key=lambda name: -len(name.name)):
        for span in finder.iter_spans(name.name):
            if all(span.end <= other.start or other.end <= span.start for other in taken):
                taken.append(span)
                yield span, name
