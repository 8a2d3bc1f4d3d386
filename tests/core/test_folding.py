"""Text as it is stored, compared and sorted."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm.core.folding import (
    FOLDED_AT_MOST,
    clean_text,
    company_key,
    email_domain,
    fold,
    fold_email,
    one_line,
    website_domain,
)
from tests.leads import posted


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Zo\u00eb", "zoe"),
        ("\u00d1u\u00f1ez", "nunez"),
        ("\u0141ukasz", "lukasz"),
        ("\u0110\u1eb7ng", "dang"),
        ("\u00c6gir", "aegir"),
        ("\u00d8ystein", "oystein"),
        ("\u0130brahim", "ibrahim"),
        ("\u0131stanbul", "istanbul"),
        ("Stra\u00dfe", "strasse"),
        ("\ufb00i", "ffi"),
        ("Mu\u0308ller", "muller"),
        ("D\u2019Angelo", "d'angelo"),
        ("Jean\u2013Luc", "jean-luc"),
        ("\uff21\uff44\uff4d\uff49\uff4e", "admin"),
        ("\u202eevil\u202c", "evil"),
        ("ze\u200bro\ufeff width\x00", "zero width"),
        ("  Test\tTab\r\n Line\u00a0Break ", "test tab line break"),
        ("\ud55c\uae00", "\ud55c\uae00"),
        ("\u5c71\u7530\u592a\u90ce", "\u5c71\u7530\u592a\u90ce"),
        ("\u304c\u304f", "\u304c\u304f"),
        ("\u0928\u092e\u0938\u094d\u0924\u0947", "\u0928\u092e\u0938\u094d\u0924\u0947"),
        ("\u0645\u064f\u062d\u064e\u0645\u0651\u062f", "\u0645\u062d\u0645\u062f"),
        ("\u039f\u0394\u03a5\u03a3\u03a3\u0395\u03a5\u03a3", "\u03bf\u03b4\u03c5\u03c3\u03c3\u03b5\u03c5\u03c3"),
        ("\u0401\u043b\u043a\u0430", "\u0435\u043b\u043a\u0430"),
        ("\ud800a", "a"),
        ("\u0301\u200b", ""),
        ("", ""),
    ],
)
def test_fold_keeps_what_people_compare(text: str, folded: str) -> None:
    assert fold(text) == folded


@settings(deadline=None)
@given(st.text(max_size=60))
def test_folding_twice_changes_nothing(text: str) -> None:
    folded = fold(text)
    assert fold(folded) == folded
    assert folded == " ".join(folded.split())
    assert not {unicodedata.category(sign) for sign in folded} & {"Cc", "Cf", "Cs"}


@settings(deadline=None)
@given(st.text(max_size=30))
def test_case_and_composition_make_no_difference(text: str) -> None:
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text))


def test_a_folded_name_fits_into_an_index_entry() -> None:
    for text in ("\ufdfa" * 1000, "\U0001f469" * 2000, "a" * 5000, "\u3099\u094d" * 100_000):
        folded = fold(text)
        assert 0 < len(folded) <= FOLDED_AT_MOST == 300
        assert len(company_key(text)) <= 200
        assert len(fold_email(f"a@{text}")) <= 254
        assert len(website_domain(text)) <= 253


def test_hostile_strings_fold_to_storable_lines() -> None:
    for text in posted.hostile_strings():
        folded = fold(text)
        assert fold(folded) == folded
        assert one_line(folded) == folded
        assert isinstance(company_key(text), str)
        assert isinstance(website_domain(text), str)
        assert isinstance(fold_email(text), str)


def test_clean_text_drops_only_what_cannot_be_stored() -> None:
    assert clean_text("a\x00b\ud800\r\nc\rd\n\u202ee\u200d") == "ab\nc\nd\n\u202ee\u200d"


def test_one_line_has_no_breaks_and_no_controls() -> None:
    assert one_line(" a\r\nb\x07\x1b c\u2028d\x00 ") == "a b c d"


@pytest.mark.parametrize(
    ("email", "folded", "domain"),
    [
        ("ADMIN@EXAMPLE.ORG", "admin@example.org", "example.org"),
        (" a@B\u00fccher.example ", "a@xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("a@xn--bcher-kva.example", "a@xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("first.last+tag@x.example", "first.last+tag@x.example", "x.example"),
        ("\u0430dmin@example.org", "\u0430dmin@example.org", "example.org"),
        ("Jos\u00e9@x.example", "jos\u00e9@x.example", "x.example"),
        ("user@[192.0.2.1]", "user@[192.0.2.1]", ""),
        ("%@%", "%@%", ""),
        ("plain", "plain", ""),
        ("@x.example", "@x.example", ""),
        ("", "", ""),
    ],
)
def test_addresses_are_compared_exactly_but_for_case(email: str, folded: str, domain: str) -> None:
    assert fold_email(email) == folded
    assert email_domain(email) == domain


@pytest.mark.parametrize(
    ("names", "key"),
    [
        (
            ("Acme", "ACME GmbH", "Acme GmbH & Co. KG", "acme, Inc.", "Acme Ltd", "Acme LLC", "Acme S.A.", "Acme AG"),
            "acme",
        ),
        (("Acme S.p.A.", "Acme Sp. z o.o.", "Acme Sp. z o. o.", "Acme S.A. de C.V.", "Acme S. A. de C. V."), "acme"),
        (
            ("Acme K.K.", "Acme Co., Ltd.", "Acme & Co.", "Acme Pty Ltd", "Acme S.r.l.", "Acme B.V.", "Acme O\u00dc"),
            "acme",
        ),
        (("Acme UG (haftungsbeschr\u00e4nkt)", "ACME\u00ae Corp.", "Acme d.o.o.", "PT Acme Tbk"), "acme"),
        (
            ("(\uc8fc) \uaca8\ub808", "\uc8fc\uc2dd\ud68c\uc0ac \uaca8\ub808", "\uaca8\ub808\uc8fc\uc2dd\ud68c\uc0ac"),
            "\uaca8\ub808",
        ),
        (
            (
                "\u682a\u5f0f\u4f1a\u793e\u30c8\u30e8\u30bf",
                "\u30c8\u30e8\u30bf\u682a\u5f0f\u4f1a\u793e",
                "\u3231\u30c8\u30e8\u30bf",
            ),
            "\u30c8\u30e8\u30bf",
        ),
        (
            ("\u041e\u041e\u041e \u00ab\u0420\u043e\u0433\u0430\u00bb", "\u0420\u043e\u0433\u0430"),
            "\u0440\u043e\u0433\u0430",
        ),
        (("Smith & Sons", "Smith and Sons Ltd", "SMITH  &  SONS, LIMITED"), "smith and sons"),
        (("Morales, Barajas y Rocha",), "morales barajas y rocha"),
        (("O'Brien", "O\u2019Brien plc"), "obrien"),
        (("AG", "ag GmbH"), "ag"),
        (("Casares e Hijos",), "casares e hijos"),
        (("!!!",), "!!!"),
        (("", " "), ""),
    ],
)
def test_companies_match_without_their_legal_form(names: tuple[str, ...], key: str) -> None:
    assert {name: company_key(name) for name in names} == dict.fromkeys(names, key)


def test_different_companies_stay_different() -> None:
    names = ["Acme", "Acme Foods", "Acme Group", "Acme Holding", "Acme 2", "Ac Me", "Acmes", "\u0410\u0441me"]
    assert len({company_key(name) for name in names}) == len(names)


@pytest.mark.parametrize(
    ("url", "domain"),
    [
        ("https://www.Buyer9.example/path?x#y", "buyer9.example"),
        ("buyer.example", "buyer.example"),
        ("www.buyer.example/a", "buyer.example"),
        ("//buyer.example", "buyer.example"),
        ("buyer.example:8080/x", "buyer.example"),
        ("http://user:pw@buyer.example.", "buyer.example"),
        ("https://b\u00fccher.example", "xn--bcher-kva.example"),
        ("javascript:alert(1)", ""),
        ("mailto:a@b.example", ""),
        ("ftp://b.example", ""),
        ("tel:123", ""),
        ("localhost", ""),
        ("http://[::1", ""),
        ("https://", ""),
        ("not a site", ""),
        ("", ""),
    ],
)
def test_a_website_has_a_domain_or_none(url: str, domain: str) -> None:
    assert website_domain(url) == domain
