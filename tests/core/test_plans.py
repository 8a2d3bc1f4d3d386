"""What the planner says of statements, wherever it is asked."""

import pytest

from crm.core import history
from crm.core.actors import SYSTEM
from crm.core.plans import forget_plans, plans_of
from crm.core.sql import Sql


@pytest.mark.django_db
def test_the_planner_is_asked_of_several_statements_within_an_act_as_well() -> None:
    statements = [Sql("SELECT 1", ()), Sql("SELECT generate_series(1, %s)", (7,))]
    forget_plans()
    outside = plans_of(statements)
    forget_plans()
    with history.action("record.changed", actor=SYSTEM):
        assert plans_of(statements) == outside
    assert len(outside) == 2
    forget_plans()
