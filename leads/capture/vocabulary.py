"""What senders call the columns of a lead, in plain keys (see ``keys.plain_key``).

Read off the forms of Salesforce, Zoho, SuiteCRM and SugarCRM, vtiger, EspoCRM, HubSpot, Odoo, Dataverse, Krayin,
Elementor and Contact Form 7, and the labels of plain forms in six languages. Owner, status, score, dates,
consent and record ids are missing on purpose: a form only ever creates, and nobody's fields but the lead's own.
"""

from leads.capture.keys import words

# Not columns but readings: a whole name, and an opt-out of every e-mail.
FULL_NAME = "full_name"
EMAIL_OPT_OUT = "email_opt_out"

_SPELLINGS = {
    "topic": "topic subject yoursubject leadstitle betreff asunto assunto oggetto sujet objet",
    "salutation": "salutation salutationname prefix nameprefix honorific anrede civilite yoursalutation",
    FULL_NAME: (
        "name fullname contactname yourname contactperson personname customername leadname "
        "nombre nombrecompleto nome nomecompleto nom nomcomplet ansprechpartner"
    ),
    "first_name": ("firstname givenname forename fname first yourfirstname namefirst vorname prenom primernombre"),
    "middle_name": "middlename mname secondname",
    "last_name": (
        "lastname surname familyname lname last yourlastname namelast nachname familienname "
        "apellido apellidos sobrenome cognome nomdefamille"
    ),
    "job_title": "title jobtitle designation position jobposition function fonction cargo puesto yourjobtitle",
    "company": (
        "company companyname accountname partnername organization organisation organizationname "
        "organisationname business businessname yourcompany firma firmenname unternehmen empresa "
        "entreprise societe azienda"
    ),
    "email": (
        "email emailaddress email1 emailaddress1 webtoleademail1 emailfrom mail youremail workemail "
        "businessemail contactemail emailid correo correoelectronico courriel"
    ),
    "email2": ("email2 emailaddress2 webtoleademail2 secondaryemail secondemail otheremail alternateemail"),
    "phone": (
        "phone telephone tel phonenumber phonework workphone businessphone telephone1 phone1 yourphone "
        "yourtel contactnumber contactphone telefon telefono telefone"
    ),
    "mobile": (
        "mobile mobilephone phonemobile mobilenumber mobilephonenumber cell cellphone handy mobil movil "
        "celular yourmobile"
    ),
    "fax": "fax faxnumber phonefax telefax",
    "website": "website url websiteurl web homepage companywebsite companyurl webseite sitioweb siteweb",
    "street": (
        "street street1 street2 streetaddress address address1 address2 addressline1 addressline2 "
        "address1line1 address1line2 address1line3 primaryaddressstreet addressstreet lane strasse calle "
        "direccion endereco indirizzo adresse rue"
    ),
    "city": ("city town locality address1city primaryaddresscity addresscity ort stadt ciudad cidade citta ville"),
    "state_or_province": (
        "state statecode stateorprovince stateprovince province region county address1stateorprovince "
        "primaryaddressstate addressstate bundesland provincia estado"
    ),
    "postal_code": (
        "zip zipcode postalcode postcode zippostalcode address1postalcode primaryaddresspostalcode "
        "addresspostalcode plz cep cap codigopostal codepostal"
    ),
    "country": (
        "country countryname countrycode countryregion address1country primaryaddresscountry "
        "addresscountry land pais pays paese"
    ),
    "description": (
        "description message messages comment comments note notes question enquiry inquiry details msg "
        "yourmessage nachricht bemerkung mensaje mensagem messaggio"
    ),
    "source": "source leadsource leadsourcecode",
    "rating": "rating leadrating leadqualitycode",
    "industry": "industry branche sector",
    "annual_revenue": "revenue annualrevenue yearlyrevenue",
    "employees": "employees numberofemployees noofemployees numemployees employeecount",
    EMAIL_OPT_OUT: "emailoptout hasoptedoutofemail optedoutofemail",
    "do_not_email": "donotemail",
    "do_not_bulk_email": "donotbulkemail",
    "do_not_phone": "donotphone donotcall",
    "do_not_fax": "donotfax faxoptout hasoptedoutoffax",
    "currency": "currency currencycode currencyisocode",
    "utm_source": "utmsource",
    "utm_medium": "utmmedium",
    "utm_campaign": "utmcampaign",
    "utm_term": "utmterm",
    "utm_content": "utmcontent",
    "gclid": "gclid zcgad",
    "referrer": ("referrer referer httpreferrer httpreferer wphttpreferer pageurl pageuri contextpageuri landingpage"),
    "campaign_code": ("campaignid campaign campaigncode sfdccampaignid contextsfdccampaignid campaignidodatabind"),
}

#: Plain key -> column (or one of the two readings above).
ALIASES: dict[str, str] = {
    spelling: column for column, spellings in _SPELLINGS.items() for spelling in spellings.split()
}

#: Spellings that differ from another meaning only by what a plain key leaves out; "" is nobody's.
EXACT: dict[str, str] = {
    "_url": "referrer",  # Contact Form 7's page address, not the visitor's website
    "statecode": "",  # the state of a Dataverse record, not of an address
}

#: Plain keys that steer the post and say nothing about the customer.
CONTROL = words(
    """
    oid orgid external returl returnurl redirecturl successurl redirect debug debugemail encoding charset
    captchasettings grecaptcharesponse hcaptcharesponse cfturnstileresponse recaptchatokenresponse
    captcha recordtype memberstatus submit button btnsubmit
    xnqsjsdp xmiwtld actiontype ldeskuid ldtuvid enterdigest ag9uzxlwb3q
    vtrftk vtcurrency publicid urlencodeenable vtigerrecaptchapublickey
    moduledir entrypoint boolid leadsourcetoken apikey
    csrfmiddlewaretoken csrftoken csrf token authenticitytoken formbuildid formid formname wpnonce
    remoteip useragent poweredby hscontext submittedat skipvalidation portalid formguid objecttypeid
    hpwebsite formstarted consentgiven cfturnstileresponse captcharesponse
    contexthutk contextipaddress contextpagename contextpageid contextgotowebinarwebinarkey hutk
    """
)

#: A post with one of these comes from vtiger, where ``name`` is the name of the form.
VTIGER_SIGNS = frozenset({"vtrftk", "publicid", "urlencodeenable"})
#: A post with one of these comes from Odoo, where ``name`` is the subject.
ODOO_SIGNS = frozenset({"contactname", "partnername", "emailfrom"})
