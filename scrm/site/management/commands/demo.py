"""manage.py demo: a shop to look at, from nothing, in under a minute."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from customers.models import Customer, ImportBatch
from scrm.kit.errors import Refused
from scrm.site.demo import addresses, building, cast, emptied, serving
from scrm.staff.choices import Role
from scrm.staff.models import Employee

HOST, PORT = "127.0.0.1", 8000


class Command(BaseCommand):
    help = "Builds the demo shop in an empty database and serves it. Again on the same database, also an emptied one: only serves it."
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default=HOST)
        parser.add_argument("--port", type=int, default=PORT, help="the next free one is taken (default 8000)")
        parser.add_argument("--no-serve", action="store_true", help="build only")
        parser.add_argument(
            "--force", action="store_true", help="also on a public address, or among people that are not the demo's"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        host, port = options["host"], options["port"]
        try:
            if not options["no_serve"]:
                port = serving.free_port(host, port)
            url = public_url(host, port)
            if port != options["port"]:
                self._say(
                    _("Port %(wanted)d is taken; port %(taken)d is used instead.")
                    % {"wanted": options["port"], "taken": port}
                )
            stood = self._build(force=options["force"])
            if options["no_serve"]:
                self._tell_the_way_in(url, stood=stood)
                self._say("")
                elsewhere = "" if (host, port) == (HOST, PORT) else f" --host {host} --port {port}"
                self._say(_("To serve it: %(command)s") % {"command": "uv run manage.py demo" + elsewhere})
            else:
                self._serve(host, port, url, stood=stood)
        except (Refused, serving.NotServing) as refusal:
            raise CommandError(str(refusal)) from None
        except KeyboardInterrupt:
            raise CommandError(_("Interrupted; run it again to go on.")) from None

    def _build(self, *, force: bool) -> bool:
        """Returns whether the shop stood already."""
        if not force:
            building.check_address()
        call_command("migrate", verbosity=0)
        if emptied.was():
            # Before --force is heeded: 3,000 invented customers would stand among her own.
            self._say(_("The demo data were emptied here: your own shop is served, and nothing is built."))
            return True
        if not force:
            building.check_base()
        if building.standing() is not None:
            self._say(_("The demo shop already stands; nothing was changed."))
            return True
        batch = building.build(self._say)
        self._say(sentence(batch))
        self._say(_("%(count)d customers are here now.") % {"count": Customer.objects.count()})
        return False

    def _tell_the_way_in(self, url: str, *, stood: bool) -> None:
        self._say("")
        if emptied.was():
            self._say(
                _("Log in with your phone number and password. Without one, a new login link: %(command)s")
                % {"command": "uv run manage.py login_link PHONE"}
            )
            for owner in Employee.objects.filter(role=Role.OWNER, is_active=True).order_by("pk"):
                self._say(f"  {owner.phone}  {owner.get_role_display()}  {owner.name}")
            return
        if stood:
            self._say(_("New login links: uv run manage.py login_link PHONE, for one of"))
            for colleague in cast.STAFF:
                if colleague.has_link:
                    self._say(f"  {colleague.phone}  {colleague.role.label}  {colleague.name}")
            return
        self._say(_("One login link for each role; each works once:"))
        for employee, link in building.role_links(url):
            self._say(f"  {employee.get_role_display()}  {employee.name}\n    {link}")

    def _serve(self, host: str, port: int, url: str, *, stood: bool) -> None:
        """The links come last: before, nothing would answer them."""
        self._say("")
        self._say(_("Starting web and worker…"))
        before = ""
        with serving.Serving(host, port, url) as running:
            running.wait_until_ready()
            if running.going:
                before = addresses.remember(url)
                self._say(_("Ready: %(url)s   (Ctrl-C stops it)") % {"url": url})
                self._tell_the_way_in(url, stood=stood)
                self._say("")
                self._say(_("Logs: %(folder)s/demo-*.log") % {"folder": settings.DATA_DIR})
            running.wait()
        addresses.forget(url, before)
        self._say(_("Stopped."))

    def _say(self, line: Any) -> None:
        self.stdout.write(str(line))
        self.stdout.flush()


def public_url(host: str, port: int) -> str:
    """What the links begin with: PUBLIC_URL if somebody set it, else this machine's own address."""
    if addresses.is_set():
        return str(settings.PUBLIC_URL)
    return serving.address(host, port)


def sentence(batch: ImportBatch) -> str:
    """What became of the sheet, as the result page says it."""
    return _(
        "%(file)s: %(rows)d rows: %(created)d created, %(updated)d updated, %(unchanged)d unchanged, "
        "%(merged)d joined within the sheet, %(rejected)d rejected; %(skipped)d rows such as headers not counted"
    ) % {"file": batch.file_name, **batch.counters}
