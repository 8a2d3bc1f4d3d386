"""A charset that is none is left out; every other content type stays as it came."""

import pytest

from crm.core.charsets import without_odd_charset


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "application/json",
        "application/x-www-form-urlencoded; charset=UTF-8",
        "application/x-www-form-urlencoded; charset=iso-8859-2",
        "multipart/form-data; boundary=----x",
    ],
)
def test_what_can_be_read_stays_as_it_came(content_type: str) -> None:
    assert without_odd_charset(content_type) == content_type


@pytest.mark.parametrize("charset", ["rot13", "idna", "hex", "undefined", "no-such-charset", ""])
def test_a_charset_that_is_none_is_left_out(charset: str) -> None:
    given = f"multipart/form-data; charset={charset}; boundary=abc"

    assert without_odd_charset(given) == 'multipart/form-data; boundary="abc"'
