"""What only joins what comes from several is drawn as a small circle, all else as a box."""

import pytest

from app.views.network.modules.analysis.modules import ModuleNode
from collector.storage.flow import FlowNode


@pytest.mark.parametrize(
    ("kind", "role", "reads", "is_join"),
    [
        ("add", "operation", ("a", "b"), True),
        ("add", "operation", ("a",), True),
        ("Add", "call", ("a", "b"), True),
        ("Add", "call", ("a",), False),
        ("Bilinear", "call", ("a", "b"), False),
        ("Linear", "call", ("a",), False),
    ],
)
def test_that_a_join_is_an_operation_or_a_layer_that_joins_several(
    kind: str, role: str, reads: tuple[str, ...], is_join: bool
) -> None:
    assert ModuleNode(FlowNode("x", kind, role, "x", reads, (4,)), (), None).is_join is is_join  # type: ignore[arg-type]
