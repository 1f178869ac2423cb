"""What the collector's sources promise of themselves, read and not run."""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]

CHANGING = {
    "capture/flow.py": ["_Call"],
    "capture/layer_plan.py": ["LayerPlan"],
    "capture/pass_draft.py": ["ParameterNumbers", "PassDraft"],
    "capture/repeated_notes.py": ["_Kind"],
    "capture/scalar_buffer.py": ["_Source"],
    "findings/finding.py": ["Report"],
    "findings/recording.py": ["Recording"],
    "importing/logged.py": ["Logged"],
    "keras/plan.py": ["LayerPlan"],
    "keras/trace.py": ["Call"],
    "metrics/step_buffer.py": ["BufferedStep"],
    "pytorch/distributed.py": ["Part"],
    "pytorch/far_insight.py": ["_Step"],
    "pytorch/model_call.py": ["ModelCall"],
    "pytorch/model_inspection.py": ["ModelInspection"],
    "pytorch/pass_draft.py": ["PassDraft"],
    "pytorch/plan.py": ["LayerPlan"],
    "pytorch/last_updates.py": ["LastUpdate"],
    "pytorch/layer_calls.py": ["Call"],
    "storage/blocks.py": ["Block"],
    "storage/earlier.py": ["_MaybeStepped"],
    "storage/legacy/document.py": ["LegacyRecord", "LegacyDocument"],
    "storage/lines.py": ["_AnyRecord", "_AnyStepped"],
    "storage/verify.py": ["Verification"],
}
"""Drafts and plans that are filled step by step. The records of `storage/schema/` are what a file says, and changed
while a line is made or read."""


def is_changing(node: ast.ClassDef) -> bool:
    """Whether it is a class of fields that may be given other values later."""
    makers: list[ast.expr | ast.ClassDef] = [each for each in node.decorator_list if name_of(each) == "dataclass"]
    makers += [node for base in node.bases if name_of(base) == "Struct"]
    words = [ast.unparse(word) for maker in makers for word in getattr(maker, "keywords", ())]
    return bool(makers) and "frozen=True" not in words


def name_of(node: ast.expr) -> str:
    return ast.unparse(node).partition("(")[0].rpartition(".")[2]


def test_that_values_that_are_handed_on_cannot_be_changed_by_whoever_has_them() -> None:
    found: dict[str, list[str]] = {}
    for path in sorted((ROOT / "collector").rglob("*.py")):
        name = path.relative_to(ROOT / "collector").as_posix()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef) and not name.startswith("storage/schema/") and is_changing(node):
                found.setdefault(name, []).append(node.name)
    assert found == CHANGING
