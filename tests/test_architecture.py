"""The rooms and their walls: who may import whom, held against the imports as they stand."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

PACKAGE = Path(__file__).parents[1] / "src" / "coopgraph"

GROUND = {"errors", "messages", "model", "process_limits", "rdf", "settings"}

MAY_IMPORT: dict[str, set[str]] = {
    "messages": set(),
    "errors": {"messages"},
    "settings": {"errors", "messages"},
    "model": {"errors", "messages"},
    "process_limits": set(),
    "rdf": {"errors", "messages", "model", "process_limits"},
    "http": {"messages", "model", "settings"},
    "sparql": GROUND,
    "sparql/rewrite": {*GROUND, "sparql"},
    # From the tree to a release.
    "dataset": GROUND,
    "dataset/materialize": {*GROUND, "dataset"},
    "validation/engines": {"process_limits", "rdf"},
    "validation": {*GROUND, "dataset", "dataset/materialize", "validation/engines"},
    "validation/formats": {*GROUND, "validation"},
    "curation": {*GROUND, "http", "dataset", "dataset/materialize", "validation"},
    "curation/forms": {*GROUND, "curation"},
    "curation/sheets": {*GROUND, "curation"},
    "curation/uploads": {*GROUND, "curation", "curation/sheets", "dataset", "validation"},
    "publishing/exports": {"model", "rdf"},
    "publishing": {
        *GROUND,
        "dataset",
        "dataset/materialize",
        "publishing/exports",
        "store/sparql_http",
        "validation",
        "validation/formats",
    },
    # From a release to answers.
    "store": {*GROUND, "sparql"},
    "store/oxigraph": {*GROUND, "sparql", "sparql/rewrite", "store"},
    "store/sparql_http": {*GROUND, "http", "sparql", "sparql/rewrite", "store"},
    "store/registry": {*GROUND, "store", "store/oxigraph", "store/sparql_http"},
    "query": {*GROUND, "http", "sparql", "sparql/rewrite", "store"},
    "query/citations": {*GROUND, "query", "sparql", "store"},
    "reading": {*GROUND, "query", "sparql", "sparql/rewrite"},
    "reading/pages": {*GROUND, "reading"},
    "reading/data": {*GROUND, "query", "reading", "reading/pages"},
    # Edges.
    "database": {"errors", "messages"},
    "desk": {
        *GROUND,
        "context",
        "curation",
        "curation/forms",
        "curation/sheets",
        "curation/uploads",
        "database",
        "dataset",
        "dataset/materialize",
        "http",
        "publishing",
        "query",
        "reading",
        "reading/pages",
        "sparql",
        "validation",
        "validation/formats",
        "web/common",
    },
    "client": GROUND,
    "follower": GROUND,
    "webhooks": {*GROUND, "database", "http"},
    "mcp_server": {*GROUND, "context", "query", "reading", "reading/data", "reading/pages", "sparql"},
    "context": {
        *GROUND,
        "dataset",
        "query",
        "reading",
        "reading/data",
        "reading/pages",
        "store/registry",
        "store/sparql_http",
    },
    "server/http1": {"http", "messages"},
    "server": {"errors", "http", "messages", "server/http1", "settings"},
    "web/common": {*GROUND, "context", "http", "query", "sparql", "store"},
    "web/pages": {
        *GROUND,
        "context",
        "http",
        "query",
        "reading",
        "reading/data",
        "reading/pages",
        "sparql",
        "store",
        "web/common",
    },
    "web/data": {
        *GROUND,
        "context",
        "http",
        "query",
        "reading",
        "reading/data",
        "reading/pages",
        "sparql",
        "store",
        "web/common",
        "web/pages",
    },
    "web/endpoint": {*GROUND, "context", "http", "query", "query/citations", "sparql", "store", "web/common"},
    "web": {
        "context",
        "errors",
        "http",
        "query",
        "web/common",
        "web/data",
        "web/endpoint",
        "web/pages",
    },
    "cli": {
        *GROUND,
        "context",
        "curation",
        "curation/sheets",
        "curation/uploads",
        "database",
        "dataset",
        "dataset/materialize",
        "desk",
        "follower",
        "http",
        "mcp_server",
        "publishing",
        "query",
        "query/citations",
        "reading",
        "reading/data",
        "server",
        "sparql",
        "store",
        "store/oxigraph",
        "store/registry",
        "store/sparql_http",
        "validation",
        "validation/formats",
        "web",
        "web/common",
        "webhooks",
    },
}
"""Arrows point down only. Each folder is a wall.

