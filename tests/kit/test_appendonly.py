"""Guarded tables refuse UPDATE and DELETE in the database itself, whoever asks."""

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from scrm.kit import appendonly, audit
from scrm.kit.models import AuditEntry


def triggers() -> set[str]:
    """The guards as the database's own catalogue lists them."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT c.relname, pg_get_triggerdef(t.oid) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
                " WHERE t.tgname LIKE %s AND t.tgenabled = 'O' AND NOT t.tgisinternal",
                ["%append_only"],
            )
        else:
            cursor.execute(
                "SELECT tbl_name, sql FROM sqlite_master WHERE type = 'trigger' AND sql LIKE '%append-only%'"
            )
        found = cursor.fetchall()
    return {
        f"{table} {verb}"
        for table, sql in found
        for verb in ("DELETE", "UPDATE")
        if f"BEFORE {verb} " in sql or f" OR {verb} " in sql
    }


def wanted() -> set[str]:
    return {
        f"{model._meta.db_table} {verb}" for model in appendonly.guarded_models() for verb in ("DELETE", "UPDATE")
    }


@pytest.mark.django_db
class TestGuards:
    def test_the_catalogue_has_one_for_each_guarded_table(self) -> None:
        assert AuditEntry in appendonly.guarded_models()
        assert triggers() == wanted()

    def test_installing_again_changes_nothing(self) -> None:
        appendonly.install_all()
        for model in appendonly.guarded_models():
            appendonly.install(model)
        assert triggers() == wanted()

    @pytest.mark.parametrize("act", ["update", "delete", "save"])
    def test_an_entry_stays_as_it_is(self, act: str) -> None:
        entry = audit.record("test.act", count=3)
        with pytest.raises(DatabaseError), transaction.atomic():
            if act == "update":
                AuditEntry.objects.filter(pk=entry.pk).update(count=4)
            elif act == "delete":
                AuditEntry.objects.filter(pk=entry.pk).delete()
            else:
                entry.count = 4
                entry.save(update_fields=["count"])
        assert AuditEntry.objects.get(pk=entry.pk).count == 3

    def test_lifted_it_may_go_and_the_guard_comes_back(self) -> None:
        entry = audit.record("test.act")
        with appendonly.lifted(AuditEntry):
            AuditEntry.objects.filter(pk=entry.pk).delete()
        assert triggers() == wanted()
        assert AuditEntry.objects.count() == 0

    def test_an_error_meanwhile_brings_the_guard_back(self) -> None:
        with pytest.raises(RuntimeError), appendonly.lifted(AuditEntry):
            raise RuntimeError
        assert triggers() == wanted()


@pytest.mark.django_db(transaction=True)
def test_a_broken_transaction_brings_the_guards_back() -> None:
    audit.record("test.act")
    with pytest.raises(DatabaseError), transaction.atomic(), appendonly.lifted():
        AuditEntry.objects.all().delete()
        with connection.cursor() as cursor:
            cursor.execute("SELECT no_such_column FROM kit_auditentry")
    assert triggers() == wanted()
    assert AuditEntry.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_migrate_brings_back_what_a_rebuilt_table_lost() -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute('DROP TRIGGER "kit_auditentry_append_only" ON "kit_auditentry"')
        else:
            cursor.execute('DROP TRIGGER "kit_auditentry_no_delete"')
    assert triggers() != wanted()
    call_command("migrate", verbosity=0)
    assert triggers() == wanted()
