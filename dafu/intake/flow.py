"""A letter's body lines as the archive's Markdown: broken sentences joined, headings and run-in leads marked, the contact line masked.

What is done to the words here, and no more: white space, bold, headings, escapes; a contact person's line becomes `（联系人：［已隐去］）`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dafu.intake.anatomy import Anatomy
from dafu.intake.lines import Line, join_words
from dafu.intake.people import parse_contact
from dafu.intake.quoted import drop_quoted
from dafu.intake.times import find_last_day
from dafu.text import HIDDEN, drop_typed_blanks, squeeze

MASKED = f"（联系人：{HIDDEN}）"
_LEVELS = (
    (2, re.compile(r"(?:第[一二三四五六七八九十]+部分|[一二三四五六七八九十]{1,3}[、.．])")),
    (3, re.compile(r"[（(][一二三四五六七八九十]{1,3}[）)][、.]?")),
    (4, re.compile(r"\d{1,2}(?:[、．]|\.(?!\d))")),
)
_ITEM = re.compile(r"(?:[（(]\d{1,2}[）)]|[①-⑳]|[一二三四五六七八九十]{1,2}是|第[一二三四五六七八九十]{1,3}[，、,:：]|[-•·]\s|其[一二三四五][，、是])")
_CLOSING = re.compile(r"(?:特此|专此|此复|此致|敬礼|以上(?:答复|意见|回复)|感谢(?:您|你|贵|各位)|再次感谢|衷心感谢|非常感谢|最后|附件?[：:1一]|（此件|\(此件)")
_ENDS = "。！？；：!?;…"
_SHORT = re.compile(r"(?!(?:[一二三四五六七八九十]{1,2}是|其[一二三]|第[一二三]|您|你|我|感谢|特此|此复|以上))[^。，：；*\d]{4,16}(?:[，,][^。，：；*\d]{2,10})?。(?=[^*])")
_LEAD_LIMIT, _HEADING_LIMIT = 46, 80
_INLINE_CONTACT = re.compile(r"[（(]\s*(?:联系人|聯絡人|聯繫人|聯絡電話|经办人|承办人|联系电话|联系方式|联\s*系\s*人)[^（）()]*(?:[（(][^（）()]*[）)][^（）()]*)*[）)]?\s*$")


@dataclass(slots=True)
class Paragraph:
    """Lines that were set as one paragraph."""

    lines: list[Line]
    text: str
    kind: str = "text"
    """text | salutation | signature | day | contact | table"""
    level: int = 0


def make_paragraphs(anatomy: Anatomy) -> list[Paragraph]:
    """The body's paragraphs in their order, as they read."""
    lines = anatomy.body
    wrap = _measure(lines)
    found: list[Paragraph] = []
    for line in lines:
        kind = _tell_kind(line, anatomy)
        before = found[-1] if found else None
        if before and kind == "table" == before.kind or before and kind == "contact" == before.kind:
            before.lines.append(line)
            before.text += "\n" + line.text
        elif before and kind == "text" == before.kind and _goes_on(before, line, wrap):
            before.lines.append(line)
            before.text = _join(before.text, line.text)
        else:
            found.append(Paragraph([line], line.text, kind, line.level))
    return found


def _tell_kind(line: Line, anatomy: Anatomy) -> str:
    if line is anatomy.salutation_line:
        return "salutation"
    if line in anatomy.contact_lines:
        return "contact"
    if line is anatomy.day_line:
        return "day"
    if line in anatomy.signature_lines:
        return "signature"
    return "table" if len(line.cells) > 1 else "text"


def _measure(lines: Sequence[Line]) -> int | None:
    """The width at which a text was wrapped, where most of its lines end in the midst of a sentence."""
    long = [line for line in lines if len(line.plain) > 12]
    open_ends = sum(line.plain[-1] not in _ENDS + "”）》)" for line in long)
    if len(long) < 6 or open_ends < 0.4 * len(long):
        return None
    widths = sorted(len(line.plain) for line in long)
    width = widths[int(len(widths) * 0.8)]
    return width if width <= 100 else None


