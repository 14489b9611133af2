"""What tests of pages ask: one application over the invented graph's release, which compiles each template once."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from coopgraph.context import AppContext
from coopgraph.web.app import create_app


@pytest.fixture(scope="session")
def app(app_context: AppContext) -> Flask:
    """The application, for tests that leave it as it was."""
    return create_app(app_context)


@pytest.fixture(scope="module")
def client(app: Flask) -> FlaskClient:
    """A client of the application, with cookies of its own."""
    return app.test_client()
