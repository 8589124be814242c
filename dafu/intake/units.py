"""Offices as letters print them: in a signature, at a heading's beginning, as co-handlers. Pure functions on strings."""

from __future__ import annotations

import re

from dafu.names import HAN
from dafu.text import squeeze

_END = (
    r"(?:人民政府办公厅|人民政府办公室|人民政府|管理委员会|委员会|办公厅|办公室|街道办事处|办事处|管委会|服务中心|管理中心|指挥部|领导小组|事务署|管理署|执法局|总队|支队|大队|中队|公安局|派出所|分局|总局|管理局|事务局|供电局|税务局|法院|检察院|人民法院|人民检察院|研究院|学院|大学|学校|医院|集团|公司|联社|联合会|总工会|工商联|残联|妇联|团委|宣传部|组织部|统战部|政法委|编办|网信办|信访局|督查室|纪委|监委|监委会|委办|管理所|管理处|管理站|服务站|服务局|保障局|气象台|图书馆|博物馆|文化馆|银行|支行|中心支行|邮政局|电视台|消防救援(?:支|大)队|自来水公司"
    r"|局|委|办|厅|部|院|署|处|所|站|社|中心|政府|会|司|队|行|协会|学会|园区|管理区|新区|开发区|示范区|度假区|保税区|高新区|试验区|海关|集团|馆|台|校|科|镇|乡|街道|村委会|总公司|联)"
)
_UNIT = re.compile(rf"[{HAN}A-Za-z0-9（）()·\-—“”]{{2,40}}?{_END}")
_STAMP = re.compile(r"[（(]\s*(?:盖章|公章|章|签章|印章|代章|印)\s*[）)]$")
_NO_UNIT = re.compile(r"(?:我|本|贵|该|各|有关|相关|其他|上述|以上|多个|几个|等|职能|成员|责任)(?:[\u4e00-\u9fff]{0,4})(?:局|委|办|厅|部|院|署|处|单位|部门|中心|政府|会|镇|乡|街道|科|所|站|社)$|^(?:会议|机会|社会|大会|座谈会|现场会|协调会|推进会|专题会|部门|单位|联合|全社会)$|(?:座谈会|协调会|推进会|现场会|专题会|联席会|办公会|局务会|党组会|会议|全社会|社会)$")


def is_unit(text: str) -> bool:
    """Whether a text is an office's name and nothing else."""
    text = squeeze(_STAMP.sub("", text.strip()))
    return 3 <= len(text) <= 45 and not re.search(r"第[A-Za-z\d]|号|^[^（(]*[）)]|[（(][^）)]*$", text) and bool(_UNIT.fullmatch(text)) and not _NO_UNIT.search(text) and not re.search(r"[关于对].{0,20}(?:提案|建议)|答复|回复|感谢|收悉", text)


def read_signature(line: str) -> tuple[str, ...]:
    """The offices that sign on a line; empty where it is no signature."""
    text = line.strip(" \t\u3000，,。")
    if not text or re.search(r"[。；：:！？《》]", text) or len(squeeze(text)) > 120:
        return ()
    whole = _STAMP.sub("", text)
    if is_unit(whole) and not re.search(r"[、，]|\s{2,}|\u3000", whole):
        return (squeeze(whole),)
    parts = [_STAMP.sub("", part) for part in re.split(r"[、，,]|[ \t]{2,}|\u3000+|(?<=[）)])\s+", text) if part.strip()]
    if parts and all(is_unit(part) for part in parts):
        return tuple(squeeze(part) for part in parts)
    parts = [part for part in text.split() if part]
    if len(parts) > 1 and all(is_unit(part) and len(part) >= 4 for part in parts):
        return tuple(_STAMP.sub("", part) for part in parts)
    return (squeeze(whole),) if is_unit(whole) else ()


_LEADING = re.compile(rf"^(?P<unit>[{HAN}（）()]{{3,40}}?{_END})(?=关于|对(?!于)|答复|提案|建议|办理|就|[ \u3000]|第|政协|20\d\d年)")


