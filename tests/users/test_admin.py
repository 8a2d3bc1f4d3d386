from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.contrib import admin
from django.db import models
from django.test import Client
from django.urls import reverse

from crm.core.models import Currency, NumberSeries, Organisation
from crm.users.models import BusinessUnit, Role, RolePrivilege, Team, Territory, User
from tests.factories.cast import Cast
from tests.factories.users import PASSWORD, TeamFactory
from tests.fixtures import ClientFor

OURS = {"core", "users", "customers", "data", "process", "reports", "catalog", "activities", "leads", "sales"}
REGISTERED = [model for model in admin.site._registry if model._meta.app_label in OURS]


def names(model: type[models.Model]) -> str:
    return model._meta.label


@pytest.fixture
def administration(cast: Cast, client_for: ClientFor) -> Client:
    return client_for(cast.administrator)


def page(model: type[models.Model], screen: str, *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{screen}", args=args)


def test_administration_opens_only_for_administrators(cast: Cast, client_for: ClientFor) -> None:
    assert client_for(cast.administrator).get("/admin/").status_code == 200
    assert client_for(cast.rep_a).get("/admin/").status_code == 403
    assert client_for(cast.manager).get(page(User, "changelist")).status_code == 403
    assert Client().get("/admin/")["Location"] == "/login/?next=/admin/"


@pytest.mark.parametrize("model", REGISTERED, ids=names)
def test_every_list_opens(administration: Client, model: type[models.Model]) -> None:
    response = administration.get(page(model, "changelist"))
    assert response.status_code == 200
    assert b"<table" in response.content or b"result" in response.content


@pytest.mark.parametrize("model", REGISTERED, ids=names)
def test_every_form_opens(administration: Client, model: type[models.Model]) -> None:
    allowed = admin.site._registry[model].has_add_permission(administration.get("/admin/").wsgi_request)
    assert administration.get(page(model, "add")).status_code == (200 if allowed else 403)
    record = model._default_manager.first()
    if record is not None:
        assert administration.get(page(model, "change", record.pk)).status_code == 200


def test_an_administrator_makes_a_person_who_can_sign_in(cast: Cast, administration: Client) -> None:
    values = {
        "username": "newcomer",
        "name": "Nia Newcomer",
        "email": "Nia@Example.com",
        "business_unit": cast.north.pk,
        "usable_password": "true",
        "password1": PASSWORD,
        "password2": PASSWORD,
        "user_roles-TOTAL_FORMS": "0",
        "user_roles-INITIAL_FORMS": "0",
        "team_memberships-TOTAL_FORMS": "0",
        "team_memberships-INITIAL_FORMS": "0",
    }
    assert administration.post(page(User, "add"), values).status_code == 302
    newcomer = User.objects.get(username="newcomer")
    assert (newcomer.email, newcomer.is_administrator) == ("nia@example.com", False)
    assert newcomer.check_password(PASSWORD)


def test_nobody_deletes_a_person(cast: Cast, administration: Client) -> None:
    assert administration.post(page(User, "delete", cast.rep_a.pk), {"post": "yes"}).status_code == 403
    assert User.objects.filter(pk=cast.rep_a.pk).exists()


def test_a_unit_never_stands_below_itself(cast: Cast, administration: Client) -> None:
    values = {"name": "Head office", "parent": cast.north.pk}
    response = administration.post(page(BusinessUnit, "change", cast.head_office.pk), values)
    assert response.status_code == 200
    assert response.context["adminform"].errors == {"parent": ["This would go round in a circle."]}
    cast.head_office.refresh_from_db()
    assert cast.head_office.parent is None


def test_a_change_in_the_administration_names_its_author(cast: Cast, administration: Client) -> None:
    territory = Territory.objects.create(name="Coast")
    administration.post(page(Territory, "change", territory.pk), {"name": "Coastline", "description": ""})
    event: Any = territory.history.latest("pgh_id")  # type: ignore[attr-defined]  # set by `tracked`
    assert (event.pgh_label, event.name) == ("update", "Coastline")
    assert event.pgh_context["action"] == "admin.edited"
    assert event.pgh_context["user"] == cast.administrator.pk


def test_prefix_and_width_of_numbers_are_set_here(administration: Client) -> None:
    series = NumberSeries.objects.get(key="lead")
    administration.post(page(NumberSeries, "change", series.pk), {"prefix": "L-", "width": "3", "key": "other"})
    series.refresh_from_db()
    assert (series.key, series.prefix, series.width) == ("lead", "L-", 3)


def test_a_role_takes_only_rights_that_exist(administration: Client) -> None:
    role = Role.objects.get(name="Salesperson")
    values = {"role": role.pk, "permission": "leads.fly_lead", "depth": "40"}
    response = administration.post(page(RolePrivilege, "add"), values)
    assert list(response.context["adminform"].errors) == ["permission"]
    assert not RolePrivilege.objects.filter(permission="leads.fly_lead").exists()


def test_the_organisation_is_edited_and_never_doubled_or_deleted(administration: Client) -> None:
    organisation = Organisation.load()
    assert administration.get(page(Organisation, "add")).status_code == 403
    assert administration.post(page(Organisation, "delete", organisation.pk), {"post": "yes"}).status_code == 403
    assert Organisation.objects.count() == 1


def test_a_currency_in_use_is_not_deleted(administration: Client) -> None:
    euro = Currency.objects.get(code="EUR")
    administration.post(page(Currency, "delete", euro.pk), {"post": "yes"})
    assert Currency.objects.filter(pk=euro.pk).exists()


def test_every_table_of_ours_stands_in_the_administration() -> None:
    missing = sorted(
        model._meta.label
        for model in apps.get_models()
        if model._meta.app_label in OURS
        and not hasattr(model, "pgh_tracked_model")
        and not admin.site.is_registered(model)
    )
    # Parts of campaigns, lists and lead forms stand on their own pages; where somebody has been, or is signed in, is
    # nobody else's business.
    of_campaigns = ["leads.CampaignActivity", "leads.Distribution", "leads.DistributionRow"]
    parts = [*of_campaigns, "leads.FieldMapping", "leads.FormField", "leads.ListMember"]
    assert missing == [*parts, "users.Recent", "users.Session"]


def test_a_team_that_moves_takes_its_members_along(cast: Cast, administration: Client) -> None:
    team = TeamFactory.create(business_unit=cast.north, members=[cast.rep_a])
    values = {
        "name": team.name,
        "kind": Team.Kind.OWNER,
        "business_unit": cast.south.pk,
        "memberships-TOTAL_FORMS": "1",
        "memberships-INITIAL_FORMS": "1",
        "memberships-0-id": team.memberships.get().pk,
        "memberships-0-team": team.pk,
        "memberships-0-user": cast.rep_a.pk,
    }
    assert administration.post(page(Team, "change", team.pk), values).status_code == 302
    team.refresh_from_db()
    assert team.business_unit == cast.south
    assert list(team.members.all()) == [cast.rep_a]


def test_a_second_factor_is_listed_and_taken_away_but_its_secret_is_never_shown(
    cast: Cast, client_for: ClientFor
) -> None:
    factor = Authenticator.objects.create(user=cast.rep_a, type="totp", data={"secret": "QUILLFEATHER"})
    client, url = client_for(cast.administrator), f"/admin/mfa/authenticator/{factor.pk}/"
    for page in ("/admin/mfa/authenticator/", f"{url}change/", f"{url}delete/", f"{url}history/"):
        answer = client.get(page)
        assert answer.status_code == 200
        assert "QUILLFEATHER" not in answer.content.decode()
    assert client.post(f"{url}change/", {"data": "{}", "user": cast.rep_b.pk}).status_code == 403
    factor.refresh_from_db()
    assert (factor.user, factor.data) == (cast.rep_a, {"secret": "QUILLFEATHER"})
    client.post(f"{url}delete/", {"post": "yes"})
    assert not Authenticator.objects.exists()