Readers (store, query, reading, web) and the publisher (dataset, validation, publishing) meet in files on disk, never in
an import. The web application and the server meet in ASGI: the command line gives the one to the other.
"""

LIBRARIES = {
    "argon2": ("desk/accounts.py",),
    "authlib": ("desk/openid.py",),
    "joserfc": ("desk/openid.py",),
    "segno": ("desk/account_pages.py",),
    "flask": ("web/", "desk/"),
    "pyotp": ("desk/accounts.py",),
    "click": ("cli/",),
    "icu": ("model/collation.py",),
    "httptools": ("server/http1/request_parser.py",),
    "pyshacl": ("validation/engines/pyshacl.py",),
    "shifty": ("validation/engines/fast.py",),
    "rdflib": ("validation/engines/pyshacl.py", "client.py"),
    "pyoxigraph": (
        "rdf/",
        "sparql/",
        "store/oxigraph/",
        "validation/engines/",
        "validation/shacl.py",
        "reading/graph_source.py",
        "client.py",
    ),
    "markdown_it": ("web/pages/guides.py",),
    "mcp": ("mcp_server.py",),
    "pyseccomp": ("store/oxigraph/confinement.py",),
    "SPARQLWrapper": ("store/sparql_http/", "client.py"),
    "prometheus_client": ("server/", "web/endpoint/metrics.py"),
    "pyarrow": ("rdf/parquet.py",),
    "pandas": ("client.py",),
    "rich": ("cli/",),
}
"""Where each library may be named; one that is missing here may be used anywhere."""

DISTRIBUTION = {
    "argon2": "argon2-cffi",
    "markdown_it": "markdown-it-py",
    "prometheus_client": "prometheus-client",
    "shifty": "pyshifty",
    "yaml": "pyyaml",
}
"""Under which name the registry has a library, where that is another one."""

MODULES = sorted(PACKAGE.rglob("*.py"))

_IMPORTED = re.compile(r"^\s*(?:from|import) (\w+)", re.MULTILINE)


MODULE_NAMES = {".".join(place.relative_to(PACKAGE).with_suffix("").parts): place for place in MODULES}


class Outline(NamedTuple):
    """What the tests here ask of a module, read once for all of them."""

    docstring: str
    imported: frozenset[str]
    public: frozenset[str]
    is_idle: bool


@cache
def outline(place: Path) -> Outline:
    """Return the outline of a module; a command's function is named after the command, and counts as none."""
    tree = ast.parse(place.read_text(encoding="utf-8"))
    is_command = place.parent.name == "cli"
    public = {name for node in tree.body for name in _defined(node, is_command) if not name.startswith("_")}
    idle = (ast.Import, ast.ImportFrom, ast.Expr)
    # The package itself says its version, when asked.
    is_idle = all(isinstance(node, (*idle, ast.FunctionDef) if place.parent == PACKAGE else idle) for node in tree.body)
    return Outline(ast.get_docstring(tree) or "", frozenset(_imports(tree, place)), frozenset(public), is_idle)


def _imports(tree: ast.Module, place: Path) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{place.name} imports relatively"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _defined(node: ast.stmt, is_command: bool) -> Iterator[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
        yield from [] if is_command and isinstance(node, ast.FunctionDef) else [node.name]
    elif isinstance(node, ast.Assign):
        yield from (target.id for target in node.targets if isinstance(target, ast.Name))
    elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        yield node.target.id


def folder_of(module: str) -> str:
    """The folder of a module within the package, such as ``store/oxigraph``: the deepest one that the table knows."""
    path = module.removesuffix(".__init__").replace(".", "/")
    while path not in MAY_IMPORT and "/" in path:
        path = path.rpartition("/")[0]
    return path


def folders_of(place: Path) -> set[str]:
    """The folders of the modules that a module imports; the package's own version counts as none."""
    names = [name.removeprefix("coopgraph.") for name in outline(place).imported if name.startswith("coopgraph.")]
    modules = {name if name in MODULE_NAMES else name.rpartition(".")[0] for name in names}
    return {folder_of(module) for module in modules if module}


