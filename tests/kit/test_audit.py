import pytest
from django.contrib.auth.models import AnonymousUser

from scrm.kit import audit
from scrm.kit.models import AuditEntry
from scrm.staff.models import Employee

pytestmark = pytest.mark.django_db


def test_who_did_what_to_how_many(owner: Employee) -> None:
    entry = audit.record("import.run", by=owner, on=owner, count=431, created=400)
    entry.refresh_from_db()
    assert (entry.actor, entry.action, entry.object_type, entry.object_id, entry.count, entry.detail) == (
        owner,
        "import.run",
        "staff.employee",
        str(owner.pk),
        431,
        {"created": 400},
    )


@pytest.mark.parametrize("nobody", [None, AnonymousUser(), Employee(name="not saved")])
def test_the_machine_itself(nobody: object) -> None:
    entry = audit.record("uploads.forgotten", by=nobody)
    assert (entry.actor, entry.object_type, entry.object_id, entry.count) == (None, "", "", 1)
    assert AuditEntry.objects.count() == 1
