"""What a publication did, for people and for programs. Pure functions on values."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dafu.problems import count
from dafu.publish.road import Published

_MARKS = (("new", "+"), ("changed", "~"), ("gone", "-"), ("kept", "="))


def iter_lines(published: Published, *, is_dry: bool) -> Iterator[str]:
    """The lines that the command prints: of a dry run each path with its mark, at the end a summary."""
    assert published.changes is not None
    if is_dry:
        for name, mark in _MARKS:
            yield from (f"{mark} {path}" for path in getattr(published.changes, name))
    yield _summarize(published, is_dry=is_dry)


def _summarize(published: Published, *, is_dry: bool) -> str:
    changes, sent = published.changes, published.sent
    assert changes is not None
    counts = f"{len(changes.new):,} new, {len(changes.changed):,} changed, {len(changes.gone):,} gone, {len(changes.kept):,} kept for readers of the previous publication"
    if is_dry or sent is None:
        return f"Would go to {published.place}: {counts}. Nothing was sent."
    if not sent.files:
        return f"{published.place} holds this publication already. Nothing was sent."
    carried = f"{count(sent.files, 'file')} sent" + ("" if sent.size_bytes is None else f", {sent.size_bytes / 1e6:.2f} MB")
    return f"Published to {published.place}: {counts}; {carried}."


def make_record(published: Published) -> dict[str, Any]:
    """The same for programs."""
    changes, sent = published.changes, published.sent
    lists = {name: list(getattr(changes, name)) for name, _ in _MARKS}
    return {"place": published.place, "files_sent": sent.files if sent else 0, "bytes_sent": sent.size_bytes if sent else 0, **lists, "remarks": list(published.remarks)}
