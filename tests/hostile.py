"""A small archive in which every text of every kind of content is an attacker's; what the shapes of the content declare is filled without exception."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import yaml

from dafu.letter import FrontMatter
from dafu.records import Record, RecordOf, iter_keys
from dafu.reference import Indicators, PageHead, Policy, Session, Site, Thread, Topic, Unit
from dafu.shapes import Address, Choice, Day, Flag, ListOf, Number, Shape, Text
from dafu.text import HIDDEN, make_slug
from tests.making import TESTS

CASES: dict[str, Any] = yaml.load((TESTS / "cases" / "hostile.yml").read_text("utf-8"), Loader=yaml.SafeLoader)
WORDS: list[str] = CASES["words"]
NUMBER = "9001\"><script>alert(9001)</script>{{7*7}}"
FIRST, SECOND, THIRD = f"2018/{make_slug(NUMBER)}", "2020/9002", "2021/9003"
ADDRESS = "https://example.org/a?b=1&c='(2)'"
SHARED = "此处是一段足够长的相同文字，含有<script>alert(9001)</script>以及\"引号\"，两封答复都有。"

OWN: dict[str, Any] = {
    "FrontMatter.number": NUMBER, "FrontMatter.date": "2018-05-06", "FrontMatter.replies_to": None, "FrontMatter.topics": ["trees"], "FrontMatter.withdrawn": None, "FrontMatter.draft": False,
    "FrontMatter.anchors": {"p99": "p1"}, "FrontMatter.checks": ["1 + 1 = 2"], "Source.sha256": "9" * 64, "Redaction.nth": 1, "Correction.nth": None, "Commitment.nth": None, "Figure.nth": None, "Citation.nth": None,
    "Note.nth": None, "Evidence.nth": None, "Commitment.id": "c1", "Commitment.thread": "park", "Evidence.letter": SECOND, "Due.value": "2018-12-31", "Figure.indicator": "trees", "Figure.scope": "all",
    "Figure.type": "stock", "Period.from_": None, "Period.from": None, "Period.stated": None, "Citation.policy": "law", "Topic.slug": "trees", "Unit.slug": "office", "Unit.successor": None,
    "Unit.valid_to": None, "Session.slug": "session", "Indicator.slug": "trees", "Indicator.unlike": [{"indicator": "bushes", "ground": WORDS[0]}], "Scope.slug": "all", "Policy.slug": "law",
    "PolicyRelation.policy": "plan", "EditorialContact.email": "editor@example.org", "Site.base_url": "https://example.org/a&b'/", "Site.publish_contacts": True, "Site.offline": True, "Site.page_size": 1,
    "Site.publish": {}, "Site.redirects": {}, "Site.precompress": [], "Site.alternates": ["txt", "md", "json", "annotations", "cite"], "Site.quiet_after_days": 180, "Commitment.uncheckable": False,
}
"""What can't be any words: what must agree with something else, or has a form."""


@dataclass
class Maker:
    """Fills records with hostile words, each word another, and remembers which it gave to which key."""

    language: str = "zh-Hans"
    own: dict[str, Any] = field(default_factory=lambda: dict(OWN))
    given: dict[str, str] = field(default_factory=dict)
    """Words to the key that has them, `Commitment.action`."""
    numbers: count[int] = field(default_factory=count)
    unread: list[str] = field(default_factory=list)
    """Words of letters that are withdrawn or drafts."""

    def word(self, key: str) -> str:
        number = next(self.numbers)
        word = f"{WORDS[number % len(WORDS)]}〔{number}〕"
        self.given[word] = key
        return word

    def fill(self, cls: type[Record], **fixed: Any) -> dict[str, Any]:
        """All keys of a record."""
        made = {name: fixed[name] if name in fixed else self.value(f"{cls.__name__}.{name}", known.metadata["shape"]) for name, known in iter_keys(cls).items()}
        return {name: value for name, value in made.items() if value is not None}

    def value(self, key: str, shape: Shape) -> Any:
        if key in self.own:
            return self.own[key]
        match shape:
            case RecordOf(cls=cls):
                return self.fill(cls)
            case ListOf(item=item):
                return [self.value(key, item)]
            case Choice(options=options):
                return self.language if key == "Site.language" else options[0]
            case Flag():
                return False
            case Number():
                return 9
            case Day():
                return "2018-06-06"
            case Address():
                return ADDRESS
            case Text(pattern=None):
                return self.word(key)
        raise AssertionError(f"Say in OWN what a hostile {key} may be.")


def escape(text: str) -> str:
    """Words as Markdown takes them for words."""
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", text)


def dump(values: Any) -> str:
    """YAML in which every string is quoted."""
    return json.dumps(values, ensure_ascii=False, indent=1)