def read_leading_unit(heading: str) -> str | None:
    """The office with which a heading begins: 马关县交通运输局关于…."""
    squeezed = squeeze(heading)
    match = _LEADING.match(squeezed)
    if match is None:
        return None
    longest = match["unit"]
    for later in re.finditer(r"关于|对(?!于)", squeezed[:45]):
        candidate = squeezed[: later.start()]
        if is_unit(candidate):
            longest = candidate
            break
    return longest if is_unit(longest) and not re.match(r"对|关于|第", longest) and "届" not in longest else None


_JOINED = re.compile(
    r"(?:会同|会商|经商|商请|经与(?=[^，。；]*(?:会商|研究|协商))|商(?!务|业|会|品|户|圈|贸|场|铺|标|定|议|讨|量|谈|事|学|家|汤|洽|住|办|超|企)|综合|征求(?:了)?|联合|协同|协商|牵头会同|汇总)(?:了)?"
    r"(?P<list>[^。；;：:？！]{2,200}?)(?P<after>(?:等(?:\d+个|几个|多个)?)?(?:相关|有关|各)?(?:单位|部门|处室|成员单位)?(?:进行|共同|认真|联合(?!会|社|国|体)|对(?!外|口|台)|就(?!业)|针对|，|,|的?意见|研究(?!院|所|室|中心|会)|办理|会商|协商(?!会议)|商量|调研(?!室)|后(?=[，,：:现将就答回])|开展|一起|结合|形成|现(?!代)|答复|回复|函复|提出|多次|反复|实地|召开|组织(?!部)|$))"
)
_HELPED = re.compile(r"(?P<list>[^。；;：:，,（(]{2,160}?)(?:等(?:单位|部门)?)?(?:分别)?(?:会办|协办|配合办理|协助办理|共同办理|参与办理)(?!单位|件|意见)")
_LISTED = re.compile(r"^(?:.*(?:会办|协办|配合|参与)(?:单位|部门)|会办|协办)\s*[：:]\s*(?P<list>.+)$")
_SPLIT = re.compile(r"[、，,；;／/]|(?<=局)和|(?<=委)和|(?<=会)和|(?<=办)和|(?<=部)和|(?<=厅)和|(?<=院)和|(?<=处)和|(?<=政府)和|(?<=中心)和|(?<=[局委会办部厅院处])(?:以及|及|与|并(?:会同|商|征求)?)|(?:以及)|\s+")


def find_co_handlers(opening: str) -> tuple[str, ...]:
    """The offices that a letter's opening names as having answered too; `opening` ends with 现答复如下."""
    found: list[str] = []
    text = re.sub(r"[ \t\u3000\n]+", "", opening)
    for form in (_JOINED, _HELPED):
        for match in form.finditer(text):
            units = _read_units(match["list"])
            found += units
    return tuple(dict.fromkeys(found))


def read_co_handler_line(line: str) -> tuple[str, ...]:
    """The offices on a line `会办单位：…`."""
    match = _LISTED.search(line.strip())
    return tuple(dict.fromkeys(_read_units(match["list"]))) if match else ()


def _read_units(text: str) -> list[str]:
    text = re.sub(r"^.*(?:主办|牵头|承办)(?:单位)?[，,]?(?:由|为|并)?", "", text)
    units = []
    for part in _SPLIT.split(text):
        part = re.sub(r"^(?:经与|经向|经|了|由|并|和|与|及|以及|会同|经商|商|市里?的|现|再|征求|同时|分别|在|同)+", "", part.strip("（）() ：:"))
        part = re.sub(r"(?:等|(?:会办|协办)意见|等单位|等部门|的意见|意见|等相关单位|等有关单位|等有关部门|等相关部门)$", "", part)
        part = re.sub(r"(?:会办|协办)$", "", part)
        if not is_unit(part) and (shorter := next((part[:end] for end in range(len(part) - 1, 3, -1) if is_unit(part[:end])), None)):
            part = shorter
        if is_unit(part) or re.fullmatch(rf"[{HAN}]{{2,24}}(?:{_END[3:-1]}|银保监|公司)", part) and not _NO_UNIT.search(part):
            units.append(part)
    return units
