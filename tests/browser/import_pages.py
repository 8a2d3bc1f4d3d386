"""The pages of imports, as `tests.browser.pages.Page` takes them."""

from typing import Any

_WRONG = {"column-0": "", "order": "dmy", "decimal": ".", "duplicates": "skip"}

IMPORTS: tuple[tuple[tuple[str, ...], dict[str, Any]], ...] = (
    (("imports", "data:imports"), {}),
    (("imports, nothing", "data:imports"), {"who": "newcomer"}),
    (("import, no right", "data:import_new"), {"who": "reader", "status": 403}),
    (("import, which file?", "data:import_new"), {"query": "noun=leads"}),
    (("import, with errors", "data:import_new"), {"status": 422, "form": "noun", "sent": {"noun": "leads"}}),
    (("business cards", "data:cards"), {}),
    (("business cards, none", "data:cards"), {"status": 422, "form": "source", "sent": {"source": "", "check": "1"}}),
    (("import, columns", "data:import_columns", "import draft"), {}),
    (
        ("import, columns with errors", "data:import_columns", "import draft"),
        {"status": 422, "form": "order", "sent": _WRONG},
    ),
    (("import, rehearsed", "data:import", "import rehearsed"), {}),
    (("import, values", "data:import_values", "import rehearsed"), {}),
    (("import, rehearse?", "data:import_rehearse", "import rehearsed"), {}),
    (("import, run?", "data:import_run", "import rehearsed"), {}),
    (("import, done", "data:import", "import done"), {}),
    (("import, take back?", "data:import_undo", "import done"), {}),
)
