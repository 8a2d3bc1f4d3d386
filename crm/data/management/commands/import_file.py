"""`manage.py import_file NOUN FILE [--update-by FIELD] [--owner LOGIN]`: an import without the wizard."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from crm.core.errors import Refusal
from crm.data.models import Import
from crm.data.services.import_work import perform
from crm.data.services.imports import Understanding, begin_here, style_of, take_in, understand
from crm.users.models import User

_SHOWN = 20


class Command(BaseCommand):
    help = "Import a CSV file, a workbook, vCards or a zip of them; columns are mapped by their names."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("noun", help="leads, contacts, accounts, opportunities, products, activities, users")
        parser.add_argument("file", type=Path)
        parser.add_argument("--update-by", default="", metavar="FIELD", help="external_id, number, email, …")
        parser.add_argument(
            "--owner", default="", metavar="LOGIN", help="whose the records become, and who acts; else an administrator"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        owner = self._owner(options["owner"])
        try:
            run = self._run(options["noun"], options["file"], options["update_by"], owner)
        except (Refusal, OSError) as error:
            raise CommandError(str(error)) from error
        counts = run.counts
        skipped = sum(counts.get(name, 0) for name in ("same", "duplicate", "repeated"))
        numbers = {"new": counts.get("new", 0), "updated": counts.get("updated", 0), "skipped": skipped}
        numbers["failed"] = counts.get("failed", 0)
        self.stdout.write(", ".join(f"{number} {word}" for word, number in numbers.items()))
        for line, reason in run.lines.filter(outcome="failed").order_by("line").values_list("line", "reason")[:_SHOWN]:
            self.stderr.write(f"line {line}: {reason}")
        if run.stage != Import.Stage.DONE:
            raise CommandError(run.error)
        if counts.get("failed"):
            raise SystemExit(1)

    def _owner(self, login: str) -> User:
        people = User.objects.filter(is_active=True).order_by("pk")
        found = people.filter(username__iexact=login).first() if login else people.filter(is_administrator=True).first()
        if found is None:
            raise CommandError(f"Nobody signs in as {login}." if login else "There is no administrator yet.")
        return found

    def _run(self, noun: str, file: Path, update_by: str, owner: User) -> Import:
        at = timezone.now()
        run = take_in(noun=noun, source=file, title=file.name, actor=owner, at=at, owner=owner)
        said = Understanding(
            mapping=run.mapping, style=style_of(run), update_by=update_by or run.update_by, owner=owner
        )
        run = understand(import_id=run.pk, said=said, actor=owner, at=at)
        run = begin_here(import_id=run.pk, actor=owner, at=at)
        return perform(run.pk, say=lambda done: self.stderr.write(f"{done} of {run.rows}\r", ending=""))
