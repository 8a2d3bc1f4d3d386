"""`manage.py import_file NOUN FILE [--update-by FIELD] [--owner LOGIN]`: an import without the wizard.

It is a job as in the wizard. Killed, it is gone on with by a worker; stopped by hand, it can be taken back on its page;
and started again with the same file it leaves out what is there already.
"""

from argparse import ArgumentParser
from functools import partial
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse
from django.utils import timezone

from crm.core.errors import Refusal
from crm.core.work import JobLost, run_job, stop_job
from crm.data.importing.lookups import Lookups, why_not
from crm.data.importing.registry import importer_of
from crm.data.models import Import
from crm.data.services.import_work import perform
from crm.data.services.imports import Understanding, begin_here, style_of, take_in, understand
from crm.users.models import User

_SHOWN = 20


class Command(BaseCommand):
    help = "Import a CSV file, a workbook, vCards or a zip of them; columns are mapped by their names."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "noun", help="leads, contacts, accounts, opportunities, products, activities, listmembers, users"
        )
        parser.add_argument("file", type=Path)
        parser.add_argument("--update-by", default="", metavar="FIELD", help="external_id, number, email, …")
        parser.add_argument(
            "--choose",
            action="append",
            default=[],
            metavar="FIELD=RECORD",
            help="for all rows that name none, such as list=Newsletter",
        )
        parser.add_argument(
            "--owner", default="", metavar="LOGIN", help="who acts, and whose the records become; else an administrator"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        actor = self._actor(options["owner"])
        try:
            run = self._run(options, actor)
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

    def _actor(self, login: str) -> User:
        people = User.objects.filter(is_active=True).order_by("pk")
        found = people.filter(username__iexact=login).first() if login else people.filter(is_administrator=True).first()
        if found is None:
            raise CommandError(f"Nobody signs in as {login}." if login else "There is no administrator yet.")
        return found

    def _run(self, options: dict[str, Any], actor: User) -> Import:
        at, file = timezone.now(), options["file"]
        owner = actor if options["owner"] else None
        run = take_in(
            noun=options["noun"], source=file, title=file.name, actor=actor, at=at, owner=owner, most_rows=None
        )
        said = Understanding(
            mapping=run.mapping,
            style=style_of(run),
            update_by=options["update_by"] or run.update_by,
            owner=owner,
            chosen=dict(self._chosen(run, pair, actor) for pair in options["choose"]),
        )
        run = understand(import_id=run.pk, said=said, actor=actor, at=at)
        return self._performed(begin_here(import_id=run.pk, actor=actor, at=at))

    def _performed(self, run: Import) -> Import:
        """A worker goes on where this process is killed; told to stop by its person, it stops for good."""

        def say(done: int) -> None:
            self.stderr.write(f"{done} of {run.rows}\r", ending="")

        job = run.job_id or 0
        try:
            run_job(job, partial(perform, run.pk, say=say))
        except JobLost as error:
            raise CommandError("It took so long that a worker has taken this import over. It goes on there.") from error
        except KeyboardInterrupt as error:
            stop_job(job, "Stopped by hand.")
            raise CommandError(
                f"Stopped. What was written stands and can be taken back at {reverse('data:import', args=[run.pk])}."
            ) from error
        return Import.objects.get(pk=run.pk)

    def _chosen(self, run: Import, pair: str, actor: User) -> tuple[str, Any]:
        name, _equals, text = pair.partition("=")
        importer = importer_of(run.noun)
        if name not in importer.chosen:
            raise CommandError(f"For {importer.nouns}, {name} cannot be chosen for all rows.")
        model: Any = importer.all_targets(actor)[name].related
        found = Lookups(actor).find(model, {text})[text]
        if len(found) != 1:
            raise CommandError(why_not(text, found))
        return name, model._default_manager.get(pk=next(iter(found)))
