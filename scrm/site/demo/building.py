"""The demo shop is built here, by the services everybody else uses. Interrupted, the next run goes on."""

import ipaddress
import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from campaigns.models import Campaign
from customers.choices import BatchState
from customers.models import Appointment, Channel, Customer, FollowUp, ImportBatch, Order
from customers.services.importing import run_file
from customers.services.ordering.files import run_file as run_orders
from customers.services.ordering.lines import Rules
from customers.services.owning import handing_over
from scrm.kit import clock, jobs
from scrm.kit.errors import Refused
from scrm.site.demo import addresses, cast, emptied, purchases, sheets, story
from scrm.site.demo.campaigns import telling as campaigns
from scrm.site.models import DemoShop
from scrm.staff.choices import DepartmentKind
from scrm.staff.models import Department, Employee
from scrm.staff.services import employees, login_links

VERSION = 4
OLD_SYSTEM = "老系统"
# What must not have grown since, for the base to be the demo's alone.
MARKED = (Customer, ImportBatch, Employee, Order, FollowUp, Appointment, Campaign)


def standing() -> DemoShop | None:
    """The finished demo shop of this base, if there is one."""
    return DemoShop.objects.filter(finished_at__isnull=False).first()


def check_address() -> None:
    """Raises Refused("demo.public") for a shop on a public address. Needs no database."""
    if not _is_private(settings.PUBLIC_URL):
        raise Refused(
            "demo.public",
            _("PUBLIC_URL is %(url)s, a public address: the demo only runs on this machine or in a private network.")
            % {"url": settings.PUBLIC_URL},
        )


def check_base() -> None:
    """Raises Refused("demo.not_empty") for a base with people that the demo did not make. Not asked of one that was
    emptied."""
    if not DemoShop.objects.exists() and (Employee.objects.exists() or Customer.everyone.exists()):
        raise Refused(
            "demo.not_empty",
            _("This database already holds people that the demo did not make. Start the demo with another DATA_DIR."),
        )


def _is_private(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_private


def build(tell: Callable[[str], None] = lambda line: None) -> ImportBatch:
    """Builds what is missing and returns the import of the messy sheet. Under a minute."""
    if emptied.was():
        raise Refused("demo.emptied", _("The demo data here were emptied; they are not built a second time."))
    today = clock.today()
    shop = DemoShop.objects.first() or DemoShop.objects.create(
        seed=cast.SEED, version=VERSION, reference_date=today
    )
    staff = _hire(shop)
    owner, operator = staff["沈禾"], staff["林薇"]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "老系统客户.csv"
        sheets.write_old_system(path, shop.reference_date)
        tell(_("Importing what the old system knew…"))
        _import_once(path, system=OLD_SYSTEM, by=operator)
        tell(_("Running campaigns…"))
        campaigns.begin(staff, shop.reference_date)
        till = Path(folder) / purchases.FILE
        purchases.write(till, shop.reference_date)
        tell(_("Importing the orders of the till…"))
        if not ImportBatch.objects.filter(file_name=till.name, state=BatchState.DONE, created_by=operator).exists():
            run_orders(till, rules=Rules(source=purchases.SOURCE), by=operator)
    campaigns.go_on(staff, shop.reference_date)
    _hand_on(staff, shop, by=owner)
    _let_go(staff[cast.LEFT], shop, by=owner)
    tell(_("Importing %(file)s…") % {"file": sheets.XIHU_SHEET.name})
    batch = _import_once(sheets.XIHU_SHEET, system="", by=operator)
    _describe_channels()
    tell(_("Telling what happened since…"))
    with transaction.atomic():
        story.tell(staff, shop.reference_date)
    if shop.finished_at is None:
        tell(_("Crediting orders and counting…"))
        campaigns.finish(shop.reference_date)
    _finish(shop)
    return batch


def _hire(shop: DemoShop) -> dict[str, Employee]:
    company, _made = Department.objects.get_or_create(
        name=cast.COMPANY, parent=None, defaults={"kind": DepartmentKind.COMPANY}
    )
    places = {
        name: Department.objects.get_or_create(name=name, parent=company, defaults={"kind": kind})[0]
        for name, kind in cast.PLACES
    }
    here = {person.phone: person for person in Employee.objects.all()}
    for colleague in cast.STAFF:
        if colleague.phone in here:
            continue
        with transaction.atomic():
            person = employees.add_employee(
                name=colleague.name,
                phone=colleague.phone,
                role=colleague.role,
                department=places.get(colleague.place),
                by=here.get(cast.STAFF[0].phone),
            )
            joined = shop.reference_date - timedelta(days=colleague.joined_days_ago)
            here[colleague.phone] = employees.change_employee(person, by=None, joined_on=joined)
    return {colleague.name: here[colleague.phone] for colleague in cast.STAFF}


def _import_once(path: Path, *, system: str, by: Employee) -> ImportBatch:
    done = ImportBatch.objects.filter(file_name=path.name, state=BatchState.DONE, created_by=by).first()
    return done or run_file(path, system=system, by=by)


def _hand_on(staff: dict[str, Employee], shop: DemoShop, *, by: Employee) -> None:
    """The customers of the colleague who left go to the two who stayed, on the day she left."""
    way = handing_over.Way(even=[staff[name].pk for name in cast.HEIRS])
    day = clock.start_of(shop.reference_date - timedelta(days=cast.LEFT_DAYS_AGO))
    with clock.staged(day + timedelta(hours=18)):
        plan = handing_over.plan(staff[cast.LEFT], by=by)
        if plan.anything:
            job = handing_over.carry_out(plan, way, by=by, stamp=plan.stamp, note="离职交接")
            jobs.run(job.pk)


def _let_go(person: Employee, shop: DemoShop, *, by: Employee) -> None:
    if person.is_active:
        with transaction.atomic():
            employees.deactivate(person, by=by)
            employees.change_employee(
                person, by=by, left_on=shop.reference_date - timedelta(days=cast.LEFT_DAYS_AGO)
            )


def _describe_channels() -> None:
    """What a shop sets under 来源渠道; one that somebody has set already stays."""
    for name, (domain, online) in cast.CHANNELS.items():
        Channel.objects.filter(name=name, domain="", online=None).update(domain=domain, online=online)


def marks() -> dict[str, int]:
    """The highest id of every table that tells whose base this is."""
    return {
        model._meta.label_lower: model._base_manager.aggregate(top=Max("pk"))["top"] or 0 for model in MARKED
    }


def _finish(shop: DemoShop) -> None:
    shop.marks, shop.finished_at = marks(), clock.now()
    shop.save(update_fields=["marks", "finished_at"])


def role_links(base_url: str) -> list[tuple[Employee, str]]:
    """A new one-time link for one person of each role; links issued before become void."""
    phones = [colleague.phone for colleague in cast.STAFF if colleague.has_link]
    found = Employee.objects.in_bulk(phones, field_name="phone")
    return [
        (found[phone], addresses.at(base_url, login_links.issue(found[phone], by=None)))
        for phone in phones
        if phone in found and found[phone].is_active
    ]
