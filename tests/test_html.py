"""The Nu HTML checker has nothing to say about any page."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

JAR = os.environ.get("VNU_JAR")
# The checker takes 'self' of a file for nothing at all, and a block of JSON-LD for a script; what a browser blocks is tried in `browser/test_policy.py`.
OF_POLICY = ".*violates Content Security Policy \\(meta tag\\).*"

# The checker doesn't know yet that what is expected may block, as a style sheet may: the HTML standard, "Link type expect".
OF_EXPECT = ".*“link” element with a “blocking” attribute must have a “rel” attribute whose value is “stylesheet”.*"


@pytest.mark.skipif(not JAR or shutil.which("java") is None, reason="VNU_JAR names no jar of the Nu HTML checker, or there is no Java")
def test_pages_are_valid_html(site: Path) -> None:
    done = subprocess.run(["java", "-jar", str(JAR), "--skip-non-html", "--filterpattern", f"{OF_POLICY}|{OF_EXPECT}", "--format", "gnu", str(site)], capture_output=True, text=True)
    assert (done.stderr.splitlines()[:5], done.returncode) == ([], 0)
