"""What people decided about senders, kept for the posts to come."""

from disposable_email_domains import blocklist

from leads.models import KnownSender


def learn(emails: list[str], standing: str) -> None:
    """These addresses, folded, are good or bad from now on. The last decision counts.

    Only whole addresses are learnt: a domain or a network address is shared by many, and an administrator's to judge.
    """
    rows = [KnownSender(kind="email", value=email, standing=standing) for email in sorted(set(filter(None, emails)))]
    KnownSender.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["value", "kind"], update_fields=["standing"]
    )


def is_disposable(email: str) -> bool:
    """Is the address one of those that are given out for an hour? `email` is folded; so are domains above its own."""
    domain = email.rpartition("@")[2]
    while domain:
        if domain in blocklist:
            return True
        domain = domain.partition(".")[2]
    return False
