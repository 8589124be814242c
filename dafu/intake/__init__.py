"""From a raw letter to an annotated draft: what an editor pastes in becomes a file of `content/letters/`, and nothing of it is lost.

    bytes ─convert▶ raw text ─lines▶ Line… ─anatomy▶ heading · head · body · foot ─┬─ fields ▶ Finding…  ─┐
      encoding, web, word, pdf                furniture: what is the page's         ├─ flow ▶ Markdown     ├─draft▶ file ─desk▶ its place
                                              heading: which lines are the title    └─ noise               │
                                                                     promises, hints, slips ▶ candidates ──┘

What a line or a phrase says is told by rooms of pure functions on strings: `marks` (number, session, kind, outcome, document number), `titles` and `quoted`,
`people` (salutation, contact), `units` (signature, co-handlers), `times` (days). `command` is what an editor sees of all that.

Every line of the raw text lies in one part alone, so that nothing can be lost between them; `tests/test_intake_loss.py` damages letters and counts. A form of
letter that is read wrongly earns a case in `tests/cases/intake/` before its mend.
"""
