"""A Word file's words; python-docx comes in here.

Words stand in many places that its paragraphs don't name: insertions, content controls, smart tags, text boxes. So the file's XML is walked, and only what was deleted is left out.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

from dafu.intake.trouble import ConversionError, need

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_GONE = frozenset({f"{_W}del", f"{_W}moveFrom", "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"})


MAX_UNPACKED_BYTES = 100_000_000
"""A Word file is a zip: a few bytes of one can be blown up to fill any memory."""


def read_word(data: bytes) -> str:
    """The words of headers, paragraphs, tables, notes and footers, in their order; a table's cells between `|`."""
    docx = need("docx", "python-docx")
    _refuse_blown_up(data)
    try:
        document = docx.Document(io.BytesIO(data))
    except Exception as error:
        raise ConversionError("raw-damaged", "The file is no whole Word document (.docx).", "Save it again from Word, or copy its text into a .txt file.") from error
    numbering = _Numbering(document)
    sections = list(document.sections)
    heads = dict.fromkeys(line for section in sections for line in _iter_lines(section.header._element, numbering))
    feet = dict.fromkeys(line for section in sections for line in _iter_lines(section.footer._element, numbering))
    text = "\n".join([*heads, *_iter_lines(document.element.body, numbering), *_iter_notes(document, numbering), *feet])
    if not text.strip():
        raise ConversionError("raw-empty", "The Word file has no text; it may hold pictures only.", "Read it with an OCR program (Tesseract, PaddleOCR), and import the text.")
    return text


def _refuse_blown_up(data: bytes) -> None:
    """Raises for a file that is small only as long as it is packed; what is no zip at all is for the library to say."""
    try:
        size = sum(part.file_size for part in zipfile.ZipFile(io.BytesIO(data)).infolist())
    except zipfile.BadZipFile:
        return
    if size > MAX_UNPACKED_BYTES:
        raise ConversionError("raw-large", f"Unpacked the file has {size:,} bytes; the most is {MAX_UNPACKED_BYTES:,}.", "Take the letter's text out of it.")


def _iter_lines(holder: Any, numbering: _Numbering) -> Iterator[str]:
    """The lines of what a part holds."""
    for element in holder:
        if element.tag in _GONE:
            continue
        if element.tag == f"{_W}p":
            yield from (numbering.label(element) + "".join(_iter_words(element))).split("\n")
            for box in _find_boxes(element):
                yield from _iter_lines(box, numbering)
        elif element.tag == f"{_W}tbl":
            for row in element.iter(f"{_W}tr"):
                if next(row.iterancestors(f"{_W}tbl")) is element:
                    yield from _read_row(row, numbering)
        else:
            yield from _iter_lines(element, numbering)


def _read_row(row: Any, numbering: _Numbering) -> list[str]:
    """A table's row: the lines of its only cell, or its cells on one line."""
    cells = [list(_iter_lines(cell, numbering)) for cell in row.iter(f"{_W}tc") if next(cell.iterancestors(f"{_W}tr")) is row]
    return cells[0] if len(cells) == 1 else ["| " + " | ".join("<br>".join(cell) for cell in cells) + " |"]


def _find_boxes(paragraph: Any) -> list[Any]:
    """The text boxes that hang on a paragraph."""
    return [box for box in paragraph.iter(f"{_W}txbxContent") if not any(parent.tag in _GONE for parent in box.iterancestors()) and next(box.iterancestors(f"{_W}p")) is paragraph]


def _iter_words(element: Any) -> Iterator[str]:
    """The words of a paragraph, without those of its boxes; a raised 2 or 3 as ² or ³."""
    for child in element:
        if child.tag in _GONE or child.tag == f"{_W}txbxContent":
            continue
        if child.tag == f"{_W}t":
            text = child.text or ""
            raised = child.getparent().find(f"{_W}rPr/{_W}vertAlign")
            is_power = raised is not None and raised.get(f"{_W}val") == "superscript" and text.strip() in ("2", "3")
            yield "²³"[int(text.strip()) - 2] if is_power else text
        elif child.tag in (f"{_W}br", f"{_W}cr"):
            yield "\n"
        elif child.tag == f"{_W}tab" and child.getparent().tag == f"{_W}r":
            yield "\t"
        elif child.tag == f"{_W}noBreakHyphen":
            yield "-"
        else:
            yield from _iter_words(child)


