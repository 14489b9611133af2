"""Extraction of messages (Babel): those of the command line's help as well, which stand in docstrings and ``help=``.

Source: https://babel.pocoo.org/en/latest/messages.html#writing-extraction-methods
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping
from inspect import cleandoc
from typing import IO, Any

from babel.messages.extract import extract_python

_COMMANDS = ("command", "group")


def extract_command_line(
    fileobj: IO[bytes], keywords: Mapping[str, Any], comment_tags: Collection[str], options: Any
) -> Iterator[tuple[Any, ...]]:
    """Yield the messages of a module of the command line, and what ``--help`` says of its commands and options."""
    yield from extract_python(fileobj, keywords, comment_tags, options)
    fileobj.seek(0)
    for node in ast.walk(ast.parse(fileobj.read())):
        if isinstance(node, ast.FunctionDef) and any(map(_makes_a_command, node.decorator_list)):
            for paragraph in paragraphs(ast.get_docstring(node) or ""):
                yield node.lineno, "", paragraph, []
        elif isinstance(node, ast.Call):
            texts = [item.value for item in node.keywords if item.arg in ("help", "short_help")]
            if isinstance(node.func, ast.Name) and node.func.id == "Lazy":
                texts += node.args[2:3]
            for text in texts:
                if isinstance(text, ast.Constant) and isinstance(text.value, str):
                    yield node.lineno, "", text.value, []


def paragraphs(text: str) -> tuple[str, ...]:
    """Return the paragraphs of a docstring as single lines, as they are translated; examples stay as they are."""
    found = (" ".join(part.split()) for part in cleandoc(text).split("\n\n"))
    return tuple(part for part in found if part and not part.startswith("Example: "))


def _makes_a_command(decorator: ast.expr) -> bool:
    return (
        isinstance(decorator, ast.Call)
        and isinstance(decorator.func, ast.Attribute)
        and decorator.func.attr in _COMMANDS
    )
