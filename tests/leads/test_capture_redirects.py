"""After a post a visitor goes to an allowed host or stays here."""

import pytest

from leads.capture.redirects import allowed_host, safe_return_url

ALLOWED = ["good.com", ".sub.example", "ported.example:8443", "b\u00fccher.example", "[2001:db8::1]"]

HOSTILE = [
    "", " ", "thanks.html", "/thanks", "//evil.io", "///evil.io", "/\\evil.io", "\\\\evil.io", "https:evil.io",
    "https:/evil.io", "https:///evil.io", "https://", "http:good.com", "https:/good.com", "https:\\\\good.com",
    "javascript:alert(1)", "JaVaScRiPt://good.com/%0aalert(1)", "java\nscript:alert(1)", "data:text/html,x",
    "vbscript:x", "file:///etc/passwd", "ftp://good.com/", "gopher://good.com/", "good.com", "//good.com",
    "https://evil.io", "https://good.com.evil.io/", "https://evilgood.com/", "https://evil.io/good.com",
    "https://evil.io?good.com", "https://evil.io#good.com", "https://evil.io/?x=https://good.com",
    "https://good.com@evil.io/", "https://user:pass@good.com/", "https://@good.com/", "https://good.com%40evil.io",
    "https://good.com%2eevil.io", "https://good.com\\@evil.io", "https://evil.io\\.good.com", "https://good.com\\.evil.io",
    "https://good.com:8443/", "https://good.com:443/", "https://good.com:/", "https://good.com:99999999/",
    "https://good.com:x/", "https://ported.example/", "https://ported.example:8444/", "https://good.com./",
    "https://good.com /", " https://good.com/", "https://good.com/\n", "https://good.com/a b", "https://good.com/\tx",
    "https://good.com/\x00", "https://good.com/\x7f", "https://good.com/%0d%0aSet-Cookie:x=1", "https://good.com/%0A",
    "https://good.com/%00", "https://good.com/\r\nX: y", "https://g\u043e\u043ed.com/", "https://good.com\u2044evil.io",
    "https://good\u3002com\u3002evil.io/", "https://good.com\uff0fevil.io", "https://sub.example.evil.io",
    "https://notsub.example/", "https://xsub.example/", "https://[::1]/", "https://[2001:db8::2]/", "https://[good.com]/",
    "https://[good.com", "https://\ud800.good.com/", "https://good.com/\ud800", "https://good.com/" + "a" * 2000,
]  # fmt: skip


@pytest.mark.parametrize("url", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_address_is_refused(url: str) -> None:
    assert safe_return_url(url, ALLOWED) is None


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("https://good.com", "https://good.com"),
        ("http://good.com/thanks?a=b&c=d%20e#top", "http://good.com/thanks?a=b&c=d%20e#top"),
        ("HTTPS://GOOD.com/Thanks", "https://good.com/Thanks"),
        ("https://good.com//double", "https://good.com//double"),
        ("https://good.com/?next=//evil.io", "https://good.com/?next=//evil.io"),
        ("https://sub.example/", "https://sub.example/"),
        ("https://a.b.sub.example/", "https://a.b.sub.example/"),
        ("https://ported.example:8443/x", "https://ported.example:8443/x"),
        ("https://b\u00fccher.example/danke/\u00fc", "https://xn--bcher-kva.example/danke/%C3%BC"),
        ("https://xn--bcher-kva.example/", "https://xn--bcher-kva.example/"),
        ("https://\uff47ood.com/", "https://good.com/"),
        ("https://[2001:DB8::1]/x", "https://[2001:db8::1]/x"),
        ("https://good.com/" + "a" * 1983, "https://good.com/" + "a" * 1983),
    ],
)
def test_an_allowed_address_is_followed(url: str, target: str) -> None:
    assert safe_return_url(url, ALLOWED) == target


def test_a_form_without_allowed_hosts_redirects_nowhere() -> None:
    for hosts in ([], [""], ["*"], ["."]):
        assert safe_return_url("https://good.com/", hosts) is None


@pytest.mark.parametrize(
    ("entry", "host"),
    [
        ("Good.com", "good.com"),
        ("https://good.com/contact?x", "good.com"),
        ("good.com:8080", "good.com:8080"),
        (".Good.com", ".good.com"),
        ("b\u00fccher.example", "xn--bcher-kva.example"),
        ("user@good.com", ""),
        ("*.good.com", ""),
        ("", ""),
        (".", ""),
    ],
)
def test_an_entry_of_the_allowed_hosts_is_brought_to_one_form(entry: str, host: str) -> None:
    assert allowed_host(entry) == host
