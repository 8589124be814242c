"""Personal data in the content: every file's text as typed, with its comments, is looked through before anything is made of it.

The content's repository is as public as the site, so a draft is looked through like a letter, and what is found there blocks the build. No message repeats
what was found, and other problems of the same content are masked too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from dafu.letter import WITHHELD, has_open_contact
from dafu.personal import Sighting, find_personal, mask_personal
from dafu.problems import Problem, Report
from dafu.reading import Letter
from dafu.text import HIDDEN, squeeze

_LINE = f"（联系人：{HIDDEN}）"
_REFUSES = "and site.yml doesn't let contacts be published"
_CODES = {
    "contact": ("contact-body", f"A contact person or a telephone number to ask stands here, {_REFUSES}.", f"Write {_LINE} and nothing else."),
    "mail": ("contact-body", f"A contact's address of mail stands here, {_REFUSES}.", f"Write {_LINE} and nothing else."),
    "mobile": ("mobile-number", f"What looks like a mobile telephone number stands here, {_REFUSES}.", f"Write {HIDDEN} in its place, and in a letter say why under `redactions`."),
    "identity": ("identity-number", "What looks like a person's identity number stands here; it is never published.", f"Write {HIDDEN} in its place, and in a letter say why under `redactions`."),
}
_SWITCHED = frozenset({"contact-open", "contact-body", "mobile-number"})
"""What `publish_contacts: true` allows."""


def check_personal(name: str, text: str, report: Report) -> None:
    """Personal data in one file; `name` is its path in the content folder."""
    for found in find_personal(text):
        if not _is_own_address(name, text, found):
            code, message, mend = _CODES[found.kind]
            report.add((text.count("\n", 0, found.start) + 1, found.start - text.rfind("\n", 0, found.start)), code, message, mend, secret=text[found.start : found.end])
    for found in _COMMENTED.finditer(text) if name.startswith("letters/") else ():
        report.add((text.count("\n", 0, found.start()) + 1, 1), "contact-open", f"A comment holds a contact, {_REFUSES}.", "Delete it.")
    if not name.startswith("letters/") and find_personal(_read_name(name)):
        report.add((1, 1), "mobile-number", "What looks like a person's number stands in the file's name.", "Rename the file.")


_COMMENTED = re.compile(rf"^[ \t]*#[ \t#]*contact:[ \t]*(?!{WITHHELD}\b|null\b|~|[ \t\n]|\Z)", re.MULTILINE)


def _is_own_address(name: str, text: str, found: Sighting) -> bool:
    """Whether it is the address at which readers write to the archive: on its own pages, and in site.yml."""
    if found.kind == "mail":
        return name.startswith("pages/") or name == "site.yml"
    return name == "site.yml" and found.kind == "mobile" and bool(re.match(r"[\w.+\-]*@", text[found.end :]))


def _read_name(name: str) -> str:
    return name.rpartition("/")[2].rpartition(".")[0]


def check_contact(letter: Letter, report: Report) -> None:
    """Whether a contact person stands under the front matter's own key; the message never repeats who."""
    if has_open_contact(letter.front):
        report.add(letter.front.at.of("contact"), "contact-open", f"contact names a person, {_REFUSES}.", f"Write `contact: {WITHHELD}`, and keep the person's line in the body as {_LINE}.",
                   secret=letter.front.contact and letter.front.contact.name)


def filter_personal(problems: Iterable[Problem], *, publishes_contacts: bool) -> Iterator[Problem]:
    """The problems that count with the site's switch as it is; with it off none repeats personal data."""
    problems = list(problems)
    if publishes_contacts:
        yield from (problem for problem in problems if problem.code not in _SWITCHED)
        return
    forms = {form for problem in problems if problem.secret and len(problem.secret) > 1 for form in (problem.secret, squeeze(problem.secret))}
    secrets = re.compile("|".join(map(re.escape, sorted(forms, key=lambda form: (-len(form), form))))) if forms else None
    for problem in problems:
        yield replace(problem, message=_conceal(problem.message, secrets), mend=_conceal(problem.mend, secrets), value=problem.value and _conceal(problem.value, secrets), secret=None)


def _conceal(text: str, secrets: re.Pattern[str] | None) -> str:
    """A text without what was found in any file, and without what looks personal by itself."""
    return mask_personal(secrets.sub(HIDDEN, text) if secrets else text)[0]
