"""The pages that list and gather: home, letters, years, topics, respondents, proposers, sessions, commitments, threads, indicators, policies, about, data, 404."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from itertools import groupby
from typing import Any

from dafu.markdown import render_prose
from dafu.catalogue import Catalogue
from dafu.chart import make_bars, make_chart
from dafu.entries import Entry, Group, count_statuses
from dafu.figures import Comparison
from dafu.heads import Crumb, make_dataset_data
from dafu.lists import Slice, list_page_units, make_list_view, page_url, paginate, paginate_newest
from dafu.markup import Markup
from dafu.offline import OFFLINE
from dafu.policies import Cited
from dafu.reference import Page
from dafu.register import Register
from dafu.registerpages import ROWS_A_LETTER, list_register_units
from dafu.templating import View
from dafu.threads import Step, Story
from dafu.units import EVERYTHING, Unit, depend
from dafu.words import Words

KINDS = ("years", "topics", "respondents", "proposers", "sessions")
LATEST, FOLLOWED = 6, 4
"""Letters and threads on the home page."""

MOST_DRAWN = 400
"""Figures in a chart: more are a cloud, and the drawing grows heavier than a page may be."""


class Browsing:
    """Makes the views of everything but the letters themselves."""

    def __init__(self, catalogue: Catalogue, register: Register, words: Words, search_start: str) -> None:
        self.catalogue = catalogue
        self.register = register
        self.words = words
        self.search_start = search_start

    def list_units(self) -> list[Unit[View]]:
        """All of them."""
        catalogue = self.catalogue
        units: list[Unit[View]] = [Unit("home", lambda: [self.make_home()], depend(EVERYTHING)), *self._list_letters()]
        for kind in KINDS:
            units.append(Unit(f"{kind}/", partial(self.iter_index, kind), depend(EVERYTHING)))
            units += [unit for group in catalogue.groups[kind] for unit in self._list_group(group)]
        units += list_register_units(self.register, catalogue, self.words)
        units.append(Unit("threads/", self.iter_threads, depend(EVERYTHING)))
        units += [Unit(story.url, partial(self.iter_story, story), depend(story)) for story in catalogue.stories]
        units.append(Unit("indicators/", self.iter_indicators, depend(EVERYTHING)))
        units += [Unit(each.url, partial(self.iter_indicator, each), depend(each)) for each in catalogue.comparisons.values() if each.has_page]
        units.append(Unit("policies/", self.iter_policies, depend(EVERYTHING)))
        units += [Unit(cited.url, partial(self.iter_policy, cited), depend(cited, self._name_policies)) for cited in catalogue.policies if cited.has_page]
        units.append(Unit("others", self._iter_single, depend(EVERYTHING, self.search_start)))
        return units

    @cached_property
    def _name_policies(self) -> tuple[object, ...]:
        """What all policies are called, and where they lead."""
        return tuple((cited.slug, cited.name, cited.url) for cited in self.catalogue.policies)

    def _iter_single(self) -> Iterator[View]:
        """Pages that gather nothing."""
        yield self.make_search()
        yield self.make_data()
        if self.catalogue.site.offline:
            yield self.make_offline()
        yield from map(make_editor_page, self.catalogue.pages)

    def make_home(self) -> View:
        site, catalogue = self.catalogue.site, self.catalogue
        data = {
            "catalogue": catalogue,
            "latest": catalogue.entries[:LATEST],
            "bars": make_year_bars(catalogue.groups["years"]),
            "gaps": any(not year.entries for year in catalogue.groups["years"]),
            "topics": [topic for topic in catalogue.groups["topics"] if topic.entries],
            "statuses": self.register.facets["status"],
            "stories": [(story, self._link_steps(story)) for story in catalogue.stories[:FOLLOWED]],
            "all_stories": len(catalogue.stories),
        }
        return View(url="", template="pages/home.html", title=site.title, description=site.description, section="home", data=data, feed="", linked_data=(make_site_data(catalogue),))

    def _list_letters(self) -> list[Unit[View]]:
        return list_page_units(self._cut(self.catalogue.entries, "letters/"), self._iter_letters, depend(EVERYTHING))

    def _cut(self, entries: Sequence[Entry], url: str) -> Iterator[Slice]:
        return paginate_newest(entries, url, self.catalogue.site.page_size)

    def _iter_letters(self, parts: Iterable[Slice]) -> Iterator[View]:
        title = self.words.say("letters.title")
        description = self.words.say("letters.description", letters=self.words.count("count.letters", len(self.catalogue.entries)))
        for part in parts:
            yield self._listed(part, title, description, "letters", template="pages/letters.html", feed="")

    def iter_index(self, kind: str) -> Iterator[View]:
        groups = self.catalogue.groups[kind]
        title, description = self.words.say(f"{kind}.title"), self.words.say(f"{kind}.description")
        bars = make_year_bars(groups) if kind == "years" else ()
        size = max(len(groups), 1) if kind == "years" else self.catalogue.site.page_size
        for part in paginate(groups, f"{kind}/", size):
            yield self._listed(part, title, description, kind, template="pages/groups.html", feed=None, data={"kind": kind, "bars": bars})

    def _list_group(self, group: Group) -> list[Unit[View]]:
        """The pages of a group: its letters, and those in whose handling an office took part, where they are many."""
        named = (group.kind, group.slug, group.name, group.description)
        units = list_page_units(self._cut(group.entries, group.url), partial(self._iter_group, group), depend(group), named)
        if self._has_more(group):
            units += list_page_units(self._cut(group.also, f"{group.url}also/"), partial(self._iter_also, group), depend(named, group.also), named)
        return units

    def _has_more(self, group: Group) -> bool:
        return len(group.also) > self.catalogue.site.page_size

    def _iter_group(self, group: Group, parts: Iterable[Slice]) -> Iterator[View]:
        title = self.words.group(group.kind, group.name)
        description = group.description or self.words.say(
            f"{group.kind}.one.description", name=title, letters=self.words.count("count.letters", len(group.entries))
        )
        above = Crumb(self.words.say(f"{group.kind}.title"), f"{group.kind}/")
        data = {"group": group, "also": group.also[: self.catalogue.site.page_size], "all_also": f"{group.url}also/" if self._has_more(group) else None}
        for part in parts:
            statuses = count_statuses(promise for entry in group.entries for promise in entry.promises) if part.is_first else {}
            yield self._listed(part, title, description, group.kind, template="pages/group.html", feed=group.url, above=above, data=data | {"statuses": statuses})

    def _iter_also(self, group: Group, parts: Iterable[Slice]) -> Iterator[View]:
        title = self.words.group(group.kind, group.name)
        name = self.words.say("respondents.also.of", name=title)
        for part in parts:
            yield self._listed(part, name, name, group.kind, template="pages/also.html", above=Crumb(title, group.url))

    def _listed(self, part: Slice, title: str, description: str, section: str, **more: Any) -> View:
        return make_list_view(part, self.words, title=title, description=description, section=section, **more)

    def iter_threads(self) -> Iterator[View]:
        """The list of threads."""
        title, description = self.words.say("threads.title"), self.words.say("threads.description")
        for part in paginate([(story, self._link_steps(story)) for story in self.catalogue.stories], "threads/", self.catalogue.site.page_size):
            yield self._listed(part, title, description, "threads", template="pages/threads.html")

    def iter_story(self, story: Story) -> Iterator[View]:
        """A thread."""
        head, above = story.page.head, Crumb(self.words.say("threads.title"), "threads/")
        description = head.summary or self.words.say("threads.one.description", name=head.title)
        data = {"story": story, "steps": self._link_steps(story), "head": head, "prose": Markup(render_prose(story.page.markdown))}
        size = self.catalogue.site.page_size
        for part in paginate([*story.mentions, *story.apart], story.url, size):
            own = max(0, len(story.mentions) - (part.number - 1) * size)
            shown = {"own": part.items[:own], "apart": part.items[own:]}
            yield self._listed(part, head.title, description, "threads", template="pages/thread.html", feed=None, above=above, data=data | shown)

    def _link_steps(self, story: Story) -> list[tuple[Step, str | None]]:
        """The years of a thread, each with the address of the first passage."""
        return [(step, None if step.place is None else self._link_mention(story, step.place)) for step in story.course]

    def _link_mention(self, story: Story, place: int) -> str:
        page = page_url(story.url, place // self.catalogue.site.page_size + 1)
        return f"{page}#l-{story.mentions[place].entry.letter.anchor}"

    def iter_indicators(self) -> Iterator[View]:
        """The list of what letters report in figures."""
        comparisons = tuple(self.catalogue.comparisons.values())
        title, description = self.words.say("indicators.title"), self.words.say("indicators.description")
        compared = [each for each in comparisons if each.has_page]
        for part in paginate([*compared, *(each for each in comparisons if not each.has_page)], "indicators/", self.catalogue.site.page_size * ROWS_A_LETTER):
            yield self._listed(part, title, description, "indicators", template="pages/indicators.html")

    def iter_indicator(self, comparison: Comparison) -> Iterator[View]:
        """A comparison's tables in pages, with a chart on the first where its points can be told apart."""
        name, size = comparison.indicator.name, self.catalogue.site.page_size * ROWS_A_LETTER
        above = Crumb(self.words.say("indicators.title"), "indicators/")
        about = comparison.indicator.description or self.words.say("indicators.one.description", name=name)
        reports = [(place, report) for place, series in enumerate(comparison.series) for report in series.members]
        is_drawn = 0 < len(reports) <= MOST_DRAWN
        data = {
            "comparison": comparison,
            "chart": make_chart(comparison.series) if is_drawn and comparison.is_over_time else None,
            "bars": make_bars(comparison) if is_drawn and not comparison.is_over_time else None,
            "unlike": [(other, ground, found[:size], self.catalogue.comparisons[other.slug].url if len(found) > size else None) for other, ground, found in comparison.unlike],
        }
        for part in paginate(reports, comparison.url, size):
            groups = groupby(part.items, key=lambda item: item[0])
            tables = [(place, replace(comparison.series[place], members=tuple(report for _, report in group))) for place, group in groups]
            yield self._listed(part, name, about, "indicators", template="pages/indicator.html", above=above, data=data | {"tables": tables})

    def iter_policies(self) -> Iterator[View]:
        """The list of the policies that letters cite."""
        title, description = self.words.say("policies.title"), self.words.say("policies.description")
        for part in paginate(self.catalogue.policies, "policies/", self.catalogue.site.page_size):
            yield self._listed(part, title, description, "policies", template="pages/policies.html", data={"listed": self._policies})

    def iter_policy(self, cited: Cited) -> Iterator[View]:
        """A policy that several letters cite."""
        above, about = Crumb(self.words.say("policies.title"), "policies/"), self.words.say("policies.one.description", name=cited.name)
        for part in paginate(cited.entries, cited.url, self.catalogue.site.page_size):
            yield self._listed(part, cited.name, about, "policies", template="pages/policy.html", feed=None, above=above, data={"cited": cited, "listed": self._policies})

    @cached_property
    def _policies(self) -> dict[str, Cited]:
        return {cited.slug: cited for cited in self.catalogue.policies}

    def make_search(self) -> View:
        title, description = self.words.say("search.title"), self.words.say("search.description")
        names = {f"{stem}.{name}": text for stem in ("kind", "status") for name, text in self.words.under(f"{stem}.").items()}
        data = {"start": self.search_start, "script_words": self.words.under("search.js.") | names | {"answered.by": self.words.say("answered.by")}}
        return View(url="search/", template="pages/search.html", title=title, description=description, section="search", crumbs=(Crumb(title, "search/"),), data=data)

    def make_data(self) -> View:
        title, description = self.words.say("data.title"), self.words.say("data.description")
        return View(url="data/", template="pages/data.html", title=title, description=description, section="data", crumbs=(Crumb(title, "data/"),),
                    data={"lengths": self._count_rows()}, linked_data=(make_dataset_data(self.catalogue),))

    def _count_rows(self) -> dict[str, int]:
        """How many rows each table of `data/` has."""
        figures = sum(len(entry.letter.front.figures) for entry in self.catalogue.entries)
        letters = len(self.catalogue.entries)
        return {"letters.json": letters, "letters.csv": letters, "commitments.csv": len(self.catalogue.promises), "figures.csv": figures, "threads.json": len(self.catalogue.stories), "policies.json": len(self.catalogue.policies)}

    def make_offline(self) -> View:
        return View(url=OFFLINE, template="pages/offline.html", title=self.words.say("offline.title"), description=self.words.say("offline.description"), section="home", listed=False)

    def make_lost(self) -> View:
        title = self.words.say("lost.title")
        return View(url="404.html", template="pages/404.html", title=title, description=self.words.say("lost.description"), section="home", listed=False)


@dataclass(frozen=True, slots=True)
class Bar:
    """A year in the small chart, its height a share of 100."""

    group: Group
    height: int


def make_year_bars(years: Sequence[Group]) -> tuple[Bar, ...]:
    """The years from the first to the last, gaps included; then the letters without a date."""
    most = max((len(group.entries) for group in years), default=1) or 1
    ordered = sorted(years, key=lambda group: group.slug)
    return tuple(Bar(group, round(100 * len(group.entries) / most)) for group in ordered)


def make_site_data(catalogue: Catalogue) -> dict[str, Any]:
    """schema.org WebSite for the home page."""
    site = catalogue.site
    return {"@context": "https://schema.org", "@type": "WebSite", "name": site.title, "description": site.description, "url": site.base_url, "inLanguage": site.language}


def make_editor_page(page: Page) -> View:
    """A page of the editor's own prose."""
    title = page.head.title
    section = page.slug if page.slug == "about" else "home"
    return View(url=f"{page.slug}/", template="pages/prose.html", title=title, description=page.head.description or title, section=section,
                crumbs=(Crumb(title, f"{page.slug}/"),), data={"prose": Markup(render_prose(page.markdown))})
