"""Whether words are a person's name, a telephone number or an address of mail, where a contact line may give one. Pure functions on strings.

A name is known by its surname and by what stands behind it; after 联系人： anything is one, and nobody asks here.
"""

from __future__ import annotations

import re

from dafu.digits import BLANK, HYPHEN, MARKUP
from dafu.text import HIDDEN

HAN = r"\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
DOTS = "·•・‧∙．"
"""Between the parts of a name that was not Chinese."""

_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖萧田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付傅方白邹孟熊秦邱江尹薛闫阎段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃"
    "武戴莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦"
    "褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝洪常"
    "張劉陳楊黃趙吳孫馬羅鄭謝許韓馮鄧蕭葉蘇魏呂盧鍾譚陸範賈韋鄒龍賀顧龔萬錢嚴湯莊聶魯歐關蘭寧紀畢單塗駱藍鮑華饒繆簡車項連蘆麥"
)
_COMPOUNDS = "欧阳|上官|司马|诸葛|司徒|皇甫|东方|慕容|令狐|尉迟|公孙|端木|夏侯|歐陽|司馬|諸葛"
_POST = r"(?:副?(?:科|处|處|局|股|组|队|所|站|院|部)[长長]|副?主任|同志|先生|女士|老师|老師|小姐|经理|秘书|书记|警官)"
_PLAIN_NAME = rf"(?:(?:{_COMPOUNDS})[{HAN}]{{1,2}}|[{_SURNAMES}][{MARKUP} \u3000]{{0,4}}[{HAN}×*＊]{{1,2}}|[{_SURNAMES}](?={_POST})|[{HAN}]{{1,8}}[{DOTS}][{HAN}]{{1,8}})"
_BEHIND = rf"{_POST}?[{MARKUP}{BLANK}]*(?:[^{HAN}{MARKUP}{BLANK}]|$|[联聯][系络絡繫]|[办辦]公|[电電][话話]|手[机機]|[及和与與、]|(?<=[ \u3000\n]))"
_NAME = re.compile(rf"{_PLAIN_NAME}(?={_BEHIND})|[A-Z][a-z]+[ ,][A-Z][a-z]+\b")
_NAME_BEFORE = re.compile(rf"(?:^|[\s。；，、：:（(|>与與和请請找给給向人员員科处處室局股办辦心部站]|［已隐去］)(?P<name>{_PLAIN_NAME}){_POST}?[{MARKUP}{BLANK}]*(?:[（(，,、；;]|[联聯][系繫][，,]?)?[{MARKUP}{BLANK}]*$")
_NAME_AFTER = re.compile(rf"[{MARKUP}{BLANK}，,]*(?:[（(与與和找][{MARKUP} ]*|(?<=[ \u3000]))(?:联系人[：:]?)?(?={_PLAIN_NAME})")
_NO_NAME = re.compile(
    r".*(?:[局处處科室办辦部委会會厅院所站队區区县縣市镇鎮组式等应應可须須并的人员]$|街道)"
    r"|应[当该及用急]|明[确年]|单[位独]|方[式便案面]|和|全[体程部年市区县省]|管理|时[间应]|成[立员]|向|安[排全]|高[度效]|关[于系]|任[何命务]|解[决释]|项目|连续|包[括含]|易|严[格禁]|文[件化]|金额|华|路|农|米|车|时|解|师|商|万|成|明|常"
)
"""Words that begin with a surname, or end as an office does, and are no name."""


def match_name(text: str, start: int) -> re.Match[str] | None:
    """The name with which the text goes on."""
    match = _NAME.match(text, start)
    return match if match and not _is_word(match[0]) else None


def match_name_before(text: str) -> int | None:
    """Where the name begins with which a text ends."""
    match = _NAME_BEFORE.search(text)
    return match.start("name") if match and not _is_word(match["name"]) else None


def match_name_after(text: str, start: int) -> int | None:
    """Where the name ends that a bracket, a blank or 与 joins to a telephone number."""
    link = _NAME_AFTER.match(text, start)
    name = match_name(text, link.end()) if link else None
    return name.end() if name else None


def match_anybody(text: str, start: int) -> re.Match[str] | None:
    """Words of a name's length with a telephone number behind them, whatever surname they begin with."""
    match = _ANYBODY.match(text, start)
    return match if match and find_telephone(text, match.end()) else None


_ANYBODY = re.compile(rf"(?![联聯电電手办辦])[{HAN}]{{2,4}}[{MARKUP}{BLANK}，,（(]*(?:[联聯][系络絡][电電][话話]|[电電][话話]|手[机機])?[{MARKUP}{BLANK}：:]*")


def _is_word(name: str) -> bool:
    return bool(_NO_NAME.match(re.sub(rf"[{MARKUP} \u3000]", "", name)))


_NUMBER = re.compile(
    rf"[+＋(（]?(?:\d{{2,4}}[)）]?[{MARKUP}{BLANK}{HYPHEN}]*)?(?!0)\d[\d×＊*](?:[{MARKUP} \u3000{HYPHEN}.]*[\d×＊]){{5,9}}(?!\d|[ ]?(?:[元万亿千吨台部户家件㎡%％年]|个(?!人)|人次|平方))"
)
PHONE = re.compile(r"(?<![\d.])(?:[（(]?0\d{2,3}[）)]?[ \-－—–─]*)?(?:\+?86[ \-]?)?(?:1[\d*×xX＊][\d*×xX＊ \-]{8,13}[\d*×xX＊]|[2-9\d*×xX＊][\d*×xX＊]{2,3}[ \-－—–─]?[\d*×xX＊]{3,5}(?:[ ]?(?:转|[-－—–])[ ]?\d{1,5})?)(?![\d.])")
"""A telephone number as it is printed, masked ones too."""
HOTLINE = re.compile(rf"(?<!\d)(?:1[12]\d|12\d{{3}}|9\d{{4}}|[48]00[{HYPHEN} ]?\d{{3,4}}[{HYPHEN} ]?\d{{3,4}})(?!\d)")
"""What everybody may ring: 110, 12345, 95598, 400-…"""
MAIL = re.compile(r"[A-Za-z0-9._+\-]{1,64}\\*[@＠][A-Za-z0-9\-]{1,63}(?:\.[A-Za-z0-9\-]{1,63}){1,6}")
_DIGITS = re.compile(r"\d{3,}(?!\d|年)")
_NOBODY = re.compile(rf"[{MARKUP}\s]*(?:无|無|略|同上|暂缺|详?见[{HAN}]*|另附)?$")


def find_telephone(text: str, start: int) -> re.Match[str] | None:
    """The telephone number with which the text goes on, of seven digits or more."""
    return _NUMBER.match(text, start)


def is_value(value: str, *, is_who: bool) -> bool:
    """Whether what follows 联系人： is somebody; whether what follows 联系电话： is a number that isn't everybody's."""
    words = value.replace(HIDDEN, "")
    if is_who:
        return bool(re.search(r"\w", words.replace("_", ""))) and not _NOBODY.match(words)
    return bool(_DIGITS.search(HOTLINE.sub("", words)) or _NUMBER.search(HOTLINE.sub("", words)) or MAIL.search(words) or re.search(r"微信|QQ", words) or match_name(words, 0))
