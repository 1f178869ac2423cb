"""The changes that can be made to a source, each at one place: what a slip of the hand would do."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Lt: "<=",
    ast.LtE: "<",
    ast.Gt: ">=",
    ast.GtE: ">",
    ast.Eq: "!=",
    ast.NotEq: "==",
    ast.Is: "is not",
    ast.IsNot: "is",
    ast.In: "not in",
    ast.NotIn: "in",
}
OPERATIONS: dict[type[ast.operator], str] = {
    ast.Add: "-",
    ast.Sub: "+",
    ast.Mult: "/",
    ast.Div: "*",
    ast.FloorDiv: "*",
    ast.Mod: "//",
    ast.BitAnd: "|",
    ast.BitOr: "&",
    ast.LShift: ">>",
    ast.RShift: "<<",
}


@dataclass(frozen=True)
class Change:
    """One change: the text from ``start`` to ``stop`` (in characters of the source) becomes ``text``."""

    line: int
    start: int
    stop: int
    text: str
    kind: str

    @property
    def lines(self) -> range:
        """The line as a range."""
        return range(self.line, self.line + 1)

    def apply(self, source: str) -> str:
        """The source with the change made."""
        return source[: self.start] + self.text + source[self.stop :]


def changes_of(source: str) -> list[Change]:
    """Every change that can be made to a source, in its order. Types, docstrings and texts are left alone."""
    places = _Places(source)
    found: list[Change] = []
    for node in _code(ast.parse(source)):
        found += _changes(node, places)
    return sorted(found, key=lambda each: (each.start, each.stop, each.text))


class _Places:
    """Turns lines and columns (in bytes) of a syntax tree into places in the text."""

    def __init__(self, source: str) -> None:
        self.source = source
        self._lines = source.splitlines(keepends=True)
        self._starts = [0]
        for line in self._lines:
            self._starts.append(self._starts[-1] + len(line))

    def span(self, node: ast.AST) -> tuple[int, int]:
        """Start and end of a node."""
        return self._at(node.lineno, node.col_offset), self._at(node.end_lineno, node.end_col_offset)  # type: ignore[attr-defined]

    def _at(self, line: int, column: int) -> int:
        return self._starts[line - 1] + len(self._lines[line - 1].encode()[:column].decode())


def _code(tree: ast.AST) -> Iterator[ast.AST]:
    """All nodes but annotations and what only types are checked by."""
    for name, value in ast.iter_fields(tree):
        if name in ("annotation", "returns", "type_comment"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if not isinstance(child, ast.AST) or _is_for_types(child):
                continue
            yield child
            yield from _code(child)


def _is_for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"


def _changes(node: ast.AST, places: _Places) -> Iterator[Change]:
    def to(target: ast.AST, text: str, kind: str) -> Change:
        start, stop = places.span(target)
        return Change(target.lineno, start, stop, text, kind)  # type: ignore[attr-defined]

    match node:
        case ast.Compare(left=left, ops=[operation], comparators=[right]):
            own, other = ast.unparse(left), ast.unparse(right)
            yield to(node, f"({own} {COMPARISONS[type(operation)]} {other})", "comparison")
        case ast.BoolOp(op=operation, values=values):
            word = " and " if isinstance(operation, ast.Or) else " or "
            yield to(node, f"({word.join(f'({ast.unparse(each)})' for each in values)})", "and/or")
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield to(node, f"(bool({ast.unparse(operand)}))", "not")
        case ast.BinOp(left=left, op=operation, right=right) if type(operation) in OPERATIONS:
            if not any(isinstance(each, ast.Constant) and isinstance(each.value, str) for each in (left, right)):
                text = f"(({ast.unparse(left)}) {OPERATIONS[type(operation)]} ({ast.unparse(right)}))"
                yield to(node, text, "operation")
        case ast.Constant(value=bool() as value):
            yield to(node, str(not value), "truth value")
        case ast.Constant(value=int() | float() as value):
            yield from (to(node, f"({each!r})", "number") for each in (value + 1, value - 1) if each != value)
        case ast.If(test=test) | ast.IfExp(test=test) | ast.While(test=test):
            yield to(test, f"(not ({ast.unparse(test)}))", "condition")
        case ast.Expr(value=ast.Call()):
            yield to(node, "pass", "call left out")
        case ast.AugAssign():
            yield to(node, "pass", "assignment left out")
        case ast.Return(value=ast.expr() as value) if not isinstance(value, ast.Constant):
            yield to(value, "None", "result left out")
        case ast.Break():
            yield to(node, "continue", "break")
