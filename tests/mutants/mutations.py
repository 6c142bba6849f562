"""Every small change of a file that a good test must notice, made in its syntax tree."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

OPPOSITE: dict[type[ast.AST], tuple[type[ast.AST], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE), ast.LtE: (ast.Lt, ast.Gt), ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt), ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,),
    ast.In: (ast.NotIn,), ast.NotIn: (ast.In,), ast.Is: (ast.IsNot,), ast.IsNot: (ast.Is,),
    ast.Add: (ast.Sub,), ast.Sub: (ast.Add,), ast.Mult: (ast.Div,), ast.Div: (ast.Mult,),
    ast.FloorDiv: (ast.Mult,), ast.Mod: (ast.Mult,), ast.Pow: (ast.Mult,),
    ast.BitAnd: (ast.BitOr,), ast.BitOr: (ast.BitAnd,), ast.And: (ast.Or,), ast.Or: (ast.And,),
}
Place = tuple[str, int | None]  # a field of a node, and the index in it if it is a list


@dataclass(frozen=True)
class Mutant:
    """One change: where it is, what it says, and the whole file with it."""

    function: str  # the qualified name it lies in, "" at the top
    line: int
    at_import: bool  # what runs while the module is imported, no test's trace shows
    change: str  # "a + b → a - b"
    code: ast.Module


def mutants(path: Path, only: tuple[str, ...] = ()) -> list[Mutant]:
    """Return the mutants of a file, or of those of its functions and classes that are named."""
    tree = ast.parse(path.read_text("utf-8"))
    seen: dict[tuple[str, str], int] = {}
    found = []
    for steps, function, inside, before, after in _changes(tree, (), "", False):
        if only and not function.startswith(only):
            continue
        change = f"{_text(before)} → {_text(after)}"
        number = seen[function, change] = seen.get((function, change), 0) + 1
        found.append(Mutant(function, _line(before), not inside,
                            change if number == 1 else f"{change} #{number}",
                            _with(tree, steps, after)))
    return found


def _changes(node: ast.AST, steps: tuple[Place, ...], function: str, inside: bool
             ) -> Iterator[tuple[tuple[Place, ...], str, bool, ast.AST, ast.AST]]:
    """Walk a tree and yield each place, its function, and its node before and after a change."""
    for place, child in _children(node):
        name = f"{function}.{child.name}".lstrip(".") if isinstance(
            child, ast.FunctionDef | ast.ClassDef) else function
        within = inside or (isinstance(node, ast.FunctionDef) and place[0] == "body")
        for changed in _changed(child):
            yield (*steps, place), name, within, child, changed
        yield from _changes(child, (*steps, place), name, within)


def _children(node: ast.AST) -> Iterator[tuple[Place, ast.AST]]:
    """Yield the children that do something: no annotations, decorators, imports or f-strings."""
    for field, value in ast.iter_fields(node):
        if field in ("annotation", "returns", "ctx", "decorator_list"):
            continue
        parts = enumerate(value) if isinstance(value, list) else [(None, value)]
        yield from (((field, place), part) for place, part in parts
                    if isinstance(part, ast.AST) and not isinstance(
                        part, ast.Import | ast.ImportFrom | ast.JoinedStr)
                    and getattr(part, "arg", None) != "strict")


def _changed(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what may stand in a node's place."""
    match node:
        case ast.Compare():
            for i, operation in enumerate(node.ops):
                for other in OPPOSITE[type(operation)]:
                    yield _but(node, ops=[*node.ops[:i], other(), *node.ops[i + 1:]])
        case ast.BinOp() | ast.BoolOp() | ast.AugAssign():
            for other in OPPOSITE.get(type(node.op), ()):
                yield _but(node, op=other())
        case ast.UnaryOp(operand=operand):
            yield operand
        case ast.Constant(value=bool()):
            yield _but(node, value=not node.value)
        case ast.Constant(value=int() | float() as number):
            yield _but(node, value=number + 1)
            yield _but(node, value=number - 1)
        case ast.Return(value=ast.expr() as value) if ast.unparse(value) != "None":
            yield _but(node, value=ast.Constant(None))
        case ast.Expr(value=ast.Call()):
            yield ast.copy_location(ast.Pass(), node)
        case ast.Slice():
            yield from (_but(node, **{end: None}) for end in ("lower", "upper", "step")
                        if getattr(node, end))
        case ast.IfExp() | ast.If() if not isinstance(node.test, ast.Compare | ast.UnaryOp):
            yield _but(node, test=ast.UnaryOp(ast.Not(), node.test))
        case ast.comprehension(ifs=[_, *_]):
            yield _but(node, ifs=node.ifs[1:])
        case ast.Call():
            yield from _calls(node)


def _calls(node: ast.Call) -> Iterator[ast.AST]:
    """Yield a call without each of its keywords, and for a method what it was called on."""
    for i, keyword in enumerate(node.keywords):
        if keyword.arg and keyword.arg != "strict":  # of zip: a guard against programmers
            yield _but(node, keywords=node.keywords[:i] + node.keywords[i + 1:])
    match node.func:
        case ast.Attribute(value=ast.Name(id=name)) if name in MODULES:
            return
        case ast.Attribute(value=base) if not (isinstance(base, ast.Constant)
                                               or _root(base) in MODULES):
            yield base


MODULES = ("torch", "np", "cv2", "nn", "functional", "sparse", "math", "self", "super", "cls")


def _root(node: ast.AST) -> str:
    """Return the first name of a dotted path, "" if it is none."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) and node.id not in ("self", "cls") else ""


def _but(node: ast.AST, **fields: object) -> ast.AST:
    """Return a copy of a node with other fields."""
    other = copy.copy(node)
    for name, value in fields.items():
        setattr(other, name, value)
    return other


def _with(tree: ast.Module, steps: tuple[Place, ...], after: ast.AST) -> ast.Module:
    """Return a tree with another node at the end of a path; what is beside it is shared."""
    def at(node: ast.AST, path: tuple[Place, ...]) -> ast.AST:
        if not path:
            return after
        (field, index), rest = path[0], path[1:]
        value = getattr(node, field)
        if index is None:
            return _but(node, **{field: at(value, rest)})
        return _but(node, **{field: [*value[:index], at(value[index], rest), *value[index + 1:]]})

    return ast.fix_missing_locations(at(tree, steps))  # type: ignore[return-value]


def _text(node: ast.AST) -> str:
    """Return a node as one short line of source."""
    match node:
        case ast.If():
            return f"if {ast.unparse(node.test)}"
        case ast.Slice():
            return f"[{ast.unparse(node)}]"
        case ast.comprehension():
            return ast.unparse(node).strip()
    return " ".join(ast.unparse(node).split())


def _line(node: ast.AST) -> int:
    """Return the line a node begins in."""
    return node.target.lineno if isinstance(node, ast.comprehension) else node.lineno  # type: ignore[attr-defined]
