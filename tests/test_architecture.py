"""The rooms and their walls: who may import whom, held against the imports as they stand."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "src" / "coopgraph"

GROUND = {"errors", "model", "rdf", "settings"}

MAY_IMPORT: dict[str, set[str]] = {
    "errors": set(),
    "settings": {"errors"},
    "model": {"errors"},
    "rdf": {"errors", "model"},
    "dataset": GROUND,
    "check": {*GROUND, "dataset"},
    "sparql": GROUND,
    "store": {*GROUND, "sparql"},
    "publish": {*GROUND, "check", "dataset", "store"},
    "ask": {*GROUND, "sparql", "store"},
    "read": {*GROUND, "ask"},
    "cite": {*GROUND, "ask", "store"},
    "curate": {*GROUND, "check", "dataset"},
    "client": GROUND,
    "assemble": {*GROUND, "ask", "dataset", "read", "store", "publish"},
    "web": {*GROUND, "ask", "assemble", "cite", "read", "store"},
    # Queries are measured from outside, beside other servers; what a page costs its thread is known only inside.
    "bench": {*GROUND, "ask", "assemble", "store", "web"},
    "cli": {
        *GROUND,
        "ask",
        "assemble",
        "bench",
        "check",
        "cite",
        "curate",
        "dataset",
        "publish",
        "read",
        "store",
        "web",
    },
}
"""Arrows point down only: cli, web, assemble, then the three wings, then the ground.

Readers (read, ask, store, web) and the publisher (publish, check, dataset) meet in files on disk, never in an import.
"""

LIBRARIES = {
    "flask": ("web/",),
    "click": ("cli/",),
    "httptools": ("web/http1/reader.py",),
    "pyshacl": ("check/engines/pyshacl.py",),
    "shifty": ("check/engines/fast.py",),
    "rdflib": ("check/engines/pyshacl.py", "client.py"),
    "pyoxigraph": ("rdf/", "store/oxigraph/", "check/engines/", "check/shacl.py", "client.py", "bench/bare.py"),
    "pyseccomp": ("store/oxigraph/confinement.py",),
    "SPARQLWrapper": ("store/", "client.py"),
    "prometheus_client": ("web/metrics.py",),
    "pyarrow": ("rdf/parquet.py",),
    "pandas": ("client.py",),
    "rich": ("cli/",),
}
"""Where each library may be named; one that is missing here may be used anywhere."""

DISTRIBUTION = {"prometheus_client": "prometheus-client", "shifty": "pyshifty"}
"""Under which name the registry has a library, where that is another one."""

MODULES = sorted(PACKAGE.rglob("*.py"))


def _imported(place: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(place.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{place.name} imports relatively"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _rooms(place: Path) -> set[str]:
    """The rooms that a module imports; the package's own version counts as none."""
    rooms = {name.split(".")[1] for name in _imported(place) if name.startswith("coopgraph.")}
    return rooms - {"__version__"}


def _name(place: Path) -> str:
    return place.relative_to(PACKAGE).as_posix()


def test_every_room_is_in_the_table_and_the_table_has_no_room_that_is_not() -> None:
    rooms = {item.stem for item in PACKAGE.iterdir() if item.suffix == ".py" or (item / "__init__.py").exists()}
    assert rooms - {"__init__"} == MAY_IMPORT.keys()


def test_the_table_itself_has_no_circle() -> None:
    left = {room: set(others) for room, others in MAY_IMPORT.items()}
    while left:
        free = {room for room, others in left.items() if not others & left.keys()}
        assert free, f"a circle among {sorted(left)}"
        left = {room: others for room, others in left.items() if room not in free}


@pytest.mark.parametrize("place", MODULES, ids=_name)
def test_a_module_imports_only_rooms_below_its_own(place: Path) -> None:
    room = place.relative_to(PACKAGE).parts[0].removesuffix(".py")
    if room == "__init__":
        assert not _rooms(place)
        return
    assert _rooms(place) - {room} <= MAY_IMPORT[room]


@pytest.mark.parametrize("place", MODULES, ids=_name)
def test_a_library_is_named_only_where_it_would_be_replaced(place: Path) -> None:
    named = {name.partition(".")[0] for name in _imported(place)}
    for library, places in LIBRARIES.items():
        if library in named:
            assert _name(place).startswith(places), f"{library} in {_name(place)}"


@pytest.mark.parametrize("place", MODULES, ids=_name)
def test_every_module_says_what_it_is_for(place: Path) -> None:
    words = ast.get_docstring(ast.parse(place.read_text(encoding="utf-8")))
    assert words


@pytest.mark.parametrize("place", [item for item in MODULES if item.name == "__init__.py"], ids=_name)
def test_a_room_does_no_work_when_it_is_entered(place: Path) -> None:
    body = ast.parse(place.read_text(encoding="utf-8")).body
    idle = (ast.Import, ast.ImportFrom, ast.Expr)
    # The package itself says its version, when asked.
    assert all(
        isinstance(statement, (*idle, ast.FunctionDef) if place.parent == PACKAGE else idle) for statement in body
    )


def test_no_module_is_a_drawer() -> None:
    drawers = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "tools"}
    assert not [place for place in MODULES if place.stem in drawers or place.parent.name in drawers]


def test_libraries_are_declared() -> None:
    declared = (PACKAGE.parents[1] / "pyproject.toml").read_text(encoding="utf-8").lower()
    for place in MODULES:
        for module in {name.partition(".")[0] for name in _imported(place)} - {"coopgraph", "_typeshed"}:
            if module not in sys.stdlib_module_names:
                assert f'"{DISTRIBUTION.get(module, module).lower()}' in declared, f"{module}, used by {_name(place)}"
