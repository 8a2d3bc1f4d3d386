"""Bytes to fields: kinds of body, character sets, bounds, damage."""

import base64
import json
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leads.capture.aliases import lead_values
from leads.capture.reading import MAX_FIELDS, Submission, read_submission
from tests.leads import posted
from tests.leads.posted import ENCODERS, Pairs, Post

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
MULTIPART = "multipart/form-data; boundary=b0"


def read(body: bytes, content_type: str = FORM, query: str = "") -> Submission:
    return read_submission(body=body, content_type=content_type, query_string=query)


def part(headers: bytes, content: bytes) -> bytes:
    return b"--b0\r\n" + headers + b"\r\n\r\n" + content + b"\r\n"


def test_repeated_keys_keep_all_values_in_order() -> None:
    submission = read(b"i=a&name=x&i=b&i=&i=a")
    assert submission.fields == (("i", ("a", "b", "", "a")), ("name", ("x",)))
    assert (submission.values("i"), submission.first("i")) == (("a", "b", "", "a"), "a")
    assert (submission.values("I"), submission.first("I")) == ((), "")


def test_keys_that_differ_in_case_stay_apart() -> None:
    assert read(b"email=a&Email=b").as_dict() == {"email": ["a"], "Email": ["b"]}


def test_odd_urlencoding_is_read_literally() -> None:
    assert read(b"&&a&=v&b==&c=100%&d=%zz+%26").as_dict() == {
        "a": [""],
        "": ["v"],
        "b": ["="],
        "c": ["100%"],
        "d": ["%zz &"],
    }


@pytest.mark.parametrize(
    ("content_type", "query", "body"),
    [
        (f"{FORM}; charset=ISO-8859-1", "", b"c=Caf%E9"),
        (f'{FORM};charset="windows-1252"', "", b"c=Caf\xe9"),
        (FORM, "encoding=ISO-8859-1", b"c=Caf%E9"),
        (FORM, "", b"c=Caf%E9&encoding=ISO-8859-1"),
        (FORM, "", b"c=Caf%E9&_charset_=iso-8859-1"),
        (FORM, "encoding=UTF-8", b"c=Caf%C3%A9"),
        (FORM, "", "c=Café".encode()),
        (FORM, "", b"\xef\xbb\xbfc=Caf%C3%A9"),
        (f"{FORM}; charset=utf-16", "", "c=Café".encode("utf-16")),
        (f"{FORM}; charset=utf-16le", "", "c=Café".encode("utf-16-le")),
        (f"{FORM}; charset=utf-16", "", b"c=Caf%C3%A9"),
        ("application/json; charset=latin1", "", b'{"c": "Caf\xe9"}'),
        (JSON, "", json.dumps({"c": "Café"}, ensure_ascii=False).encode("utf-16")),
        (MULTIPART, "", part(b'Content-Disposition: form-data; name="c"', "Café".encode()) + b"--b0--"),
        (
            MULTIPART,
            "",
            part(b'Content-Disposition: form-data; name="c"\r\nContent-Type: text/plain; charset=latin1', b"Caf\xe9")
            + b"--b0--",
        ),
        (
            MULTIPART,
            "",
            part(b'Content-Disposition: form-data; name="c"', b"Caf\xe9")
            + part(b'Content-Disposition: form-data; name="_charset_"', b"iso-8859-1")
            + b"--b0--",
        ),
    ],
)
def test_a_declared_charset_is_honoured(content_type: str, query: str, body: bytes) -> None:
    submission = read(body, content_type, query)
    assert submission.first("c") == "Café"
    assert submission.flags == ()


@pytest.mark.parametrize(
    ("data", "text", "flag"),
    [
        (b"Caf%E9", "Café", "charset_guessed"),
        (b"%93ok%94", "\u201cok\u201d", "charset_guessed"),
        (b"Zo%C3%AB+%FF", "Zoë \ufffd", "undecodable"),
        (b"a%81b", "a\ufffdb", "undecodable"),
    ],
)
def test_undeclared_bytes_fall_back_with_a_flag(data: bytes, text: str, flag: str) -> None:
    submission = read(b"c=" + data + b"&d=%C3%A9")
    assert (submission.first("c"), submission.first("d")) == (text, "é")
    assert submission.flags == (flag,)


