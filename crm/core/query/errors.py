"""What is wrong with a query, and where."""

from crm.core.errors import Invalid


class QueryError(Invalid):
    """A sentence for the person, and the part of the text that it is about: from `start` to before `end`. `instead` is
    what was perhaps meant in its place."""

    def __init__(self, sentence: str, start: int, end: int, instead: str = "") -> None:
        super().__init__(sentence, field="q")
        self.start, self.end, self.instead = start, end, instead

    def corrected(self, text: str) -> str:
        """The text with what was perhaps meant; empty where nobody knows."""
        return f"{text[: self.start]}{self.instead}{text[self.end :]}" if self.instead else ""
