"""What invented letters speak of: a district with its offices, places, people, sessions, threads, indicators and policies. Each is found by its number,
so that there are as many as an archive needs and the first of them are the same in every archive."""

from __future__ import annotations

import datetime
import json
import random
from dataclasses import dataclass
from functools import cache

FIRST_YEAR, YEARS = 2004, 20
DISTRICT = "青岚区"

_WHERE = "北岭 东湖 南浦 西坪 青溪 云岭 长桥 石塘 白沙 红树 金田 银坑 松岗 柳河 竹园 梅坳 荷塘 桂庙 龙潭 凤坡 鹤洲 鹭湾 海棠 山厦 上坪 下梅 新洲 老街 大涌 小铺".split()
PLACES = tuple(f"{where}{what}" for what in ("街道", "片区", "社区", "新村", "东区") for where in _WHERE)
OBJECTS = tuple(
    (name, counter)
    for counter, names in {
        "个": "口袋公园 公共停车位 幼儿园学位 中小学学位 充电桩 公园驿站 创业工位 文化驿站 儿童活动点 垃圾分类投放点", "座": "过街天桥 污水泵站 公共厕所 雨水调蓄池 消防站 体育场馆 变电站 风雨连廊",
        "家": "社区食堂 养老驿站 图书馆分馆 科技孵化器 社康中心 托育机构 就业驿站 众创空间 便民市场", "公里": "健身步道 地下管网 公交专用道 自行车道 滨水绿道 照明线路", "套": "人才公寓 保障性住房 监控设备 净水设备",
        "张": "医疗床位 养老床位", "栋": "科技楼宇 旧厂房改造项目", "台": "加装电梯 自动售药机", "处": "应急避难场所 公共无线热点 亲水平台 交通安全岛", "根": "智慧灯杆", "间": "母婴室 社区阅览室", "片": "足球场 篮球场",
    }.items()
    for name in names.split()
)

TOPICS = {
    "transport": "交通出行", "housing": "住房保障", "education": "教育", "health": "医疗卫生", "elderly-care": "养老服务", "environment": "生态环境",
    "culture-sports": "文化体育", "employment": "就业创业", "science-industry": "科技与产业", "urban-renewal": "城市更新", "public-safety": "公共安全", "government-services": "政务服务",
}

_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳酆鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄和穆萧尹"
_GIVEN = "子文志明建国晓丽海燕春梅秋菊永康嘉怡俊杰思远若兰宏伟美玲振华雪松家豪静宜立群淑贤泽民佩珊光耀慧敏启航雅琴世昌"


