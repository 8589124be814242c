"""What a letter prints about itself: number, session, kind, outcome, document number. Pure functions on strings without blanks."""

from __future__ import annotations

import re

from dafu.intake.quoted import drop_quoted
from dafu.text import squeeze

_OPEN, _SHUT = r"[〔［\[【（(﹝〈]", r"[〕］\]】）)﹞〉]"
_CODE = rf"\d{{4}}[\-—–－][A-Za-z]{{1,4}}\d+|[〔［\[（(]\d{{4}}[〕］\]）)][\-—–－]?\d+|[甲乙丙丁戊己庚辛壬癸子丑教卫农财经建环文社政法资]字?[\-—]?\d+|[A-Za-z]{{1,5}}字?[/\-—–－]?[\-—–－]?(?:{_OPEN}\d{{2,4}}{_SHUT})?\d[\d\-—–－]*|\d+(?:[\-—–－]\d+)*"
_NUMBERED = [
    re.compile(rf"第[“\"]?(?P<n>(?:{_CODE})(?:号?[、，,和及](?:第)?(?:{_CODE}))*)[”\"]?号?(?:提案|建议|议案)|第[“\"]?(?P<m>(?:{_CODE})(?:号?[、，,和及](?:第)?(?:{_CODE}))*)[”\"]?号"),
    re.compile(r"第(?P<n>[一二三四五六七八九十百〇零]{1,5})号(?=提案|建议|议案)"),
    re.compile(rf"(?<![A-Za-z])(?P<n>[A-Za-z]{{1,4}}{_OPEN}\d{{4}}{_SHUT}\d+)"),
    re.compile(r"(?<![A-Za-z0-9])(?P<n>[A-Z]{1,4}[\-—–]?\d{2,}(?:[\-—–]\d+)*)(?=号|提案|建议|议案|◇|《|“|[）)]|$)"),
    re.compile(r"(?<![A-Za-z0-9])(?P<n>[A-Z]{1,4}\d{4,}(?:[\-—–]\d+)*)"),
    re.compile(r"(?<![A-Za-z0-9〕\])）年月.])(?P<n>\d{1,12}(?:[\-—–]\d+)?)号?(?=(?:[A-D]类?)?[（(]?[A-D]?类?[）)]?(?:重点|委员|代表|政协|人大|集体|联名)?(?:提案|建议|议案))"),
    re.compile(r"(?:提案|建议|议案)(?:编号|号|第)?[（(：:]?(?P<n>\d{1,12}(?:[\-—–]\d+)?)(?=号|[）)]|◇|的|答|回|办|$)"),
    re.compile(r"[（(](?P<n>\d{3,12}(?:[\-—–]\d+)?)号?[）)]"),
]
_LABELLED = re.compile(rf"^(?:提案|建议|议案|案|交办|办理)?(?:提案|建议|议案)?(?:编|序|案)?号[：:](?:第)?(?P<n>{_CODE}|[A-Za-z]{{1,3}}{_OPEN}\d{{4}}{_SHUT}\d+)号?$")


def find_number(text: str, *, is_heading: bool = False) -> str | None:
    """The proposal's number in a heading or an opening sentence, as printed, without 第 and 号; zeros stay."""
    text = squeeze(text)
    bare = drop_quoted(text)
    for form in _NUMBERED if is_heading else _NUMBERED[:7]:
        for match in form.finditer(bare):
            number = match["n"] or (match["m"] if "m" in form.groupindex else None)
            if number and not _belongs_to_document(bare, match.start()):
                return re.sub(r"号?[、，,和及]第?", "、", number)
    if is_heading:
        inner = re.search(rf"《(?P<n>(?:第)?(?:[A-Z]{{1,4}}[\-—]?\d{{3,}}|[A-Z]{{1,3}}{_OPEN}\d{{4}}{_SHUT}\d+))号?(?=[“《：:关])", text)
        return inner["n"].removeprefix("第") if inner else None
    return None


