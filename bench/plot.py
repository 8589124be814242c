"""Draws what builds cost as archives grow: `python -m bench.plot RESULTS [bench/build.svg]`, from the file that `bench.build --json` keeps.

Two panels, seconds and memory over the number of letters, both axes logarithmic. The picture follows the reader's choice of light or dark.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from bench.letters import ROOT
from bench.results import COLD, HUGO, HUGO_LETTER, LETTER, NEWEST, PAGEFIND, UNCHANGED, Measured, read_results

WIDTH, HEIGHT = 860, 400
PANEL = 300
"""Width of a panel's plot."""
LEFT, TOP, BOTTOM = 56, 48, 300
"""Where the first panel's plot begins, and where both end."""
STEP = 430
"""From one panel to the next."""

STYLE = """\
svg { color-scheme: light dark; --ink: #222; --quiet: #666; --grid: #ddd; --paper: #fff; --a: #b3261e; --b: #1d5fa8; --c: #5b7f1c; }
@media (prefers-color-scheme: dark) { svg { --ink: #e6e6e6; --quiet: #a5a5a5; --grid: #3a3a3a; --paper: #161616; --a: #ff8a80; --b: #82b5f5; --c: #b5d56a; } }
text { font: 12px system-ui, sans-serif; fill: var(--ink); }
.quiet { fill: var(--quiet); }
.title { font-weight: 600; font-size: 13px; }
.paper { fill: var(--paper); }
.grid { stroke: var(--grid); stroke-width: 1; }
.line { fill: none; stroke-width: 2; }
.a { stroke: var(--a); } .b { stroke: var(--b); } .c { stroke: var(--c); }
.dot { fill: var(--paper); stroke-width: 2; }
.dashed { stroke-dasharray: 6 4; } .dotted { stroke-dasharray: 2 4; }"""


@dataclass(frozen=True, slots=True)
class Line:
    """A step that is drawn: whose colour, in which stroke."""

    name: str
    step: str
    look: str


SECONDS = (
    Line("Dafu, cold", COLD, "a"), Line("Dafu, one letter changed", LETTER, "a dashed"), Line("Dafu, unchanged", UNCHANGED, "a dotted"),
    Line("Hugo, cold", HUGO, "b"), Line("Hugo, one letter changed", HUGO_LETTER, "b dashed"), Line("Pagefind", PAGEFIND, "c"),
)
MEMORY = (Line("Dafu, cold", COLD, "a"), Line("Dafu, one new letter", NEWEST, "a dashed"), Line("Hugo, cold", HUGO, "b"), Line("Pagefind", PAGEFIND, "c"))


@dataclass(frozen=True, slots=True)
class Axis:
    """A logarithmic axis over whole powers of ten; `start` and `end` in the picture."""

    lowest: int
    highest: int
    start: float
    end: float

    def place(self, value: float) -> float:
        return self.start + (self.end - self.start) * (math.log10(value) - self.lowest) / (self.highest - self.lowest)

    @property
    def ticks(self) -> list[int]:
        return list(range(self.lowest, self.highest + 1))


def make_axis(values: Sequence[float], start: float, end: float) -> Axis:
    """The powers of ten between which all values lie."""
    lowest, highest = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return Axis(lowest, max(highest, lowest + 1), start, end)


def make_plot(archives: Sequence[Measured]) -> str:
    """The picture."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-labelledby="title">',
        f'<title id="title">Milliseconds a letter, and megabytes of the largest process, of builds of {archives[0].letters:,} to {archives[-1].letters:,} letters</title>',
        f"<style>\n{STYLE}\n</style>", f'<rect class="paper" width="{WIDTH}" height="{HEIGHT}"/>',
        *_draw_panel(0, "Milliseconds a letter", archives, SECONDS, lambda measured, step: _times(measured.get(step, "seconds"), 1000 / measured.letters)),
        *_draw_panel(1, "Largest process, MB", archives, MEMORY, lambda measured, step: measured.get(step, "largest_mb")),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _times(value: float | None, factor: float) -> float | None:
    return None if value is None else value * factor


def _draw_panel(number: int, title: str, archives: Sequence[Measured], lines: Sequence[Line], read: Callable[[Measured, str], float | None]) -> Iterator[str]:
    left = LEFT + number * STEP
    drawn = [(line, [(measured.letters, value) for measured in archives if (value := read(measured, line.step))]) for line in lines]
    drawn = [(line, points) for line, points in drawn if points]
    across = make_axis([measured.letters for measured in archives], left, left + PANEL)
    up = make_axis([value for _, points in drawn for _, value in points], BOTTOM, TOP)
    yield f'<text class="title" x="{left}" y="{TOP - 22}">{escape(title)}</text>'
    yield from _draw_grid(across, up)
    for place, (line, points) in enumerate(drawn):
        path = " ".join(f"{across.place(x):.1f},{up.place(y):.1f}" for x, y in points)
        yield f'<polyline class="line {line.look}" points="{path}"/>'
        yield from (f'<circle class="dot {line.look.split()[0]}" cx="{across.place(x):.1f}" cy="{up.place(y):.1f}" r="3"><title>{escape(line.name)}, {x:,} letters: {y:,.2f}</title></circle>' for x, y in points)
        x, y = left + place % 2 * 190, BOTTOM + 52 + place // 2 * 18
        yield f'<path class="line {line.look}" d="M{x} {y - 4}h26"/><text x="{x + 32}" y="{y}">{escape(line.name)}</text>'


def _draw_grid(across: Axis, up: Axis) -> Iterator[str]:
    for power in across.ticks:
        x = across.place(10**power)
        yield f'<path class="grid" d="M{x:.1f} {TOP}V{BOTTOM}"/><text class="quiet" x="{x:.1f}" y="{BOTTOM + 18}" text-anchor="middle">{10**power:,}</text>'
    for power in up.ticks:
        y = up.place(10**power)
        yield f'<path class="grid" d="M{across.start} {y:.1f}H{across.end}"/><text class="quiet" x="{across.start - 8}" y="{y + 4:.1f}" text-anchor="end">{10.0**power:,.10g}</text>'


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.plot", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("results", type=Path, metavar="RESULTS")
    parser.add_argument("picture", type=Path, nargs="?", default=ROOT / "bench" / "build.svg", metavar="SVG")
    arguments = parser.parse_args()
    arguments.picture.write_text(make_plot(read_results(arguments.results).archives), "utf-8")


if __name__ == "__main__":
    main()
