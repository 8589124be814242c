"""Bytes as text: UTF-8, UTF-16 with its mark, GB 18030 or Big5."""

from __future__ import annotations

import re

from dafu.intake.trouble import ConversionError


def decode(data: bytes) -> str:
    """Text from bytes: UTF-8, UTF-16 with its mark, GB 18030 or Big5, whichever gives Chinese that is in use."""
    for mark, name in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            try:
                return data.decode(name)
            except UnicodeDecodeError:
                break
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        return _decode_chinese(data, error)
    if _is_binary(text):
        raise ConversionError("raw-binary", "The file is not text.", "Save the letter as .txt, .md, .html, .docx or .pdf.")
    return text


def _decode_chinese(data: bytes, error: UnicodeDecodeError) -> str:
    found = []
    for name in ("gb18030", "big5hkscs"):
        try:
            text = data.decode(name)
        except UnicodeDecodeError:
            continue
        if not _is_binary(text):
            found.append((_rate(text), text))
    best = max(found, default=(0.0, ""))
    if best[0] >= 0.75:
        return best[1]
    if b"\0" in data[:4000] or data.startswith((b"\xff\xd8", b"\x89PNG", b"GIF8", b"BM", b"II*", b"MM\0*")):
        raise ConversionError("raw-binary", "The file is not text but a picture or a program's own data.", "Pictures need an OCR program (PaddleOCR, Tesseract with chi_sim); import the text that it gives.")
    if not found:
        line = data.count(b"\n", 0, error.start) + 1
        raise ConversionError("raw-encoding", f"Byte {data[error.start]:#04x} in line {line} is neither UTF-8 nor GB 18030 nor Big5.", "Save the file as UTF-8 text.")
    raise ConversionError("raw-binary", "The file is not Chinese text in UTF-8, GB 18030 or Big5.", "Save the letter as UTF-8 text.")


def _rate(text: str) -> float:
    """How much of a text's Chinese is of the first level of GB 2312 or of Big5, where the characters in use stand; bytes read wrongly scatter over all."""
    han = [char for char in text[:20_000] if "\u3400" <= char <= "\u9fff"]
    odd = sum("\ue000" <= char <= "\uf8ff" or char == "\ufffd" for char in text[:20_000])
    if not han:
        return 0.0
    return max(sum(_is_first_level(char, name, last) for char in han) for name, last in (("gb2312", 0xD7), ("big5", 0xC6))) / (len(han) + 5 * odd)


def _is_first_level(char: str, name: str, last: int) -> bool:
    try:
        return char.encode(name)[0] <= last
    except UnicodeEncodeError:
        return False


def _is_binary(text: str) -> bool:
    controls = re.findall(r"[\x00-\x08\x0e-\x1f]", text[:20_000])
    return len(controls) > 2 + len(text[:20_000]) // 200