def read_labelled_number(line: str) -> str | None:
    """The number on a line that says so: `建议编号：JY20210042`."""
    match = _LABELLED.match(squeeze(line))
    return match["n"] if match else None


def _belongs_to_document(text: str, place: int) -> bool:
    """Whether a number is the tail of a document's: 国办发〔2018〕28号."""
    return bool(re.search(rf"[\u4e00-\u9fff]{_OPEN}\d{{4}}{_SHUT}(?:第)?$", text[:place]))


_N = r"[0-9０-９一二三四五六七八九十百○〇]+"
_SITTING = re.compile(
    rf"(?:第?{_N}届[\u4e00-\u9fff]{{0,20}}?第?{_N}次(?:全体)?(?:会议|全会|大会|会)(?!商)|第?{_N}次(?:全体)?会议)(?:闭会期间|休会期间)?"
    rf"|(?:第?{_N}届[\u4e00-\u9fff]{{0,8}}?)?(?:闭会期间|休会期间)"
)
_BEFORE_SESSION = re.compile(
    r"(?:.*(?:关于|对于|针对|答复|您们?|你们?|提出|交办|办理|根据|收到|转来|转交|承办|在|于|对|的|之|由|按|我们?|贵|向|会上|日|为|将|就|局|厅|署|办公室|中心|街道办事处|复))(?P<kept>[\u4e00-\u9fff]*)$"
)


def find_session(text: str) -> str | None:
    """The session that a heading or an opening names, as printed."""
    bare = drop_quoted(squeeze(text))
    for match in _SITTING.finditer(bare):
        start = match.start()
        words = re.search(r"[\u4e00-\u9fff]*$", bare[:start])
        before = words[0] if words else ""
        trimmed = _BEFORE_SESSION.match(before)
        kept = trimmed["kept"] if trimmed else before
        found = kept + match[0]
        found = re.sub(r"^(?:届次|会议|关于|对|在|于|自(?!治)|第(?=第))", "", found)
        if not re.search(r"政协|人大|人民代表|政治协商|届|闭会|休会|党代", found):
            continue
        if re.match(r"(?:党的?|中国共产党|中共)", found) or "中全会" in found:
            continue
        return found[-40:]
    return None


def find_kind(heading: str, opening: str, session: str | None, number: str | None, others: str, title: str | None) -> tuple[str | None, str, bool]:
    """proposal or suggestion, the words that say so, and whether only the paper's name does, which offices mix up; a salutation comes last, as offices mix up 委员 and 代表."""
    head, start = drop_quoted(squeeze(heading)), drop_quoted(squeeze(opening))
    for where, text in (("heading", head), ("session", session or ""), ("opening", start)):
        if found := _tell_kind(text, where):
            return *found, False
    if number and re.match(r"(?:TA|ta|ZX|zx)", number):
        return "proposal", f"number {number}", False
    if number and re.match(r"(?:JY|jy|RD|rd|RA)", number):
        return "suggestion", f"number {number}", False
    if found := _tell_kind(squeeze(others), "copy-to"):
        return *found, False
    for where, text in (("heading", head), ("opening", start)):
        if found := _tell_by_name(text, where):
            return *found, True
    return *(_tell_by_name(squeeze(title or "")[-6:], "title") or (None, "")), True


def _tell_kind(text: str, where: str) -> tuple[str, str] | None:
    """What can be one of the two alone: the body, and 议案 or 提案."""
    conference, congress = re.search(r"政协|政治协商", text), re.search(r"人大|人民代表大会|代表大会|议案", text)
    if conference and congress and where != "copy-to":
        return ("proposal", f"{where}: {conference[0]}") if "提案" in text and "议案" not in text else ("suggestion", f"{where}: {congress[0]}") if "建议" in text else None
    if conference and not congress:
        return "proposal", f"{where}: {conference[0]}"
    if congress and not conference:
        return "suggestion", f"{where}: {congress[0]}"
    return None


