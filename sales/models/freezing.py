"""Walls in the database: the figures and lines of an active quote or an issued invoice stay as they are.

They stand beside the services, for the admin, `update()`, merges and SQL consoles.
"""

from collections.abc import Iterable

import pgtrigger

# What may change on a record whose figures are frozen: who owns it, how its life goes on, and its keys when
# customers are merged, and where the business came from. The copies of names and addresses never follow.
_ALWAYS_FREE = (
    "owner",
    "owner_team",
    "owning_unit",
    "state",
    "status_reason",
    "version",
    "updated_at",
    "updated_by",
    "deleted_at",
    "tags",
    "customer_account",
    "customer_contact",
    "contact",
    "campaign",
)

_STAMPS = ("version", "updated_at", "updated_by_id")


def frozen_header(*, free: Iterable[str]) -> pgtrigger.Trigger:
    """Once the record has left draft, only the `free` fields change."""
    return pgtrigger.Trigger(
        name="frozen_header",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        condition=pgtrigger.AnyChange(exclude=[*_ALWAYS_FREE, *free]),
        func="""
            IF OLD.state <> 'draft' THEN
                RAISE EXCEPTION 'The figures of % % are frozen', TG_TABLE_NAME, OLD.id USING ERRCODE = '23514';
            END IF;
            RETURN NEW;
        """,
    )


def kept_after_draft() -> pgtrigger.Trigger:
    """Only drafts may leave the table; everything else goes to the bin at most."""
    return pgtrigger.Trigger(
        name="kept_after_draft",
        when=pgtrigger.Before,
        operation=pgtrigger.Delete,
        func="""
            IF OLD.state <> 'draft' THEN
                RAISE EXCEPTION '% % is no draft and stays', TG_TABLE_NAME, OLD.id USING ERRCODE = '23514';
            END IF;
            RETURN OLD;
        """,
    )


def frozen_with(parent_table: str, *, free: Iterable[str] = ()) -> pgtrigger.Trigger:
    """A row of a document: frozen with it. `free` are columns that may be cleared afterwards (links)."""
    columns = ", ".join(f"'{column}'" for column in (*_STAMPS, *free))
    return pgtrigger.Trigger(
        name="frozen_with_document",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        func=f"""
            IF EXISTS (
                SELECT 1 FROM {parent_table} parent
                WHERE parent.id IN (NEW.document_id, OLD.document_id) AND parent.state <> 'draft'
            ) AND (
                TG_OP <> 'UPDATE'
                OR to_jsonb(NEW) - ARRAY[{columns}] IS DISTINCT FROM to_jsonb(OLD) - ARRAY[{columns}]
            ) THEN
                RAISE EXCEPTION 'The document of this row of % is frozen', TG_TABLE_NAME USING ERRCODE = '23514';
            END IF;
            RETURN COALESCE(NEW, OLD);
        """,  # noqa: S608 - names of our own tables
    )


def append_only(*, free: Iterable[str]) -> list[pgtrigger.Trigger]:
    """Rows that are never deleted and of which only the `free` fields change."""
    refusal = "RAISE EXCEPTION 'Rows of % are kept as they are', TG_TABLE_NAME USING ERRCODE = '23514';"
    return [
        pgtrigger.Trigger(name="never_deleted", when=pgtrigger.Before, operation=pgtrigger.Delete, func=refusal),
        pgtrigger.Trigger(
            name="kept_as_entered",
            when=pgtrigger.Before,
            operation=pgtrigger.Update,
            condition=pgtrigger.AnyChange(exclude=["version", "updated_at", "updated_by", *free]),
            func=refusal,
        ),
    ]
