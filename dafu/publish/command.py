"""`publish`: what it shows, and the status with which it ends."""

from __future__ import annotations

import json
import sys

from dafu.commands import DONE, PROBLEMS, show_problems, tell
from dafu.publish.report import iter_lines, make_record
from dafu.publish.road import publish
from dafu.road import Options


def bring(options: Options, target: str | None, *, is_dry: bool, is_forgetting: bool, form: str) -> int:
    """Publishes the site; shows what changed at the target."""
    published = publish(options, target, is_dry=is_dry, is_forgetting=is_forgetting)
    show_problems(published.problems, form, "sent")
    if published.problems:
        return PROBLEMS
    for remark in () if options.quiet else published.remarks:
        tell(f"build.py: {remark}", sys.stderr)
    if form == "json":
        print(json.dumps(make_record(published)))
    elif not options.quiet:
        for line in iter_lines(published, is_dry=is_dry):
            tell(line)
    return DONE
