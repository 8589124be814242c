"""Whom a letter addresses and whom a reader may ring: salutation and contact line. Pure functions on strings."""

from __future__ import annotations

import re
from dataclasses import dataclass

from dafu.names import DOTS, HAN, PHONE
from dafu.text import squeeze

_NAME = re.compile(rf"[{HAN}]{{2,4}}|[{HAN}]{{1,8}}(?:[{DOTS}][{HAN}]{{1,10}}){{1,4}}|[{HAN}]{{1,3}}(?:某|[×xX*＊Ｘ○〇]){{1,3}}")
_TITLE = r"(?:政协)?(?:委员|代表|常委|同志|先生|女士)(?:们)?(?:[（(][^（）()]{1,12}[）)])?"
_CROWD = r"[（(]?等[ \u3000]*(?P<crowd>[0-9０-９一二两三四五六七八九十百]+)?[ \u3000]*[位名个人]?[）)]?(?P<kin>[^，,。：:]{0,10}?)"
_END = r"(?=[：:；]|[，,！!。](?!.{0,2}提)|[ \u3000]*$|[ \u3000]*(?:您|你|贵|收到|关于|现|衷心|感谢|非常感谢|首先))"
_OPENER = r"[ \t\u3000]*(?:尊敬的|敬爱的|亲爱的|致)?[ \t\u3000]*(?:各位)?"
_PEOPLE = re.compile(rf"{_OPENER}(?P<list>[^，,。；;！!？?：:“”《》\n]{{1,600}}?)[ \t\u3000]*(?:{_CROWD})?(?P<title>{_TITLE}){_END}[：:]?")
_UNIT_END = (
    r"(?:委员会|代表团|专委会|支部|总支|小组|界别?|工委|界组|联络组|联络委|联络处|活动组|联合会|商会|学会|协会|促进会|同盟|学社|党组|组|团|会|委|局|办公室|办|厅|院|处|社|党|盟|联)"
)
_PARTY = r"(?:民革|民盟|民建|民进|农工党|农工民主党|致公党|九三学社|九三|台盟|工商联|知联会|新联会|共青团|团[市县区省]委|青联|学联|妇联|总工会|工会|科协|侨联|[妇女残疾青年侨人]{2,3}联合会|台联|残联|文联|社科联|贸促会|红十字会|政协|人大|人民团体|民主促进会|民主建国会|民主同盟|国民党革命委员会|台湾民主自治同盟|工商业联合会|代表团|界别?|专委会|委员会|联络委|经济委|提案委|街道|商会|协会|学会)"
_UNITS = re.compile(rf"{_OPENER}(?P<list>(?=[^：:]*{_PARTY})[{HAN}A-Za-z0-9（）()、和及·\-— \u3000]{{2,80}}?{_UNIT_END}(?:[（(][^（）()]{{1,12}}[）)])?)[ \t\u3000]*(?:[：:]|$)")
_NEVER = re.compile(r"您|你|我们|各位|人大|政协|全国|全体|广大|有关|相关|本次|部分|多位|多名|两位|几位|代表|委员|建议|提案|答复|办理|议案|感谢|欢迎|邀请|领衔|附议|部门|单位|领导|届|会议|关于|请示|报告|第[一二三四五六七八九十]|^(?:该|此|及|或|请|致)")
_SPLIT = re.compile(rf"[、，,;；/]|(?<=[{HAN}])[ \u3000]*(?:及|和|与)[ \u3000]+(?=[{HAN}]{{2}})|\s{{2,}}和\s*")


@dataclass(frozen=True, slots=True)
class Salutation:
    """Whom a letter addresses."""

    names: tuple[str, ...]
    title: str | None
    """委员 or 代表, where one stands there; None for units."""
    end: int
    """Where the words after it begin, in the line."""


@dataclass(frozen=True, slots=True)
class PrintedContact:
    """A contact person as a letter prints it."""

    name: str | None = None
    phone: str | None = None


def parse_salutation(text: str) -> Salutation | None:
    """The addressees with whom a line begins; None where it begins with something else."""
    match = _PEOPLE.match(text)
    if match:
        names = _read_names(match["list"])
        if names:
            title = "代表" if "代表" in match["title"] else "委员" if "委员" in match["title"] else None
            return Salutation(names, title, match.end())
    units = _UNITS.match(text)
    if units and not re.search(r"召开|举行|开展|组织[^部]|答复|会议$|工作$|推进会|座谈会", units["list"]) and not re.search(r"^(?:主办|承办|来源|发布|联系|抄送|信息|版权|地址|主任|答复|回复|会办|协办|办理|提案|建议|领衔|附议)", units["list"].strip()):
        names = tuple(squeeze(name) for name in re.split(r"[、]", units["list"]) if name.strip())
        ends = text[: units.end()].rstrip().endswith(("：", ":"))
        if ends or len(squeeze(units["list"])) <= 30:
            return Salutation(names, None, units.end())
    return None


