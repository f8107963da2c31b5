"""manage.py import_followups FILE: a sheet of follow-ups comes in, or is refused in one sentence."""

from customers.choices import ImportKind
from customers.management.contact_command import ContactCommand


class Command(ContactCommand):
    help = "Imports a sheet of follow-ups (xlsx, xls, csv, tab-separated text, csv.gz)."
    kind = ImportKind.FOLLOW_UPS
