from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from crm.core.invariants import EXAMPLES, Check, Finding, examine, known_checks


class Command(BaseCommand):
    help = "Look whether the stored data are whole: orphans, doubles, lost posts, wrong sums. Changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("checks", nargs="*", metavar="CHECK", help="Only these, or those of an app (`leads`).")
        parser.add_argument("--examples", type=int, default=EXAMPLES, help="How many faults of each check are named.")
        parser.add_argument("--list", action="store_true", help="Name the checks and look at nothing.")

    def handle(self, *args: Any, **options: Any) -> None:
        checks = _chosen(options["checks"])
        if options["list"]:
            for check in checks:
                self.stdout.write(f"{check.name:<28} {check.sentence}")
            return
        faults = 0
        for check in checks:
            finding = examine(check, examples=max(options["examples"], 0))
            faults += finding.number
            self._say(finding)
        if faults:
            raise CommandError(_("Faults found: %(number)d.") % {"number": faults}, returncode=1)
        self.stdout.write(_("Nothing is wrong. Checks made: %(number)d.") % {"number": len(checks)})

    def _say(self, finding: Finding) -> None:
        name, seconds = finding.check.name, f"{finding.seconds:.1f} s"
        if not finding.number:
            self.stdout.write(f"{name:<28} {_('well')}, {seconds}")
            return
        self.stdout.write(f"{name:<28} {finding.number}: {finding.check.sentence} {seconds}")
        for example in finding.examples:
            self.stdout.write(f"    {example}")
        if finding.number > len(finding.examples):
            self.stdout.write("    …")


def _chosen(names: list[str]) -> list[Check]:
    """All of them, or those that are named, one by one or by their app."""
    checks = known_checks()
    unknown = [name for name in names if not any(_is_named(check, name) for check in checks)]
    if unknown:
        raise CommandError(_("There is no check %(names)s.") % {"names": ", ".join(unknown)}, returncode=2)
    return [check for check in checks if not names or any(_is_named(check, name) for name in names)]


def _is_named(check: Check, name: str) -> bool:
    return name in {check.name, check.name.partition(".")[0]}