@pytest.mark.parametrize("name", ["rot13", "zlib", "unicode_escape", "idna", "utf-7", "x" * 99, "é", "a\x00b", ""])
def test_a_charset_that_is_no_plain_text_is_ignored(name: str) -> None:
    submission = read("c=Café".encode(), f"{FORM}; charset={name}", f"encoding={name}")
    assert submission.first("c") == "Café"


def test_characters_the_database_refuses_are_left_out_with_a_flag() -> None:
    assert read(b"c=a%00b") == Submission(fields=(("c", ("ab",)),), flags=("unstorable_characters",))
    assert read(b'{"c": "a\\u0000\\ud800b"}', JSON).as_dict() == {"c": ["ab"]}


def test_only_the_first_thousand_values_are_kept() -> None:
    body = b"&".join(b"k%d=%d" % (number % 1500, number) for number in range(3000))
    submission = read(body)
    assert len(submission.fields) == MAX_FIELDS == 1000
    assert submission.flags == ("too_many_fields",)
    assert read(b"&" * 5000 + b"a=1").as_dict() == {"a": ["1"]}
    parts = b"".join(part(b'Content-Disposition: form-data; name="k"', b"v") for _ in range(1500)) + b"--b0--"
    submission = read(parts, MULTIPART)
    assert (len(submission.values("k")), submission.flags) == (1000, ("too_many_fields",))


def test_a_long_value_is_kept_whole() -> None:
    value = "ü" * 400_000
    for encoder in ENCODERS:
        post = encoder([("description", value)])
        assert read(post.body, post.content_type).first("description") == value


def test_json_values_become_text() -> None:
    body = b"""{"name": "A", "n": 1250000.50, "big": 123456789012345678901234567890, "e": -1e400, "yes": true,
        "no": false, "nil": null, "list": ["a", 2, null], "empty": [], "nest": {"a": [1, {"b": "\xc3\xa9"}]},
        "name": "B", "rows": [{"x": 1}, {"x": 2}]}"""
    assert read(body, JSON).as_dict() == {
        "name": ["A", "B"],
        "n": ["1250000.50"],
        "big": ["123456789012345678901234567890"],
        "e": ["-1e400"],
        "yes": ["true"],
        "no": ["false"],
        "nil": [""],
        "list": ["a", "2", ""],
        "empty": [""],
        "nest": ['{"a": [1, {"b": "é"}]}'],
        "rows": ['{"x": 1}', '{"x": 2}'],
    }


def test_a_hubspot_post_is_read_by_its_field_names() -> None:
    body = {
        "submittedAt": 1517927174000,
        "fields": [
            {"objectTypeId": "0-1", "name": "email", "value": "a@b.example"},
            {"name": "interest", "value": ["x", "y"]},
        ],
        "context": {"hutk": "h1", "pageUri": "www.example.com/page"},
        "legalConsentOptions": {"consent": {"consentToProcess": True}},
    }
    submission = read(json.dumps(body).encode(), JSON)
    assert submission.as_dict() == {
        "submittedAt": ["1517927174000"],
        "email": ["a@b.example"],
        "interest": ["x", "y"],
        "context.hutk": ["h1"],
        "context.pageUri": ["www.example.com/page"],
        "legalConsentOptions": ['{"consent": {"consentToProcess": true}}'],
    }
    assert lead_values(submission).values["referrer"] == "www.example.com/page"


def test_wrapped_json_is_unwrapped() -> None:
    assert read(b'{"lead": {"firstName": "A"}, "data": {"fields": {"b": 1}}}', JSON).as_dict() == {
        "firstName": ["A"],
        "b": ["1"],
    }
    assert read(b'[{"name": "a", "value": "1"}, {"name": "b", "value": 2}]', JSON).as_dict() == {"a": ["1"], "b": ["2"]}
    assert read(b'[{"email": "a@b.example"}]', JSON).as_dict() == {"email": ["a@b.example"]}


