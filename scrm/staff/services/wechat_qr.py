"""An employee's own WeChat QR code, which customers who come by a link of hers see."""

from typing import Any

from django.core.files import File
from django.db import transaction
from django.http import HttpRequest

from scrm.kit import files, pictures
from scrm.staff.models import Employee

FOLDER = "wechat-qr"
EDGE = 900


def put(employee: Employee, picture: File) -> Employee:
    """In place of the one before. Raises Refused("picture.…")."""
    return _set(employee, pictures.redraw(picture, folder=FOLDER, edge=EDGE, quality=90))


def take_away(employee: Employee) -> Employee:
    return _set(employee, "")


def _set(employee: Employee, path: str) -> Employee:
    try:
        with transaction.atomic():
            before = Employee.objects.select_for_update(of=("self",)).get(pk=employee.pk).wechat_qr
            employee.wechat_qr = path
            employee.save(update_fields=["wechat_qr"])
            transaction.on_commit(lambda: files.remove(before))
    except BaseException:
        files.remove(path)
        raise
    return employee


def picture(request: HttpRequest, pk: int) -> tuple[str, str] | None:
    """Inside the house: her own; whoever keeps the accounts sees all."""
    viewer: Any = request.user
    if viewer.pk != pk and not viewer.has_perm("staff.change_employee"):
        return None
    row = Employee.objects.filter(pk=pk).exclude(wechat_qr="").first()
    return (row.wechat_qr, f"wechat-{row.pk}.jpg") if row else None


def register() -> None:
    files.downloads.register("wechat-qr", picture)
