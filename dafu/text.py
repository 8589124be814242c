"""What counts as text: blanks, plain forms of names and numbers. Pure functions on strings, used by every room."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

HIDDEN = "［已隐去］"
"""What stands in a body where a person's data stood."""

UNDATED = "undated"
"""The folder of letters without a date."""

_HAN = r"\u2e80-\u9fff\uf900-\ufaff\uff01-\uff60\U00020000-\U0003ffff²³"
_MARKS = "“”‘’…—·"
"""Chinese where a Chinese character stands on their other side."""
_LATIN = r"A-Za-z0-9%‰℃)(\[\].,:;/&+$\-"
_ONE_BLANK = r"[ \t\u00a0\u2000-\u200a\u202f\u3000]"
_BLANK = f"{_ONE_BLANK}++"
_TYPED_BLANK = re.compile(rf"(?<=[“‘]){_BLANK}|(?<!{_ONE_BLANK}){_BLANK}(?=[”’])|(?:(?<=[{_HAN}])|(?<=[{_HAN}][{_MARKS}])){_BLANK}(?=[{_LATIN}])|(?<=[{_LATIN}]){_BLANK}(?=[{_MARKS}]?[{_HAN}])")
_BLANKS = re.compile(f"{_ONE_BLANK}+")
_UNUSUAL = re.compile("[^\t\n -~\u3000\u4e00-\u9fff，。、；：！？“”‘’（）《》〈〉【】〔〕［］—…·％]")
"""What few letters hold, all that is hidden among it; it is found five times as fast as that by itself."""

_CONTROL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164\ufeff\uffa0\ufff9-\uffff\ud800-\udfff"
    + "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e007f\ufdd0-\ufdef"
    + "".join(chr(plane * 0x10000 + end) for plane in range(1, 17) for end in (0xFFFE, 0xFFFF))
    + "]"
)


def drop_typed_blanks(text: str) -> str:
    """The text without the blanks that a typist put between Chinese characters and Latin letters, digits or half-width marks.

    They are a habit of typing, not words of the letter: `2017 年 1 月` is `2017年1月`. Blanks between two Latin words and blanks between two
    Chinese phrases stay. This is the one place that decides it; a body and the titles in its front matter go through it.
    """
    parts, place = [], 0
    for blanks in _BLANKS.finditer(text):
        typed = next(filter(None, (_TYPED_BLANK.match(text, start) for start in range(*blanks.span()))), None)
        if typed:
            parts.append(text[place : typed.start()])
            place = typed.end()
    return "".join(parts) + text[place:] if parts else text


def squeeze(text: str) -> str:
    """The text without any white space."""
    return "".join(text.split())


def iter_controls(text: str) -> Iterator[re.Match[str]]:
    """The characters that no reader can see and that may turn or break what is shown: control, zero-width, bidi, surrogate."""
    return _CONTROL.finditer(text) if _CONTROL.search("".join(_UNUSUAL.findall(text))) else iter(())


def drop_controls(text: str) -> str:
    """The text without them."""
    return _CONTROL.sub("", text)


def find_control(text: str) -> re.Match[str] | None:
    """The first of them."""
    return next(iter_controls(text), None)


def show_controls(text: str) -> str:
    """The text as a terminal may carry it: with what no reader can see written out, such as `\\u202e`."""
    return _CONTROL.sub(lambda hidden: f"\\u{ord(hidden[0]):04x}" if ord(hidden[0]) < 0x10000 else f"\\U{ord(hidden[0]):08x}", text)


def escape_markdown(text: str) -> str:
    """A line of plain text as Markdown in which nothing is markup."""
    return "".join("\\" + char if char in "\\`*_[]<>#|&~!" else char for char in text)


def make_slug(text: str) -> str:
    """Lower-case ASCII letters and digits of the text, all else as single hyphens: `B〔2017〕062` is `b-2017-062`."""
    spread = unicodedata.normalize("NFKD", text).lower()
    plain = "".join(char for char in spread if not unicodedata.combining(char))
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