@pytest.mark.parametrize("content_type", ["", "text/plain", "application/octet-stream", "garbage", FORM, ';;;="'])
def test_an_unknown_content_type_is_sniffed(content_type: str) -> None:
    assert read(b'\n {"a": "1"}', content_type).as_dict() == {"a": ["1"]}
    assert read(b"a=1&b=%202\n", content_type).as_dict() == {"a": ["1"], "b": [" 2"]}


def test_a_multipart_body_without_content_type_is_recognised() -> None:
    body = part(b'Content-Disposition: form-data; name="a"', b"1") + b"--b0--\r\n"
    assert read(body, "") == Submission(fields=(("a", ("1",)),))
    assert read(body, "multipart/form-data") == Submission(fields=(("a", ("1",)),))


def test_a_text_plain_form_is_read_line_by_line() -> None:
    assert read(b"name=Ann & Bob\r\nmessage=50% = half\r\n", "text/plain").as_dict() == {
        "name": ["Ann & Bob"],
        "message": ["50% = half"],
    }


def test_multipart_contents_are_bytes_between_boundaries() -> None:
    body = (
        b"preamble\r\n"
        + part(b'content-disposition: form-data;\r\n name="a%22b"', b"1\r\n--b0x\r\n--b\r\n")
        + part(b"Content-Disposition: form-data; filename=; name=plain", b"")
        + part(
            b"Content-Disposition: form-data; name=b64\r\nContent-Transfer-Encoding: base64",
            base64.b64encode(b"\xc3\xa9"),
        )
        + part(b"Content-Disposition: form-data; name=qp\r\nContent-Transfer-Encoding: quoted-printable", b"=C3=A9")
        + b"--b0--\r\nepilogue"
    )
    submission = read(body, MULTIPART)
    assert submission.as_dict() == {'a"b': ["1\r\n--b0x\r\n--b\r\n"], "plain": [""], "b64": ["é"], "qp": ["é"]}
    assert submission.flags == ()


def test_multipart_with_bare_line_feeds_is_read() -> None:
    body = b'--b0\nContent-Disposition: form-data; name="a"\n\n1\n2\n--b0--\n'
    assert read(body, MULTIPART) == Submission(fields=(("a", ("1\n2",)),))


def test_files_leave_only_their_name_and_size() -> None:
    body = (
        part(
            b'Content-Disposition: form-data; name="cv"; filename="l\xc3\xa9bt.pdf"\r\nContent-Type: application/pdf',
            b"\x00\xff" * 10,
        )
        + part(b"Content-Disposition: form-data; name=f; filename*=UTF-8''na%20me.txt", b"abc")
        + part(b'Content-Disposition: form-data; name="none"; filename=""', b"")
        + b"--b0--"
    )
    submission = read(body, MULTIPART)
    assert submission.as_dict() == {"cv": ["lébt.pdf (20 bytes)"], "f": ["na me.txt (3 bytes)"], "none": [""]}
    assert submission.flags == ("files_dropped",)


@pytest.mark.parametrize(
    ("body", "content_type", "fields"),
    [
        (part(b'Content-Disposition: form-data; name="a"', b"1")[:-2], MULTIPART, {"a": ["1"]}),
        (b"--b0\r\nno blank line\r\n--b0--", MULTIPART, {}),
        (b"a=1&b=2", MULTIPART, {"a": ["1"], "b": ["2"]}),
        (b"a=1&b=2", JSON, {"a": ["1"], "b": ["2"]}),
        (b'{"a": "1", ', JSON, {}),
        (b"[" * 200_000, JSON, {}),
        (b'{"a":' * 50_000, JSON, {}),
        (b"nothing to see", FORM, {"nothing to see": [""]}),
    ],
)
def test_a_damaged_body_is_flagged_and_what_was_read_is_kept(
    body: bytes, content_type: str, fields: dict[str, list[str]]
) -> None:
    submission = read(body, content_type)
    assert submission.as_dict() == fields
    assert submission.flags == ("malformed",)


@pytest.mark.parametrize("content_type", [FORM, JSON, "", "text/plain"])
def test_an_empty_body_has_no_fields(content_type: str) -> None:
    assert read(b"", content_type).fields == ()


