"""Files are loaded as their editors saved them."""

from __future__ import annotations

import gzip
from codecs import BOM_UTF8
from pathlib import Path

import pytest

from coopgraph.store.oxigraph.loading import SourceFile, StoreContents, UnreadableSource, load_store


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("mark", [b"", BOM_UTF8])
def test_a_byte_order_mark_is_no_part_of_a_file(tmp_path: Path, mark: bytes, packed: bool) -> None:
    text = mark + b'<http://e/a> <http://e/p> "a" .'
    place = tmp_path / "data.nt"
    place.write_bytes(gzip.compress(text) if packed else text)
    assert len(load_store(StoreContents((SourceFile(str(place), packed, "nt"),)))) == 1


def test_what_says_that_it_is_packed_and_is_not_is_told(tmp_path: Path) -> None:
    place = tmp_path / "data.nt.gz"
    place.write_bytes(BOM_UTF8)
    with pytest.raises(UnreadableSource):
        load_store(StoreContents((SourceFile(str(place), True, "nt"),)))