def _name(place: Path) -> str:
    return place.relative_to(PACKAGE).as_posix()


def test_every_module_lies_in_a_folder_of_the_table_and_the_table_has_no_folder_that_is_not() -> None:
    assert {folder_of(module) for module in MODULE_NAMES if module != "__init__"} == MAY_IMPORT.keys()


def test_the_table_itself_has_no_circle() -> None:
    left = {folder: set(others) for folder, others in MAY_IMPORT.items()}
    while left:
        free = {folder for folder, others in left.items() if not others & left.keys()}
        assert free, f"a circle among {sorted(left)}"
        left = {folder: others for folder, others in left.items() if folder not in free}


def test_a_module_imports_only_from_folders_below_its_own() -> None:
    found = {
        module: folders_of(place) - {folder_of(module)} - MAY_IMPORT[folder_of(module)]
        for module, place in MODULE_NAMES.items()
        if module != "__init__"
    }
    assert {module: folders for module, folders in found.items() if folders} == {}


INTERFACES = {
    "blueprint": "the routes of a module of the web application",
    "main": "what a module does that is run as a program",
    "validate": "what a SHACL engine of ``validation/engines`` offers",
    "write": "what a report format of ``validation/formats`` and an export of ``publishing/exports`` offer",
}
"""Public names that several modules have because each offers the same."""


def test_a_public_name_has_one_meaning_in_the_package() -> None:
    places: dict[str, list[str]] = {}
    for place in MODULES:
        for name in outline(place).public - INTERFACES.keys():
            places.setdefault(name, []).append(_name(place))
    assert {name: where for name, where in places.items() if len(where) > 1} == {}


def test_no_process_of_readers_loads_the_desk() -> None:
    readers = [place for place in MODULES if _name(place).startswith(("web/", "server/", "context"))]
    assert readers
    desk = ("coopgraph.desk", "coopgraph.database")
    assert [_name(place) for place in readers if any(name.startswith(desk) for name in outline(place).imported)] == []


def test_a_library_is_named_only_where_it_would_be_replaced() -> None:
    found = [
        f"{library} in {_name(place)}"
        for place in MODULES
        for library in {name.partition(".")[0] for name in outline(place).imported} & LIBRARIES.keys()
        if not _name(place).startswith(LIBRARIES[library])
    ]
    assert found == []


def test_the_server_names_no_address_of_the_application() -> None:
    named = re.compile(r"[\"']/[a-z]")
    server = [place for place in MODULES if _name(place).startswith(("server/", "http/"))]
    assert [_name(place) for place in server if named.search(place.read_text(encoding="utf-8"))] == []


def test_every_module_says_what_it_is_for() -> None:
    assert [_name(place) for place in MODULES if not outline(place).docstring] == []


def test_a_room_does_no_work_when_it_is_entered() -> None:
    doors = [place for place in MODULES if place.name == "__init__.py"]
    assert [_name(place) for place in doors if not outline(place).is_idle] == []


def test_no_module_is_a_drawer() -> None:
    drawers = {"utils", "util", "helpers", "helper", "misc", "manager", "tools"}
    assert not [place for place in MODULES if place.stem in drawers or place.parent.name in drawers]


def test_libraries_are_declared() -> None:
    declared = (PACKAGE.parents[1] / "pyproject.toml").read_text(encoding="utf-8").lower()
    for place in MODULES:
        for module in {name.partition(".")[0] for name in outline(place).imported} - {"coopgraph", "_typeshed"}:
            if module not in sys.stdlib_module_names:
                assert f'"{DISTRIBUTION.get(module, module).lower()}' in declared, f"{module}, used by {_name(place)}"


def test_types_are_checked_without_the_packages_that_only_tests_of_clients_need() -> None:
    settings = tomllib.loads((PACKAGE.parents[1] / "pyproject.toml").read_text(encoding="utf-8"))
    may_be_absent = {
        name.removesuffix(".*")
        for override in settings["tool"]["mypy"]["overrides"]
        if override.get("ignore_missing_imports")
        for name in override["module"]
    }
    tests = Path(__file__).parent.rglob("*.py")
    imported = {name for place in tests for name in _IMPORTED.findall(place.read_text(encoding="utf-8"))}
    of_clients = {name.replace("-", "_") for name in settings["dependency-groups"]["ci"]}
    assert imported & of_clients <= may_be_absent
