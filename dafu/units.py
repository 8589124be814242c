"""A site's units: a few outputs each, made together from values that each unit names, so that a build knows which of them are as they were."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


class Everything:
    """In the place of a value: all that there is."""


EVERYTHING = Everything()


@dataclass(frozen=True, slots=True)
class Unit(Generic[T]):
    """Outputs, or the views of pages, that are made together."""

    name: str
    """No other unit has it."""
    make: Callable[..., Iterable[T]]
    """Makes them when it is called; a table is given the extracts of all letters."""
    given: Callable[[], tuple[object, ...]]
    """Tells the values that they are made from beside the program, the interface's words and site.yml, on which all units depend."""


def depend(*values: object) -> Callable[[], tuple[object, ...]]:
    """On values that are there already."""
    return lambda: values
