"""Numbers of documents, and the order of issue dates."""

import datetime as dt

from django.utils.translation import gettext as _

from crm.core.errors import Invalid
from crm.core.numbering import take_gapless_number


def take_issue_number(series_key: str, *, on: dt.date, today: dt.date) -> str:
    """The next number of a gapless series for a document issued `on`.

    Not in the future and not before the last one of the series, whatever its year. The series stays locked
    until the transaction ends, so numbers and dates rise together.
    """
    if on > today:
        raise Invalid(_("The issue date cannot lie in the future. Enter today or an earlier day."), field="issued_on")
    return take_gapless_number(series_key, on=on)
