"""The posts of 14 real forms, read in every encoding, against what is expected of each."""

from collections.abc import Callable
from typing import Any

import pytest

from leads.capture.aliases import LeadReading, lead_values
from leads.capture.keys import plain_key
from leads.capture.reading import Submission, read_submission
from tests.leads import posted
from tests.leads.posted import ENCODERS, Pairs, Post

CASES: list[dict[str, Any]] = (
    posted.shared_json("web_to_lead", "expected.json")
    if (posted.SHARED / "web_to_lead" / "expected.json").exists()
    else []
)


def read(post: Post, query: str = "") -> Submission:
    return read_submission(body=post.body, content_type=post.content_type, query_string=query)


def pairs_of(case: dict[str, Any]) -> Pairs:
    return [(key, value) for key, values in case["fields"].items() for value in values]


def has(case: dict[str, Any], *plain_keys: str) -> bool:
    return any(plain_key(key) in plain_keys for key in case["fields"])


def assert_is_the_person(reading: LeadReading, case: dict[str, Any]) -> None:
    person = case["person"]
    values = reading.values
    whole_name = has(case, "name")
    expected = {
        "first_name": person["first"] if whole_name or has(case, "firstname") else None,
        "last_name": person["last"] if whole_name or has(case, "lastname") else None,
        "email": person["email"] if case["has_email"] else None,
        "company": person["company"] if case["has_company"] else None,
        "phone": person["phone"] if has(case, "phone") else None,
        "mobile": person["phone"] if has(case, "mobile") else None,
    }
    assert {column: values.get(column) for column in expected} == expected
    assert reading.has_identity


def test_all_42_bodies_are_here() -> None:
    posted.shared_file("web_to_lead", "expected.json")
    assert len(CASES) == 42


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["body"])
def test_a_body_is_read_as_sent(case: dict[str, Any]) -> None:
    body = posted.shared_file("web_to_lead", "bodies", case["body"]).read_bytes()
    submission = read(Post(body, case["content_type"]), case["action_query"])
    assert submission.as_dict() == case["fields"]
    assert submission.flags == ()
    assert submission.return_url == case["redirect_expected"]
    assert_is_the_person(lead_values(submission), case)


@pytest.mark.parametrize("encoder", ENCODERS, ids=lambda encoder: encoder.__name__)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case["body"])
def test_a_body_reads_the_same_in_any_encoding(case: dict[str, Any], encoder: Callable[[Pairs], Post]) -> None:
    submission = read(encoder(pairs_of(case)))
    assert submission.as_dict() == case["fields"]
    assert submission.flags == ()
    assert_is_the_person(lead_values(submission), case)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["body"])
def test_every_posted_value_is_in_a_column_unknown_or_control(case: dict[str, Any]) -> None:
    reading = lead_values(read(posted.urlencoded(pairs_of(case))))
    aside = {value for _, values in (*reading.unknown, *reading.control) for value in values}
    columns = {str(value) for value in reading.values.values()}
    told = {"1", "Hot", "Warm", "Cold", "1 Main St.\r\nSuite 200"}  # held as true, in small letters, with \n
    whole_names = {
        value for _, value in pairs_of(case) if value == " ".join(case["person"][k] for k in ("first", "last"))
    }
    description = {value for key, value in pairs_of(case) if key == "description"}
    missing = {value for _, value in pairs_of(case) if value.strip()} - aside - columns
    assert missing <= told | whole_names | description
    assert reading.flags == ()


def test_the_full_salesforce_form_fills_every_standard_column() -> None:
    case = next(case for case in CASES if case["body"] == "sf10_all_standard_fields__0.urlencoded")
    values = lead_values(read(posted.urlencoded(pairs_of(case)))).values
    assert {key: str(value) for key, value in values.items()} == {
        "salutation": "Mr.",
        "first_name": "Maurice",
        "last_name": "Larson",
        "email": "lead9.0@buyer9.example",
        "company": "Fernandez Group",
        "job_title": "Psychotherapist",
        "website": "https://www.buyer9.example",
        "phone": "527.757.6112x813",
        "mobile": "527.757.6112x813",
        "fax": "527.757.6112x813",
        "street": "1 Main St.\nSuite 200",
        "city": "Port Nicholasbury",
        "state_or_province": "CA",
        "postal_code": "90210",
        "country": "Testland",
        "description": ('Please send a quote for 25 seats.\nWe met at the fair & liked the demo. 100% sure? "yes"'),
        "source": "Advertisement",
        "industry": "Agriculture",
        "rating": "hot",
        "annual_revenue": "1250000",
        "employees": "250",
        "campaign_code": "70109000000Tcdo",
        "do_not_email": "True",
        "do_not_bulk_email": "True",
        "do_not_fax": "True",
        "do_not_phone": "True",
    }
