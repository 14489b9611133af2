"""The errors: each names its problem type, and none is told in finished English."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from string import Formatter
from typing import NamedTuple

import pytest

from coopgraph import errors
from coopgraph.errors import CoopgraphError

PACKAGE = Path(__file__).parents[1] / "src" / "coopgraph"

TYPES = {
    "busy", "conflict", "coopgraph-error", "does-not-conform", "federation-failed", "federation-refused", "gone",
    "incomplete-result", "no-room", "not-acceptable", "not-found", "not-permitted", "not-signed-in", "our-fault",
    "past-limit", "query-cancelled", "query-memory", "query-problem", "query-refused", "query-syntax",
    "query-timeout", "query-too-long", "queue-full", "result-too-large", "store-down", "syntax-problem",
    "too-many-requests", "too-many-sign-ins", "unknown-format", "unreadable-input", "wrong-usage",
}  # fmt: skip
"""What clients know the errors by. A name that stands here stays, whatever becomes of its class."""


class Module(NamedTuple):
    """What the tests here ask of a module: the names of the bases of its classes, and its calls of classes."""

    place: Path
    bases: frozenset[str]
    calls: tuple[ast.Call, ...]


@cache
def _modules() -> tuple[Module, ...]:
    return tuple(_module(place) for place in sorted(PACKAGE.rglob("*.py")))


def _module(place: Path) -> Module:
    tree = ast.parse(place.read_text(encoding="utf-8"))
    bases = {_name(base) for node in tree.body if isinstance(node, ast.ClassDef) for base in node.bases}
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    return Module(place, frozenset(bases), tuple(call for call in calls if _CALLED.match(_name(call.func))))


_CALLED = re.compile(r"[A-Z]|translated$")


def _name(node: ast.expr) -> str:
    return getattr(node, "id", getattr(node, "attr", ""))


def _classes() -> set[type[CoopgraphError]]:
    """Every class of error in the package, also those that a module keeps for itself."""
    for module in _modules():
        if module.bases & vars(errors).keys():
            import_module(".".join(module.place.relative_to(PACKAGE.parent).with_suffix("").parts))
    found = {CoopgraphError}
    waiting = [CoopgraphError]
    while waiting:
        below = waiting.pop().__subclasses__()
        found.update(below)
        waiting += below
    return found


def test_the_types_of_problems_are_those_that_clients_know() -> None:
    assert {kind.type for kind in _classes()} == TYPES


def test_every_error_of_the_tree_has_a_type_of_its_own() -> None:
    own = [kind for kind in vars(errors).values() if inspect.isclass(kind) and issubclass(kind, CoopgraphError)]
    assert all("type" in vars(kind) for kind in own)
    assert len({kind.type for kind in own}) == len(own)


def _calls(*names: str) -> Iterator[tuple[str, ast.Call]]:
    for module in _modules():
        for call in module.calls:
            if _name(call.func) in names:
                yield f"{module.place.relative_to(PACKAGE)}:{call.lineno}", call


def test_no_error_is_given_finished_english() -> None:
    """Neither a text, nor one put together: a message has the sentence as a whole, for those who translate it."""
    finished = (ast.Constant, ast.JoinedStr, ast.BinOp)
    calls = list(_calls(*(kind.__name__ for kind in _classes())))
    assert len(calls) > 200
    assert [where for where, call in calls if any(isinstance(given, finished) for given in call.args)] == []


def test_every_message_is_given_what_its_placeholders_name() -> None:
    wrong = []
    for where, call in _calls("Message", "PluralMessage", "translated"):
        sentence = call.args[0] if call.args else None
        given = {keyword.arg for keyword in call.keywords}
        if not (isinstance(sentence, ast.Constant) and isinstance(sentence.value, str)) or None in given:
            continue
        wanted = {name for _, name, _, _ in Formatter().parse(sentence.value) if name} if given else set()
        if wanted != given - ({"number"} - wanted):
            wrong.append(where)
    assert wrong == []


@pytest.mark.slow
def test_every_message_stands_as_one_text_where_it_can_be_found() -> None:
    """``pybabel extract`` finds texts only; the exceptions fill in a sentence that stands elsewhere as one."""
    elsewhere = [
        where.partition(":")[0]
        for where, call in _calls("Message", "PluralMessage")
        if not (call.args and isinstance(call.args[0], ast.Constant))
    ]
    assert sorted(set(elsewhere)) == ["messages/message.py", "rdf/read.py", "web/common/problems.py"]
