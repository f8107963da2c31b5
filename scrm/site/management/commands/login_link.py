"""manage.py login_link PHONE: the way in when nobody can issue one in the admin."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from scrm.kit import phones
from scrm.kit.errors import Refused
from scrm.site.demo import addresses
from scrm.staff.models import Employee
from scrm.staff.services import login_links


class Command(BaseCommand):
    help = "Prints a one-time login link for somebody who works here. Links issued before become void."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("phone")

    def handle(self, *args: Any, **options: Any) -> None:
        phone = phones.normalise(options["phone"]) or options["phone"]
        employee = Employee.objects.filter(phone=phone).first()
        if employee is None:
            raise CommandError(_("Nobody with this phone number works here."))
        try:
            self.stdout.write(addresses.at(addresses.current(), login_links.issue(employee, by=None)))
        except Refused as refusal:
            raise CommandError(str(refusal)) from None
