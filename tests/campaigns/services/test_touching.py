"""A touch is stored when it returns: by itself, within a transaction, and from many threads at once."""

import threading
from uuid import uuid4

import pytest
from django.db import Error, connection, transaction

from campaigns.choices import Hint, TouchKind, VisitorKind
from campaigns.models import Touch
from campaigns.services import touching
from scrm.kit import clock
from tests.factories.campaigns import make_link


@pytest.mark.django_db
class TestWithin:
    def test_what_is_written(self):
        link, key, at = make_link(), uuid4(), clock.now()
        touching.touch(
            link=link, visitor_key=key, kind=TouchKind.REFERRAL, visitor_kind=VisitorKind.OPENID, at=at, hint=Hint.HEAD,
            agent="'; DROP TABLE x; -- %s 王", origin="ab" * 8,
        )  # fmt: skip
        one = Touch.objects.get()
        assert (one.link_id, one.visitor_key, one.visitor_kind, one.kind, one.at) == (link.pk, key, "openid", "referral", at)
        assert (one.hint, one.agent, one.origin) == ("head", "'; DROP TABLE x; -- %s 王", "ab" * 8)

    def test_by_id_now_and_plain(self):
        link = make_link()
        touching.touch(link=link.pk, visitor_key=uuid4())
        one = Touch.objects.get()
        assert (one.link_id, one.kind, one.visitor_kind, one.hint, one.agent, one.origin) == (link.pk, "view", "cookie", "", "", "")
        assert (clock.now() - one.at).total_seconds() < 60

    def test_it_goes_with_the_transaction(self):
        link = make_link()
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            touching.touch(link=link, visitor_key=uuid4())
            assert Touch.objects.count() == 1
            raise ZeroDivisionError
        assert Touch.objects.count() == 0

    def test_a_caller_goes_on_after_an_error(self):
        link = make_link()
        with pytest.raises(Error):
            touching.touch(link=link, visitor_key=uuid4(), agent=None)
        touching.touch(link=link, visitor_key=uuid4())
        assert Touch.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_from_many_threads():
    link, keys = make_link(), [uuid4() for _n in range(48)]
    failed: list[Error] = []

    def come(mine):
        try:
            for key in mine:
                touching.touch(link=link.pk, visitor_key=key)
                if not Touch.objects.filter(visitor_key=key).exists():
                    failed.append(Error("told before it was stored"))
        except Error as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=come, args=(keys[n::8],)) for n in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    assert failed == []
    assert sorted(Touch.objects.values_list("visitor_key", flat=True)) == sorted(keys)


@pytest.mark.django_db(transaction=True)
def test_a_locked_table_is_not_waited_for(monkeypatch):
    """As by a migration: an error after a moment, which the door takes for what it is."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has its own patience, for all writers alike")
    monkeypatch.setattr(touching, "PATIENCE", "SET LOCAL lock_timeout = '50ms'; ")
    link, failed = make_link(), []

    def come():
        try:
            touching.touch(link=link.pk, visitor_key=uuid4())
        except Error as error:
            failed.append(error)
        finally:
            connection.close()

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE campaigns_touch")
        other = threading.Thread(target=come)
        other.start()
        other.join(30)
    assert len(failed) == 1
    touching.touch(link=link.pk, visitor_key=uuid4())
    assert Touch.objects.count() == 1
