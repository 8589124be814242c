"""A raw text as lines, each a slice of it: markup, entities and table pipes aside, page breaks and missing line breaks seen.

    raw   # 关于…的答复⏎⏎| 张三委员： |⏎　　您提出的…         lines part the raw text: every character of it
          └── Line ──┘ └─── Line ───┘ └─── Line ───         lies in one of them, or is white space between two

What a line is, others say.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache

from dafu.intake.people import parse_salutation
from dafu.search.folding import read_simplified
from dafu.text import drop_controls, squeeze

_TAG = re.compile(r"</?(?:p|div|span|font|b|strong|em|i|u|center|br|hr|a|table|tbody|thead|tr|td|th|section|article|h[1-6]|o:p)\b[^<>]*>", re.IGNORECASE)
_POWER = re.compile(r"<sup>\s*([23])\s*</sup>", re.IGNORECASE)
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+.!|<>~-])")
_QUOTE = re.compile(r"^\s{0,3}(?:>\s?)+")
_HEADING = re.compile(r"^\s{0,3}(#{1,6})\s+")
_RULE = re.compile(r"^[\s|:*_=\-—–─━]*$")
_NUMERAL = r"(?:[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[）)])"
_PARAGRAPH_GAP = re.compile(r"[\u3000\u00a0 \t]*(?:\u3000{2}|[ \u00a0]{4}|\t)[\u3000\u00a0 \t]*")
LONG = 120
"""Characters from which on a line may hold more than one paragraph."""


@dataclass(frozen=True, slots=True)
class Line:
    """A stretch of the raw text that was set as one line."""

    start: int
    end: int
    text: str
    """As it reads: entities as characters, no markup but `**`, no blanks at its ends."""
    plain: str
    """The text without the marks of bold type, in simplified characters, of the same length: what the other rooms look at."""
    level: int = 0
    """Of a Markdown heading; 0 for none."""
    is_indented: bool = False
    has_gap: bool = False
    """Whether a blank line, or the end of a page, stands before it."""
    cells: tuple[str, ...] = ()
    """Of a table's row with more than one cell that isn't empty."""
    key: str = field(init=False)
    """As it is compared: without white space and bold."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", squeeze(self.plain))


def split_lines(raw: str) -> tuple[Line, ...]:
    """The lines of a raw text, those without a character left out."""
    lines: list[Line] = []
    gap = False
    simplify = make_simplifier(raw)
    for start, end in _iter_spans(simplify(raw)):
        line = make_line(raw, start, end, simplify, has_gap=gap)
        if line is None:
            gap = gap or not raw[start:end].strip(" \t\u3000")
            continue
        lines.append(line)
        gap = raw[end : end + 1] == "\f"
    return tuple(_join_salutations(lines))


def _join_salutations(lines: list[Line]) -> Iterator[Line]:
    """The lines, those of a list of names that runs over more than one as one."""
    place = 0
    while place < len(lines):
        line, count = lines[place], 1
        if "、" in line.plain and len(line.plain) < 120 and not re.search(r"[。：:；《“]", line.plain):
            for more in (1, 2, 3):
                joined = "".join(other.text for other in lines[place : place + more + 1])
                if place + more < len(lines) and re.search(r"[。；《“]", lines[place + more].plain.split("：")[0].split(":")[0]) is None and parse_salutation("".join(other.plain for other in lines[place : place + more + 1])):
                    line, count = replace(line, end=lines[place + more].end, text=joined, plain="".join(other.plain for other in lines[place : place + more + 1])), more + 1
                    break
        yield line
        place += count


Simplify = Callable[[str], str]


def make_simplifier(raw: str) -> Simplify:
    """What turns a text in traditional characters into simplified ones, each by itself; a text in simplified ones stays as it is."""
    table = _read_table()
    han = re.findall(r"[\u3400-\u9fff]", raw[:4000])
    if sum(map(table.__contains__, han)) <= 0.06 * len(han):
        return str
    codes = {ord(traditional): simple for traditional, simple in table.items()}
    return lambda text: text.translate(codes)


@cache
def _read_table() -> dict[str, str]:
    return {traditional: simple for traditional, simple in read_simplified().items() if len(simple) == 1 == len(traditional)} | {"覆": "复"}