def _iter_notes(document: Any, numbering: _Numbering) -> Iterator[str]:
    """The footnotes and endnotes of a document."""
    from_xml = need("docx.oxml", "python-docx").parse_xml
    for relation in document.part.rels.values():
        if relation.reltype.endswith(("/footnotes", "/endnotes")):
            yield from (line for line in _iter_lines(from_xml(relation.target_part.blob), numbering) if line.strip())


class _Numbering:
    """The numerals that Word sets by itself: 一、 and （一） stand in no text, but on the page."""

    def __init__(self, document: Any) -> None:
        self.counts: dict[tuple[str, int], int] = {}
        self.levels: dict[str, dict[int, tuple[str, str, int]]] = {}
        self.styles = {style.get(f"{_W}styleId"): found for style in document.styles.element.iter(f"{_W}style") if (found := style.find(f"{_W}pPr/{_W}numPr")) is not None}
        try:
            root = document.part.numbering_part.element
        except (KeyError, NotImplementedError, AttributeError):
            return
        forms = {form.get(f"{_W}abstractNumId"): self._read_levels(form) for form in root.iter(f"{_W}abstractNum")}
        for number in root.iter(f"{_W}num"):
            link = number.find(f"{_W}abstractNumId")
            self.levels[number.get(f"{_W}numId")] = forms.get(link.get(f"{_W}val"), {}) if link is not None else {}

    def _read_levels(self, form: Any) -> dict[int, tuple[str, str, int]]:
        found = {}
        for level in form.iter(f"{_W}lvl"):
            form_, text, start = (_value(level.find(f"{_W}{name}")) for name in ("numFmt", "lvlText", "start"))
            found[int(level.get(f"{_W}ilvl"))] = (form_ or "decimal", text or "", int(start or 1))
        return found

    def label(self, paragraph: Any) -> str:
        """The numeral before a paragraph, set by itself or by its style; empty where Word sets none."""
        own = paragraph.find(f"{_W}pPr/{_W}numPr")
        if own is None:
            own = self.styles.get(_value(paragraph.find(f"{_W}pPr/{_W}pStyle")) or "")
        name = _value(own.find(f"{_W}numId")) if own is not None else None
        if own is None or name is None:
            return ""
        place = int(_value(own.find(f"{_W}ilvl")) or 0)
        if place not in self.levels.get(name, {}):
            return ""
        form, text, start = self.levels[name][place]
        self.counts[name, place] = self.counts.get((name, place), start - 1) + 1
        for key in [key for key in self.counts if key[0] == name and key[1] > place]:
            del self.counts[key]
        if form in ("bullet", "none"):
            return ""
        return re.sub(r"%(\d)", lambda match: self._write(name, int(match[1]) - 1), text)

    def _write(self, name: str, place: int) -> str:
        return write_numeral(self.counts.get((name, place), 1), self.levels[name].get(place, ("decimal", "", 1))[0])


def _value(element: Any) -> str | None:
    return element.get(f"{_W}val") if element is not None else None


def write_numeral(number: int, form: str) -> str:
    """A number as Word's `form` writes it: 十二, ⑫ or 12."""
    if re.search("hinese|apanese|deograph", form):
        tens, ones = divmod(number, 10)
        digits = "〇一二三四五六七八九"
        return digits[number] if number < 10 else (digits[tens] if tens > 1 else "") + "十" + (digits[ones] if ones else "")
    if form == "decimalEnclosedCircle" and number <= 20:
        return chr(0x2460 + number - 1)
    return str(number)


def refuse_old_word(data: bytes) -> str:
    """Always raises: the old binary kind of Word file, or one with a password."""
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise ConversionError("raw-locked", "The Word file is protected by a password.", "Save a copy without one.")
    raise ConversionError("raw-kind", "This is a Word file of the old kind (.doc).", "Save it as .docx in Word or LibreOffice.")
