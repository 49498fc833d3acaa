"""The demo city, computed once: it takes some seconds."""

import pytest

from app.demo.city import DemoCity, build


@pytest.fixture(scope="session")
def jianyang() -> DemoCity:
    return build()