def _read_names(text: str) -> tuple[str, ...]:
    """The names of a list, with the blanks taken out that pad two-character names; empty where one of them is none."""
    text = re.sub(r"[（(][^（）()]*[）)]", "", text)
    names: list[str] = []
    parts = _SPLIT.split(re.sub(r"(?:委员|代表)[ \u3000]*(?=[、，,\s])", "、", text))
    for part in parts:
        tokens = part.split()
        is_padded = len(parts) > 1 and len(tokens) == 2 and len("".join(tokens)) <= 4
        names += ["".join(tokens)] if is_padded else _pad(tokens)
    names = [re.sub(r"(?:委员|代表)$", "", name) for name in names if name]
    names = [name for name in names if name]
    if not names or not all(_is_name(name) or _is_unit(name) for name in names):
        return ()
    return tuple(names)


def _pad(tokens: list[str]) -> list[str]:
    """Tokens between blanks as names: `张 三` is one, `张三 李四` are two, `欧阳 修文` is one where nothing else says how long names are."""
    if len(tokens) <= 1:
        return tokens
    if all(len(token) == 1 for token in tokens):
        if len(tokens) <= 3:
            return ["".join(tokens)]
        return ["".join(tokens[place : place + 2]) for place in range(0, len(tokens), 2)] if len(tokens) % 2 == 0 else ["".join(tokens)]
    joined: list[str] = []
    place = 0
    while place < len(tokens):
        token = tokens[place]
        if len(token) == 1 and place + 1 < len(tokens) and len(tokens[place + 1]) <= 2:
            joined.append(token + tokens[place + 1])
            place += 2
        elif len(token) > 1 and place + 1 < len(tokens) and len(tokens[place + 1]) == 1 and len(token) <= 3:
            joined.append(token + tokens[place + 1])
            place += 2
        else:
            joined.append(token)
            place += 1
    return joined


def _is_name(text: str) -> bool:
    return bool(_NAME.fullmatch(text)) and not _NEVER.search(text)


def _is_unit(text: str) -> bool:
    return bool(re.search(_PARTY, text)) and bool(re.fullmatch(rf"[{HAN}A-Za-z0-9（）()·\-—]{{2,40}}{_UNIT_END}", text))


def _any_of(words: str) -> str:
    """A pattern for any of some words, blanks between their characters allowed: 承 办 人."""
    return "(?:" + "|".join(r"[ \u3000]*".join(word) for word in words.split()) + ")"


_ROLE = _any_of("业务联系人 答复联系人 工作联系人 联络员 经办人员 具体负责人 主办科室 承办处(科)室 承办单位联系人 联系人姓名 联系人 联络人 联系同志 具体经办人 经办人 具体承办人 承办人姓名 承办负责人 承办责任人 承办人 办理人 责任人 分管负责人 负责人 分管领导 主管领导 填表人 联系单位 承办科室 联系科室 经办科室 联系处室 承办处室 承办单位 联系部门")
_TELEPHONE = "(?:" + _any_of("联系电话 联系方式 办公电话 承办人电话 电话 手机 座机 传真 邮编 邮政编码 邮箱 电子邮箱 地址 通讯地址") + "|Tel|TEL|E-?mail)"
_CONTACT_LINE = re.compile(rf"^[（(【\[]?[ \t\u3000]*(?:[{HAN}]{{1,6}}?(?=联系人|经办人|承办人))?(?:{_ROLE}|{_any_of('联系电话 联系方式 电话 办公电话 手机 承办人电话')})(?:[ \t\u3000]*(?:姓名|及[联系]*电话|和[联系]*电话|、[联系]*电话|、人员及电话|及联系方式|及电话|电话|单位|及号码))*[ \t\u3000]*(?:[（(][^（）()]*[）)])?[ \t\u3000]*[】\]]?[ \t\u3000]*[：:；∶]|^[（(【\[]?[ \t\u3000]*(?:联系人|经办人|承办人|联络员|联系电话)[ \t\u3000]*[】\]]?[ \t\u3000]*(?:$|[{HAN}][{HAN} \u3000]{{1,5}}(?:[，,、 \u3000]|$|\d)|\d)")
_MORE_CONTACT = re.compile(rf"^[（(]?[ \t\u3000]*(?:{_ROLE}|{_TELEPHONE})[^：:。]{{0,8}}[：:]")
_SAID = re.compile(rf"(?P<role>{_ROLE}|{_TELEPHONE})(?:姓名|、人员|[及和与、]?(?:联系)?(?:电话|方式|号码))*[ \t\u3000]*(?:[（(][^（）()]*[）)])?[ \t\u3000]*[】\]]?[ \t\u3000\n]*[：:；∶]?[ \t\u3000\n]*")
_ORDER = ("联系人", "业务联系人", "答复联系人", "工作联系人", "联络员", "经办人员", "具体负责人", "联系人姓名", "承办单位联系人", "联络人", "联系同志", "经办人", "具体经办人", "承办人", "承办人姓名", "具体承办人", "办理人", "填表人", "承办责任人", "承办负责人", "责任人", "负责人", "分管负责人", "分管领导", "主管领导")
_NO_TELEPHONE = re.compile(r"传真|邮|E|地|通")


