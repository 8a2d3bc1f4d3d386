"""What the invented company makes and sells, who its rivals are, and what its customers ask for."""

from dataclasses import dataclass
from decimal import Decimal

from crm.reports.demo.places import BREWING, DAIRY, ENERGY, FOOD, METAL, PAPER, PHARMA, WATER

PIECE, LENGTH, VOLUME, TIME = "Pieces", "Length", "Volume", "Working time"

#: name of the group, its base unit, and further units as multiples of the base unit
UNIT_GROUPS = (
    (PIECE, "piece", (("box of 10", Decimal(10)),)),
    (LENGTH, "metre", (("reel of 100 m", Decimal(100)),)),
    (VOLUME, "litre", (("canister of 5 l", Decimal(5)),)),
    (TIME, "hour", (("day of 8 hours", Decimal(8)),)),
)


@dataclass(frozen=True, slots=True)
class Ware:
    """`price` and `cost` in EUR per base unit of the group; `in_volume` ones get the volume discount."""

    number: str
    name: str
    group: str
    price: Decimal
    cost: Decimal
    type: str = "goods"
    in_volume: bool = False


WARES = (
    Ware("DX-210", "Density transmitter DX-210, hygienic", PIECE, Decimal("4180.00"), Decimal("1905.00")),
    Ware("DX-350", "Density transmitter DX-350, high pressure", PIECE, Decimal("6240.00"), Decimal("2890.00")),
    Ware("TX-40", "Turbidity sensor TX-40", PIECE, Decimal("1895.00"), Decimal("790.00"), in_volume=True),
    Ware("PH-12", "pH electrode PH-12, glass", PIECE, Decimal("318.00"), Decimal("104.50"), in_volume=True),
    Ware(
        "PH-16", "pH electrode PH-16, steam sterilizable", PIECE, Decimal("462.00"), Decimal("171.00"), in_volume=True
    ),
    Ware("CX-80", "Conductivity probe CX-80", PIECE, Decimal("739.50"), Decimal("288.00"), in_volume=True),
    Ware(
        "OX-22", "Dissolved oxygen sensor OX-22, optical", PIECE, Decimal("1340.00"), Decimal("566.00"), in_volume=True
    ),
    Ware("FM-25", "Magnetic flow meter FM-25, DN 25", PIECE, Decimal("1128.00"), Decimal("498.00")),
    Ware("FM-50", "Magnetic flow meter FM-50, DN 50", PIECE, Decimal("1476.00"), Decimal("655.00")),
    Ware("FM-100", "Magnetic flow meter FM-100, DN 100", PIECE, Decimal("2214.00"), Decimal("1002.00")),
    Ware("LV-7", "Level radar LV-7", PIECE, Decimal("1690.00"), Decimal("731.00")),
    Ware("TP-3", "Temperature probe TP-3, Pt100", PIECE, Decimal("124.75"), Decimal("41.20"), in_volume=True),
    Ware("PR-9", "Pressure transmitter PR-9", PIECE, Decimal("402.00"), Decimal("158.00"), in_volume=True),
    Ware("MC-4", "Controller MC-4, four channels", PIECE, Decimal("1985.00"), Decimal("874.00")),
    Ware("MC-8", "Controller MC-8, eight channels", PIECE, Decimal("3120.00"), Decimal("1389.00")),
    Ware("GW-1", "Plant gateway GW-1", PIECE, Decimal("1550.00"), Decimal("620.00")),
    Ware("HS-65", "Hygienic housing HS-65, stainless", PIECE, Decimal("585.00"), Decimal("266.00")),
    Ware("CB-5", "Sensor cable CB-5, shielded", LENGTH, Decimal("6.40"), Decimal("2.15")),
    Ware("CB-8", "Bus cable CB-8, oil resistant", LENGTH, Decimal("9.85"), Decimal("3.70")),
    Ware("KS-4", "Calibration solution pH 4.01", VOLUME, Decimal("18.20"), Decimal("5.10")),
    Ware("KS-7", "Calibration solution pH 7.00", VOLUME, Decimal("18.20"), Decimal("5.10")),
    Ware("SV-1", "Commissioning on site", TIME, Decimal("128.00"), Decimal("71.00"), "service"),
    Ware("SV-2", "Calibration with certificate", TIME, Decimal("112.00"), Decimal("58.00"), "service"),
    Ware("SV-3", "Remote support", TIME, Decimal("96.00"), Decimal("44.00"), "service"),
    Ware("TR-1", "Operator training, flat rate", PIECE, Decimal("890.00"), Decimal("310.00"), "fee"),
    Ware("DX-200", "Density transmitter DX-200", PIECE, Decimal("3890.00"), Decimal("1870.00")),
    Ware("TX-50", "Turbidity sensor TX-50, self-cleaning", PIECE, Decimal("2460.00"), Decimal("1080.00")),
)
RETIRED, DRAFT = "DX-200", "TX-50"