def _goes_on(before: Paragraph, line: Line, wrap: int | None) -> bool:
    """Whether a line belongs to the paragraph before it."""
    text, last = line.plain, before.lines[-1].plain
    if line.level or before.level or starts_item(text) or _CLOSING.match(text):
        return False
    if _is_heading_line(last) and len(before.lines) == 1 and not (wrap and len(last) >= wrap - 2):
        return False
    if last[-1] in "，、,（(《“‘—-":
        return True
    if wrap is not None:
        return not line.is_indented and len(last) >= wrap - 3 and not line.has_gap if last[-1] in _ENDS else not line.is_indented and (len(last) >= 0.6 * wrap or line.has_gap)
    if last[-1] in _ENDS or last[-1] in "”）》)】" and (line.is_indented or len(text) > 60 and not _is_cut(last)):
        return False
    return len(last) > 24 or len(before.lines) > 1 or bool(re.search(r"[。；：]", last)) or bool(re.match(r"[，。；：、）》”]", text))


def _is_cut(text: str) -> bool:
    """Whether a text's quotation marks or brackets are still open at its end."""
    return any(text.count(opening) > text.count(closing) for opening, closing in ("《》", "（）", "“”", "()"))


def _is_heading_line(text: str) -> bool:
    bare = drop_quoted(text)
    return bool(_level_of(text)) and len(bare) <= 40 and "。" not in bare.rstrip("。") and text[-1] not in "，、,"


def starts_item(text: str) -> bool:
    """Whether a line begins with a numeral of a section or a list."""
    return bool(_level_of(text)) or bool(_ITEM.match(text))


def _level_of(text: str) -> int:
    return next((level for level, form in _LEVELS if form.match(text)), 0)


def _join(first: str, second: str) -> str:
    if first.endswith("**") and second.startswith("**"):
        return first[:-2] + second[2:]
    return join_words(first, second)


