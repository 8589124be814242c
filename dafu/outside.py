"""The check of the links that leave the site: what is asked, what is known from before, what is told of it.

Answers are kept in `.cache/links/`: good ones for 30 days, others for one. A cache that is damaged, or from a day that hasn't come yet, is as good as
none. Hosts with few addresses come first; what a run has no time for, the next one asks.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import queue
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from dafu.asking import DAY_S, Answer, Asker, host_of, name_of
from dafu.memo import Memo
from dafu.problems import Problem, sort_problems
from dafu.shapes import is_address
from dafu.typed import Outside

GOOD_S, BAD_S = 30 * DAY_S, DAY_S


@dataclass(frozen=True, slots=True)
class Finding:
    """An address elsewhere, what is known of it, and whether that was asked just now."""

    outside: Outside
    answer: Answer
    is_new: bool


class Kept:
    """What earlier runs were told."""

    def __init__(self, memo: Memo, now: Callable[[], float] = time.time) -> None:
        self.memo = memo
        self.now = now

    def read(self, address: str) -> Answer | None:
        """The answer of an earlier run, while it may be believed."""
        told = self._read(address)
        try:
            return Answer(**told["answer"]) if 0 <= self.now() - told["at"] < told["lasts_s"] else None
        except (KeyError, TypeError):
            return None

    def write(self, address: str, answer: Answer, lasts_s: int | None = None) -> None:
        """Keeps an answer, for as long as its kind may be believed or for some seconds."""
        if self.memo.folder is not None:
            told = {"at": int(self.now()), "lasts_s": lasts_s or (GOOD_S if answer.state in ("good", "moved") else BAD_S), "answer": dataclasses.asdict(answer)}
            self.memo.write(_name(address), json.dumps(told).encode())

    def _read(self, address: str) -> dict[str, Any]:
        data = self.memo.read(_name(address)) if self.memo.folder is not None else None
        try:
            told = json.loads(data or b"{}")
        except ValueError:
            return {}
        return told if isinstance(told, dict) else {}


def _name(address: str) -> str:
    return hashlib.sha256(f"links 1 {address}".encode("utf-8", "surrogatepass")).hexdigest()


def ask_outside(outside: Iterable[Outside], asker: Asker, kept: Kept, *, quiet: bool = True) -> list[Finding]:
    """What is known of each address afterwards; those that differ in the fragment alone are one."""
    members: dict[str, list[Outside]] = defaultdict(list)
    for each in outside:
        members[each.address.partition("#")[0]].append(each)
    known = {address: answer for address in members if (answer := _recall(address, kept))}
    asked: dict[str, Answer] = {}
    for address, answer in _show_progress(_ask_all([address for address in members if address not in known], asker), len(members) - len(known), quiet):
        asked[address] = answer
        if answer.is_kept and not answer.is_name:
            kept.write(address, answer)
    for host, pause_s in asker.patience.items():
        kept.write(host, Answer(state="unasked", why="the host asked for patience"), pause_s)
    _weigh_names(asked, known, asker, kept)
    late = Answer(state="unasked", why="no time was left")
    return [Finding(each, known.get(address) or asked.get(address) or late, address in asked) for address in members for each in members[address]]


def _recall(address: str, kept: Kept) -> Answer | None:
    """What is known of an address without asking."""
    if not is_address(address):
        return Answer(state="unknown", why="it is not an address on the web")
    return kept.read(address) or kept.read(host_of(address))


def _weigh_names(asked: dict[str, Answer], known: dict[str, Answer], asker: Asker, kept: Kept) -> None:
    """A name that isn't found is dead only where some host answers: else there may be no network. If need be, one that was there before is asked again."""
    missing = [address for address, answer in asked.items() if answer.is_name]
    if not missing:
        return
    is_connected = any(answer.state in ("good", "moved") for answer in asked.values())
    if not is_connected and (before := next((address for address, answer in known.items() if answer.state == "good"), None)):
        is_connected = asker.ask(before).state in ("good", "moved")
    for address in missing:
        if is_connected:
            kept.write(address, asked[address])
        else:
            asked[address] = Answer(state="unknown", why="no host of that name was found, but no other host answered either", is_kept=False)


