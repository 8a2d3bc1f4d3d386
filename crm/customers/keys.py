"""The forms in which customers are compared: stored beside the values and asked by matching. Pure."""

from django.conf import settings

from crm.core import folding, phones

_SHARED = """
    gmail.com googlemail.com outlook.com outlook.de outlook.fr hotmail.com hotmail.co.uk hotmail.de hotmail.fr
    hotmail.it hotmail.es live.com live.co.uk live.de live.fr msn.com yahoo.com yahoo.co.uk yahoo.de yahoo.fr
    yahoo.it yahoo.es yahoo.co.in yahoo.co.jp yahoo.com.br ymail.com rocketmail.com icloud.com me.com mac.com
    aol.com aol.de mail.com email.com proton.me protonmail.com pm.me tutanota.com tuta.io fastmail.com hey.com
    gmx.de gmx.net gmx.com gmx.at gmx.ch web.de t-online.de freenet.de arcor.de posteo.de mailbox.org 1und1.de
    orange.fr wanadoo.fr free.fr sfr.fr laposte.net libero.it virgilio.it tiscali.it alice.it tin.it
    btinternet.com sky.com virginmedia.com ntlworld.com talktalk.net comcast.net verizon.net att.net
    sbcglobal.net bellsouth.net cox.net charter.net earthlink.net shaw.ca rogers.com sympatico.ca bigpond.com
    optusnet.com.au xtra.co.nz qq.com 163.com 126.com sina.com naver.com daum.net hanmail.net yandex.ru
    yandex.com mail.ru bk.ru list.ru inbox.ru rambler.ru ukr.net wp.pl o2.pl onet.pl interia.pl seznam.cz
    centrum.cz bluewin.ch telenet.be skynet.be ziggo.nl kpnmail.nl hetnet.nl uol.com.br bol.com.br terra.com.br
    rediffmail.com zoho.com
    facebook.com linkedin.com instagram.com twitter.com x.com youtube.com tiktok.com google.com github.com
    wordpress.com blogspot.com wixsite.com medium.com linktr.ee
"""
#: What so many people use says nothing about where they work, or whose page it is.
SHARED_DOMAINS = frozenset(_SHARED.split())
_EMAIL_AT_MOST, _DOMAIN_AT_MOST, _PHONE_AT_MOST = 254, 253, 20


def email_key(email: str) -> str:
    return folding.fold_email(email)[:_EMAIL_AT_MOST]


def email_domain(email: str) -> str:
    """The domain of the address, if it can tell an organisation."""
    return _own(folding.email_domain(email))


def website_domain(website: str) -> str:
    """The domain of the page, if it can tell an organisation."""
    return _own(folding.website_domain(website))


def _own(domain: str) -> str:
    return "" if domain in SHARED_DOMAINS else domain[:_DOMAIN_AT_MOST]


def phone_key(phone: str) -> str:
    return phones.e164(phone, settings.PHONE_REGION)[:_PHONE_AT_MOST] if phone else ""


def name_key(first_name: str, last_name: str) -> str:
    """A person's name without middle names, which some forms ask for and others do not."""
    return folding.fold(f"{first_name} {last_name}")
