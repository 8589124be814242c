"""Pages through Jinja: a `View` says what a page shows, its template how."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dafu.compiling import Compiling
from dafu.headers import PAGE_POLICY, REFERRER
from dafu.heads import Crumb, Meta, make_crumb_data, make_list_metas, make_page_metas
from dafu.markup import Markup, escape, fill, json_data, show
from dafu.output import Output, absolute_url, base_path, file_of, make_text_output
from dafu.reference import Site
from dafu.rows import Rows, place_rows
from dafu.text import escape_markdown
from dafu.ways import Way
from dafu.words import Words

_HAN = re.compile("[\u3400-\u9fff]")

FOLDER = Path(__file__).resolve().parent.parent / "templates"


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A page before it is rendered."""

    url: str
    """Site-relative: `letters/2018/20180136/`."""
    template: str
    title: str
    description: str
    section: str
    """The entry of the main navigation that it belongs to."""
    data: Mapping[str, Any] = field(default_factory=dict)
    crumbs: tuple[Crumb, ...] = ()
    metas: tuple[Meta, ...] = ()
    """What a letter says of itself in the head."""
    linked_data: tuple[Mapping[str, Any], ...] = ()
    feed: str | None = None
    """Site-relative folder of its feeds."""
    alternates: tuple[tuple[str, str], ...] = ()
    """Other forms: site-relative address and media type."""
    listed: bool = True
    """Whether it stands in the sitemap and may be indexed."""


class Stage:
    """Renders views, and other templates of the site."""

    def __init__(self, site: Site, words: Words, assets_url: str, *, has_about: bool = True, folder: Path = FOLDER) -> None:
        self.site = site
        self.words = words
        self._said: dict[str, Markup] = {}
        self.way = Way()
        self.environment = Compiling(folder)
        self.environment.filters |= {"date": words.date, "number": words.number, "at_least": words.at_least, "join_names": words.list, "json_data": json_data, "escape_markdown": escape_markdown}
        self.environment.globals |= {
            "site": site, "words": words, "say": self.say, "count": words.count, "link": self.way.link, "absolute": self.absolute, "assets": assets_url,
            "page_policy": Markup(PAGE_POLICY), "page_referrer": REFERRER, "has_about": has_about, "tell": self.tell, "lang_of": self.name_language,
            "lang_here": Markup("") if words.language == "zh-Hans" else fill(' lang="{}"', words.language),
        }
        self.environment.fixed = frozenset({"lang_here", "assets"})
        self.environment.silent = frozenset({"lang_of"} if words.language == "zh-Hans" else ())
        self.environment.globals["rows"] = Rows(self.environment.get_template("parts/rows.html").make_module(), self.way)

    def absolute(self, url: str) -> str:
        return absolute_url(self.site.base_url, url)

    def say(self, entry: str, /, **values: object) -> str:
        """Words of the interface; those without blanks are kept as markup."""
        if values:
            return self.words.say(entry, **values)
        said = self._said.get(entry)
        if said is None:
            said = self._said[entry] = escape(self.words.say(entry))
        return said

    def name_language(self, text: str) -> Markup:
        """The attribute that says that a text is Chinese, where the page is not."""
        return Markup(' lang="zh-Hans"') if self.words.language != "zh-Hans" and _HAN.search(text) else Markup("")

    def tell(self, entry: str, /, **values: str) -> Markup:
        """Words of the interface with values of which some are in another language."""
        if self.words.language == "zh-Hans":
            return Markup(self.words.say(entry, **{name: show(value) for name, value in values.items()}))
        marked = {name: fill("<span{}>{}</span>", language, value) if (language := self.name_language(value)) else escape(value) for name, value in values.items()}
        return Markup(self.words.say(entry, **marked))

    def render(self, view: View) -> Output:
        """The page of a view."""
        metas = make_page_metas(self.site, view.title, view.description, view.url, self.words.say(f"nav.{view.section}"))
        metas += view.metas or make_list_metas(self.site)
        trail = (Crumb(self.site.title, ""), *view.crumbs)
        linked = ([make_crumb_data(self.site, trail)] if view.crumbs else []) + list(view.linked_data)
        with self.way.at(view.url):
            html = self.environment.get_template(view.template).render(view.data, page=view, metas=metas, linked_data=linked, trail=trail)
        return make_text_output(file_of(view.url), place_rows(html, "../" * view.url.count("/") or "./"))

    def render_lost(self, view: View) -> Output:
        """The 404 page: it may be shown at any address, so its links start from the site's path."""
        metas = [*make_page_metas(self.site, view.title, view.description, view.url, self.words.say(f"nav.{view.section}")), *make_list_metas(self.site)]
        root = base_path(self.site.base_url)
        with self.way.at(view.url, root):
            html = self.environment.get_template(view.template).render(view.data, page=view, metas=metas, linked_data=[], trail=())
        return make_text_output(view.url, place_rows(html, root))

    def render_file(self, path: str, template: str, **data: Any) -> Output:
        """A feed, a sitemap, a text."""
        return make_text_output(path, self.environment.get_template(template).render(data))
