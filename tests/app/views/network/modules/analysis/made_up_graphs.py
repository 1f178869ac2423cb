"""Networks of modules without layers, made up of the calls and operations in their flow."""

from app.views.network.modules.analysis.modules import ModuleGraph, module_graph
from collector.storage import schema
from collector.storage.flow import FlowNode
from collector.storage.layer import Layer, layers_of


def call(module: str, *reads: str, kind: str = "Linear") -> FlowNode:
    return FlowNode(module, kind, "call", module, reads, (4,))


def joined(module: str, operation: str, *reads: str) -> FlowNode:
    return FlowNode(f"{module}.{operation}".lstrip("."), operation, "operation", module, reads, (4,))


def network(*nodes: FlowNode) -> ModuleGraph:
    """With an input, and an output that the last node gives."""
    given = FlowNode("input", "input", "input", "", (), (4,))
    made = FlowNode("output", "output", "output", "", (nodes[-1].name,), (4,))
    return module_graph({}, [given, *nodes, made])


def layers(*described: schema.Layer) -> dict[str, Layer]:
    return layers_of(list(described))


def residual(n_blocks: int) -> ModuleGraph:
    """Blocks ``body.0`` … of a norm and a linear layer around which the data pass as well."""
    nodes, before = [call("first", "input")], "first"
    for number in range(n_blocks):
        name = f"body.{number}"
        nodes += [call(f"{name}.norm", before), call(f"{name}.fc", f"{name}.norm")]
        nodes.append(joined(name, "add", f"{name}.fc", before))
        before = f"{name}.add"
    return network(*nodes, call("last", before))
