"""When a hosted form was opened, signed so that nobody makes it up, and the field that people do not see."""

from django.core import signing

from leads.capture.reading import Submission

TRAP = "hp_website"
"""A field that is out of sight and that no person fills in."""
START = "form_started"
CONSENT = "consent_given"
_SALT = "lead form opened"


def start_token(form_key: str) -> str:
    return signing.TimestampSigner(salt=_SALT).sign(form_key)


def seconds_since(token: str, form_key: str, *, at: float) -> float | None:
    """Seconds since the form was opened, None without a token; `ValueError` for one that was made up."""
    if not token:
        return None
    signer = signing.TimestampSigner(salt=_SALT)
    try:
        signed = signer.unsign(token)
    except signing.BadSignature as forged:
        raise ValueError("the token was made up") from forged
    if signed != form_key:
        raise ValueError("the token belongs to another form")
    return at - signing.b62_decode(token.split(":")[-2])


def trapped(submission: Submission) -> str:
    return " ".join(submission.values(TRAP))


def consents(submission: Submission) -> bool:
    """Was the box with the form's consent ticked?"""
    return any(value.strip() for value in submission.values(CONSENT))
