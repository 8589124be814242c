"""Which line of a raw text is what: page, heading, salutation, body, signature, day, contact. Values in, values out.

    page head │ heading │ marks │ salutation … body … signature │ day │ contact │ copy-to, page foot
      noise     field     field └────────────── body ──────────────────────────┘       noise

A line is in one part alone, so nothing can be lost between them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from dafu.intake import furniture
from dafu.intake.heading import ANSWERED, find_heading, is_small_mark, read_day
from dafu.intake.lines import Line, is_rule
from dafu.intake.people import Salutation, is_contact_line, is_more_contact, parse_contact, parse_salutation
from dafu.intake.quoted import iter_quoted
from dafu.intake.times import PrintedDay, find_last_day, parse_day
from dafu.intake.units import read_signature
from dafu.text import squeeze

_OPENING = re.compile(r"收悉|收到|(?:答复|回复|汇报|报告|函复|反馈|说明)如下|如下答复|(?:您|你|贵)们?.{0,30}提出|交(?:由)?我|提案|建议|您好|你好|感谢")


@dataclass(frozen=True, slots=True)
class Anatomy:
    """A letter's lines by what they are."""

    heading: tuple[Line, ...]
    head: tuple[Line, ...]
    """Marks and noise before the body."""
    body: tuple[Line, ...]
    foot: tuple[Line, ...]
    """Marks and noise within and after the body."""
    salutation: Salutation | None
    salutation_line: Line | None
    signatures: tuple[str, ...]
    signature_lines: tuple[Line, ...]
    day: PrintedDay | None
    day_line: Line | None
    contact_lines: tuple[Line, ...]

    @property
    def opening(self) -> str:
        """The words before the answer, as far as 现答复如下."""
        text = ""
        for line in self.body[:8]:
            if line is self.salutation_line and self.salutation:
                text += line.plain[self.salutation.end :]
            elif line in self.signature_lines or line is self.day_line:
                break
            else:
                text += line.plain
            if found := re.search(r"如下|(?:答复|回复)[：:]|作(?:出)?.{0,4}答复", text):
                return text[: found.end()]
            if len(text) > 900:
                break
        return text[:400]


def find_letters(lines: Sequence[Line]) -> list[tuple[tuple[Line, ...], int | None]]:
    """The lines of each letter in a text; where it stands there twice, with the place in them at which the second copy begins."""
    starts = [place for place in range(len(lines)) if _is_salutation(lines, place)]
    bounds = [0]
    for earlier, later in zip(starts, starts[1:], strict=False):
        bound = _find_bound(lines, earlier, later)
        if bound is not None:
            bounds.append(bound)
    letters: list[tuple[tuple[Line, ...], int | None]] = []
    for start, end in zip(bounds, [*bounds[1:], len(lines)], strict=True):
        piece = tuple(lines[start:end])
        first, copies_from = letters[-1] if letters else ((), None)
        if first and _is_addressed_alike(first[:copies_from], piece) and _is_copy(first[:copies_from], piece):
            letters[-1] = (first + piece, copies_from or len(first))
        else:
            letters.append((piece, None))
    return letters


def dissect(lines: Sequence[Line], copies_from: int | None = None) -> Anatomy | None:
    """The parts of one letter, or None where the lines are none; from the line `copies_from` on they are a second copy."""
    own = list(lines[:copies_from])
    place = next((number for number in range(len(own)) if _is_salutation(own, number)), None)
    heading = find_heading(own, len(own) if place is None else place)
    start = place if place is not None else _find_start(own, heading)
    if start is None:
        return None
    end, day_place = _find_end(own, start)
    body, inside = [], []
    numbers = _find_page_numbers(own[start:end])
    for line in own[start:end]:
        is_furniture = furniture.is_furniture(line.plain) and line is not own[start] and not line.cells
        is_noise = is_rule(line) or is_furniture and (not line.key.isdecimal() or line.start in numbers) or furniture.is_copy_to(line.plain) or furniture.is_signer(line.plain)
        (inside if is_noise else body).append(line)
    signature_lines, signatures = _find_signatures(own[start:end], own[day_place] if day_place is not None else None, own[start])
    day_line = own[day_place] if day_place is not None else None
    heading_lines = tuple(own[number] for number in heading)
    kept = set(heading)
    return Anatomy(
        heading=heading_lines,
        head=tuple(line for number, line in enumerate(own[:start]) if number not in kept),
        body=tuple(body),
        foot=(*inside, *own[end:], *lines[len(own) :]),
        salutation=parse_salutation(own[start].plain) if place is not None else None,
        salutation_line=own[start] if place is not None else None,
        signatures=signatures,
        signature_lines=signature_lines,
        day=read_day(day_line.plain) if day_line else None,
        day_line=day_line,
        contact_lines=_find_contact_lines(body),
    )


