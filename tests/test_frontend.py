"""The front-end: its lock file, the bundle in the wheel, and pages with and without it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

HOME = Path(__file__).resolve().parents[1]
MANIFEST = json.loads((HOME / "frontend/package.json").read_text(encoding="utf-8"))
LOCK = json.loads((HOME / "frontend/package-lock.json").read_text(encoding="utf-8"))
PACKAGES = {name: package for name, package in LOCK["packages"].items() if name}
BUNDLED = "coopgraph/web/static/dist/exit.js"
FREE = {"0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT"}
TEST_TOOLS = {"node_modules/axe-core": "MPL-2.0"}
"""Packages with other licences, which only test and never reach a reader."""

START_PAGE = """
import sys
from coopgraph.context import of_releases
from coopgraph.settings import Settings
from coopgraph.web.app import create_app

app_context = of_releases(Settings(var=sys.argv[1], workers=1))
client = create_app(app_context).test_client()
page = client.get("/en/")
scripts = [part.split('"')[0] for part in page.text.split('<script src="')[1:]]
about = client.get("/en/about/privacy")
given = [client.get(address) for address in scripts]
app_context.close()
assert (page.status_code, about.status_code) == (200, 200)
print([(answer.status_code, answer.mimetype) for answer in given], "Shift" in page.text, "Shift" in about.text)
print(page.text)
"""


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Unpack the source distribution, which wheels are built from."""
    folder = tmp_path_factory.mktemp("source")
    hatchling(HOME, "sdist", folder)
    with tarfile.open(next(folder.glob("*.tar.gz"))) as archive:
        archive.extractall(folder, filter="data")
    return next(path for path in folder.iterdir() if path.is_dir())


@pytest.fixture(scope="module")
def wheel(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel with its bundle, for which npm's registry must answer."""
    folder = tmp_path_factory.mktemp("wheel")
    built = hatchling(source, "wheel", folder, check=False)
    if "npm packages could not be installed" in built.stdout + built.stderr:
        pytest.skip("npm's registry cannot be reached")
    assert built.returncode == 0, built.stderr
    return next(folder.glob("*.whl"))


def hatchling(
    project: Path, target: str, folder: Path, *, check: bool = True, **environment: str
) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "hatchling", "build", "--target", target, "--directory", str(folder)]
    return subprocess.run(
        command, cwd=project, env={**os.environ, **environment}, check=check, capture_output=True, text=True
    )


def start_page(wheel: Path, published: Path, folder: Path) -> tuple[str, str]:
    """Return how that wheel answers for the scripts of its start page, whether pages name their key, and the page."""
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    command = [sys.executable, "-c", START_PAGE, str(published)]
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    ended = subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True, text=True)
    scripts, _, page = ended.stdout.partition("\n")
    return scripts, page


def test_the_lock_file_is_in_step_with_the_manifest() -> None:
    for field in ("dependencies", "devDependencies"):
        wanted = MANIFEST.get(field, {})
        assert LOCK["packages"][""].get(field, {}) == wanted
        assert {name: PACKAGES[f"node_modules/{name}"]["version"] for name in wanted} == wanted


def test_the_lock_file_names_checksums_and_no_addresses() -> None:
    assert all(package["integrity"].startswith("sha512-") for package in PACKAGES.values())
    assert not [name for name, package in PACKAGES.items() if "resolved" in package]


def test_every_package_is_free_to_be_passed_on() -> None:
    others = {name: package["license"] for name, package in PACKAGES.items() if package["license"] not in FREE}
    assert others == TEST_TOOLS
    assert all(PACKAGES[name]["dev"] for name in TEST_TOOLS)


def test_packages_that_reach_a_reader_are_named_with_their_licences() -> None:
    bundled = {name.removeprefix("node_modules/") for name, package in PACKAGES.items() if not package.get("dev")}
    named = re.findall(r"^## (\S+)", (HOME / "frontend/LICENSES.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert set(named) == bundled


def test_neither_the_bundle_nor_packages_are_in_git() -> None:
    if not (HOME / ".git").exists():
        pytest.skip("this is no git checkout")
    paths = ["src/coopgraph/web/static/dist/exit.js", "frontend/node_modules/esbuild/package.json"]
    ignored = subprocess.run(["git", "check-ignore", *paths], cwd=HOME, capture_output=True, text=True)
    assert ignored.stdout.split() == paths


@pytest.mark.slow
def test_a_wheel_carries_the_bundle_and_its_pages_load_it(wheel: Path, published: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        assert b"location.replace" in archive.read(BUNDLED)
        assert not [name for name in archive.namelist() if "node_modules" in name or name.startswith("frontend")]
    scripts, page = start_page(wheel, published, tmp_path)
    assert scripts == "[(200, 'text/javascript'), (200, 'text/javascript')] True True"
    assert re.findall(r'<script src="/static/dist/(\w+)\.js\?v=[0-9a-f]{12}" defer>', page) == ["exit", "search"]


@pytest.mark.slow
def test_without_the_bundle_pages_are_whole_and_promise_of_quick_exit_no_more_than_a_link(
    source: Path, published: Path, tmp_path: Path
) -> None:
    shutil.rmtree((source / "src" / BUNDLED).parent, ignore_errors=True)
    hatchling(source, "wheel", tmp_path, HATCH_BUILD_NO_HOOKS="true")
    bare = next(tmp_path.glob("*.whl"))
    with zipfile.ZipFile(bare) as archive:
        assert BUNDLED not in archive.namelist()
    scripts, page = start_page(bare, published, tmp_path)
    assert scripts == "[] False False"
    assert re.search(r'<a class="exit" id="exit" href="https://[^"]+" rel="noreferrer nofollow">', page)


@pytest.mark.slow
def test_a_wheel_without_its_npm_packages_is_not_built(source: Path, tmp_path: Path) -> None:
    unreachable = {"npm_config_registry": "http://127.0.0.1:9", "npm_config_cache": str(tmp_path / "cache")}
    (source / "frontend/package-lock.json").touch()
    built = hatchling(source, "wheel", tmp_path, check=False, npm_config_fetch_retries="0", **unreachable)
    assert built.returncode != 0
    assert not list(tmp_path.glob("*.whl"))
    assert "npm packages could not be installed" in built.stdout + built.stderr
    assert "Traceback" not in built.stdout + built.stderr
