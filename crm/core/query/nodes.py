"""The syntax tree of a query. Two trees are equal when they say the same, wherever it stands in the text."""

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Span:
    """A part of the text, from `start` to before `end`."""

    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Value:
    """One of the values behind a colon.

    `operator` is "", =, <, <=, > or >=. `upto` is the other end of a range, "" where it is open, None where there is
    no range. `begins` says that a star stood behind it. What was `quoted` means itself, never *none* or *today*.
    """

    text: str
    operator: str = ""
    upto: str | None = None
    begins: bool = False
    quoted: bool = False
    span: Span = field(default=Span(), compare=False)


@dataclass(frozen=True, slots=True)
class Word:
    """Text to look for; quoted as a whole."""

    text: str
    quoted: bool = False
    span: Span = field(default=Span(), compare=False)


@dataclass(frozen=True, slots=True)
class Term:
    """`name:values`; one of the values must hold."""

    name: str
    values: tuple[Value, ...]
    span: Span = field(default=Span(), compare=False)
    name_span: Span = field(default=Span(), compare=False)


@dataclass(frozen=True, slots=True)
class Not:
    part: "Node"
    span: Span = field(default=Span(), compare=False)


@dataclass(frozen=True, slots=True)
class And:
    """Two parts or more, none of them an And."""

    parts: tuple["Node", ...]
    span: Span = field(default=Span(), compare=False)


@dataclass(frozen=True, slots=True)
class Or:
    """Two parts or more, none of them an Or."""

    parts: tuple["Node", ...]
    span: Span = field(default=Span(), compare=False)


type Node = Word | Term | Not | And | Or


@dataclass(frozen=True, slots=True)
class Query:
    """What a text asks for; without a root, everything."""

    root: Node | None = None
    text: str = field(default="", compare=False)

    def __bool__(self) -> bool:
        return self.root is not None

    def parts(self) -> tuple[Node, ...]:
        """What must hold all together; the pieces that one can take away one by one."""
        if self.root is None:
            return ()
        return self.root.parts if isinstance(self.root, And) else (self.root,)

    def terms(self) -> Iterator[Term]:
        return _terms(self.root)


def _terms(node: Node | None) -> Iterator[Term]:
    match node:
        case Term():
            yield node
        case Not(part):
            yield from _terms(part)
        case And(parts) | Or(parts):
            for part in parts:
                yield from _terms(part)
