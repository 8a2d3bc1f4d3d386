"""Fields to columns: spellings of every sender, values that don't fit, fields that are not the form's business."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

import pytest

from leads.capture.aliases import MAX_LENGTHS, LeadReading, lead_values
from leads.capture.flags import Flag, flag_sentence
from leads.capture.names import split_name
from leads.capture.reading import Fields, Submission
from leads.capture.vocabulary import ALIASES, CONTROL, EMAIL_OPT_OUT, FULL_NAME
from leads.models import Lead
from tests.leads import posted


def reading(**fields: str | tuple[str, ...]) -> LeadReading:
    return of(fields)


def of(fields: Mapping[str, str | Sequence[str]]) -> LeadReading:
    listed: Fields = tuple((key, (value,) if isinstance(value, str) else tuple(value)) for key, value in fields.items())
    return lead_values(Submission(fields=listed))


SENDERS: dict[str, tuple[dict[str, str], dict[str, object]]] = {
    "zoho": (
        {
            "First Name": "Ann", "Last Name": "Lee", "Email": "a@b.example", "Designation": "CEO",
            "Lead Source": "Web", "Zip Code": "1", "No of Employees": "1,200", "Secondary Email": "c@b.example",
            "LEADCF5": "custom", "xnQsjsdp": "key", "Lead Status": "Won",
        },
        {
            "first_name": "Ann", "last_name": "Lee", "email": "a@b.example", "job_title": "CEO", "source": "Web",
            "postal_code": "1", "employees": 1200, "email2": "c@b.example",
        },
    ),
    "suite": (
        {
            "prefix": "Dr.", "first_name": "Ann", "last_name": "Lee", "webtolead_email1": "a@b.example",
            "account_name": "Acme", "phone_work": "1", "phone_mobile": "2", "phone_fax": "3",
            "primary_address_street": "S", "primary_address_city": "C", "primary_address_state": "T",
            "primary_address_postalcode": "P", "primary_address_country": "X", "email_opt_out": "on",
            "do_not_call": "1",
        },
        {
            "salutation": "Dr.", "first_name": "Ann", "last_name": "Lee", "email": "a@b.example",
            "company": "Acme", "phone": "1", "mobile": "2", "fax": "3", "street": "S", "city": "C",
            "state_or_province": "T", "postal_code": "P", "country": "X", "do_not_email": True,
            "do_not_bulk_email": True, "do_not_phone": True,
        },
    ),
    "vtiger": (
        {
            "__vtrftk": "sid:1", "publicid": "p", "name": "Contact us form", "firstname": "Ann", "lastname": "Lee",
            "leadsource": "Web", "annualrevenue": "1.250.000,50", "noofemployees": "7", "lane": "S", "cf_1021": "c",
        },
        {
            "first_name": "Ann", "last_name": "Lee", "source": "Web", "annual_revenue": Decimal("1250000.50"),
            "employees": 7, "street": "S",
        },
    ),
    "espo": (
        {
            "firstName": "Ann", "lastName": "Lee", "emailAddress": "a@b.example", "phoneNumber": "1",
            "accountName": "Acme",
        },
        {"first_name": "Ann", "last_name": "Lee", "email": "a@b.example", "phone": "1", "company": "Acme"},
    ),
    "hubspot": (
        {
            "firstname": "Ann", "lastname": "Lee", "mobilephone": "2", "jobtitle": "CEO", "numemployees": "5",
            "context.hutk": "h",
        },
        {"first_name": "Ann", "last_name": "Lee", "mobile": "2", "job_title": "CEO", "employees": 5},
    ),
    "odoo": (
        {
            "contact_name": "Ann Lee", "email_from": "a@b.example", "partner_name": "Acme", "name": "Need a quote",
            "function": "CEO",
        },
        {
            "first_name": "Ann", "last_name": "Lee", "email": "a@b.example", "company": "Acme",
            "topic": "Need a quote", "job_title": "CEO",
        },
    ),
    "dataverse": (
        {
            "subject": "Seats", "middlename": "M", "lastname": "Lee", "companyname": "Acme", "telephone1": "1",
            "emailaddress1": "a@b.example", "websiteurl": "acme.example", "address1_line1": "S1",
            "address1_line2": "S2", "address1_stateorprovince": "T", "donotbulkemail": "true", "donotemail": "false",
            "leadqualitycode": "1", "statecode": "0", "campaignid@odata.bind": "/campaigns(1)",
        },
        {
            "topic": "Seats", "middle_name": "M", "last_name": "Lee", "company": "Acme", "phone": "1",
            "email": "a@b.example", "website": "https://acme.example", "street": "S1\nS2", "state_or_province": "T",
            "do_not_bulk_email": True, "do_not_email": False, "rating": "hot", "campaign_code": "/campaigns(1)",
        },
    ),
    "bottle": (
        {"title": "Mrs.", "first_name": "Ann", "last_name": "Lee", "message": "Hi", "apikey": "k"},
        {"salutation": "Mrs.", "first_name": "Ann", "last_name": "Lee", "description": "Hi"},
    ),
    "krayin": (
        {"persons[name]": "Ann Lee", "leads[title]": "Seats", "leads[description]": "Hi", "person[id]": "7"},
        {"first_name": "Ann", "last_name": "Lee", "topic": "Seats", "description": "Hi"},
    ),
    "elementor": (
        {
            "form[id]": "1", "form[name]": "F", "fields[email][id]": "email", "fields[email][value]": "a@b.example",
            "fields[email][raw_value]": "a@b.example", "meta[page_url][value]": "https://a.example/x",
        },
        {"email": "a@b.example", "referrer": "https://a.example/x"},
    ),
    "cf7": (
        {"your-name": "Dr. Ann van der Lee", "your-email": "a@b.example", "your-subject": "S", "_url": "https://a.example"},
        {
            "salutation": "Dr.", "first_name": "Ann", "last_name": "van der Lee", "email": "a@b.example",
            "topic": "S", "referrer": "https://a.example",
        },
    ),
    "german": (
        {
            "Anrede": "Frau", "Vorname": "Ann", "Name": "Lee", "E-Mail": "a@b.example", "PLZ": "1", "Straße": "S",
            "Firma": "Acme",
        },
        {
            "salutation": "Frau", "first_name": "Ann", "last_name": "Lee", "email": "a@b.example",
            "postal_code": "1", "street": "S", "company": "Acme",
        },
    ),
}  # fmt: skip


@pytest.mark.parametrize("sender", SENDERS)
def test_the_field_names_of_every_sender_are_understood(sender: str) -> None:
    fields, expected = SENDERS[sender]
    result = of(fields)
    assert result.values == expected
    assert result.flags == ()


def test_control_fields_and_unknown_fields_are_kept_apart() -> None:
    result = of(
        {"oid": "1", "retURL": "u", "00N1": ("a", "b"), "submit": "Go", "g-recaptcha-response": "t", "Colour": ""}
    )
    assert result.control == (
        ("oid", ("1",)),
        ("retURL", ("u",)),
        ("submit", ("Go",)),
        ("g-recaptcha-response", ("t",)),
    )
    assert result.unknown == (("00N1", ("a", "b")), ("Colour", ("",)))
    assert (dict(result.values), result.has_identity) == ({}, False)


@pytest.mark.parametrize(
    "key",
    [
        "owner", "owner_id", "OwnerId", "assigned_user_id", "assigned_to", "status", "Lead Status", "state code",
        "statuscode", "statecode", "stage", "score", "lead_score", "created", "created_at", "createdon", "date_entered",
        "consent", "consent_at", "legalConsentOptions", "newsletter", "id", "lead_id", "person.id", "person[id]", "pk",
        "version", "business_unit", "deleted_at", "is_sample", "existing_account", "existing_contact", "number",
        "raw_post", "do_not_post",
    ],
)  # fmt: skip
def test_a_form_never_sets_what_is_not_its_own(key: str) -> None:
    if key == "state code":  # an address, spelt like Salesforce does
        assert of({key: "CA"}).values == {"state_or_province": "CA"}
        return
    result = of({key: "1", "last_name": "Lee"})
    assert result.values == {"last_name": "Lee"}
    assert result.unknown == ((key, ("1",)),)


def test_no_spelling_means_two_things() -> None:
    assert not ALIASES.keys() & CONTROL
    assert {"first_name", "website", "campaign_code"} <= set(ALIASES.values())


@pytest.mark.parametrize(
    ("fields", "identity"),
    [
        ({"subject": "x"}, True),
        ({"last_name": "x"}, True),
        ({"company": "x"}, True),
        ({"email": "a@b.example"}, True),
        ({"email": "nonsense"}, False),
        ({"first_name": "x", "phone": "1"}, False),
        ({"last_name": "  \u00a0", "company": ""}, False),
        ({"last_name": "\x00\x01"}, False),
        ({}, False),
    ],
)
def test_a_lead_needs_something_to_be_called_by(fields: dict[str, str], identity: bool) -> None:
    assert of(fields).has_identity is identity


def test_what_fits_here_fits_into_the_lead() -> None:
    not_text = {"description", "currency"}
    limits = {
        column: getattr(Lead._meta.get_field(column), "max_length", None) for column in MAX_LENGTHS.keys() - not_text
    }
    assert limits == {column: MAX_LENGTHS[column] for column in limits}
    for column in set(ALIASES.values()) - {FULL_NAME, EMAIL_OPT_OUT}:
        assert Lead._meta.get_field(column)


def test_a_value_that_is_too_long_is_named_and_never_cut() -> None:
    for column in ("first_name", "company", "postal_code", "utm_source", "description"):
        fitting = "x" * MAX_LENGTHS[column]
        assert of({column: fitting}).values == {column: fitting}
        result = of({column: fitting + "x"})
        assert (result.values, result.flags) == ({}, (f"too_long:{column}",))
        assert result.unknown == ((column, (fitting + "x",)),)


@pytest.mark.parametrize(
    ("field", "value", "flag"),
    [
        ("email", "a@b..c", "invalid_email:email"),
        ("email", "x@x.example\r\nBcc: victim@x.example", "invalid_email:email"),
        ("email", "%@%", "invalid_email:email"),
        ("url", "javascript:alert(1)", "invalid_website:website"),
        ("url", "data:text/html,x", "invalid_website:website"),
        ("url", "http://", "invalid_website:website"),
        ("url", "not a site", "invalid_website:website"),
        ("rating", "Lukewarm", "invalid_choice:rating"),
        ("currency", "dollars", "invalid_choice:currency"),
        ("doNotCall", "perhaps", "invalid_choice:do_not_phone"),
        ("revenue", "1-5 million", "invalid_number:annual_revenue"),
        ("revenue", "NaN", "invalid_number:annual_revenue"),
        ("revenue", "1e309", "invalid_number:annual_revenue"),
        ("revenue", "-1", "invalid_number:annual_revenue"),
        ("revenue", "9" * 20, "invalid_number:annual_revenue"),
        ("employees", "11-50", "invalid_number:employees"),
        ("employees", "2.5", "invalid_number:employees"),
    ],
)
def test_a_value_that_does_not_fit_stays_out_with_its_reason(field: str, value: str, flag: str) -> None:
    result = of({field: value, "last_name": "Lee"})
    assert result.values == {"last_name": "Lee"}
    assert result.flags == (flag,)
    assert result.unknown == ((field, (value,)),)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1250000", "1250000"), ("1,250,000", "1250000"), ("1.250.000", "1250000"), ("1 250 000,5", "1250000.5"),
        ("$1,250.75", "1250.75"), ("EUR 12,50", "12.50"), ("1'000'000 \u20ac", "1000000"),
        ("1\u202f000", "1000"), ("0", "0"),
    ],
)  # fmt: skip
def test_amounts_are_read_as_people_write_them(text: str, amount: str) -> None:
    assert reading(revenue=text).values == {"annual_revenue": Decimal(amount)}


def test_the_second_address_goes_to_the_second_column() -> None:
    result = of({"email": "bad", "Email": "a@b.example", "email1": "A@B.example", "mail": "c@d.example"})
    assert result.values == {"email": "a@b.example", "email2": "c@d.example"}
    assert result.flags == ("invalid_email:email",)
    assert result.unknown == (("email", ("bad",)),)


def test_further_values_of_one_column_stay_visible() -> None:
    result = of({"company": ("Acme", "Other"), "organization": "Acme", "message": "a", "comments": "b\r\nc"})
    assert result.values == {"company": "Acme", "description": "a\nb\nc"}
    assert result.unknown == (("company", ("Other",)),)


def test_a_wish_to_be_left_alone_is_never_overruled() -> None:
    assert of({"doNotCall": ("0", "1")}).values == {"do_not_phone": True}
    assert of({"doNotCall": ("1", "0")}).values == {"do_not_phone": True}
    assert of({"doNotCall": "0"}).values == {"do_not_phone": False}


def test_a_line_holds_no_line_breaks() -> None:
    assert reading(company=" A\r\nB\tC\u3000D\x07 ").values == {"company": "A B C D"}


@pytest.mark.parametrize(
    ("whole", "parts"),
    [
        ("Robert Butler", ("", "Robert", "Butler")),
        ("Robert James Butler", ("", "Robert James", "Butler")),
        ("Butler, Robert James", ("", "Robert James", "Butler")),
        ("Mr. Robert Butler", ("Mr.", "Robert", "Butler")),
        ("Prof. Dr. Anna Schmidt", ("Prof. Dr.", "Anna", "Schmidt")),
        ("Butler, Dr. Robert", ("Dr.", "Robert", "Butler")),
        ("Robert Butler Jr.", ("", "Robert", "Butler Jr.")),
        ("Robert Butler, PhD", ("", "Robert", "Butler, PhD")),
        ("Jan van der Berg", ("", "Jan", "van der Berg")),
        ("van der Berg", ("", "", "van der Berg")),
        ("Luiz Fernando da Mota", ("", "Luiz Fernando", "da Mota")),
        ("Di Smith", ("", "Di", "Smith")),
        ("Madonna", ("", "", "Madonna")),
        ("Dr", ("", "", "Dr")),
        ("Mrs. Lee", ("Mrs.", "", "Lee")),
        ("\u5c71\u7530 \u592a\u90ce", ("", "", "\u5c71\u7530 \u592a\u90ce")),
        ("\uae40\ucca0\uc218", ("", "", "\uae40\ucca0\uc218")),
        (",", ("", "", ",")),
        ("  Ann \n Lee ", ("", "Ann", "Lee")),
    ],
)
def test_a_whole_name_is_taken_apart(whole: str, parts: tuple[str, str, str]) -> None:
    name = split_name(whole)
    assert (name.salutation, name.first_name, name.last_name) == parts


@pytest.mark.parametrize(
    ("fields", "first", "last"),
    [
        ({"name": "Robert Butler", "last_name": "Butler"}, "Robert", "Butler"),
        ({"name": "Robert", "surname": "Butler"}, "Robert", "Butler"),
        ({"first_name": "Robert", "name": "Butler"}, "Robert", "Butler"),
        ({"first_name": "Robert", "name": "Robert Butler"}, "Robert", "Butler"),
        ({"first_name": "Robert", "last_name": "Butler", "name": "Robert Butler"}, "Robert", "Butler"),
        ({"first_name": "", "last_name": "", "name": "Robert Butler"}, "Robert", "Butler"),
    ],
)
def test_a_whole_name_completes_the_separate_fields(fields: dict[str, str], first: str, last: str) -> None:
    result = of(fields)
    assert result.values == {"first_name": first, "last_name": last}
    assert result.unknown == ()


def test_another_name_beside_complete_ones_stays_visible() -> None:
    result = of({"first_name": "Ann", "last_name": "Lee", "name": "Somebody Else"})
    assert result.values == {"first_name": "Ann", "last_name": "Lee"}
    assert result.unknown == (("name", ("Somebody Else",)),)


def test_hostile_names_are_only_text() -> None:
    for name in posted.shared_json("hostile", "names_unicode.json"):
        result = of({"last_name": name})
        if len(name) > MAX_LENGTHS["last_name"]:
            assert result.flags == ("too_long:last_name",)
        else:
            assert result.values == {"last_name": " ".join(name.split())}


def test_hostile_addresses_are_taken_or_refused_whole() -> None:
    refused = []
    for address in posted.shared_file("hostile", "emails.txt").read_text(encoding="utf-8").split("\n"):
        result = of({"email": address, "company": "x"})
        if result.flags:
            refused.append(address)
            assert result.values == {"company": "x"}
        elif address:
            assert result.values["email"] == address.strip()
    assert "o'brien@example.org" not in refused
    assert "user@xn--bcher-kva.example" not in refused
    for broken in (
        "plainaddress",
        "@no-local.example",
        "a@b@c.example",
        "a b@c.example",
        "javascript:alert(1)@x.example",
    ):
        assert broken in refused


def test_every_reason_has_a_sentence() -> None:
    for flag in Flag:
        assert flag_sentence(f"{flag}:company").endswith(".")
        assert flag_sentence(flag) == flag_sentence(f"{flag}:company")
    assert flag_sentence("something new") == "something new"
