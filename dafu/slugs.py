"""Permalink names for what no file gives one: a name's pinyin, `-2` for a second bearer. pypinyin comes in here."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from dafu.text import make_slug

_SURNAMES = {
    "曾": "zeng", "单": "shan", "解": "xie", "仇": "qiu", "查": "zha", "朴": "piao", "区": "ou", "翟": "zhai", "盖": "ge", "缪": "miao", "尉迟": "yuchi", "万俟": "moqi",
    "乐": "yue", "任": "ren", "华": "hua", "宁": "ning", "覃": "qin", "冼": "xian", "洗": "xian", "折": "she", "召": "shao", "种": "chong", "繁": "po", "秘": "bi", "黑": "he",
}
"""Characters that are read otherwise where they are a person's surname."""


@cache
def spell(name: str) -> str:
    """A name's pinyin in ASCII, syllables parted by hyphens; empty where nothing in it can be spelt."""
    from pypinyin import lazy_pinyin  # takes a tenth of a second; many runs never need it

    return make_slug("-".join(lazy_pinyin(name, errors="default")))


@cache
def spell_person(name: str) -> str:
    """The same with the surname read as a surname: 曾科 is `zeng-ke`."""
    for length in (2, 1):
        reading = _SURNAMES.get(name[:length])
        if reading and len(name) <= length + 2:
            return f"{reading}-{spell(name[length:])}".rstrip("-")
    return spell(name)


LONGEST = 100
"""Characters of a slug: a folder's name has its bounds."""


def assign_slugs(names: Iterable[str], taken: Iterable[str] = (), *, people: bool = False) -> dict[str, str]:
    """A slug for each name, in the order given: the first bearer has the plain one."""
    used = set(taken)
    assigned: dict[str, str] = {}
    for name in dict.fromkeys(names):
        base = _shorten(spell_person(name) if people else spell(name)) or "x"
        slug, number = base, 1
        while slug in used:
            number += 1
            slug = f"{base}-{number}"
        used.add(slug)
        assigned[name] = slug
    return assigned


def _shorten(slug: str) -> str:
    """A slug cut at a syllable."""
    return slug if len(slug) <= LONGEST else slug[: LONGEST + 1].rpartition("-")[0] or slug[:LONGEST]
