"""A tree of the invented graph that a test may change, its workspace, and the people at the desk."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from coopgraph import context
from coopgraph.context import AppContext
from coopgraph.curation.present_workspace import PresentWorkspace
from coopgraph.database.database import DESK_FILE, Database
from coopgraph.dataset.tree import Tree
from coopgraph.desk.accounts import Accounts, Person
from coopgraph.desk.application import create_desk
from coopgraph.desk.publishing_process import PublishingProcess
from coopgraph.desk.review import Review
from coopgraph.settings import Settings
from tests.conftest import FIXTURE
from tests.desk.browsers import PASSWORD, signed_in

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LANTERN = "data/org/lantern.ttl"


@pytest.fixture(scope="package")
def shared_workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PresentWorkspace]:
    """The workspace of a tree of its own, which takes seconds to make."""
    data = tmp_path_factory.mktemp("tree") / "data"
    shutil.copytree(FIXTURE, data)
    made = PresentWorkspace(Tree(ROOT / "ontology", ROOT / "shapes", data), input_size=2**24)
    yield made
    made.close()


@pytest.fixture
def workspace(shared_workspace: PresentWorkspace) -> Iterator[PresentWorkspace]:
    """That workspace; the files are as they were when the test has ended."""
    yield shared_workspace
    shutil.rmtree(shared_workspace.tree.data)
    shutil.copytree(FIXTURE, shared_workspace.tree.data)


@pytest.fixture(scope="package")
def database_of_people(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with a curator, two reviewers and an administrator, whose passwords take a while to hash."""
    path = tmp_path_factory.mktemp("people") / "desk.sqlite3"
    accounts = Accounts(Database(path))
    for name, role in (("cho", "curator"), ("yun", "reviewer"), ("ren", "reviewer"), ("ada", "admin")):
        accounts.add(name, role, PASSWORD, actor="operator", now=NOW)
    return path


@pytest.fixture
def database(database_of_people: Path, tmp_path: Path) -> Database:
    """A copy of it."""
    (tmp_path / "var").mkdir()
    shutil.copy(database_of_people, tmp_path / "var" / "desk.sqlite3")
    return Database(tmp_path / "var" / "desk.sqlite3")


@pytest.fixture
def review(database: Database, workspace: PresentWorkspace) -> Review:
    """The review of what changes that tree."""
    return Review(database, workspace, alone=False, now=lambda: NOW)


@pytest.fixture
def cho(database: Database) -> Person:
    """A curator."""
    return Accounts(database).person("cho")


@pytest.fixture
def yun(database: Database) -> Person:
    """A reviewer."""
    return Accounts(database).person("yun")


@pytest.fixture
def lantern(workspace: PresentWorkspace) -> str:
    """The file of an organization."""
    return (workspace.tree.data / "org" / "lantern.ttl").read_text(encoding="utf-8")


@pytest.fixture(scope="package")
def var(published: Path, database_of_people: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a release and the people."""
    place = tmp_path_factory.mktemp("desk") / "var"
    shutil.copytree(published, place)
    shutil.copy(database_of_people, place / DESK_FILE)
    return place


@pytest.fixture(scope="package")
def desk_context(var: Path, shared_workspace: PresentWorkspace) -> Iterator[AppContext]:
    """What the desk reads from."""
    made = context.of_releases(Settings(var=str(var), data=str(shared_workspace.tree.data), workers=1))
    yield made
    made.close()


@pytest.fixture(scope="package")
def app(desk_context: AppContext, shared_workspace: PresentWorkspace) -> Flask:
    """The desk of that tree."""
    return create_desk(desk_context, shared_workspace, PublishingProcess(desk_context.settings))


@pytest.fixture(scope="package")
def cho_browser(app: Flask) -> FlaskClient:
    """The browser of a curator."""
    return signed_in(app, "cho")


@pytest.fixture(scope="package")
def yun_browser(app: Flask) -> FlaskClient:
    """The browser of a reviewer."""
    return signed_in(app, "yun")
