"""manage.py import_appointments FILE: a sheet of appointments comes in, or is refused in one sentence."""

from customers.choices import ImportKind
from customers.management.contact_command import ContactCommand


class Command(ContactCommand):
    help = "Imports a sheet of appointments (xlsx, xls, csv, tab-separated text, csv.gz)."
    kind = ImportKind.APPOINTMENTS
