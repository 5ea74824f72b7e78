"""Every route times every role: entered exactly when the matrix grants what the route asks for."""

from libs.testing.route_matrix import wrong_cells
from libs.testing.stage import MakeStage
from services.assessment.main import assessment


async def test_every_route_lets_in_exactly_whom_the_matrix_lets_in(stage: MakeStage) -> None:
    assert await wrong_cells(await stage(assessment)) == []