def _find_page_numbers(lines: Sequence[Line]) -> set[int]:
    """The offsets of bare numbers on lines of their own that count pages: each is the one before it and one more, from a low one on."""
    bare = [line for line in lines if line.key.isdecimal() and len(line.key) <= 3]
    values = [int(line.key) for line in bare]
    counts_on = all(later == earlier + 1 for earlier, later in zip(values, values[1:], strict=False))
    return {line.start for line in bare} if values and values[0] <= 30 and counts_on else set()


def _is_salutation(lines: Sequence[Line], place: int) -> bool:
    """Whether a line addresses somebody and an opening follows it."""
    line = lines[place]
    found = parse_salutation(line.plain)
    if found is None or furniture.is_page_head(line.plain) or line.cells:
        return False
    rest = line.plain[found.end :]
    near = rest + "".join(other.plain for other in lines[place + 1 : place + 6])
    if found.title is None and not rest and read_signature(line.plain) and not line.plain.rstrip().endswith(("：", ":")):
        before = "".join(other.plain for other in lines[max(0, place - 3) : place])
        return bool(ANSWERED.search(before)) and bool(_OPENING.search(near[:300]))
    return bool(_OPENING.search(near[:400]))


def _find_bound(lines: Sequence[Line], earlier: int, later: int) -> int | None:
    """Where a second letter, or a second copy, begins between two salutations; None where they are of one letter."""
    heading = find_heading(lines[earlier + 1 : later], later - earlier - 1)
    if heading:
        return earlier + 1 + heading[0]
    signed = any(read_day(line.plain) for line in lines[earlier + 1 : later] if len(line.plain) < 60)
    return later if signed or squeeze(lines[earlier].plain) == squeeze(lines[later].plain) else None


def _is_addressed_alike(first: Sequence[Line], second: Sequence[Line]) -> bool:
    """Whether two letters address the same people under the same numbers."""
    sides = []
    for lines in (first, second):
        place = next((number for number in range(len(lines)) if _is_salutation(lines, number)), None)
        heading = "".join(lines[number].key for number in find_heading(lines, len(lines) if place is None else place))
        opening = "".join(line.key for line in lines[(place or 0) : (place or 0) + 3])[:200]
        names = parse_salutation(lines[place].plain) if place is not None else None
        sides.append((names and names.names, set(re.findall(r"\d{2,}", heading)), next((quoted.text for quoted in iter_quoted(opening)), None)))
    (names, numbers, title), (other_names, other_numbers, other_title) = sides
    same_title = title is None or other_title is None or re.sub(r"\W", "", title) == re.sub(r"\W", "", other_title)
    return names == other_names and (not numbers or not other_numbers or numbers == other_numbers) and same_title


def _is_copy(first: Sequence[Line], second: Sequence[Line]) -> bool:
    """Whether most of a letter stands in the other as well."""
    words, others = ("".join(re.findall(r"\w", unicodedata.normalize("NFKC", "".join(line.key for line in lines)))) for lines in (first, second))
    known = {words[place : place + 6] for place in range(len(words) - 5)}
    grams = [others[place : place + 6] for place in range(len(others) - 5)]
    return len(grams) > 20 and sum(gram in known for gram in grams) > 0.7 * len(grams)


def _find_start(lines: Sequence[Line], heading: list[int]) -> int | None:
    """Where a letter without a salutation begins: after its heading and marks, or at its opening sentence."""
    opening = next((number for number, line in enumerate(lines) if re.search(r"收悉|(?:答复|回复|汇报|函复)如下", line.plain) and len(line.plain) > 12), None)
    if heading:
        start = heading[-1] + 1
        while start < len(lines) and (is_small_mark(lines[start]) or furniture.is_page_head(lines[start].plain)):
            start += 1
        return start if start < len(lines) and (opening is None or opening - start <= 4) else opening
    if opening is not None and re.search(r"提案|建议|议案|委员|代表", "".join(line.plain for line in lines[max(0, opening - 2) : opening + 2])):
        return opening
    return None


def _find_end(lines: Sequence[Line], start: int) -> tuple[int, int | None]:
    """The place after the body's last line, and that of the day."""
    for place in range(start + 1, len(lines)):
        line = lines[place]
        if read_day(line.plain) is None or furniture.is_page_head(line.plain) and not parse_day(line.plain):
            continue
        if re.search(r"印\s*发", line.plain) or _is_followed_by_text(lines, place):
            continue
        return _take_after(lines, place), place
    end = len(lines)
    for place in range(start + 1, len(lines)):
        text = lines[place].plain
        if (furniture.is_page_foot(text) and not furniture.is_page_number(text) or _is_stray(text)) and not _has_text(lines[place + 1 :]):
            end = place
            break
    while end > start + 1 and (furniture.is_page_number(lines[end - 1].plain) or is_rule(lines[end - 1])):
        end -= 1
    return end, None


