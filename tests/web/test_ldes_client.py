"""A foreign client reads the change feed: ``ldes-client``, which is made for Linked Data Event Streams."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, parse

from coopgraph.model import release_folder
from coopgraph.model.activity import ACTIVITIES, read_activities
from coopgraph.rdf.namespaces import ACTIVITY_STREAMS, RDF
from tests.running_server import serve

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "coopgraph"
CLIENT = max(map(str, CACHE.glob("ldes-client-*/node_modules/.bin/ldes-client")), default=None)

pytestmark = [
    pytest.mark.interop,
    pytest.mark.skipif(
        CLIENT is None or shutil.which("node") is None,
        reason=f"there is no ldes-client-* in {CACHE.name} of the user's cache, or no node (.ci/run gets it)",
    ),
]


def test_a_foreign_client_reads_every_activity_of_the_feed(published: Path, tmp_path: Path) -> None:
    served = serve("--no-build", "--workers", "1", log=tmp_path / "log", settings={"var": published})
    try:
        done = subprocess.run(
            [str(CLIENT), f"{served.url}/feed"], capture_output=True, cwd=tmp_path, check=False, timeout=120
        )
    finally:
        served.stop()
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    triples = [quad.triple for quad in parse(done.stdout, RdfFormat.N_QUADS)]
    types = {triple.subject: triple.object for triple in triples if triple.predicate == RDF.type}
    read = {
        (str(types[triple.subject]), triple.object.value)
        for triple in triples
        if triple.predicate == ACTIVITY_STREAMS.object
    }
    release = release_folder.current(published)
    assert release
    told = read_activities(release_folder.file(published, release, ACTIVITIES).read_bytes())
    assert read == {(str(ACTIVITY_STREAMS.term(item.type)), item.object) for item in told}
    assert read
