"""How far a person's rights reach: everything that every page needs to know of them, read in one query."""

import datetime as dt
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, models

from crm.core.writing import NATURAL, Writing

_BEFORE = """
WITH RECURSIVE
below(id) AS (
    SELECT business_unit_id FROM users_user WHERE id = %(user)s
    UNION SELECT unit.id FROM users_businessunit unit JOIN below ON unit.parent_id = below.id
),
reports(id, level) AS (
    SELECT id, 1 FROM users_user WHERE manager_id = %(user)s
    UNION SELECT person.id, reports.level + 1 FROM users_user person
        JOIN reports ON person.manager_id = reports.id WHERE reports.level < 20 AND person.id <> %(user)s
)
SELECT """
_REACH = """
    person.business_unit_id, person.is_active AND person.is_administrator,
    (SELECT jsonb_object_agg(permission, depth) FROM (
        SELECT privilege.permission, max(privilege.depth) AS depth
        FROM users_userrole held JOIN users_roleprivilege privilege ON privilege.role_id = held.role_id
        WHERE held.user_id = person.id GROUP BY privilege.permission) AS widest),
    (SELECT array_agg(team_id ORDER BY team_id) FROM users_teammembership WHERE user_id = person.id),
    (SELECT array_agg(id ORDER BY id) FROM below),
    (SELECT array_agg(DISTINCT id) FROM reports),
    (SELECT array_agg(DISTINCT id) FROM reports WHERE level = 1),
    organisation.managers_may_write, organisation.first_response_minutes,
    COALESCE(NULLIF(person.time_zone, ''), organisation.time_zone),
    ARRAY[
        COALESCE(NULLIF(person.language, ''), organisation.language, ''),
        COALESCE(NULLIF(person.number_format, ''), organisation.number_format, ''),
        COALESCE(NULLIF(person.date_format, ''), organisation.date_format, ''),
        COALESCE(NULLIF(person.time_format, ''), organisation.time_format, ''),
        COALESCE(NULLIF(person.week_starts, ''), organisation.week_starts, '')
    ],
    (SELECT code FROM core_currency WHERE id = organisation.base_currency_id),
    (SELECT count(*) FROM (
        SELECT FROM users_notification WHERE person_id = person.id AND read_at IS NULL LIMIT 100) AS unread),
    (SELECT jsonb_object_agg(noun, ARRAY[key, kept]) FROM (
        SELECT noun, max(key) AS key, max(kept) AS kept FROM (
            SELECT noun, '' AS key, 'some' AS kept FROM users_savedview WHERE owner_id = person.id
            UNION ALL SELECT view.noun, '', 'some' FROM users_savedviewteam share
                JOIN users_savedview view ON view.id = share.view_id
                WHERE person.is_administrator
                OR share.team_id IN (SELECT team_id FROM users_teammembership WHERE user_id = person.id)
            UNION ALL SELECT noun, key, '' FROM users_viewdefault WHERE user_id = person.id
        ) AS known GROUP BY noun) AS views),
    ARRAY(SELECT role_id FROM users_userrole WHERE user_id = person.id ORDER BY role_id),
    (SELECT edition FROM core_customcatalogue WHERE id = 1)
"""
_FROM = """
FROM users_user person LEFT JOIN core_organisation organisation ON TRUE WHERE person.id = %(user)s AND person.is_active
"""


@dataclass(frozen=True, slots=True)
class KeptViews:
    """Of one list: does the person keep any view, and the key of the one with which it opens for them."""

    default: str = ""
    has_some: bool = False


@dataclass(frozen=True)
class Reach:
    """A person's place in the organisation, the widest depth of each permission, and how much they have not read.

    `unread` counts notifications, to a hundred.
    """

    user_id: int
    unit_id: int
    is_administrator: bool = False
    depths: Mapping[str, int] = field(default_factory=dict)
    team_ids: tuple[int, ...] = ()
    unit_ids: tuple[int, ...] = ()
    report_ids: tuple[int, ...] = ()
    direct_report_ids: tuple[int, ...] = ()
    managers_may_write: bool = True
    first_response: dt.timedelta = dt.timedelta(hours=1)
    time_zone: str = "UTC"
    language: str = ""
    writing: Writing = NATURAL
    base_currency: str = ""
    unread: int = 0
    views: Mapping[str, KeptViews] = field(default_factory=dict)
    role_ids: tuple[int, ...] = ()
    custom_version: uuid.UUID | None = None


def reach_of(user: Any) -> Reach | None:
    """Cached on the user instance, which lives as long as the request. None for one who may do nothing."""
    if user.pk is None:
        return None
    # Through attributes, since `request.user` is a lazy proxy whose own `__dict__` is not the person's.
    if not hasattr(user, "_reach"):
        user._reach = _read(user.pk)
    reach: Reach | None = user._reach
    return reach


def person_and_reach(person: type[models.Model], user_id: int) -> Any:
    """The active person of this key with their reach beside, both in one query; None where there is none.

    `person` is the model of users, which stands on this module.
    """
    fields = person._meta.concrete_fields
    columns = ", ".join(f'person."{each.column}"' for each in fields)
    row = _row(f"{_BEFORE}{columns}, {_REACH}{_FROM}", user_id)
    if row is None:
        return None
    found: Any = person.from_db(connection.alias, [each.attname for each in fields], row[: len(fields)])
    found._reach = _reach(user_id, row[len(fields) :])
    return found


def _read(user_id: int) -> Reach | None:
    row = _row(f"{_BEFORE}{_REACH}{_FROM}", user_id)
    return _reach(user_id, row) if row else None


def _row(sql: str, user_id: int) -> tuple[Any, ...] | None:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"user": user_id})
        row: tuple[Any, ...] | None = cursor.fetchone()
    return row


def _reach(user_id: int, row: tuple[Any, ...]) -> Reach:
    unit_id, is_administrator, depths, teams, units, reports, direct, managers_may_write, first_response, *others = row
    time_zone, (language, *writing), currency, unread, views, roles, custom_version = others
    return Reach(
        user_id=user_id,
        unit_id=unit_id,
        is_administrator=is_administrator,
        # Django leaves jsonb as text for its own JSONField to read.
        depths=json.loads(depths) if depths else {},
        team_ids=tuple(teams or ()),
        unit_ids=tuple(units or ()),
        report_ids=tuple(reports or ()),
        direct_report_ids=tuple(direct or ()),
        managers_may_write=True if managers_may_write is None else managers_may_write,
        first_response=dt.timedelta(minutes=first_response or 60),
        time_zone=time_zone or "UTC",
        language=language,
        writing=Writing(*writing),
        base_currency=currency or "",
        unread=unread,
        views={noun: KeptViews(key, bool(kept)) for noun, (key, kept) in json.loads(views or "{}").items()},
        role_ids=tuple(roles),
        custom_version=custom_version,
    )