def make_markdown(paragraphs: Sequence[Paragraph]) -> str:
    """The body as Markdown, a blank line between paragraphs."""
    neighbours = zip([None, *paragraphs], paragraphs, [*paragraphs[1:], None], strict=False)
    parts = [text for before, paragraph, after in neighbours for text in _iter_parts(paragraph, before, after)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _iter_parts(paragraph: Paragraph, before: Paragraph | None, after: Paragraph | None) -> Iterator[str]:
    text = paragraph.text
    if paragraph.kind == "contact":
        yield MASKED if hides(paragraph) else escape(drop_typed_blanks(text.replace("\n", " ")))
        return
    if paragraph.kind == "table":
        yield _make_table(paragraph.lines)
        return
    if paragraph.kind == "day" and (ending := find_last_day(text)) and ending[0]:
        yield escape(drop_typed_blanks(text[: ending[0]].strip(" \u3000，,")))
        yield drop_typed_blanks(text[ending[0] :].strip())
        return
    if paragraph.kind in ("signature", "day", "salutation"):
        yield escape(mask_inline(drop_typed_blanks(text.replace("**", "") if paragraph.kind != "salutation" else text)))
        return
    is_among_leads = any(other is not None and other.kind == "text" and _SHORT.match(other.text) for other in (before, after))
    yield _make_text(drop_typed_blanks(mask_inline(text)), paragraph.level, after, is_among_leads=is_among_leads)


def hides(paragraph: Paragraph) -> bool:
    """Whether the body hides words of a paragraph."""
    if paragraph.kind == "contact":
        contact = parse_contact("\n".join(line.plain for line in paragraph.lines))
        return bool(contact.name or contact.phone or re.search(r"\d{5}", paragraph.text))
    return mask_inline(paragraph.text) != paragraph.text


def mask_inline(text: str) -> str:
    """A paragraph whose end, in brackets, names a contact person, without the person."""
    match = _INLINE_CONTACT.search(text)
    if match is None or not (re.search(r"\d{5}", match[0]) or parse_contact(match[0]).name):
        return text
    before = text[: match.start()]
    if re.match(r"[（(]\s*(?:联系)?电话", match[0]):
        before = re.sub(r"(?:^|(?<=[。；，：]))[\u4e00-\u9fff]{2,4}$", "", before)
    return before + MASKED


def _make_text(text: str, given: int, after: Paragraph | None, *, is_among_leads: bool) -> str:
    text = _balance(text)
    plain = text.replace("**", "")
    level = _level_of(plain)
    if level and _is_heading(plain, after):
        return f"{'#' * level} {escape(plain)}"
    if given and not level and len(plain) <= 40 and plain[-1] not in _ENDS:
        return f"{'#' * max(2, min(given, 4))} {escape(plain)}"
    if level and not text.startswith("**"):
        text = _mark_lead(text, plain)
    elif is_among_leads and (lead := _SHORT.match(text)):
        text = f"**{lead[0]}**{text[lead.end() :]}"
    return escape(text.replace("****", ""))


def _is_heading(plain: str, after: Paragraph | None) -> bool:
    """Whether a numbered paragraph stands alone as a heading: no sentence runs on in it, and text of another level follows."""
    bare = drop_quoted(plain)
    if after is None or after.kind != "text" or len(bare) > _HEADING_LIMIT or re.search(r"[。；：]", bare[:-1]) or plain[-1] in "，、；,;":
        return False
    if re.search(r"我[局委办厅部院们]|[将拟已了]|力争|争取|\d", re.sub(r"^\d{1,2}", "", bare)) and ("，" in bare or bare.endswith("。")):
        return False
    follows = _level_of(after.text.replace("**", ""))
    if bare.endswith("。"):
        return len(bare) <= 42 and (follows == 0 or follows > _level_of(plain))
    return len(bare) <= 60 or follows != _level_of(plain)


def _mark_lead(text: str, plain: str) -> str:
    """A numbered paragraph with its first, short sentence in bold."""
    match = re.match(rf"[^。：；]{{2,{_LEAD_LIMIT}}}[。：]", drop_quoted(plain))
    if match is None or "**" in text[:10]:
        return text
    end = text.find(match[0][-1], len(re.match(r"[^◇]*", match[0])[0]) - 1)
    while 0 <= end < len(text) and squeeze(drop_quoted(text[: end + 1].replace("**", ""))) != squeeze(match[0]):
        end = text.find(match[0][-1], end + 1)
    if end < 0 or end + 1 >= len(text) or "**" in text[: end + 1]:
        return text
    return f"**{text[: end + 1]}**{text[end + 1 :]}"


def _balance(text: str) -> str:
    """The text without a mark of bold type that nothing closes, and without empty pairs."""
    text = re.sub(r"\*{3,}", "**", text)
    parts = text.split("**")
    if len(parts) % 2 == 0:
        parts[-2:] = ["".join(parts[-2:])]
    return "**".join(parts).replace("****", "")


def escape(text: str) -> str:
    """The text with what Markdown would take for markup escaped, bold aside."""
    text = re.sub(r"\\(?=[!-/:-@\[-`{-~])", r"\\\\", text)
    text = re.sub(r"<(?=[A-Za-z/!?])|&(?=#?[A-Za-z0-9]+;)|(?<=\])[(:]", r"\\\g<0>", text)
    return re.sub(r"^(?=#{1,6}\s|\|)", r"\\", text)


def _make_table(lines: Sequence[Line]) -> str:
    """Rows of a table; alone, its cells as words."""
    width = max(len(line.cells) for line in lines)
    rows = [[escape(drop_typed_blanks(cell.replace("**", ""))) for cell in (*line.cells, *[""] * (width - len(line.cells)))] for line in lines]
    if len(rows) == 1:
        return "　".join(cell for cell in rows[0] if cell)
    head, *rest = rows
    return "\n".join(["| " + " | ".join(head) + " |", "|" + " --- |" * width, *("| " + " | ".join(row) + " |" for row in rest)])
