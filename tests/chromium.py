"""Headless Chromium for tests of pages; where it or playwright is not installed, the test skips and says so."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

_PROGRAM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
_QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


def playwright_error() -> type[Exception]:
    """The class of playwright's errors."""
    found: type[Exception] = pytest.importorskip("playwright.sync_api").Error
    return found


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start Chromium and end it."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: requirements-ci.lock")
    if _PROGRAM is None:
        pytest.skip("no Chromium is installed on this machine")
    with sync_api.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=_PROGRAM, args=_QUIET)
        yield browser
        browser.close()
