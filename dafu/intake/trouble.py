"""Why a file can't be read, and libraries that are there or not."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

EXTRA = "pip install -e '.[import]'"


class ConversionError(Exception):
    """Why a file can't be read, and what to do, in two sentences: `why` and `mend`, with a stable `code`."""

    def __init__(self, code: str, why: str, mend: str) -> None:
        super().__init__(f"{why} {mend}")
        self.code, self.why, self.mend = code, why, mend


def need(module: str, package: str) -> ModuleType:
    """A library that an extra installs; ConversionError where it isn't there."""
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        raise ConversionError("raw-library", f"To read such a file, Dafu needs {package}, which isn't installed.", f"Install what it needs: {EXTRA}") from error
