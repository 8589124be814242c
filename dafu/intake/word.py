"""A Word file's words; python-docx comes in here."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

from dafu.intake.trouble import ConversionError, need


def read_word(data: bytes) -> str:
    """A Word file: headers, paragraphs and tables in their order, a table's cells by `|`, footers."""
    docx = need("docx", "python-docx")
    try:
        document = docx.Document(io.BytesIO(data))
    except Exception as error:
        if b"EncryptedPackage" in data or b"E\0n\0c\0r\0y\0p\0t\0e\0d" in data[:20_000]:
            raise ConversionError("raw-locked", "The Word file is protected by a password.", "Save a copy without one.") from error
        raise ConversionError("raw-damaged", "The file is no whole Word document (.docx).", "Save it again from Word, or copy its text into a .txt file.") from error
    numbering = _Numbering(document)
    parts = []
    for section in document.sections[:1]:
        parts += _iter_word_blocks(section.header, numbering)
    parts += _iter_word_blocks(document, numbering)
    for section in document.sections[:1]:
        parts += _iter_word_blocks(section.footer, numbering)
    text = "\n".join(parts)
    if not text.strip():
        raise ConversionError("raw-empty", "The Word file has no text; it may hold pictures only.", "Read it with an OCR program (Tesseract, PaddleOCR), and import the text.")
    return text


def _iter_word_blocks(holder: Any, numbering: _Numbering) -> Iterator[str]:
    for block in holder.iter_inner_content():
        if hasattr(block, "rows"):
            for row in block.rows:
                cells = list(dict.fromkeys(cell._tc for cell in row.cells))
                texts = ["<br>".join(_iter_word_blocks(cell, numbering)) for cell in row.cells if cell._tc in cells and not cells.remove(cell._tc)]
                yield from (texts[0].split("<br>") if len(texts) == 1 else ["| " + " | ".join(texts) + " |"])
        else:
            yield numbering.label(block) + _read_runs(block)


def _read_runs(paragraph: Any) -> str:
    """A paragraph's words; a superscript 2 or 3 as ² or ³."""
    words = []
    for run in paragraph.iter_inner_content():
        runs = getattr(run, "runs", [run])
        for each in runs:
            is_power = getattr(each.font, "superscript", False) and each.text.strip() in ("2", "3")
            words.append("²³"[int(each.text.strip()) - 2] if is_power else each.text)
    boxed = "".join(node.text or "" for node in paragraph._p.iter("{http://schemas.openxmlformats.org/wordprocessingml/2006/main}t") if any(parent.tag.endswith("}txbxContent") for parent in node.iterancestors()))
    return "".join(words) + (f"\n{boxed}" if boxed else "")


class _Numbering:
    """The numerals that Word sets by itself: 一、 and （一） stand in no text, but on the page."""

    def __init__(self, document: Any) -> None:
        self.space = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
        self.counts: dict[tuple[str, int], int] = {}
        self.levels: dict[str, dict[int, tuple[str, str, int]]] = {}
        try:
            root = document.part.numbering_part.element
        except (KeyError, NotImplementedError, AttributeError):
            return
        forms = {form.get(self.space + "abstractNumId"): self._read_levels(form) for form in root.iter(self.space + "abstractNum")}
        for number in root.iter(self.space + "num"):
            link = number.find(self.space + "abstractNumId")
            self.levels[number.get(self.space + "numId")] = forms.get(link.get(self.space + "val"), {}) if link is not None else {}

    def _read_levels(self, form: Any) -> dict[int, tuple[str, str, int]]:
        found = {}
        for level in form.iter(self.space + "lvl"):
            values = {name: (node.get(self.space + "val") if (node := level.find(self.space + name)) is not None else None) for name in ("numFmt", "lvlText", "start")}
            found[int(level.get(self.space + "ilvl"))] = (values["numFmt"] or "decimal", values["lvlText"] or "", int(values["start"] or 1))
        return found

    def label(self, paragraph: Any) -> str:
        """The numeral before a paragraph; empty where Word sets none."""
        properties = paragraph._p.pPr
        own = properties.numPr if properties is not None else None
        if own is None or own.numId is None:
            return ""
        name, place = str(own.numId.val), own.ilvl.val if own.ilvl is not None else 0
        if place not in self.levels.get(name, {}):
            return ""
        form, text, start = self.levels[name][place]
        self.counts[name, place] = self.counts.get((name, place), start - 1) + 1
        for key in [key for key in self.counts if key[0] == name and key[1] > place]:
            del self.counts[key]
        if form in ("bullet", "none"):
            return ""
        return re.sub(r"%(\d)", lambda match: _write_numeral(self.counts.get((name, int(match[1]) - 1), 1), self.levels[name].get(int(match[1]) - 1, ("decimal", "", 1))[0]), text)


def _write_numeral(number: int, form: str) -> str:
    if "hinese" in form or "apanese" in form or "deograph" in form:
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
