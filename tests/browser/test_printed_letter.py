"""A letter that a browser has printed comes back from its PDF, its wrapped lines and page numbers and all."""

from __future__ import annotations

import html

from playwright.sync_api import Browser

from dafu.intake.convert import convert
from dafu.intake.fields import Known
from dafu.intake.raw import read_letters
from dafu.text import squeeze
from tests.making import TESTS


def test_a_printed_letter_is_read_from_its_pdf(browser: Browser) -> None:
    raw = (TESTS / "cases" / "intake" / "a02.txt").read_text("utf-8")
    lines = "".join(f"<p>{html.escape(line) or '&nbsp;'}</p>" for line in raw.split("\n"))
    page = browser.new_page()
    page.set_content(f"<html lang=zh-Hans><style>p{{margin:0;white-space:pre-wrap;font:16px/1.8 serif}}</style>{lines}")
    text = convert("letter.pdf", page.pdf(format="A4", margin={side: "25mm" for side in ("top", "bottom", "left", "right")}))
    page.close()
    (printed,), (typed,) = read_letters(text, Known()), read_letters(raw, Known())
    assert {key: squeeze(str(finding.value)) for key, finding in printed.findings.items()} == {key: squeeze(str(finding.value)) for key, finding in typed.findings.items()}
    assert squeeze(printed.body) == squeeze(typed.body)
