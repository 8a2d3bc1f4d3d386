"""What is wrong with a query, and where."""

from crm.core.errors import Invalid


class QueryError(Invalid):
    """A sentence for the person, and the part of the text that it is about: from `start` to before `end`."""

    def __init__(self, sentence: str, start: int, end: int) -> None:
        super().__init__(sentence, field="q")
        self.start, self.end = start, end