def make_person(number: int) -> str:
    """A name of three characters; another number has another name, up to 300,000."""
    size = len(_SURNAMES) * len(_GIVEN) ** 2
    mixed = number * 98_317 % size  # a prime, so that neighbours have nothing in common
    return _SURNAMES[mixed % len(_SURNAMES)] + _GIVEN[mixed // len(_SURNAMES) % len(_GIVEN)] + _GIVEN[mixed // len(_SURNAMES) // len(_GIVEN)]


@dataclass(frozen=True, slots=True)
class Office:
    """A unit; `former` is what it was called before the year in which it was named anew."""

    slug: str
    name: str
    former: str | None = None
    renamed: int = 0

    def name_in(self, year: int) -> str:
        return self.former if self.former and year < self.renamed else self.name


_KINDS = "发展改革 教育 科技创新 工业信息化 民政 司法 财政 人力资源 自然资源 生态环境 住房建设 交通运输 水务 农业农村 商务 文化体育 卫生健康 退役军人 应急管理 审计 国资监管 市场监管 统计 医疗保障 政务数据 城市管理 林业园林 金融工作 投资促进 信访 城市更新 土地整备 建筑工务 机关事务 地方志 档案 气象 消防救援 公安 税务".split()
_FORMER = {2: ("科学技术局", 2012), 9: ("环境保护局", 2018), 16: ("卫生局", 2014)}
UNITS = tuple(
    Office(f"office-{place + 1}", f"{DISTRICT}{kind}局", *((f"{DISTRICT}{_FORMER[place][0]}", _FORMER[place][1]) if place in _FORMER else ()))
    for place, kind in enumerate(_KINDS)
)


@dataclass(frozen=True, slots=True)
class Recurring:
    """A thread: the name of today, and the one that it bore before a year."""

    slug: str
    name: str
    former: str
    renamed: int
    kind: str

    def name_in(self, year: int) -> str:
        return self.former if year < self.renamed else self.name


_BEARERS = "观澜台 望海桥 听涛苑 揽月湖 栖霞谷 问津港 折柳亭 采薇坡 摘星岭 流花洲 踏歌汀 枕流渠 抱朴园 知行里 博物湾 致远塘 归雁滩 鸣泉涧 晴川阁 芳草渡".split()
_SORTS = (("科学园", "工业园", "place"), ("综合枢纽", "客运站", "project"), ("改造工程", "整治工程", "project"), ("创新中心", "技术中心", "body"), ("人才计划", "育才计划", "programme"))
THREADS = tuple(
    Recurring(f"thread-{place + 1}", f"{bearer}{_SORTS[place % 5][0]}", f"{bearer}{_SORTS[place % 5][1]}", FIRST_YEAR + 4 + place % 9, _SORTS[place % 5][2])
    for place, bearer in enumerate(_BEARERS)
)


@dataclass(frozen=True, slots=True)
class Counted:
    """An indicator; its value in a year is the same in every letter that reports it."""

    number: int
    name: str
    unit: str
    type: str

    @property
    def slug(self) -> str:
        return f"indicator-{self.number + 1}"

    def value_in(self, year: int) -> int:
        if self.type == "rate":
            return 30 + (self.number * 7 + (year - FIRST_YEAR) * 3) % 70
        first = 100 + self.number * 37 % 900
        return first + first * (year - FIRST_YEAR) * (3 + self.number % 9) // 100


_COUNTS = (("总数", None, "stock"), ("年度新增数", None, "flow"), ("年度财政投入", "万元", "flow"), ("居民满意率", "%", "rate"))


def make_indicator(number: int) -> Counted:
    """Those of the district come first, then those of each place."""
    what, unit, kind = _COUNTS[number // len(OBJECTS) % len(_COUNTS)]
    name, counter = OBJECTS[number % len(OBJECTS)]
    where = number // len(OBJECTS) // len(_COUNTS)
    return Counted(number, f"{PLACES[where - 1] if where else ''}{name}{what}", unit or counter, kind)


def count_indicators(number: int) -> int:
    """How many the letters up to a number speak of."""
    return max(40, number // 25)


_PAPERS = ("建设三年行动计划", "管理办法", "扶持若干措施", "专项规划", "实施细则", "补贴办法")


@cache
def make_policy(number: int) -> tuple[str, str | None]:
    """Title and document number, of which every other policy has none."""
    where = number // len(OBJECTS) // len(_PAPERS)
    title = f"{DISTRICT}{PLACES[where - 1] if where else ''}{OBJECTS[number % len(OBJECTS)][0]}{_PAPERS[number // len(OBJECTS) % len(_PAPERS)]}"
    return title, f"青府办〔{FIRST_YEAR + number % YEARS}〕{number // YEARS + 1}号" if number % 2 else None


def make_session(year: int, kind: str) -> tuple[str, str, str]:
    """Slug, whole name and short name of a year's session."""
    term, session = divmod(year - FIRST_YEAR, 5)
    body = "政协" if kind == "proposal" else "人大"
    short = f"区{body}{'一二三四五'[term]}届{'一二三四五'[session]}次会议"
    return f"{kind}-{year}", f"{DISTRICT}{short[1:]}", short


def make_settings(count: int) -> dict[str, str]:
    """The files beside the letters, of an archive of so many."""
    years = range(FIRST_YEAR, FIRST_YEAR + YEARS)
    indicators = [make_indicator(number) for number in range(count_indicators(count))]
    sessions = [make_session(year, kind) for year in years for kind in ("proposal", "suggestion")]
    files = {
        "site.yml": "title: 虚构答复档案\ndescription: 为测量而虚构的答复。\nbase_url: https://example.org/\npublisher: 虚构编辑部\n",
        "topics.yml": "".join(f"- {{slug: {slug}, name: {name}, description: {name}方面的答复。, keywords: [{name}]}}\n" for slug, name in TOPICS.items()),
        "units.yml": "".join(_iter_units()),
        "sessions.yml": "".join(f"- {{slug: {slug}, name: {name}, aliases: [{short}]}}\n" for slug, name, short in sessions),
        "policies.yml": _make_policies(),
        "indicators.yml": "indicators:\n" + "".join(f"  - {{slug: {each.slug}, name: {each.name}, unit: {json.dumps('元' if each.unit == '万元' else each.unit, ensure_ascii=False)}}}\n" for each in indicators)
        + f"scopes:\n  - {{slug: district, name: {DISTRICT}, aliases: [全区, 辖区]}}\n",
    }
    return files | {f"threads/{thread.slug}.md": _make_thread(thread) for thread in THREADS[:count]}


def _iter_units() -> list[str]:
    rows = [f"- {{slug: {unit.slug}, name: {unit.name}, aliases: [{unit.name.replace(DISTRICT, '区')}]}}\n" for unit in UNITS]
    rows += [f"- {{slug: {unit.slug}-former, name: {unit.former}, successor: {unit.slug}, valid_to: {datetime.date(unit.renamed - 1, 12, 31)}}}\n" for unit in UNITS if unit.former]
    return rows


def _make_policies() -> str:
    """Three policies of which each takes the place of another."""
    rows = [f"- {{slug: policy-{number + 1}, name: {make_policy(number)[0]}{relation}}}\n" for number in range(6)
            for relation in [f", relations: [{{relation: succeeds, policy: policy-{number + 4}, ground: 虚构。}}]" if number < 3 else ""]]
    return "".join(rows)


def _make_thread(thread: Recurring) -> str:
    names = ((thread.name, "same"), (thread.former, "renamed-from"), (f"{thread.name}二期", "part-of"), (f"{thread.name[:3]}基地", "possibly-same"))
    return "\n".join([
        "---", f"title: {thread.name}", f"kind: {thread.kind}", f"summary: {thread.renamed}年由{thread.former}改名而来。", "names:",
        *(f"  - {{name: {name}, relation: {relation}, ground: 虚构。}}" for name, relation in names), "---", "", "为测量而虚构。", "",
    ])


def choose_unit(chance: random.Random) -> Office:
    """A unit as letters have them: a few answer most of them."""
    return UNITS[int(len(UNITS) * chance.random() ** 2)]
