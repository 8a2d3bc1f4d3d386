from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from activities.links import relink_activity, wrong_links
from crm.core.actors import SYSTEM


class Command(BaseCommand):
    help = "Compare the links that make timelines with the activities; --repair writes them anew where they differ."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--repair", action="store_true", help="Write the right links.")

    def handle(self, *args: Any, **options: Any) -> None:
        wrong = 0
        for activity, missing, superfluous in wrong_links():
            wrong += 1
            self.stdout.write(f"activity {activity.pk}: {len(missing)} missing, {len(superfluous)} superfluous")
            if options["repair"]:
                relink_activity(activity_id=activity.pk, actor=SYSTEM)
        if wrong and not options["repair"]:
            raise CommandError(f"{wrong} activities have wrong links. Run the command with --repair.")
        self.stdout.write(f"{wrong} repaired" if wrong else "All links are right.")
