from django.core.management.base import BaseCommand

from scrm.kit.jobs import cluster


class Command(BaseCommand):
    """Instead of django-q2's own, which can hang for ever on SIGTERM (see scrm.kit.jobs.cluster)."""

    help = "Runs background jobs and schedules until it is told to stop (SIGTERM, SIGINT)."

    def handle(self, *args: object, **options: object) -> None:
        cluster.serve()
