"""Files as a host may send them compressed: `precompress: [gz, br]` in site.yml puts `index.html.gz` beside `index.html`. brotli comes in here.

Only hosts that look for them gain by it (`gzip_static` of nginx, `precompressed` of Caddy); others compress as they send.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module

from dafu.headers import TYPES
from dafu.output import Output
from dafu.problems import SettingsError

FORMS = ("gz", "br")
LEAST_BYTES = 500
"""Smaller files travel in one packet as they are."""


def iter_compressed(output: Output, forms: Iterable[str]) -> Iterator[Output]:
    """The compressed forms of an output that is a text."""
    if len(output.data) >= LEAST_BYTES and output.path.endswith(tuple(TYPES)):
        yield from (Output(f"{output.path}.{form}", _find_packer(form)(output.data)) for form in forms)


def _find_packer(form: str) -> Callable[[bytes], bytes]:
    """What compresses: the same bytes in, the same bytes out, whatever the time."""
    if form == "gz":
        return lambda data: gzip.compress(data, 9, mtime=0)
    try:
        brotli = import_module("brotli")
    except ImportError as error:
        raise SettingsError("site.yml: precompress names br, and Brotli isn't installed. Run `pip install -e '.[brotli]'`, or write `precompress: [gz]`.") from error
    return brotli.compress
