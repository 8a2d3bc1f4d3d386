"""What migrations share: many operations as one step, and SQL that runs twice."""

from collections.abc import Sequence
from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.operations.models import CreateModel
from django.db.migrations.state import ProjectState
from pgtrigger.migrations import AddTrigger

NO_SHARED_CONTEXT = """
CREATE OR REPLACE FUNCTION _pgh_attach_context() RETURNS pghistory_context.id%TYPE AS $$
BEGIN
    RETURN NULL;
END;
$$ LANGUAGE plpgsql;
"""
"""pghistory's statement triggers call this function even when each event keeps its own context. Its stock version
would write a context row a statement that nobody reads."""


class OneStep(Operation):
    """All operations of a migration as one step.

    Django works out the tables known so far again after each operation; with an event table and triggers for every
    table that took minutes. Here it happens twice: before all of them and after all of them. So no operation may
    build on what another one of the same step did to the data.
    """

    serialization_expand_args = ["operations"]
    reduces_to_sql = True

    def __init__(self, operations: Sequence[Operation]) -> None:
        self.operations = list(operations)

    @property
    def reversible(self) -> bool:  # type: ignore[override]  # an attribute there
        return all(operation.reversible for operation in self.operations)

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return self.__class__.__name__, [], {"operations": self.operations}

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        # Without rendered models the operations only note their change; the next reader renders all at once.
        state.__dict__.pop("apps", None)
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        for operation in self.operations:
            operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        for operation in reversed(self.operations):
            operation.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        return "; ".join(operation.describe() for operation in self.operations)


class CreateTables(OneStep):
    """A migration that makes tables and changes no other, such as an app's first one: each is made in its final shape,
    with columns, indexes and constraints, then the triggers are installed.
    """

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        for operation in self._of(CreateModel):
            schema_editor.create_model(to_state.apps.get_model(app_label, operation.name))
        for operation in self._of(AddTrigger):
            operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        for operation in reversed(self._of(CreateModel)):
            schema_editor.delete_model(from_state.apps.get_model(app_label, operation.name))

    def describe(self) -> str:
        return f"Create {len(self._of(CreateModel))} tables with their triggers"

    def _of(self, kind: type[Operation]) -> list[Any]:
        return [operation for operation in self.operations if isinstance(operation, kind)]
