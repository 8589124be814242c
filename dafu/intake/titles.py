"""The heading of a letter and the title of the proposal that it answers. Pure functions on strings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from dafu.intake.lines import Line
from dafu.intake.quoted import Quoted, drop_quoted, iter_quoted
from dafu.intake.units import is_unit
from dafu.text import drop_typed_blanks, squeeze

_CODE = re.compile(r"^第?(?:[A-Z]{1,4}[\-—]?\s*\d{3,}|[A-Z]{1,3}[〔\[（(]\d{4}[〕\]）)]\d+|\d{5,})号?[：:\s]*(?=[“《\"]|关于)")
_UNQUOTED = re.compile(r"(?P<title>关于(?!对|《|“|◇|您|你|答复)(?:(?!第[\dA-Za-z一二三四五六七八九十]|[一二三四五六七八九十\d]届|次会议)[^，。；：《》“”◇]){2,90}?的?(?:建议|提案|议案))(?=的|答复|回复|收悉|已|办理|，|。|[（(）)]|$|,|”|》)")
_LOOSE = re.compile(r"(?P<title>关于(?!对|《|“|◇|您|你|答复)(?:(?!第[\dA-Za-z一二三四五六七八九十]|[一二三四五六七八九十\d]届|次会议)[^。；：《》“”◇]){2,120}?的?(?:建议|提案|议案))(?=的(?:提案|建议|议案)?|答复|回复|收悉|已|，(?:已|现|我|经|收)|。|[（(）)]|$|”|》)")
_SUBJECT_END = re.compile(r"(?:的)?(?:建议|提案|议案)$")


@dataclass(frozen=True, slots=True)
class Title:
    """The proposal's title, and where it comes from."""

    text: str
    source: str
    """heading | opening | subject"""


def join_heading(lines: Sequence[Line], title: str | None) -> str | None:
    """The letter's own heading on one line: blanks within it go, but those of the title, and one after an office on a line of its own."""
    if not lines:
        return None
    parts = [line.plain.strip() for line in lines]
    head = ""
    if len(parts) > 1 and is_unit(parts[0]) and re.match(r"关于|对|答复|《|第", squeeze(parts[1])):
        head = squeeze(parts[0]) + " "
        parts = parts[1:]
    text = " ".join(" ".join(parts).split())
    squeezed = _squeeze_han(text)
    if title and (key := squeeze(title)) in squeeze(squeezed):
        place = squeezed.find(key)
        if place < 0:
            return head + drop_typed_blanks(squeezed)
        squeezed = squeezed[:place] + title + squeezed[place + len(key) :]
    return head + drop_typed_blanks(squeezed)


def _squeeze_han(text: str) -> str:
    """The text without blanks, but for those between Latin words or digits."""
    return re.sub(r"(?<![A-Za-z0-9]) +| +(?![A-Za-z0-9])", "", text)


def find_title(heading: str, opening: str) -> Title | None:
    """The proposal's title: what the heading quotes, else what the opening quotes, else the subject that either names without marks."""
    first, second = _find_quoted(heading), _find_quoted(opening, is_opening=True)
    if first and second:
        one, other = squeeze(first), squeeze(second)
        if one == other:
            return Title(_choose_blanks(first, second), "heading")
        if one in other and re.fullmatch(r"(?:关于)?◇的?(?:建议|提案|议案)?", other.replace(one, "◇", 1)):
            return Title(second, "opening")
    if first:
        return Title(_settle_blanks(first), "heading")
    loose = _find_unquoted(heading)
    if second and not (loose and squeeze(second) in loose and loose != squeeze(second) and not squeeze(second).startswith("关于")):
        return Title(_settle_blanks(second), "opening")
    if loose:
        return Title(loose, "subject")
    if found := _find_unquoted(opening):
        return Title(found, "subject")
    return None


def _find_quoted(text: str, *, is_opening: bool = False) -> str | None:
    """The title that a text quotes: the first in 《》 that isn't a document of another, else the first long one in “”."""
    quotes = list(iter_quoted(text))
    for quoted in quotes:
        found = _read_quoted(quoted, text, is_opening=is_opening)
        if found:
            return found
    return None


def _read_quoted(quoted: Quoted, text: str, *, is_opening: bool) -> str | None:
    inner = quoted.text.strip()
    before, after = squeeze(text[max(0, quoted.start - 60) : quoted.start]), squeeze(text[quoted.end : quoted.end + 12])
    if code := _CODE.match(inner):
        inner = inner[code.end() :].strip()
        nested = list(iter_quoted(inner))
        if nested and nested[0].start == 0 and nested[0].end == len(inner):
            inner = nested[0].text
    bare = squeeze(inner)
    if len(bare) < 4:
        return None
    if re.search(r"(?:答复|回复|复函)$", bare) and not is_opening:
        return None
    if re.search(r"(?:根据|按照|依据|依照|落实|执行|出台|印发|贯彻|关于印发|符合)(?:了)?$", before):
        return None
    is_title = text[quoted.start] == "《"
    kind = re.match(r"的?(提案|建议|议案)", after)
    if not is_title and bare.startswith("关于") and not _SUBJECT_END.search(bare) and kind:
        inner += f"的{kind[1]}"
        bare = squeeze(inner)
    is_named = bool(_SUBJECT_END.search(bare)) or bool(re.match(r"的?(?:提案|建议|议案|意见|收悉|已收悉)", after)) or bool(re.search(r"(?:提出|第.{1,24}号|[A-Za-z]{0,4}\d{3,}|提案|建议|题为|关于|对|[（(])(?:的|了|：|:|了的)?$", before))
    if is_title and (is_named or not is_opening):
        return inner
    if not is_title and is_named and len(bare) >= 6 and (is_opening or _SUBJECT_END.search(bare) or re.search(r"提案|建议|议案|答复|回复", after)):
        return inner
    return None


def _find_unquoted(text: str) -> str | None:
    """The subject that a text names without marks: 关于…的建议."""
    squeezed = re.sub(r"[ \t\u3000]+", "", text)
    bare = drop_quoted(squeezed)
    for form in (_UNQUOTED, _LOOSE):
        matches = list(form.finditer(bare))
        if matches:
            found = matches[0]["title"]
            later = found.rfind("关于")
            return found[later:] if later > 0 and re.search(r"提案|建议|号", found[:later]) else found
    return None


def _choose_blanks(first: str, second: str) -> str:
    """Of two settings of one title the one whose blanks stand in both; a blank in one alone is a broken line's."""
    one, other = drop_typed_blanks(" ".join(first.split())), drop_typed_blanks(" ".join(second.split()))
    if one == other:
        return one
    return min((one, other), key=lambda text: text.count(" "))


def _settle_blanks(title: str) -> str:
    """A title with the blanks between two phrases of like length, without those that a broken line has left."""
    text = drop_typed_blanks(" ".join(title.split()))
    parts = text.split(" ")
    if len(parts) == 1:
        return text
    lengths = [len(part) for part in parts]
    if all(length >= 4 for length in lengths) and max(lengths) - min(lengths) <= 3 and not re.match(r"(?:关于|对)", text):
        return text
    return _squeeze_han(text)
