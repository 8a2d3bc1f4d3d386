"""How fast everything is found when the product is full: asks the search and the palette for many texts.

    uv run python -m bench.search --home FOLDER [--documents 200000] [--activities 2000000] [--runs 5]

FOLDER is one that `bench.volume --home` has filled. What is missing of documents and activities is filled in; then
the real server answers on the loopback address, one client at a time: as one who owns thirty leads, as the manager of
eight units, and as one who sees all; the texts are every pair of two first letters that names here begin with, words
that everybody and nobody has, numbers, e-mails and ends of phones. Beside the server stands *the floor*: the
statements of the search through psycopg alone. It ends by itself.
"""

import argparse
import os
import sys
from pathlib import Path

from bench.faults import Product, free_port


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--documents", type=int, default=200_000)
    parser.add_argument("--activities", type=int, default=2_000_000)
    parser.add_argument("--runs", type=int, default=5, help="how often each text is asked for")
    options = parser.parse_args()
    if not (0 <= options.documents <= 200_000 and 0 <= options.activities <= 2_000_000 and 1 <= options.runs <= 100):
        parser.error("at most 200,000 documents, 2,000,000 activities and 100 runs")
    if not (options.home / "database").exists():
        parser.error(f"{options.home} holds no database: fill it with bench.volume --home first")
    home = options.home.resolve()
    product = Product(home, free_port())
    try:
        product.start()
        # The product keeps its pool; only this process, which talks to its database beside it, does without.
        os.environ.update(THROUGHLINE_HOME=str(home), DJANGO_SETTINGS_MODULE="crm.settings", DATABASE_POOL="off")
        import django  # noqa: PLC0415 - the settings read the home

        django.setup()
        from bench.search import fill, report  # noqa: PLC0415 - after Django is set up

        fill.fill(options.documents, options.activities, lambda words: print(f"    {words}", flush=True))
        report.report(product.port, options.runs)
    finally:
        product.interrupt()
    return 0


if __name__ == "__main__":
    sys.exit(main())
