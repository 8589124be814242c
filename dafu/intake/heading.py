"""The lines of a letter's heading among those before its salutation, and the small marks that stand around it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from dafu.intake import furniture
from dafu.intake.lines import Line, is_rule
from dafu.intake.marks import find_document_number, find_outcome, read_labelled_number
from dafu.intake.people import is_contact_line
from dafu.intake.times import PrintedDay, find_last_day, parse_day
from dafu.intake.units import is_unit, read_co_handler_line, read_signature
from dafu.text import squeeze

ANSWERED = re.compile(r"(?:答\s*复|回\s*复|复\s*函|函\s*复|答复函|办理意见|办理情况(?:的?(?:报告|说明|汇报))?|答复意见|处理意见|会办意见|协办意见|的?函|答复稿|情况)[（(\[【A-DＡ-Ｄ类）)\]】“”\s。]*(?:[（(][^（）()]{1,20}[）)])?$")
_NAMED = re.compile(r"提案|建议|议案|第[^，。]{1,30}号|《|关于|对")
_STARTED = re.compile(r"关于|^对|^第|^《|^答复|^[A-Z]{1,4}[\d〔\[（(\-]|对.{0,30}(?:第|提案|建议)")


def find_heading(lines: Sequence[Line], end: int) -> list[int]:
    """The places of the heading's lines before the salutation: the last run of lines that reads as one."""
    for last in range(end - 1, max(-1, end - 30), -1):
        line = lines[last]
        if not _may_be_heading(line):
            continue
        for first in range(last, max(-1, last - 6), -1):
            if first < last and not _may_continue(lines[first]):
                break
            joined = "".join(other.key for other in lines[first : last + 1])
            if len(joined) > 260:
                break
            if ANSWERED.search(joined) and _NAMED.search(joined) and _STARTED.search(joined) and not re.match(r"[）)》”、的号届次会案议]", joined):
                return _with_unit(lines, _find_first(lines, first, last), last)
    for last in range(end - 1, max(-1, end - 12), -1):
        if re.fullmatch(r"(?:关于|对|第|《).{4,120}(?:建议|提案|议案)[》]?(?:[（(].{1,30}[）)])?", lines[last].key) and _may_be_heading(lines[last]):
            return _with_unit(lines, last, last)
    return []


def _find_first(lines: Sequence[Line], first: int, last: int) -> int:
    """A heading's first line, where what was found begins in its midst: with the number, or the kind."""
    if re.match(r"[^，。]{0,24}(?:关于|对|答复)", lines[first].key) and not re.match(r"(?:提案|建议|第)", lines[first].key):
        return first
    for above in range(first - 1, max(-1, last - 6), -1):
        if not _may_continue(lines[above]) or ANSWERED.search(lines[above].key):
            break
        if re.match(r"[^，。]{0,24}(?:关于|对(?!外)|答复)", lines[above].key):
            return above
    return first


def _may_be_heading(line: Line) -> bool:
    text = line.plain
    if re.match(r"(?:上|下)一(?:篇|条)|相关|附件|抄送|名\s*称|标\s*题|信息名称|文件名称", text) or line.cells or furniture.is_copy_to(text):
        return False
    return not text.rstrip().endswith(("。", "；", "：", "，")) and not re.search(r"[>＞›»]", text) and len(text) <= 260 and not is_contact_line(text) and not is_small_mark(line)


def _may_continue(line: Line) -> bool:
    return _may_be_heading(line) and not furniture.is_page_head(line.plain) and not furniture.is_letterhead(line.plain)


def is_small_mark(line: Line) -> bool:
    """Whether a line is a mark about the letter: its result, its numbers, who signs, whether it is public, a day."""
    text = line.plain
    return bool(find_outcome(text) or find_document_number(text) or read_labelled_number(text)) and len(line.key) < 40 and not re.search(r"答复|回复|复函", text) or furniture.is_openness(text) or furniture.is_signer(text) or is_rule(line) or bool(read_co_handler_line(text)) or (read_day(text) is not None and len(line.key) < 24)


def _with_unit(lines: Sequence[Line], first: int, last: int) -> list[int]:
    """The heading with an office's name on the line above it."""
    places = list(range(first, last + 1))
    above = first - 1
    joined = lines[first].key
    begun = re.match(r"([^，。《]{1,24}?)(?=关于|对)", joined)
    if above >= 0 and begun and not is_unit(begun[1]) and is_unit(lines[above].key + begun[1]) and not furniture.is_page_head(lines[above].plain):
        return [above, *places]
    if above >= 0 and is_unit(lines[above].plain) and not furniture.is_letterhead(lines[above].plain) and not furniture.is_page_head(lines[above].plain) and re.match(r"关于|对|第|答复|《", joined):
        return [above, *places]
    return places


def read_day(text: str) -> PrintedDay | None:
    """The day of a signature: a line that is a day, or an office and a day."""
    text = text.strip()
    if (found := parse_day(text)) is not None:
        return found
    if len(squeeze(text)) > 110 or re.match(r"(?:发布|成文|来源|更新|时间|日期)", text):
        return None
    ending = find_last_day(text)
    if ending is None:
        return None
    before = text[: ending[0]].strip(" \t\u3000，,")
    return ending[1] if read_signature(before) else None
