"""Values on their way to other processes, and as JSON."""

from __future__ import annotations

import datetime
import json
import pickle
from collections.abc import Iterator

import pytest

from dafu.jsontext import write_json
from dafu.keys import Keys
from dafu.letter import Commitment, Due
from dafu.packed import Packed
from dafu.quotes import Span
from dafu.marks import Mark
from dafu.records import NOWHERE, Spots, forget_places


def iter_kinds(kind: type[Packed]) -> Iterator[type[Packed]]:
    for each in kind.__subclasses__():
        yield each
        yield from iter_kinds(each)


def test_no_kind_is_pickled_the_slow_way() -> None:
    kinds = [kind for kind in iter_kinds(Packed) if "__dataclass_fields__" in vars(kind)]
    assert len(kinds) > 40
    assert [kind for kind in kinds if kind.__reduce__ is not Packed.__reduce__] == []


def test_values_come_back_as_they_went() -> None:
    mark = Mark("commitment", "c1", Span(3, 9), 0, "新建步道", "p1")
    commitment = Commitment(id="c1", quote="新建步道", action="新建步道", due=Due(value=datetime.date(2020, 1, 2), text="年初"))
    for value in (mark, commitment, (mark, (commitment,))):
        assert pickle.loads(pickle.dumps(value, 5)) == value


def test_places_that_were_dropped_are_one_value_and_others_come_back() -> None:
    commitments = [Commitment(id="c1", quote="新建步道", action="新建步道", at=Spots((3, 1), {"id": (3, 5)}, frozenset({"due"}))) for _ in range(2)]
    forget_places(commitments[0])
    without, whole = pickle.loads(pickle.dumps(commitments, 5))
    assert without.at is NOWHERE
    assert whole.at == commitments[1].at != NOWHERE


@pytest.mark.parametrize("value", [{"名": ["<", '"', "\\", "\n", None, True, 1.5, -3]}, [], {}, "甲", {"n": 10**30}, [2**63, 2**64, -(2**70)]])
def test_json_is_read_as_it_was_written(value: object) -> None:
    assert json.loads(write_json(value)) == value


def test_a_value_of_which_no_key_is_known_is_an_error() -> None:
    with pytest.raises(TypeError, match="object"):
        Keys(makers=None)._tell(object())  # type: ignore[arg-type]
