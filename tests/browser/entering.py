"""Somebody who has signed in already, without the pages that lead there."""

from django.conf import settings
from django.test import Client
from playwright.sync_api import BrowserContext

from crm.users.models import User
from tests.proofs.sites import Site


def enter(browser: BrowserContext, site: Site, user: User) -> None:
    """From now on every page of this browser is asked for by `user`, whose password may have a new hash since."""
    client = Client()
    client.force_login(User.objects.get(pk=user.pk))
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    browser.add_cookies([{"name": cookie.key, "value": cookie.value, "url": f"http://{site.place}"}])
