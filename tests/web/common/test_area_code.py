from __future__ import annotations

import pytest
from flask.testing import FlaskClient


@pytest.mark.parametrize(
    "address",
    ["/en/help?area={}", "/help.csv?area={}", "/en/list/org?area={}", "/list/org.csv?area={}", "/embed/list?area={}"],
)
def test_an_areas_code_means_the_same_in_capitals(client: FlaskClient, address: str) -> None:
    lower, upper = (client.get(address.format(code)) for code in ("kr", "KR"))
    assert upper.status_code == 200
    assert upper.data.lower() == lower.data.lower()
