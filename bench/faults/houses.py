"""Builds to be disturbed: a house of content, cache and site whose letters have changed since the site was built.

    house/content/       as it is now
    house/.cache/        empty, of the old content, or of both
    house/site/public/   of the old content
    house/other/         the old content, for a build of other content at the same time
    house/away/          where its site goes
    kept/…               all of it once more, to be put back
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from typing import Literal

from bench.faults.jobs import Job, Tree, refill
from bench.faults.runs import Setup, nothing
from tests.making import TESTS, make_letter, read_tree

PARTS = ("content", ".cache", "site", "other", "away")


Cache = Literal["none", "old", "both"]
"""What is cached before a build: nothing, what the old content came to, or that and what the new content comes to."""


@dataclass(frozen=True, slots=True)
class House:
    """A folder in which an old site stands beside new content."""

    folder: Path
    kept: Path

    @property
    def site(self) -> Path:
        return self.folder / "site"

    @property
    def cache(self) -> Path:
        return self.folder / ".cache"

    @property
    def content(self) -> Path:
        return self.folder / "content"

    def put_back(self, cache: Cache) -> None:
        """Everything as before the build."""
        for part in PARTS:
            refill(self.folder / part, self.find_cached(cache) if part == ".cache" else self.kept / part)

    def read(self) -> Tree:
        """The site that readers see."""
        return read_tree(self.site / "public")

    def find_cached(self, cache: Cache) -> Path:
        """The cache as it is put back."""
        return self.kept / f".cache-{cache}"

    def list_cache(self) -> set[str]:
        """The cache's files, without the part of their names that Whoosh chooses by chance, and without seals and what was made: there is one of each for each place of a site."""
        return {re.sub(r"MAIN_[a-z0-9]+", "MAIN", path) for path in read_tree(self.cache) if not re.match(r"seals/|made/[0-9a-f]{64}$", path)} if self.cache.is_dir() else set()

    def iter_litter(self, cache: set[str] | None) -> Iterator[str]:
        """What lies about beside the site and what belongs there."""
        yield from (path.name for path in self.site.iterdir() if path.name != "public")
        yield from (path.name for path in self.folder.iterdir() if path.name not in PARTS)
        if cache is not None:
            yield from sorted(self.list_cache() ^ cache)


def make_house(folder: Path, content: Path = TESTS / "mini") -> House:
    """A house whose letters have changed: one came, one went, one has other words."""
    house = House(folder / "house", folder / "kept")
    (folder / "scratch").mkdir(parents=True)
    shutil.copytree(content, house.content)
    _change(house.content, "9901", "种树九棵")
    house.site.mkdir()
    (house.folder / "away").mkdir()
    assert _make_job(house, folder).run().status == 0
    shutil.copytree(house.content, house.folder / "other")
    (house.content / "letters" / "2021" / "9901.md").unlink()
    _change(house.content, "9902", "种树十棵")
    for part in PARTS:
        shutil.copytree(house.folder / part, house.find_cached("old") if part == ".cache" else house.kept / part)
    assert _make_job(house, folder).run().status == 0
    shutil.copytree(house.cache, house.find_cached("both"))
    return house


def _change(content: Path, number: str, words: str) -> None:
    folder = content / "letters" / "2021"
    folder.mkdir(parents=True, exist_ok=True)
    body = f"尊敬的甲乙丙委员：\n\n我局将{words}。\n\n某某局\n"
    topics = "[]"
    for each in (number, "9900"):
        (folder / f"{each}.md").write_text(make_letter(body, number=f'"{each}"', date="2021-03-04", topics=topics), "utf-8")


def _make_job(house: House, folder: Path) -> Job:
    return Job(arguments=("build", "--output", "site/public", "--quiet", "--jobs", "1"), folder=house.folder, scratch=folder / "scratch",
               reset=lambda: None, read=house.read, old={}, new={})


@cache
def make_build(house: House, *, jobs: int = 1, cache: Cache = "old", options: tuple[str, ...] = (), setup: Setup = nothing) -> Job:
    """A build of the house, with what it comes to when nothing disturbs it."""
    folder = house.folder.parent
    arguments = ("build", "--output", "site/public", "--quiet", "--jobs", str(jobs), *options)
    job = replace(_make_job(house, folder), arguments=arguments, reset=partial(house.put_back, cache))
    new, cached = _build_cold(job, house), _build_plainly(job, house)
    return replace(job, old=read_tree(house.kept / "site" / "public"), new=new, setup=setup, find_litter=lambda: list(house.iter_litter(cached)))


def _build_cold(job: Job, house: House) -> Tree:
    """What a build without a cache and without an old site comes to."""
    job.reset()
    refill(house.site, None)
    ended = replace(job, arguments=(*job.arguments, "--no-cache")).run()
    assert ended.status == 0, ended.log
    return house.read()


def _build_plainly(job: Job, house: House) -> set[str]:
    """The cache's files after a build that nothing disturbs."""
    job.reset()
    ended = job.run()
    assert ended.status == 0, ended.log
    return house.list_cache()
