"""Countries of the story: their towns, the names of their people, and what their firms are called. All invented."""

from dataclasses import dataclass

from catalog.models.taxes import TaxCategory


@dataclass(frozen=True, slots=True)
class Country:
    """`firms` are endings with the industry they stand for; `towns` come with a postal code."""

    name: str
    suffix: str
    dialing: str
    tax: TaxCategory
    currency: str
    towns: tuple[tuple[str, str], ...]
    streets: tuple[str, ...]
    first_names: tuple[str, ...]
    last_names: tuple[str, ...]
    stems: tuple[str, ...]
    firms: tuple[tuple[str, str], ...]


BREWING, DAIRY, PHARMA, WATER = "Brewing", "Dairy", "Pharmaceuticals", "Water supply"
PAPER, METAL, ENERGY, FOOD = "Paper", "Metals", "Energy", "Food"

_LOCAL, _UNION, _EXPORT = TaxCategory.STANDARD, TaxCategory.INTRA_COMMUNITY, TaxCategory.EXPORT

COUNTRIES = (
    Country(
        "Germany",
        "DE",
        "+49 30 5550",
        _LOCAL,
        "EUR",
        (("Birkenau am Deich", "26999"), ("Ahrental", "53599"), ("Feldmoos", "94299"), ("Grünwehr", "37699")),
        ("Mühlenweg", "Am Alten Hafen", "Werkstraße", "Lindenallee"),
        ("Katrin", "Matthias", "Heike", "Jörg", "Svenja", "Udo", "Franziska", "Torben", "Renate", "Malte"),
        ("Osterhage", "Brinkhorst", "Wiesmoor", "Kranzberger", "Hellweg", "Dornbusch", "Lüttmann", "Föhrmann"),
        ("Hollerbach", "Kranichfelder", "Lindmoor", "Rotwehr", "Steinhude-Nord", "Wolkenried"),
        (("Brauerei GmbH", BREWING), ("Molkerei eG", DAIRY), ("Pharma GmbH", PHARMA), ("Papier AG", PAPER)),
    ),
    Country(
        "Austria",
        "AT",
        "+43 1 5550",
        _UNION,
        "EUR",
        (("Sankt Elben", "8999"), ("Traunmühl", "4899"), ("Wiesenklamm", "6299")),
        ("Bahnhofgasse", "Seeuferweg", "Industriezeile"),
        ("Hannelore", "Lukas", "Theresa", "Gregor", "Elfriede", "Valentin"),
        ("Moosgruber", "Hinterleitner", "Waldschütz", "Enzendorfer", "Lahnsteiner"),
        ("Enzkogel", "Traunmühler", "Sankt Elbener", "Almbrunn"),
        (("Wasserverband", WATER), ("Käserei GmbH", DAIRY), ("Sudhaus KG", BREWING)),
    ),
    Country(
        "France",
        "FR",
        "+33 1 5550",
        _UNION,
        "EUR",
        (("Vaubrune", "38999"), ("Pontclair", "69799"), ("Montsabre", "42899")),
        ("rue des Tanneurs", "quai du Moulin", "avenue de la Gare"),
        ("Chloé", "Bastien", "Delphine", "Maxence", "Solène", "Aurélien"),
        ("Marchevent", "Roubrac", "Delorvaux", "Chantepierre", "Vaugelin"),
        ("Vaubrune", "Pontclair", "Montsabre", "Clairvigne"),
        (("Laiterie SA", DAIRY), ("Brasserie SARL", BREWING), ("Papeterie SAS", PAPER)),
    ),
    Country(
        "Italy",
        "IT",
        "+39 02 5550",
        _UNION,
        "EUR",
        (("Borgoluce", "31099"), ("Sassoverde", "54099"), ("Rivalunga", "26099")),
        ("via dei Mulini", "viale Stazione", "via del Porto"),
        ("Giulia", "Lorenzo", "Fiammetta", "Corrado", "Ilaria", "Ruggero"),
        ("Ferrandini", "Belcolle", "Montalbetti", "Sartorelli", "Vallescura"),
        ("Borgoluce", "Sassoverde", "Rivalunga", "Tre Torri"),
        (("Farmaceutica S.p.A.", PHARMA), ("Acque S.r.l.", WATER), ("Acciai S.p.A.", METAL)),
    ),
    Country(
        "Netherlands",
        "NL",
        "+31 20 5550",
        _UNION,
        "EUR",
        (("Oosterveen", "8299 AB"), ("Waterhorn", "1799 CD"), ("Zandwijk", "4299 EF")),
        ("Havenstraat", "Dijkweg", "Molenlaan"),
        ("Saskia", "Joost", "Marijke", "Wouter", "Femke", "Sjoerd"),
        ("van Oosterveen", "de Waardt", "Zandstra", "ter Hooghe", "Blankevoort"),
        ("Oosterveen", "Waterhorn", "Zandwijk", "Noordkade"),
        (("Zuivel BV", DAIRY), ("Staal BV", METAL), ("Energie NV", ENERGY)),
    ),
    Country(
        "Czechia",
        "CZ",
        "+420 255 50",
        _UNION,
        "EUR",
        (("Horní Lípová", "789 99"), ("Staré Mlýny", "517 99"), ("Jezernice nad Vodou", "751 99")),
        ("Nádražní", "Mlýnská", "Tovární"),
        ("Tereza", "Ondřej", "Zdeňka", "Radim", "Vendula", "Bohumil"),
        ("Mlynářová", "Havrlant", "Skalická", "Podhorný", "Lipovský"),
        ("Horní Lípová", "Jezernice", "Staromlýn", "Vraní Hora"),
        (("pivovar a.s.", BREWING), ("sklárny a.s.", METAL), ("vodárny s.r.o.", WATER)),
    ),
    Country(
        "Sweden",
        "SE",
        "+46 8 5550",
        _UNION,
        "EUR",
        (("Granfors", "829 99"), ("Sjöbyholm", "598 99"), ("Vintervik", "971 99")),
        ("Bruksvägen", "Hamngatan", "Kvarngatan"),
        ("Agneta", "Torbjörn", "Linnéa", "Rasmus", "Gunilla", "Hampus"),
        ("Granforsen", "Sjövall", "Lindhammar", "Bergdala", "Furuholm"),
        ("Granfors", "Sjöbyholm", "Vintervik", "Älvkroken"),
        (("Bruk AB", PAPER), ("Energi AB", ENERGY), ("Mejeri AB", DAIRY)),
    ),
    Country(
        "United Kingdom",
        "GB",
        "+44 20 5550",
        _EXPORT,
        "EUR",
        (("Harrowmere", "XH4 9ZZ"), ("Wexcombe", "XW2 9ZZ"), ("Thornley Quay", "XT7 9ZZ")),
        ("Mill Lane", "Dock Road", "Station Approach"),
        ("Callum", "Philippa", "Gareth", "Imogen", "Rowan", "Beatrix"),
        ("Harrowmere", "Thornbury", "Ashgrove", "Penhallow", "Wexcombe"),
        ("Harrowmere", "Wexcombe", "Thornley", "Kestrel Moor"),
        (("Foods Ltd", FOOD), ("Brewing Co. Ltd", BREWING), ("Water plc", WATER)),
    ),
    Country(
        "United States",
        "US",
        "+1 202 555",
        _EXPORT,
        "USD",
        (("Cedar Bluff Falls", "99501"), ("New Harmonville", "47699"), ("Port Wendell", "98299")),
        ("Industrial Parkway", "Riverfront Drive", "Mill Street"),
        ("Owen", "Savannah", "Wyatt", "Paige", "Dwight", "Marlene", "Curtis", "Odessa"),
        ("Prescott", "Halvorsen", "Wendell", "Castleberry", "Lindqvist", "Okafor-Hayes"),
        ("Cedar Bluff", "Port Wendell", "New Harmonville", "Three Rivers Bend", "Copperline"),
        (("Dairy Co-op", DAIRY), ("Water District", WATER), ("Biologics Inc.", PHARMA), ("Steel Corp.", METAL)),
    ),
    Country(
        "Canada",
        "CA",
        "+1 613 555",
        _EXPORT,
        "USD",
        (("Maple Narrows", "K0X 9Z9"), ("Lac-aux-Loons", "J0V 9Z9")),
        ("Quarry Road", "chemin du Barrage"),
        ("Noémie", "Graham", "Tessa", "Étienne"),
        ("Lachevrotte", "Narrowsby", "MacAllenby", "Beaurivage"),
        ("Maple Narrows", "Lac-aux-Loons", "Northern Spruce"),
        (("Paper Mills Ltd.", PAPER), ("Hydro Inc.", ENERGY), ("Creamery Ltd.", DAIRY)),
    ),
)
HOME = COUNTRIES[0]
