"""A file's bytes as raw text, by its ending and by how it begins.

Leaves to others: opening the file, and what the text means.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import PurePath

from dafu.intake.encoding import decode
from dafu.intake.pdf import read_pdf
from dafu.intake.trouble import ConversionError
from dafu.intake.web import read_page, read_page_text
from dafu.intake.word import read_word, refuse_old_word

MAX_BYTES = 10_000_000
"""A letter has some thousand characters; a file of this size is something else, or full of pictures."""

MAX_CHARS = 300_000
"""Some dozens of letters."""



def convert(name: str, data: bytes) -> str:
    """The text of a file by its ending, `\\n` at its line ends and `\\f` between a PDF's pages; raises ConversionError."""
    if len(data) > MAX_BYTES:
        raise ConversionError("raw-large", f"The file has {len(data):,} bytes; the most is {MAX_BYTES:,}.", "Take the letter's text out of it.")
    if not data.strip(b" \t\r\n\0"):
        raise ConversionError("raw-empty", "The file is empty.", "Write the letter's text into it.")
    ending = PurePath(name).suffix.lower()
    reader = _READERS.get(_sniff(data) or ending, _read_plain)
    try:
        text = _tidy(reader(data))
    except ConversionError:
        raise
    except Exception as error:  # a library that trips over a damaged file; which ones do, no list can say
        raise ConversionError("raw-damaged", f"The file can't be read as {ending or 'text'}: {type(error).__name__}.", "Save it again, or copy its text into a .txt file.") from error
    if len(text) > MAX_CHARS:
        raise ConversionError("raw-large", f"The file holds {len(text):,} characters; the most is {MAX_CHARS:,}.", "Part it into files of some letters each.")
    if not text.strip():
        raise ConversionError("raw-empty", "The file holds no text.", "Look at it in the program that made it; pictures need an OCR program.")
    return text


def _sniff(data: bytes) -> str | None:
    """The kind of a file by how it begins, for those that carry a wrong name or none."""
    if data.startswith(b"%PDF-"):
        return ".pdf"
    if data.startswith(b"PK\x03\x04"):
        return ".docx"
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        return ".doc"
    head = data[:600].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return ".html" if head.startswith((b"<!doctype html", b"<html", b"<?xml")) and b"<html" in data[:3000].lower() else None


_BLANKS = re.compile(r"[ \t\u3000\u00a0]{80,}")


def _tidy(text: str) -> str:
    """The text with `\\n` at its line ends, and without the blanks by which a typist moves a line to the far right."""
    text = _BLANKS.sub(" " * 80, text)
    return text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff")


def _read_plain(data: bytes) -> str:
    text = decode(data)
    return read_page_text(text) if re.match(r"\s*<(?:!doctype|html|body|div|p|table)\b", text, re.IGNORECASE) else text


_READERS: dict[str, Callable[[bytes], str]] = {
    ".html": read_page, ".htm": read_page, ".xhtml": read_page, ".docx": read_word, ".doc": refuse_old_word, ".pdf": read_pdf,
}