def dump_head(values: dict[str, Any], body: str) -> str:
    return f"---\n{dump(values)}\n---\n\n{body}\n"


def list_quotes(value: Any, names: tuple[str, ...] = ("quote",)) -> list[str]:
    """Every value of some keys, however deep, but for those of evidence, which stand in another letter."""
    if isinstance(value, list):
        return [quote for item in value for quote in list_quotes(item, names)]
    if not isinstance(value, dict):
        return []
    own = [item for name, item in value.items() if name in names]
    return own + [quote for name, item in value.items() if name not in (*names, "evidence") for quote in list_quotes(item, names)]


def make_body(paragraphs: list[str], heading: str) -> str:
    """A body in which words stand in a heading, in paragraphs, in bold and in a table."""
    rows = [f"| {escape(heading)} | 棵 |", "|---|---|", f"| {escape(heading)} | [{escape(heading)}](https://example.org/a?b='&c) |"]
    return "\n\n".join([f"{escape(heading)}：", f"## {escape(heading)}", f"**{escape(heading)}**", *map(escape, paragraphs), "\n".join(rows), escape(SHARED), HIDDEN])


def make_unread(maker: Maker, **fixed: Any) -> dict[str, Any]:
    """A letter of which readers see nothing: its words are known as `unread`."""
    unread = Maker(maker.language, maker.own, {}, maker.numbers)
    bare = {name: [] for name in ("commitments", "figures", "citations", "notes", "corrections", "revisions", "redactions")}
    made = unread.fill(FrontMatter, **bare, anchors={}, date="2021-05-06", respondent=unread.word("FrontMatter.respondent"), session=unread.word("FrontMatter.session"), **fixed)
    maker.unread += list(unread.given)
    return made


def make_letters(maker: Maker, names: list[str]) -> dict[str, str]:
    """A letter with every annotation that there is, a later one that tells of it and reports too, a withdrawn one and a draft."""
    first = maker.fill(FrontMatter)
    (evidence,) = first["commitments"][0]["evidence"]
    heading = maker.word("heading")
    due = [commitment["due"]["text"] for commitment in first["commitments"]]
    title = f"《{first['citations'][0]['title']}》"
    quoted = [*list_quotes(first), *due, *names, title]
    second = maker.fill(FrontMatter, number="9002", date="2020-05-06", replies_to=FIRST, commitments=[], notes=[], corrections=[], revisions=[], anchors={}, redactions=[], proposers=first["proposers"])
    second["figures"][0] |= {"period": {"to": "2020-05-06"}}
    reason = maker.word("Withdrawn.reason")
    third, draft = (make_unread(maker, number=number, **state) for number, state in (("9003", {"withdrawn": {"date": "2021-06-06", "reason": reason}}), ("9004", {"draft": True})))
    return {
        f"letters/{FIRST}.md": dump_head(first, make_body(quoted, heading)),
        f"letters/{SECOND}.md": dump_head(second, make_body([evidence["quote"], *list_quotes(second), *names, title], heading)),
        f"letters/{THIRD}.md": dump_head(third, escape(heading)), "letters/2021/9004.md": dump_head(draft, escape(heading)),
    }


def make_files(language: str = "zh-Hans") -> tuple[dict[str, str], Maker]:
    """The files of the archive, and who gave which words to which key."""
    maker = Maker(language)
    indicators = maker.fill(Indicators)
    unit, session, policy, thread = (maker.fill(cls) for cls in (Unit, Session, Policy, Thread))
    maker.own |= {"Figure.unit": indicators["indicators"][0]["unit"], "FrontMatter.respondent": unit["aliases"][0], "FrontMatter.session": session["aliases"][0], "Citation.title": policy["titles"][0]}
    indicators["indicators"].append({"slug": "bushes", "name": "灌木", "unit": "棵"})
    letters = make_letters(maker, list_quotes(thread["names"], ("name",)))
    prose = "\n\n".join([*map(escape, WORDS), "1. <script>alert(9001)</script>\n2. `<b>`\n\n```js <b>\n</pre><script>\n```\n\n| a |\n|:-:|\n| <i> |\n\n[甲](https://example.org/)"])
    files = {
        "site.yml": dump(maker.fill(Site)), "topics.yml": dump([maker.fill(Topic)]), "units.yml": dump([unit]), "sessions.yml": dump([session]), "indicators.yml": dump(indicators),
        "policies.yml": dump([policy, {"slug": "plan", "name": maker.word("Policy.name")}]), "threads/park.md": dump_head(thread, prose),
        "pages/about.md": dump_head(maker.fill(PageHead), prose), "pages/other.md": dump_head(maker.fill(PageHead), prose),
    }
    return files | letters, maker


def write_files(folder: Path, files: dict[str, str]) -> Path:
    """The files on the disk."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder
