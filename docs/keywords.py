"""Griffe extension: a function that takes `**options: Unpack[SomeOptions]` is shown with the keywords of SomeOptions.

Griffe's own `unpack_typeddict` takes their descriptions from SomeOptions alone; here the function's docstring comes
first, and SomeOptions fills in where that says `**options`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from griffe import (
    Alias,
    Class,
    ExprSubscript,
    Extension,
    Function,
    Module,
    Parameter,
    ParameterKind,
)

KEYWORD: Any = ParameterKind.keyword_only  # typed as the text behind it


class Keywords(Extension):
    """Replaces `**options` in signatures."""

    def on_package(self, *, pkg: Module, **_: Any) -> None:
        """Go through all functions once everything is loaded."""
        for function in _functions(pkg):
            for variadic in list(function.parameters):
                if variadic.kind is ParameterKind.var_keyword and isinstance(variadic.annotation, ExprSubscript):
                    _unpack(function, variadic, variadic.annotation)


def _functions(holder: Module | Class) -> Iterator[Function]:
    for member in holder.members.values():
        if isinstance(member, Alias):
            continue
        if isinstance(member, Function):
            yield member
        elif isinstance(member, Module | Class):
            yield from _functions(member)


def _unpack(function: Function, variadic: Parameter, annotation: ExprSubscript) -> None:
    if annotation.canonical_name != "Unpack" or isinstance(annotation.slice, str):
        return
    options = function.modules_collection[annotation.slice.canonical_path]
    del function.parameters[variadic.name]
    for name, attribute in options.attributes.items():
        function.parameters.add(Parameter(name, annotation=attribute.annotation, kind=KEYWORD, default="..."))
    if function.docstring is not None:
        described = "".join(
            f"{name} : {attribute.annotation}\n    {attribute.docstring.value if attribute.docstring else ''}\n"
            for name, attribute in options.attributes.items()
        )
        entry = re.compile(rf"^\*\*{variadic.name}\n(?:    .*\n?)+", re.MULTILINE)
        function.docstring.value = entry.sub(lambda _: described, function.docstring.value)
