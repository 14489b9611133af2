from __future__ import annotations

import gzip
import hashlib
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopgraph.publishing.staging import Staging, replace_text


@given(st.lists(st.binary(max_size=2000), max_size=5))
def test_what_is_recorded_of_a_file_is_true_of_it(tmp_path_factory, blocks: list[bytes]) -> None:
    place = tmp_path_factory.mktemp("staging") / "release"
    staging = Staging(place)
    for name in ("plain.ttl", "packed.nq.gz"):
        with staging.write(name, "text/turtle") as stream:
            for block in blocks:
                stream.write(block)
    for name, entry in staging.files.items():
        data = (place / name).read_bytes()
        assert (entry.bytes, entry.sha256) == (len(data), hashlib.sha256(data).hexdigest())
    assert (place / "plain.ttl").read_bytes() == b"".join(blocks)
    assert gzip.decompress((place / "packed.nq.gz").read_bytes()) == b"".join(blocks)


@pytest.mark.slow
def test_packed_files_name_neither_their_time_nor_themselves(tmp_path: Path) -> None:
    packed = []
    for name in ("first", "second"):
        staging = Staging(tmp_path / name)
        with staging.write(f"{name}.nq.gz", "application/gzip") as stream:
            stream.write(b"the same\n")
        packed.append((tmp_path / name / f"{name}.nq.gz").read_bytes())
        time.sleep(1.1)  # a gzip header counts whole seconds
    assert packed[0] == packed[1]


def test_replacing_a_text_leaves_nothing_but_the_text(tmp_path: Path) -> None:
    place = tmp_path / "current.json"
    replace_text(place, "old")
    replace_text(place, "new")
    assert place.read_text() == "new"
    assert list(tmp_path.iterdir()) == [place]