def _is_stray(text: str) -> bool:
    """Whether a line after a letter can only be the page's: a list of links, a foreign heading."""
    return bool(re.match(r"[•·*]\s|\[.*\]\(.*\)$", text)) or bool(ANSWERED.search(text) and len(text) > 12 and not text.endswith("。") and re.search(r"提案|建议", text))


def _has_text(lines: Sequence[Line]) -> bool:
    """Whether a letter goes on: a sentence, or a numbered heading, that no page has around it."""
    return any(len(line.key) > 30 and line.plain.rstrip().endswith(("。", "：", "；")) and not furniture.is_page_foot(line.plain) or re.match(r"[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]+[）)]", line.plain) for line in lines)


def _is_followed_by_text(lines: Sequence[Line], place: int) -> bool:
    """Whether a line that looks like the day stands before more of the letter's text."""
    following = [line for line in lines[place + 1 : place + 6] if not furniture.is_page_number(line.plain)]
    text = 0
    for line in following:
        if furniture.is_page_foot(line.plain) or is_contact_line(line.plain) or ANSWERED.search(line.plain):
            break
        if len(line.key) > 40 and line.plain.rstrip().endswith(("。", "：", "；", "，")):
            text += 1
    return text > 0 and any(read_day(line.plain) for line in lines[place + 1 :] if len(line.key) < 60)


def _take_after(lines: Sequence[Line], day: int) -> int:
    """The place after the contact lines, attachments and seals that follow the day."""
    end = day + 1
    is_contact = False
    for place in range(day + 1, min(len(lines), day + 12)):
        text = lines[place].plain
        if is_rule(lines[place]) or furniture.is_page_number(text) or furniture.is_openness(text) or furniture.is_signer(text):
            continue
        if is_contact_line(text) and not _is_site_contact(lines, place) or is_contact and (is_more_contact(text) or _is_value_of(lines[place - 1], lines[place])):
            end, is_contact = place + 1, True
        elif re.match(r"[（(]?\s*(?:附\s*件?|附表|附注)\s*[：:1一]|[（(](?:盖章|公章|章)[）)]$", text) or read_signature(text) and place == day + 1 and not furniture.is_page_foot(text):
            end, is_contact = place + 1, False
        else:
            break
    return end


def _is_value_of(label: Line, line: Line) -> bool:
    """Whether a short line is what the label above it asks for: 联系人：, and the name on a line of its own."""
    return label.plain.rstrip().endswith(("：", ":")) and len(line.key) <= 16 and not read_signature(line.plain)


def _is_site_contact(lines: Sequence[Line], place: int) -> bool:
    """Whether a telephone line is the site's own: in the midst of a page's foot, without a person."""
    found = parse_contact(lines[place].plain)
    near = [other.plain for other in lines[max(0, place - 1) : place] + lines[place + 1 : place + 2]]
    return found.name is None and not re.search(r"联系人|经办|承办", lines[place].plain) and any(furniture.is_page_foot(text) for text in near)


def _find_signatures(lines: Sequence[Line], day: Line | None, first: Line) -> tuple[tuple[Line, ...], tuple[str, ...]]:
    """The lines on which offices sign, and the offices in their order."""
    if day is None:
        places = [number for number in range(max(1, len(lines) - 8), len(lines))]
        end = next((number + 1 for number in reversed(places) if read_signature(lines[number].plain)), None)
        if end is None:
            return (), ()
        found: list[Line] = []
        signed: list[str] = []
    else:
        end = lines.index(day)
        ending = find_last_day(day.plain)
        own = read_signature(day.plain[: ending[0]]) if ending and ending[0] else ()
        found, signed = ([day] if own else []), list(own)
    for place in range(end - 1, max(0, end - 9), -1):
        line = lines[place]
        if line is first:
            break
        units = read_signature(line.plain)
        if units and not furniture.is_page_foot(line.plain):
            found.insert(0, line)
            signed[:0] = units
        elif is_contact_line(line.plain) or furniture.is_page_number(line.plain) or is_more_contact(line.plain) or re.match(r"[（(]?\s*附\s*件?", line.plain):
            continue
        else:
            break
    if not signed and day is not None:
        after = [line for line in lines[end + 1 : end + 2] if read_signature(line.plain)]
        found, signed = after, [unit for line in after for unit in read_signature(line.plain)]
    return tuple(found), tuple(signed)


def _find_contact_lines(body: Sequence[Line]) -> tuple[Line, ...]:
    """The lines in a letter's last part that name whom to ask."""
    found: list[Line] = []
    for place, line in enumerate(body):
        if place < len(body) - 14 or place == 0:
            continue
        follows = bool(found) and body[place - 1] is found[-1]
        if is_contact_line(line.plain) and len(line.key) < 120 or follows and (is_more_contact(line.plain) or _is_value_of(body[place - 1], line)):
            found.append(line)
    return tuple(found)