#: from, to (None is open) and percent
VOLUME_TIERS = (
    (Decimal(5), Decimal("9.99999"), Decimal(3)),
    (Decimal(10), Decimal("24.99999"), Decimal(6)),
    (Decimal(25), None, Decimal(10)),
)

COMPETITORS = (
    ("Pellworm Sensorik", "Level radar PS-2", "Quick delivery, large stock.", "No hygienic housings."),
    ("Aqualis Metering", "Flow meter AQ-9", "Cheap.", "Service only by partners."),
    ("Northgate Analytics", "Optical oxygen sensor", "Strong in pharma validation.", "Twice our delivery times."),
)


@dataclass(frozen=True, slots=True)
class Need:
    """What somebody asks for, and the wares that answer it, the main one first."""

    topic: str
    wares: tuple[str, ...]


NEEDS: dict[str, tuple[Need, ...]] = {
    BREWING: (
        Need("Inline density for the new brewhouse", ("DX-210", "MC-4", "HS-65", "SV-1")),
        Need("Oxygen measurement at the filler", ("OX-22", "MC-4", "CB-5", "SV-2")),
        Need("CO₂ and density for the canning line", ("DX-210", "PR-9", "TP-3", "CB-5")),
    ),
    DAIRY: (
        Need("Milk reception metering", ("FM-50", "TP-3", "MC-8", "SV-1")),
        Need("Pasteuriser loop, second site", ("TP-3", "PR-9", "FM-25", "MC-4")),
        Need("Turbidity after separation", ("TX-40", "HS-65", "MC-4", "SV-2")),
    ),
    PHARMA: (
        Need("Cleaning validation, conductivity", ("CX-80", "PH-16", "MC-8", "SV-2")),
        Need("Sterile pH for two reactors", ("PH-16", "KS-4", "KS-7", "MC-4", "TR-1")),
        Need("Purified water loop", ("CX-80", "TP-3", "GW-1", "SV-1")),
    ),
    WATER: (
        Need("Turbidity and pH at the intakes", ("TX-40", "PH-12", "GW-1", "CB-8")),
        Need("Reservoir levels, remote", ("LV-7", "GW-1", "SV-3")),
        Need("District metering, nine shafts", ("FM-100", "GW-1", "CB-8", "SV-1")),
    ),
    PAPER: (
        Need("Stock density ahead of the headbox", ("DX-350", "MC-4", "SV-1")),
        Need("White water conductivity", ("CX-80", "PR-9", "CB-8", "MC-8")),
    ),
    METAL: (
        Need("Cooling water quality", ("PH-12", "CX-80", "GW-1", "CB-8")),
        Need("Quench tank temperature, 24 points", ("TP-3", "MC-8", "CB-8", "SV-1")),
    ),
    ENERGY: (
        Need("Boiler feed water, oxygen and pH", ("OX-22", "PH-16", "MC-8", "SV-2")),
        Need("Heat network metering", ("FM-100", "TP-3", "GW-1", "SV-1")),
    ),
    FOOD: (
        Need("Sauce line, density and temperature", ("DX-210", "TP-3", "MC-4", "HS-65")),
        Need("Steam metering for the energy audit", ("FM-50", "PR-9", "TP-3", "SV-3")),
    ),
}

WRITE_INS = ("Adapter flanges to drawing", "Freight pallet, returnable", "Factory acceptance test", "Mounting frame")

JOB_TITLES = (
    "Head of production",
    "Process engineer",
    "Purchasing manager",
    "Quality manager",
    "Plant manager",
    "Maintenance lead",
    "Project engineer",
    "Managing director",
)
