"""How often Python looks for circles of objects that nothing needs any more."""

from __future__ import annotations

import gc

NEW, MIDDLE, OLD = 100_000, 20, 100
"""New objects before the newest are looked through, and how often that happens before older ones are."""


def be_patient() -> None:
    """Has this process look seldom: a build makes millions of objects that it needs to the end, and hardly a circle."""
    gc.set_threshold(NEW, MIDDLE, OLD)


def settle() -> None:
    """Has this process pass over all that it holds now: it will be needed to the end."""
    gc.freeze()


def unsettle() -> None:
    """Has it look at everything again."""
    gc.unfreeze()
