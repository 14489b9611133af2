from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from coopgraph.rdf.json_text import json_text

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
TREES = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20)


@given(st.dictionaries(st.text(), TREES, max_size=5))
def test_the_text_is_the_standard_librarys(tree: dict[str, Any]) -> None:
    wanted = json.dumps(tree, ensure_ascii=False, indent=2) + "\n"
    assert json_text(tree).decode("utf-8", "surrogatepass") == wanted
