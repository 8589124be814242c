"""`check --external`: what it asks for, and shows."""

from __future__ import annotations

import json
import sys

from dafu import __version__
from dafu.asking import Asker, encode_address
from dafu.commands import DONE, PROBLEMS, show_problems
from dafu.outside import Kept, ask_outside, list_dead, list_remarks, summarize
from dafu.road import Options, Result


def check_outside(options: Options, result: Result, form: str) -> int:
    """Asks the links that leave the site; only what is dead for certain is a problem."""
    asker = Asker(f"Dafu/{__version__} link check (+{encode_address(result.base_url or '')})")
    findings = ask_outside(result.outside, asker, Kept(options.open_memo("links")), quiet=options.quiet)
    dead = list_dead(findings)
    for remark in () if options.quiet else list_remarks(findings):
        print(json.dumps(json.loads(remark.as_json()) | {"remark": True}) if form == "json" else remark)
    show_problems(dead, form)
    if not options.quiet:
        print(summarize(findings), file=sys.stderr if form == "json" else sys.stdout)
    return PROBLEMS if dead else DONE
