import pytest

from libs.testing.servers import Place, place


@pytest.fixture(autouse=True)
def private() -> None:
    if place() is not Place.PRIVATE:
        pytest.skip("about servers started from this machine's programs")