def is_contact_line(text: str) -> bool:
    """Whether a line names a person or a telephone to ask."""
    return bool(_CONTACT_LINE.match(text))


def is_more_contact(text: str) -> bool:
    """Whether a line after a contact line belongs to it."""
    return bool(_MORE_CONTACT.match(text)) or bool(re.fullmatch(rf"[ \t\u3000]*{PHONE.pattern}[ \t\u3000]*[）)]?", text))


def parse_contact(text: str) -> PrintedContact:
    """Name and telephone number that a contact line, or the lines of one, print; masked ones as they are, blank ones as None."""
    said = [(re.sub(r"\s", "", match["role"]), match.end(), match.start()) for match in _SAID.finditer(text)]
    values = [(role, text[start : said[place + 1][2] if place + 1 < len(said) else len(text)]) for place, (role, start, _) in enumerate(said)]
    persons = sorted((place for place, (role, value) in enumerate(values) if role in _ORDER and _find_name(value)), key=lambda place: _ORDER.index(values[place][0]))
    if persons:
        return PrintedContact(_find_name(values[persons[0]][1]), _find_near_phone(values, persons[0]))
    others = [value for role, value in values if not _NO_TELEPHONE.match(role)]
    return PrintedContact(next(filter(None, map(_find_name, others)), None), next(filter(None, map(_find_phone, others)), None))


def _find_near_phone(values: list[tuple[str, str]], person: int) -> str | None:
    """The telephone number of a person: beside the name, after it, before it, or else any."""
    if found := _find_phone(values[person][1]):
        return found
    after = next((place for place in range(person + 1, len(values)) if values[place][0] in _ORDER), len(values))
    before = next((place for place in range(person - 1, -1, -1) if values[place][0] in _ORDER), -1)
    near = [*values[person + 1 : after], *values[before + 1 : person], *values]
    return next((found for role, value in near if not _NO_TELEPHONE.match(role) and (found := _find_phone(value))), None)


_PERSON = re.compile(rf"(?P<name>[{HAN}]{{1,8}}(?:[{DOTS}][{HAN}]{{1,10}}){{1,4}}|[{HAN}](?:[ \u3000]{{0,4}}[{HAN}×xX*＊某○]){{1,3}}|[{HAN}][*＊×xX○]{{1,3}})(?=$|[^{HAN}×xX*＊○])")
_OFFICE = re.compile(r"(?:科|处|室|局|股|中心|部|委|委员会|办|院|所|站|队|组|司|署|厅|会|公司|政府|街道)$")


def _find_name(value: str) -> str | None:
    """The person in what follows 联系人：; a section or office before the name is left out."""
    value = re.sub(r"[（(][^（）()]*[）)]", " ", value).strip(" \t\u3000\n，,;；。）)、")
    if re.fullmatch(rf"[{HAN}][ \u3000]+[{HAN}]", value):
        return squeeze(value)
    for part in re.split(r"[，,;；、：:\d\n]|\s{2,}|\u3000{2,}", value):
        part = part.strip(" \t\u3000（()）")
        words = part.split()
        if len(words) > 1 and not all(len(word) == 1 for word in words):
            joined = [one + other for one, other in zip(words, words[1:], strict=False) if len(one) + len(other) <= 3]
            for word in (*joined, *words):
                if _PERSON.fullmatch(word) and not _OFFICE.search(word):
                    return word
            continue
        match = _PERSON.match(part)
        if match and not _OFFICE.search(squeeze(match["name"])) and not re.search(r"电话|方式|传真|邮", match["name"]):
            return squeeze(match["name"])
    return None


def _find_phone(value: str) -> str | None:
    match = PHONE.search(value)
    return match[0].strip(" （(") if match and re.search(r"\d{3}", match[0]) else None
