"""A furnished and running installation for a module of proofs."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.utils import timezone

from crm.core.actors import SYSTEM
from leads.services.forms import ensure_form
from tests.factories.cast import Cast, make_cast
from tests.factories.users import PASSWORD
from tests.proofs.visitor import Visitor
from tests.starting_point import put_back

#: The hosts to which the form of the proofs sends visitors back; those of two of the real forms are left out.
ALLOWED_HOSTS = (
    "www.trideca.com.au",
    "aquajacker.s3-website-us-west-2.amazonaws.com",
    "mtxb2b.com",
    "www.dkbmc.com",
    "vedacit.com.br",
    "newagainhouses.com",
    "hiae--devb2c.sandbox.my.site.com",
    "tusitio.com",
    "edintel-b2c.vercel.app",
    "www.daizansoriano.com",
)


@dataclass(frozen=True)
class Site:
    """`place` is host:port; leads of the form belong to `cast.rep_a`, who is `seller` in a browser."""

    place: str
    form_key: str
    cast: Cast
    seller: Visitor
    stranger: Visitor


@contextmanager
def furnished_site(place: str) -> Iterator[Site]:
    """Of a running server. The rows are real while this lasts; afterwards they are gone."""
    try:
        site = _furnished(place)
        yield site
        site.seller.close()
        site.stranger.close()
    finally:
        put_back()


def _furnished(place: str) -> Site:
    cast = make_cast()
    form = ensure_form(name="Website", hosts=ALLOWED_HOSTS, owner=cast.rep_a, actor=SYSTEM, at=timezone.now())
    seller = Visitor(place)
    seller.sign_in("rep_a", PASSWORD)
    return Site(place, form.key, cast, seller, Visitor(place))
