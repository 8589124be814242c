"""Tries what nobody would write on reading, checking, Markdown, the search and the import: `python -m bench.fuzz [--seconds N] [--seed N] [--only WORD]`.

A crash is an exception that is none of the house's own, or something that doesn't hold; a hang an input that takes more than five seconds. Each
such input is written into `--found`, with the traceback beside it; exit status 1 if there is one. An input over which the process itself is lost is in
`--found` as `running`.
"""

from __future__ import annotations

import argparse
import faulthandler
import hashlib
import json
import signal
import sys
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from hypothesis import HealthCheck, Phase, given, seed, settings

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench.fuzz_trials import TRIALS, Trial  # noqa: E402
from dafu.problems import SettingsError  # noqa: E402

HANG_S = 5.0
"""Of work, not by the clock: a busy machine is no hang."""
LOST_S = 60
"""By the clock. After so long the input waits for something, or no alarm got through to Python: the process ends."""

BATCH = 400
"""Inputs that are tried at once before it's another kind's turn, at most."""

KEPT = 5
"""Inputs that are kept of one failure."""


class Hang(BaseException):
    """An input took too long. It is no Exception, so that nothing on the way swallows it."""


@dataclass(slots=True)
class Tally:
    """What came of a kind of input."""

    tried: int = 0
    crashes: int = 0
    hangs: int = 0
    seconds: float = 0.0
    slowest: float = 0.0


@dataclass(slots=True)
class Fuzz:
    """A run: its counts, and where failing inputs go."""

    found: Path
    tallies: dict[str, Tally] = field(default_factory=dict)
    seen: Counter[str] = field(default_factory=Counter)

    def try_batch(self, trial: Trial, count: int, number: int, until: float = float("inf")) -> None:
        """Tries so many inputs of a kind; the same for the same number."""
        tally = self.tallies.setdefault(trial.kind, Tally())
        start = time.perf_counter()

        @seed(number)
        @settings(max_examples=count, database=None, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
        @given(trial.inputs())
        def run(value: object) -> None:
            if time.perf_counter() < until:
                self.try_one(trial, value, tally)

        run()
        for query in trial.finish():
            tally.crashes += 1
            self.keep(trial, query, "the twins differ", "the twins differ")
        tally.seconds += time.perf_counter() - start

    def try_one(self, trial: Trial, value: object, tally: Tally) -> None:
        """Tries one input, and keeps it if it fails."""
        tally.tried += 1
        start = time.perf_counter()
        try:
            with self.watch(trial, value):
                trial.run(value)
        except Hang:
            tally.hangs += 1
            self.keep(trial, value, f"hang in {_name_place(sys.exc_info()[2])}", traceback.format_exc())
        except SettingsError:
            pass
        except Exception as error:
            tally.crashes += 1
            self.keep(trial, value, f"{type(error).__name__} in {_name_place(error.__traceback__)}", traceback.format_exc())
        tally.slowest = max(tally.slowest, time.perf_counter() - start)

    @contextmanager
    def watch(self, trial: Trial, value: object) -> Iterator[None]:
        """Interrupts what takes too long; what no alarm reaches ends the process, its input written before."""
        signal.setitimer(signal.ITIMER_PROF, HANG_S)
        faulthandler.dump_traceback_later(LOST_S, exit=True)
        if trial.kind.startswith("import: ") and "text" not in trial.kind:  # libraries in C: they may take the process with them
            (self.found / "running").write_bytes(_as_bytes(value))
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
            faulthandler.cancel_dump_traceback_later()

    def keep(self, trial: Trial, value: object, name: str, trace: str) -> None:
        """Writes a failing input, the first few of each failure."""
        self.seen[name] += 1
        if self.seen[name] <= KEPT:
            data = _as_bytes(value)
            stem = "".join(char if char.isalnum() else "-" for char in trial.kind) + "-" + hashlib.sha256(data).hexdigest()[:10]
            (self.found / stem).write_bytes(data)
            (self.found / f"{stem}.trace").write_text(f"{name}\n{value!r:.3000}\n\n{trace}", "utf-8", "backslashreplace")


def _as_bytes(value: object) -> bytes:
    """An input as a file holds it."""
    if isinstance(value, tuple) and len(value) == 2 and isinstance(value[1], (bytes, str)):
        value = value[1]
    if isinstance(value, bytes):
        return value
    return (value if isinstance(value, str) else json.dumps(value)).encode("utf-8", "surrogatepass")


def _name_place(trace: object) -> str:
    """The innermost place of the house in a traceback."""
    frames = [frame for frame in traceback.extract_tb(trace) if str(ROOT) in frame.filename]
    own = [frame for frame in frames if "/dafu/" in frame.filename] or frames
    return f"{Path(own[-1].filename).name}:{own[-1].lineno}" if own else "?"


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise Hang


def run_for(fuzz: Fuzz, trials: Sequence[Trial], seconds: float, number: int) -> None:
    """Tries every kind by turns until the time is over, each for its share of it; `table.txt` among the findings says how far it is."""
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        for trial in trials:
            tally = fuzz.tallies.get(trial.kind, Tally())
            rate = tally.tried / tally.seconds if tally.seconds else 5.0
            fuzz.try_batch(trial, max(1, min(BATCH, round(rate * 1.5 * trial.share))), number, until)
            number += 1
        (fuzz.found / "table.txt").write_text(make_table(fuzz) + "\n", "utf-8")


def make_table(fuzz: Fuzz) -> str:
    """What was tried and what came of it."""
    rows = [f"{'kind':<26}{'tried':>10}{'crashes':>9}{'hangs':>7}{'a minute':>10}{'slowest':>9}"]
    for kind, tally in fuzz.tallies.items():
        rows.append(f"{kind:<26}{tally.tried:>10,}{tally.crashes:>9}{tally.hangs:>7}{tally.tried / max(tally.seconds, 1e-9) * 60:>10,.0f}{tally.slowest:>7.2f} s")
    all_ = list(fuzz.tallies.values())
    rows.append(f"{'all':<26}{sum(t.tried for t in all_):>10,}{sum(t.crashes for t in all_):>9}{sum(t.hangs for t in all_):>7}")
    return "\n".join([*rows, *(f"{count:>6} × {name}" for name, count in fuzz.seen.most_common())])


@contextmanager
def prepared(found: Path) -> Iterator[Fuzz]:
    """A run with its alarm set."""
    found.mkdir(parents=True, exist_ok=True)
    before = signal.signal(signal.SIGPROF, _interrupt)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield Fuzz(found)
    signal.signal(signal.SIGPROF, before)
    (found / "running").unlink(missing_ok=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60, metavar="N", help="how long (60)")
    parser.add_argument("--seed", type=int, default=9001, metavar="N", help="where the inputs begin (9001)")
    parser.add_argument("--found", type=Path, default=ROOT / ".cache" / "fuzz", metavar="DIR", help="where failing inputs go (.cache/fuzz)")
    parser.add_argument("--only", default="", metavar="WORD", help="kinds whose name has this word")
    arguments = parser.parse_args()
    with prepared(arguments.found) as fuzz:
        run_for(fuzz, [trial for trial in TRIALS if arguments.only in trial.kind], arguments.seconds, arguments.seed)
    print(make_table(fuzz))
    return 1 if any(tally.crashes or tally.hangs for tally in fuzz.tallies.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
