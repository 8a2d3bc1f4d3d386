"""Names under which other programs know a field, and what people of this house have taught.

Heads are compared without case, accents, spaces and signs: `First Name`, `first_name` and `FirstName` are one.
"""

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence

from crm.core.folding import fold
from crm.core.transactions import retried
from crm.data.importing.targets import Target
from crm.data.models import LearntColumn

_SIGNS = re.compile(r"[\W_]+")
_LONGEST = 120

# What Salesforce, Dynamics 365, HubSpot, Zoho, Pipedrive, Google and Outlook call it, and German, French and Spanish.
_SPOKEN = {
    "external_id": "id recordid externalid externekennung",
    "salutation": "salutation nameprefix prefix anrede civilite tratamiento honorific",
    "first_name": "firstname givenname forename vorname prenom nombre personfirstname first",
    "middle_name": "middlename additionalname zweitername",
    "last_name": "lastname familyname surname nachname apellido apellidos nomdefamille personlastname last",
    "full_name": "name fullname personname contactname leadname person kontakt",
    "job_title": "title jobtitle position organization1title organizationtitle titleposition funktion"
    " berufsbezeichnung",
    "department": "department organization1department abteilung",
    "email": "email emailaddress emailaddress1 mail email1 email1value workemail personemailwork personemail"
    " primaryemail"
    " emailwork correo correoelectronico courriel mailadresse",
    "email2": "email2 emailaddress2 email2value secondaryemail personemailhome emailhome otheremail homeemail",
    "phone": "phone businessphone telephone telephone1 phone1value phonenumber workphone personphone mainphone phone1"
    " phonework telefon telefono phonenumber1 businessphone1",
    "phone2": "phone2 telephone2 otherphone",
    "mobile": "mobile mobilephone mobilephonenumber mobilenumber cell cellphone phone2value mobil handy",
    "fax": "fax faxnumber businessfax",
    "website": "website websiteurl url web webpage website1value companydomainname homepage webseite internet",
    "street": "street address1street address1street1 mailingstreet billingstreet streetaddress businessstreet address"
    " address1line1 organizationaddress address1formatted strasse street1 addressline1 officelocation",
    "city": "city address1city mailingcity billingcity businesscity ort stadt ville ciudad town",
    "state_or_province": "state stateprovince stateregion region province address1region address1stateprovince"
    " mailingstate billingstate businessstate bundesland",
    "postal_code": "postalcode zip zipcode zippostalcode postcode address1postalcode mailingpostalcode plz"
    " billingpostalcode address1zippostalcode businesspostalcode zipcodepostalcode",
    "country": "country countryregion address1country address1countryregion mailingcountry billingcountry land pays"
    " pais businesscountryregion",
    "description": "description notes note notecontent comments comment beschreibung bemerkung notiz",
    "born_on": "birthday birthdate dateofbirth geburtstag geburtsdatum",
    "source": "source leadsource originalsource herkunft quelle leadherkunft",
    "industry": "industry sector branche",
    "annual_revenue": "annualrevenue revenue totalrevenue jahresumsatz umsatz",
    "employees": "employees numberofemployees noofemployees numemployees mitarbeiter employeecount",
    "rating": "rating leadrating hubspotscorerating",
    "owner": "owner ownerid ownername contactowner leadowner accountowner opportunityowner dealowner companyowner"
    " assignedto owninguser besitzer recordowner salesagent salesrep",
    "do_not_email": "donotemail emailoptout hasoptedoutofemail donotallowemails optout",
    "do_not_bulk_email": "donotbulkemail donotallowbulkemails unsubscribedfromallemail",
    "do_not_phone": "donotcall donotphone donotallowphonecalls",
    "do_not_fax": "donotfax faxoptout hasoptedoutoffax donotallowfaxes",
    "do_not_post": "donotpost donotallowmails donotsendpost",
    "currency": "currency currencycode currencyisocode transactioncurrency waehrung",
    "ownership": "ownership",
}
_NEXT = {"email": "email2", "phone": "mobile", "mobile": "phone"}


def key(head: str) -> str:
    """`E-mail 1 - Value` is `email1value`; `NumberofLocations__c` is `numberoflocations`."""
    return _SIGNS.sub("", fold(head.removesuffix("__c")))[:_LONGEST]


def is_left_alone(head: str) -> bool:
    """Columns by which Dynamics knows its own rows again."""
    return fold(head).startswith("(do not modify)")


def propose(
    header: Sequence[str], targets: Sequence[Target], own: Mapping[str, str], learnt: Mapping[str, str]
) -> list[str]:
    """For each column the name of the field that it most likely is, or "". `own` are names that only this noun knows.

    Each field is given once; what people have chosen before counts most.
    """
    known = {target.name for target in targets}
    spoken = _spoken(targets, own)
    mapping, taken = [""] * len(header), set[str]()
    for names in (learnt, spoken):
        for place, head in enumerate(header):
            name = (
                ""
                if mapping[place] or is_left_alone(head) or (names is spoken and key(head) in learnt)
                else names.get(key(head), "")
            )
            name = _NEXT.get(name, "") if name in taken else name
            if name in known and name not in taken:
                mapping[place] = name
                taken.add(name)
    if "last_name" in taken:
        mapping = ["" if name == "full_name" else name for name in mapping]
    return mapping


def _spoken(targets: Iterable[Target], own: Mapping[str, str]) -> dict[str, str]:
    """By key the name of a target; what is more special counts more."""
    found: dict[str, str] = {}
    for target in targets:
        found |= dict.fromkeys(_SPOKEN.get(target.name, "").split(), target.name)
    for target in targets:
        found[key(target.name.removeprefix("custom."))] = target.name
        found[key(str(target.label))] = target.name
    for target in targets:
        found |= dict.fromkeys(own.get(target.name, "").split(), target.name)
    return found


def is_known(targets: Sequence[Target], own: Mapping[str, str]) -> "frozenset[str]":
    """Keys of all heads that are known, for finding the line of the heads."""
    return frozenset(_spoken(targets, own))


def learnt_for(noun: str) -> dict[str, str]:
    return dict(LearntColumn.objects.filter(noun=noun).values_list("head", "field"))


def learn(noun: str, header: Sequence[str], proposed: Sequence[str], chosen: Sequence[str], at: dt.datetime) -> None:
    """Keep where somebody has chosen otherwise than was proposed; heads without a word teach nothing."""
    changed = {
        key(head): name
        for head, before, name in zip(header, proposed, chosen, strict=True)
        if before != name and key(head) and not is_left_alone(head)
    }
    rows = [LearntColumn(noun=noun, head=head, field=name, at=at) for head, name in changed.items()]
    retried(
        lambda: LearntColumn.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["noun", "head"], update_fields=["field", "at"]
        )
    )
