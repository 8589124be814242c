"""Jinja, its compiler told what our templates are, so that a page takes less time: the same templates, the same bytes. Jinja comes in here.

Every function they call is an ordinary one, no attribute is looked for as a key, nothing that is put out has to be markup once it is text, and the
interface's words are known before any page is made: they are compiled in.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, nodes
from jinja2.compiler import CodeGenerator, Frame, MacroRef

from dafu.markup import show


class Generator(CodeGenerator):
    """Writes the Python of a template."""

    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:
        """A plain call. Jinja asks each function anew whether it wants to know where it is called."""
        if node.dyn_args or node.dyn_kwargs:
            self.fail("A call takes neither * nor ** here. Write its arguments out.", node.lineno)
        self.visit(node.node, frame)
        self.write("(")
        self._write_arguments(node, frame, ["caller=caller"] if forward_caller else [])
        self.write(")")

    def _write_arguments(self, node: nodes.Call, frame: Frame, more: list[str]) -> None:
        for argument in node.args:
            self.visit(argument, frame)
            self.write(", ")
        for named in node.kwargs:
            self.visit(named, frame)
            self.write(", ")
        self.write(", ".join(more))

    def macro_def(self, macro_ref: MacroRef, frame: Frame) -> None:
        """A macro as a plain function, by the names of its parameters. Jinja's own looks at each call for what ours never have."""
        if macro_ref.accesses_kwargs or macro_ref.accesses_varargs or macro_ref.accesses_caller:
            return super().macro_def(macro_ref, frame)
        names = [argument.name for argument in macro_ref.node.args]
        parameters = ", ".join([*(f"{name}=missing" for name in names), "t_macro=macro"])
        self.write(f"lambda {parameters}: Markup(t_macro({', '.join(names)}))")

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:
        self.write("(")
        self.visit(node.node, frame)
        self.write(f").{node.attr}")

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if not frame.eval_ctx.autoescape:
            return super()._output_child_pre(node, frame, finalize)
        self.write("environment.show(")

    def _output_child_to_const(self, node: nodes.Expr, frame: Frame, finalize: Any) -> str:
        """What is known of an output before any page is: words of the interface."""
        if not frame.eval_ctx.autoescape:
            return super()._output_child_to_const(node, frame, finalize)
        if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name) and not node.kwargs and len(node.args) == 1:
            if node.node.name in self.environment.silent:
                return ""
            if node.node.name == "say" and isinstance(node.args[0], nodes.Const):
                return show(self.environment.globals["say"](node.args[0].value))
        if isinstance(node, nodes.Name) and node.name in self.environment.fixed:
            return show(self.environment.globals[node.name])
        return super()._output_child_to_const(node, frame, finalize)


class Forgetful(Template):
    """A template that holds nothing of a page that it has made; of one that includes another, or imports one with its context, it can't tell, and ours do neither."""

    def render(self, *values: Any, **named: Any) -> str:
        """As Jinja's. A macro knows the page's names, among which it is itself: unless it is taken from them, all that a page shows stays in memory until Python
        looks for circles."""
        context = self.new_context(dict(*values, **named))
        try:
            return self.environment.concat(self.root_render_func(context))
        except Exception:
            self.environment.handle_exception()
        finally:
            context.vars.clear()


class Compiling(Environment):
    """An environment whose templates are compiled this way."""

    code_generator_class = Generator
    template_class = Forgetful
    show = staticmethod(show)

    fixed: frozenset[str] = frozenset()
    """Names of globals that no template gives another meaning."""
    silent: frozenset[str] = frozenset()
    """Functions of one argument that say nothing, whatever they are given."""

    def __init__(self, folder: Path) -> None:
        super().__init__(loader=FileSystemLoader(folder), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True, autoescape=True, auto_reload=False)
