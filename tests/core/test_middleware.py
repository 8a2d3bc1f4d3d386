import logging
import re

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from crm.core import history
from crm.core.errors import Conflict, Forbidden, Invalid, NotFound, Refusal
from crm.core.middleware import ErrorPageMiddleware, HistoryMiddleware, RequestIdMiddleware
from tests.factories.cast import Cast


def test_every_answer_carries_the_id_of_its_request(db: None, client: Client) -> None:
    first, second = client.get("/healthz")["X-Request-ID"], client.get("/healthz")["X-Request-ID"]
    assert re.fullmatch(r"[0-9a-f]{12}", first)
    assert first != second


def test_log_lines_of_a_request_carry_its_id() -> None:
    from crm.core.logs import RequestIdFilter  # noqa: PLC0415

    record = logging.LogRecord("crm", logging.INFO, "", 0, "hello", (), None)

    def view(request: HttpRequest) -> HttpResponse:
        RequestIdFilter().filter(record)
        return HttpResponse()

    response = RequestIdMiddleware(view)(RequestFactory().get("/"))
    assert record.request_id == response["X-Request-ID"]  # type: ignore[attr-defined]  # set by the filter
    RequestIdFilter().filter(record)
    assert record.request_id == "-"  # type: ignore[attr-defined]  # set by the filter


@pytest.mark.parametrize(
    ("method", "path", "action"),
    [("post", "/leads/", "web.request"), ("post", "/admin/core/", "admin.edited"), ("get", "/leads/", None)],
)
def test_what_a_request_writes_is_recorded_under_the_person(
    cast: Cast, method: str, path: str, action: str | None
) -> None:
    seen: list[dict[str, object]] = []

    def view(request: HttpRequest) -> HttpResponse:
        seen.append(history.current())
        return HttpResponse()

    request = getattr(RequestFactory(), method)(path)
    request.user, request.id = cast.rep_a, "r1"
    HistoryMiddleware(view)(request)
    expected = {"action": action, "user": cast.rep_a.pk, "actor_kind": "user", "actor": "Anna North", "request": "r1"}
    assert seen == [expected if action else {}]
    assert history.current() == {}


@pytest.mark.parametrize(
    ("refusal", "status"),
    [
        (NotFound("There is none."), 404),
        (Forbidden("You may not."), 403),
        (Conflict("It has moved on.", details=["Order ORD-1"]), 409),
        (Invalid("That is no date.", field="day"), 422),
    ],
)
@pytest.mark.parametrize("fragment", [True, False])
def test_a_refusal_becomes_a_page_with_its_sentence(cast: Cast, refusal: Refusal, status: int, fragment: bool) -> None:
    request = RequestFactory().get("/leads/1/")
    request.user = cast.rep_a
    request.htmx = fragment  # type: ignore[attr-defined]  # set by django-htmx
    response = ErrorPageMiddleware(lambda _request: HttpResponse()).process_exception(request, refusal)
    assert isinstance(response, HttpResponse)
    page = response.content.decode()
    assert response.status_code == status
    assert ("<html" in page) is not fragment
    if status != 404:
        assert refusal.sentence in page
    assert all(detail in page for detail in refusal.details)


def test_other_exceptions_are_left_alone() -> None:
    middleware = ErrorPageMiddleware(lambda _request: HttpResponse())
    assert middleware.process_exception(RequestFactory().get("/"), ValueError()) is None
