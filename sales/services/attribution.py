"""Where opportunities and documents came from, told later than they were made."""

from leads.models import Campaign
from leads.services.campaigns import adopt
from sales.models import Invoice, Opportunity, Order, Quote


def adopt_chain(campaign: Campaign) -> None:
    """What brought the code of the campaign before it had it. Of a frozen document a campaign is no figure."""
    for model in (Opportunity, Quote, Order, Invoice):
        adopt(model, campaign)