def _ask_all(addresses: Sequence[str], asker: Asker) -> Iterator[tuple[str, Answer]]:
    """Answers as they come; several hosts side by side, each host's addresses one after the other, until the time is up."""
    by_host: dict[str, list[str]] = defaultdict(list)
    for address in addresses:
        by_host[name_of(address)].append(address)
    hosts: queue.SimpleQueue[list[str]] = queue.SimpleQueue()
    for members in sorted(by_host.values(), key=len):
        hosts.put(members)
    answers: queue.SimpleQueue[tuple[str, Answer]] = queue.SimpleQueue()
    for _ in range(min(asker.manners.hosts, len(by_host))):
        threading.Thread(target=_work, args=(hosts, answers, asker), daemon=True).start()
    end = time.monotonic() + asker.manners.total_s
    try:
        for _ in addresses:
            yield answers.get(timeout=max(0.0, end - time.monotonic()))
    except queue.Empty:
        asker.stopped.set()


def _work(hosts: queue.SimpleQueue[list[str]], answers: queue.SimpleQueue[tuple[str, Answer]], asker: Asker) -> None:
    """Asks one host after the other, until there is none left or no time."""
    while not asker.stopped.is_set():
        try:
            members = hosts.get_nowait()
        except queue.Empty:
            return
        for address in members:
            if asker.stopped.is_set():
                return
            answers.put((address, asker.ask(address)))


def _show_progress(answers: Iterable[tuple[str, Answer]], total: int, quiet: bool) -> Iterator[tuple[str, Answer]]:
    """The same answers; a line on the terminal says how many have come."""
    number = 0
    for number, each in enumerate(answers, 1):
        yield each
        if not quiet and sys.stderr.isatty():
            print(f"\r{number:,} of {total:,} outside addresses", end="", file=sys.stderr, flush=True)
    if number and not quiet and sys.stderr.isatty():
        print(file=sys.stderr)


def list_dead(findings: Iterable[Finding]) -> list[Problem]:
    """A problem at every place where an address that is dead for certain was typed."""
    return _list_told(findings, "dead", "link-outside-dead", "{address} is dead: {why}.", "Correct the address, or link to a copy that is kept elsewhere.")


def list_remarks(findings: Sequence[Finding]) -> list[Problem]:
    """What an editor may want to know: addresses that have moved for good, and those of which nothing could be learnt."""
    moved = _list_told(findings, "moved", "link-outside-moved", "{address} has moved for good to {target}.", "Write the new address, if it is still the same document.")
    return moved + _list_told(findings, "unknown", "link-outside-unanswered", "{address} could not be checked: {why}.", "Look at it yourself, or check again later.")


def _list_told(findings: Iterable[Finding], state: str, code: str, message: str, mend: str) -> list[Problem]:
    return sort_problems(
        Problem(path=path, line=line, column=column, code=code, message=message.format(address=each.outside.address, why=each.answer.why, target=each.answer.target), mend=mend, value=each.outside.address)
        for each in findings if each.answer.state == state for path, line, column in each.outside.places
    )


def summarize(findings: Sequence[Finding]) -> str:
    """How many addresses are in which state."""
    counts = {state: sum(each.answer.state == state for each in findings) for state in ("good", "moved", "dead", "unknown", "unasked")}
    new = sum(each.is_new for each in findings)
    told = [f"{counts['good'] + counts['moved']:,} answer ({counts['moved']:,} from another place)", f"{counts['dead']:,} dead", f"{counts['unknown']:,} not answered", f"{counts['unasked']:,} not asked this time"]
    return f"{len(findings):,} outside address{'es' * (len(findings) != 1)}: {', '.join(told)}; {new:,} asked just now."
