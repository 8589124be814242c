"""Scripts reach browsers without their comments, and otherwise as they are written."""

from __future__ import annotations

import re

import pytest

from dafu.assets import FOLDER, strip_comments

SCRIPTS = sorted(FOLDER.rglob("*.js"))


def test_comments_and_types_stay_at_home() -> None:
    source = b"// @ts-check\n// A word.\n\nconst a = (/** @type {string} */ b) => b; // kept\n/**\n * Lines.\n */\nconst c = \"http://x/*y*/\";\n  // inside\n  d();\n"
    assert strip_comments(source) == b"const a = (b) => b; // kept\nconst c = \"http://x/*y*/\";\n  d();\n"


@pytest.mark.parametrize("path", SCRIPTS, ids=[path.name for path in SCRIPTS])
def test_nothing_but_comments_is_taken(path) -> None:
    """Every line of code is still there, in its order; and nothing between quotes looks like a comment of the kind that goes."""
    source, stripped = path.read_text("utf-8"), strip_comments(path.read_bytes()).decode()
    assert "/**" not in stripped
    assert re.findall(r"(?m)^[ ]*(?:export |const |let |import |return |if |for |while )[\w${ ]*", stripped) == re.findall(r"(?m)^[ ]*(?:export |const |let |import |return |if |for |while )[\w${ ]*", re.sub(r"(?s)/\*\*.*?\*/ ?", "", source))
    tokens = re.findall(r"""(?s)/\*\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`""", source)
    assert [token for token in tokens if not token.startswith("/") and "/**" in token] == []