def _tell_by_name(text: str, where: str) -> tuple[str, str] | None:
    if "提案" in text:
        return "proposal", f"{where}: 提案"
    if re.search(r"建议|议案|代表书面意见", text):
        return "suggestion", f"{where}: 建议"
    return None


_GRADE = r"[A-DＡ-Ｄ][1-3]?"
_LABEL = r"(?:办理结果标注|办理结果|办理类别|办理类型|答复类别|答复类型|办复类别|办复类型|办复情况|办结类型|结果类别|答复分类|办理分类|办理情况分类|办理意见类别|类别标记|类别标识|办理标记|类别|类型|分类|等次|办理等次)"
_WORDS = r"(?:已经?解决|基本解决|正在解决|部分解决|列入计划|计划解决|已采纳|部分采纳|采纳|解决采纳|留作参考|供参考|暂难解决|难以解决|已落实|已办结|[甲乙丙丁]类?)[\u4e00-\u9fff（）()A-D]{0,14}"
_OUTCOMES = [
    re.compile(rf"[\[【［（(〔]{_LABEL}[：:（(]?[（(“]?{_GRADE}类?[）)”]?[）)]?类?[\]】］）)〕]"),
    re.compile(rf"{_LABEL}[：:][“\"（(\[【]?{_GRADE}[”\"）)\]】]?类?(?![A-Za-z0-9])"),
    re.compile(rf"^{_LABEL}{_GRADE}类?$"),
    re.compile(rf"^{_LABEL}[：:]{_WORDS}$"),
    re.compile(rf"^[\[【［（(〔“\"]?{_GRADE}类?[”\"\]】］）)〕]?类?$"),
    re.compile(r"^[（(【]?[甲乙丙丁]类[）)】]?$"),
]
_OUTCOME_AFTER = [
    re.compile(rf"[（(\[【［]{_GRADE}类?[）)\]】］](?:类)?"),
    re.compile(rf"(?<=号){_GRADE}类"),
]


def find_outcome(line: str) -> str | None:
    """The mark of the result on a line of its own, as printed, brackets and label and all; `类别：提案` is none."""
    line = squeeze(line)
    return next((match[0] for form in _OUTCOMES if (match := form.search(line))), None) if len(line) <= 40 else None


def find_outcome_in_heading(heading: str) -> str | None:
    """The mark of the result within a heading: `(A)`, `35号B类`."""
    heading = drop_quoted(squeeze(heading))
    found = [match[0] for form in (*_OUTCOMES[:2], *_OUTCOME_AFTER) for match in form.finditer(heading)]
    return found[-1] if found else None


_DOCUMENT = re.compile(rf"(?P<n>[\u4e00-\u9fff]{{1,16}}[A-Za-z]{{0,4}}{_OPEN}(?:19|20)\d\d{_SHUT}(?:第|字第)?\d+号)")
_DOCUMENT_LABEL = re.compile(r"^(?:发文字号|文号|发文号|文件编号|文件号|公文字号|字号)[：:]")


def find_document_number(line: str) -> str | None:
    """The letter's own document number on a line of its head, as printed."""
    line = squeeze(re.sub(r"签\s*发(?:\s*人|领导)?\s*[：:][ \u3000]*[\u4e00-\u9fff]{0,4}(?=[ \u3000]|$)|(?:办理结果|类\s*别|分\s*类)\s*[：:]\s*\S+", " ", line))
    line = _DOCUMENT_LABEL.sub("", line)
    if re.fullmatch(rf"{_OPEN}(?:19|20)\d\d{_SHUT}(?:第)?\d+号", line):
        return line
    match = _DOCUMENT.search(line)
    if match is None or "《" in line[: match.start()] or len(line) - len(match[0]) > 24:
        return None
    before = line[: match.start()]
    return None if re.search(r"关于|根据|按照|对|的", before + match["n"].split("〔")[0]) else match["n"]