def make_line(raw: str, start: int, end: int, simplify: Simplify = str, *, has_gap: bool = False) -> Line | None:
    """The line that a slice of the raw text is, or None for a slice that shows nothing."""
    shown = clean(raw[start:end])
    if not shown.strip():
        return None
    shown = _QUOTE.sub("", shown)
    heading = _HEADING.match(shown)
    text = shown[heading.end() :] if heading else shown
    indent = len(text) - len(text.lstrip(" \t\u3000\u00a0"))
    is_indented = "\u3000" in text[:indent] or indent >= 2
    cells = _split_cells(text)
    if cells is not None:
        filled = tuple(cell for cell in cells if cell)
        text, cells = (filled[0], ()) if len(filled) == 1 else ("　".join(filled) or text, cells if filled else ())
    elif "|" in text and not _RULE.match(text):
        text = text.strip("| \t\u3000")
    text = text.strip(" \t\u3000\u00a0")
    if heading and text.startswith("**") and text.endswith("**") and text.count("**") == 2:
        text = text[2:-2]
    return Line(start, end, text, simplify(text.replace("**", "")), len(heading[1]) if heading else 0, is_indented, has_gap, cells or ())


def clean(text: str) -> str:
    """A slice as a reader sees it: entities and tags resolved, invisible characters dropped."""
    if "&" in text:
        text = html.unescape(html.unescape(text))
    if "<" in text:
        text = _POWER.sub(lambda power: "²³"[int(power[1]) - 2], _TAG.sub("", text))
    if "\\" in text:
        text = _ESCAPE.sub(r"\1", text)
    return drop_controls(text).replace("\u00a0", " ")


def is_rule(line: Line) -> bool:
    """Whether a line is no more than a drawn line: `---`, `|---|---|`, `***`."""
    return bool(_RULE.match(line.text))


def join_words(first: str, second: str) -> str:
    """Two halves of a sentence that a line or a page has parted."""
    needs_blank = bool(re.search(r"[A-Za-z0-9,.]$", first)) and bool(re.match(r"[A-Za-z]", second))
    return first + (" " if needs_blank else "") + second


def _split_cells(text: str) -> tuple[str, ...] | None:
    stripped = text.strip()
    if len(stripped) < 2 or not stripped.startswith("|"):
        return None
    return tuple(cell.strip(" \t\u3000") for cell in stripped.strip("|").split("|"))


def _iter_spans(raw: str) -> Iterator[tuple[int, int]]:
    """The slices between line breaks; where a text has hardly any, between what must have been paragraphs."""
    is_unbroken = _is_unbroken(raw)
    for match in re.finditer(r"[^\n\f\v\u2028\u2029\u0085]*", raw):
        if match.start() == match.end() and match.start() < len(raw):
            yield match.span()
            continue
        start = match.start()
        for place in _find_breaks(match[0], is_unbroken):
            yield start, match.start() + place
            start = match.start() + place
        yield start, match.end()


def _is_unbroken(raw: str) -> bool:
    """Whether a whole letter stands in a few lines."""
    lengths = [len(line) for line in raw.splitlines() if line.strip()]
    return sum(lengths) > 250 and max(lengths) > 0.6 * sum(lengths)