@pytest.mark.parametrize(
    ("body", "query", "key"),
    [
        (b"oid=a&orgid=b", "", "a"),
        (b"orgid=b", "", "b"),
        (b"orgId=b&OID=a", "", "a"),
        (b"oid=&orgid=b", "", "b"),
        (b"x=1", "encoding=UTF-8&orgId=q", "q"),
        (b"oid=a", "orgId=q", "a"),
        (b"void=a", "", ""),
    ],
)
def test_the_form_key_comes_from_oid_or_orgid(body: bytes, query: str, key: str) -> None:
    assert read(body, query=query).form_key == key


@pytest.mark.parametrize("key", ["retURL", "returl", "returnURL", "redirect_url", "success_url", "Return URL"])
def test_the_return_url_is_found_under_its_usual_names(key: str) -> None:
    assert read(posted.urlencoded([(key, "https&#x3a;&#x2f;&#x2f;a.example")]).body).return_url == "https://a.example"
    assert read(b"url=https://a.example").return_url == ""


def test_debug_is_a_wish() -> None:
    assert [read(b"debug=" + value).debug for value in (b"1", b"True", b"0", b"")] == [True, True, False, False]


@pytest.mark.parametrize("encoder", ENCODERS, ids=lambda encoder: encoder.__name__)
def test_hostile_strings_survive(encoder: Callable[[Pairs], Post]) -> None:
    strings = posted.hostile_strings()
    assert len(strings) > 550
    for text in strings:
        post = encoder([("first_name", text), ("description", text), ("Last Name", "x")])
        submission = read(post.body, post.content_type)
        assert submission.values("first_name") == submission.values("description") == (posted.kept(text),)
        assert submission.first("Last Name") == "x"


CONTENT_TYPES = st.one_of(
    st.sampled_from(
        [
            FORM,
            JSON,
            MULTIPART,
            "text/plain",
            "",
            "multipart/form-data",
            'multipart/mixed; boundary="',
            f"{JSON};charset=utf-16",
        ]
    ),
    st.text(max_size=60),
)
PIECES = st.sampled_from(
    [
        b"--b0",
        b"--",
        b"\r\n",
        b"\n",
        b"Content-Disposition: form-data; name=",
        b'"',
        b"%",
        b"=",
        b"&",
        b";",
        b"{",
        b"[",
        b'"name":',
        b'"value"',
        b"}",
        b"\x00",
        b"\xff\xfe",
        b"filename*=''",
    ]
)
BODIES = st.one_of(
    st.binary(max_size=300), st.lists(st.one_of(PIECES, st.binary(max_size=5)), max_size=40).map(b"".join)
)


@settings(deadline=None, max_examples=400)
@given(body=BODIES, content_type=CONTENT_TYPES, query=st.text(max_size=30))
def test_no_bytes_make_the_reading_fail(body: bytes, content_type: str, query: str) -> None:
    submission = read(body, content_type, query)
    reading = lead_values(submission)
    texts = [text for key, values in submission.fields for text in (key, *values)]
    assert sum(len(values) for _, values in submission.fields) <= MAX_FIELDS
    assert all(text == posted.kept(text) for text in texts)
    "".join(texts).encode()  # what PostgreSQL takes is UTF-8
    assert isinstance(reading.has_identity, bool)
    assert isinstance(submission.form_key + submission.return_url, str)


@settings(deadline=None, max_examples=150)
@given(
    pairs=st.lists(
        st.tuples(
            st.text(st.characters(codec="utf-8", exclude_characters='\x00\r\n"%\\'), min_size=1),
            st.text(st.characters(codec="utf-8", exclude_characters="\x00")),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_whatever_is_typed_reads_the_same_in_urlencoded_multipart_and_hubspot(pairs: Pairs) -> None:
    expected: dict[str, list[str]] = {}
    for key, value in pairs:
        expected.setdefault(key, []).append(value)
    for encoder in (posted.urlencoded, posted.hubspot_json, posted.multipart):
        post = encoder(pairs)
        assert read(post.body, post.content_type).as_dict() == expected
