"""A storm: captures, imports, merges and qualifications of the same leads at once, then the doctor looks.

    uv run python -m bench.storm [--seconds 120] [--seed 1]

Starts the product, with its task workers, on a home and a port of its own. Eight clients work through HTTP: three
websites post (a tenth looks like spam, most senders come again), one clerk decides about the quarantine, one imports
files, one merges, and both take some back, two qualify, disqualify and reopen. All of them take the newest leads. Two
rules forbid a second account of a name and a second contact of an e-mail address. Said is how often each was done, and
how often it was refused and why. It fails where an answer was none that people should get, where an answered post is
missing, or where `manage.py doctor` finds anything. It talks to the loopback address only and ends by itself.
"""

import argparse
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from bench.faults import Product, StormError, free_port

if TYPE_CHECKING:
    from bench.storm.clients import Tally


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=120.0)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if not 1 <= options.seconds <= 600:
        parser.error("between 1 and 600 seconds")
    home = Path(tempfile.mkdtemp(prefix="throughline-bench-"))
    os.environ["CAPTURE_RATE_LIMIT"] = "0"  # every post comes from this machine
    product = Product(home, free_port())
    try:
        product.start()
        return _storm(product, options.seconds, options.seed)
    finally:
        product.interrupt()
        shutil.rmtree(home, ignore_errors=True)


def _storm(product: Product, seconds: float, seed: int) -> int:
    os.environ.update(THROUGHLINE_HOME=str(product.home), DJANGO_SETTINGS_MODULE="crm.settings", DATABASE_POOL="off")
    import django  # noqa: PLC0415 - the settings read the home that was made just now

    django.setup()
    from bench.storm import clients, scene  # noqa: PLC0415 - after Django is set up

    stage = scene.prepare()
    place = f"127.0.0.1:{product.port}"
    tally = clients.rage(place, signed_in=scene.sign_in(place), forms=stage.form_keys, seconds=seconds, seed=seed)
    scene.settle()
    _say(tally)
    scene.say_rows()
    faults = [*tally.failures, *scene.lost_posts(tally)]
    print("\n".join(faults[:20]))
    try:
        print(product.manage("doctor"))
    except StormError as found:
        print(found)
        return 1
    return 1 if faults else 0


def _say(tally: "Tally") -> None:
    for title, counts in (("done", tally.done), ("refused", tally.refused)):
        print(f"\n{title}")
        for what, number in sorted(counts.items()):
            print(f"    {number:7,}  {what}")


if __name__ == "__main__":
    sys.exit(main())