_BREAK_TAG = re.compile(r"(?:<|&lt;)(?:br|/p|/div|/tr|/h[1-6])\b[^<>&]*(?:>|&gt;)", re.IGNORECASE)
_AFTER_SENTENCE = re.compile(rf"(?<=[。；：:！？”）)])[ \t\u3000]*(?={_NUMERAL})")
_PACKED = re.compile(r"[。：；][ \t\u3000]+(?=[一二三四五六七八九十（(])")
_SPACED = re.compile(r"(?<=[。；：！？”）])[ \t\u3000]+")
_BEFORE_PARTS = re.compile(r"(?<![局委厅办府会处署院])[ \t\u3000|]{1,80}(?=(?:[\u4e00-\u9fff]{3,20}(?:局|委|厅|办|政府|委员会|办事处)[ \u3000]?)?(?:关于|对)[^ 。]{0,60}(?:提案|建议|议案|第))|[ \t\u3000]+\|[ \t\u3000]+|[ \t\u3000]+(?=[\u4e00-\u9fff]{2,8}字?[〔\[（]20\d\d[〕\]）][ ]?\d+[ ]?号(?:[ \u3000]|$)|抄[送报][：:]|发布(?:时间|日期)|来源[：:]|信息来源|字[号体][：:]|浏览|索引号|成文日期|上一篇|下一篇|责任编辑|版权所有|扫一扫|打印|分享到|主办[单：:]|【)|(?<=答复|回复|复函|复的|的函)[ \t\u3000]+")
_ADDRESSED = re.compile(r"(?:^|(?<=[ \t\u3000。：复函）)]))(?P<names>(?:尊敬的)?[\u4e00-\u9fff·]{2,12}(?:[、 \u3000]{1,2}[\u4e00-\u9fff·]{1,12}){0,30}?(?:等\d+[位名])?(?:委员|代表)(?:们|同志)?)[：:]")
_AFTER_TITLE = re.compile(r"(?:答\s*复|回\s*复|复\s*函|答复函|答复意见|的函|办理意见|办理情况)(?:[（(\[][^（）()\[\]]{1,12}[）)\]])?[ \t\u3000]*(?=(?:尊敬的)?[\u4e00-\u9fff、·\u3000 \d]{2,80}(?:委员|代表)(?:们|同志)?[：:])")
_AFTER_SALUTATION = re.compile(r"^[| \t\u3000]*(?:尊敬的)?[\u4e00-\u9fff、·\u3000 \d]{2,120}(?:委员|代表)(?:们|同志)?[：:]")
_OPENED = re.compile(r"(?:答复|回复|汇报|报告|函复)如下[：:]")
_CLOSING = re.compile(r"(?<=[。！；）)])[ \t\u3000]*(?=(?:特此(?:答复|函复|回复|函达|汇报|报告|复函)|专此(?:函达|函复|答复|回复|复函)|此复|此致))|(?<=此致)[ \t\u3000]*(?=敬礼)")
_SIGNED = re.compile(r"(?<=[。！：）)礼\d])[ \t\u3000]*(?=[\u4e00-\u9fff（）()、 \u3000]{4,60}(?:局|委|会|办|室|厅|部|院|署|心|府|处|社|站|队|司|行)[ \t\u3000]*(?:[（(](?:盖章|公章|章)[）)])?[ \t\u3000]*(?:(?:19|20)\d\d|二[\d〇○零一二三四五六七八九]{3})[ \t\u3000]*年)")
_DATED = re.compile(r"(?<=[局委会办室厅部院署心府处社站队司行）)])[ \t\u3000]*(?=(?:(?:19|20)\d\d|二[〇○零0][一二][〇○零一二三四五六七八九0])[ \t\u3000]*年[ \t\u3000]*[\d一二三四五六七八九十]{1,3}[ \t\u3000]*月[ \t\u3000]*[\d一二三四五六七八九十]{1,3}[ \t\u3000]*日[ \t\u3000]*(?:$|[（(联承经抄公分]))")
_CONTACT = re.compile(r"(?<=[日。）)章礼局委会办室厅部院署心府处正])[ \t\u3000]*(?=[（(]?(?:联系人|联系科室|联系处室|联系部门|承办人|经办人|联系电话|联系单位|抄送|抄报)[^。：:]{0,10}[：:])|(?<=\d)[ \t\u3000]+(?=抄[送报][：:])")


def _find_opener(match: re.Match[str]) -> int:
    """Where a salutation begins: at 尊敬的 where that stands in it."""
    polite = match["names"].find("尊敬的")
    return match.start("names") + max(polite, 0)


def _find_breaks(line: str, is_unbroken: bool) -> list[int]:
    """Places in a line at which a new paragraph must have begun."""
    places = {match.end() for match in _BREAK_TAG.finditer(line)}
    if len(line) < LONG and not is_unbroken:
        return sorted(place for place in places if 0 < place < len(line))
    is_unbroken = is_unbroken or len(_PACKED.findall(line)) >= 2
    gaps = [match.end() for match in _PARAGRAPH_GAP.finditer(line) if match.start()]
    if len(gaps) >= 2 or is_unbroken:
        places.update(gaps)
    for form in (_AFTER_TITLE, _CLOSING, _SIGNED, _CONTACT):
        places.update(match.end() for match in form.finditer(line))
    places.update(match.end() for match in _DATED.finditer(line))
    if is_unbroken:
        for form in (_AFTER_SENTENCE, _SPACED, _BEFORE_PARTS):
            places.update(match.end() for match in form.finditer(line))
        for match in _ADDRESSED.finditer(line):
            places.update((_find_opener(match), match.end()))
            break
        places.update(match.end() for match in list(_OPENED.finditer(line))[:1])
    for start in [0, *sorted(places)]:
        if match := _AFTER_SALUTATION.match(line[start:]):
            places.add(start + match.end())
            break
    else:
        if match := _ADDRESSED.search(line[:400]):
            places.update((_find_opener(match), match.end()))
    return sorted(place for place in places if 0 < place < len(line))
