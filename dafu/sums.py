"""Arithmetic that a letter asserts: `11 + 54 + 117 = 182`, verified exactly."""

from __future__ import annotations

import ast
import operator
import re
from fractions import Fraction

_OPERATORS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv}
_NUMBER = re.compile(r"\d{1,15}(\.\d{1,17})?", re.ASCII)
_SIGNS = str.maketrans({"×": "*", "÷": "/", "−": "-", "＋": "+", "－": "-", "＝": "=", "（": "(", "）": ")"})


class NotASum(ValueError):
    """The text is not an equation of numbers."""


def split_sum(text: str) -> list[Fraction]:
    """The value of each side, exactly."""
    sides = text.translate(_SIGNS).split("=")
    if len(sides) < 2 or len(text) > 300:
        raise NotASum
    return [_evaluate(side) for side in sides]


def _evaluate(side: str) -> Fraction:
    try:
        return _value(ast.parse(side.strip(), mode="eval").body, side.strip())
    except (SyntaxError, ZeroDivisionError, RecursionError, MemoryError, ValueError) as error:
        raise NotASum from error


def _value(node: ast.expr, source: str) -> Fraction:
    if isinstance(node, ast.Constant):
        digits = ast.get_source_segment(source, node) or ""
        if not _NUMBER.fullmatch(digits):
            raise NotASum
        return Fraction(digits)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_value(node.operand, source)
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
        return _OPERATORS[type(node.op)](_value(node.left, source), _value(node.right, source))
    raise NotASum


def show_number(value: Fraction) -> str:
    """A value as a person would write it."""
    return str(value.numerator) if value.denominator == 1 else f"{float(value):.12g}"
