"""A PDF's text layer; pypdfium2 comes in here."""

from __future__ import annotations

import re

from dafu.intake.trouble import ConversionError, need


def read_pdf(data: bytes) -> str:
    """The text of a PDF, `\\f` between its pages."""
    pdfium = need("pypdfium2", "pypdfium2")
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if "assword" in str(error):
            raise ConversionError("raw-locked", "The PDF is protected by a password.", "Save a copy without one.") from error
        raise ConversionError("raw-damaged", "The file is no whole PDF.", "Save or download it again.") from error
    pages = []
    pictures = []
    for number, page in enumerate(document, 1):
        text = page.get_textpage().get_text_bounded()
        if not text.strip() and any(True for _ in page.get_objects(filter=(pdfium.raw.FPDF_PAGEOBJ_IMAGE,))):
            pictures.append(str(number))
        pages.append(re.sub(r"(?:\ufffe|\u0002)\r?\n?", "", text))
    if not "".join(pages).strip():
        raise ConversionError("raw-scan", "The PDF has no text layer: its pages are pictures.", "Read it with an OCR program (OCRmyPDF, PaddleOCR, Tesseract with chi_sim), and import what that gives.")
    if pictures:
        raise ConversionError("raw-scan", f"Page {', '.join(pictures)} of the PDF has no text layer: it is a picture.", "Read the file with an OCR program (OCRmyPDF), and import what that gives.")
    return "\f".join(pages)
