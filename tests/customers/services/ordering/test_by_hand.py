"""Orders by hand: what adds up, who may, who has to approve; two at once; pictures by their content."""

import io
import threading
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from PIL import Image

from customers.choices import Approval, CreditRole, OrderState
from customers.models import Customer, Order, OrderCredit, OrderLine, Product
from customers.services.ordering import approving, by_hand, listeners, proofs
from customers.services.ordering.by_hand import Item
from scrm.kit import clock, files, pictures
from scrm.kit.errors import Refused
from scrm.kit.models import AuditEntry
from tests.factories.customers import make_customer
from tests.factories.orders import make_order, make_product
from tests.factories.staff import make_employee

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_private_folder(settings, tmp_path):
    settings.PRIVATE_DIR = tmp_path / "private"
    return settings.PRIVATE_DIR


@pytest.fixture
def juan(shop, employee):
    return make_customer("王小娟", "13800000021", owner=employee, store=shop.binjiang)


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 30), mode: str = "RGB", **options: Any) -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new(mode, size, "red" if mode == "RGB" else None).save(out, kind, **options)
    return SimpleUploadedFile("小票.png", out.getvalue())


MASK = Item("面膜", Decimal("2"), Decimal("99.505"))


def enter(customer: Customer, by: Any, **values: Any) -> Order:
    values.setdefault("items", [MASK])
    values.setdefault("served", [(by, 10_000)])
    values.setdefault("proof", picture())
    return by_hand.enter(customer, by=by, **values)


def test_a_consultants_order_waits_and_does_not_count(juan, employee, shop):
    told: list[list[int]] = []
    listeners.order_listeners.register("test", lambda ids: told.append(list(ids)))
    try:
        order = enter(juan, employee, store=shop.binjiang, stored_value_fen=5000, discount_fen=901, freight_fen=1000, note="自提")
        approving.approve(order, by=make_employee("老板", "owner"))
    finally:
        listeners.order_listeners._entries.pop("test")
    assert told == [[order.pk], [order.pk]]
    order = Order.objects.get()
    assert (order.source, order.state, order.approval, order.entered_by) == ("hand", "fulfilled", "approved", employee)
    assert (order.goods_fen, order.discount_fen, order.freight_fen, order.stored_value_fen, order.paid_fen) == (
        19901, 901, 1000, 5000, 20000,
    )  # fmt: skip
    assert (order.store, order.note, order.customer) == (shop.binjiang, "自提", juan)
    assert order.ordered_at == order.paid_at == order.fulfilled_at
    line, made = OrderLine.objects.get(), OrderCredit.objects.get()
    assert (line.product.name, line.quantity, line.unit_price, line.amount_fen) == ("面膜", 2, Decimal("99.505"), 19901)
    assert (made.employee, made.role, made.share_bp) == (employee, CreditRole.OPENER, 10_000)
    assert list(AuditEntry.objects.order_by("pk").values_list("action", flat=True)) == ["order.entered", "order.approved"]


def test_waiting_and_rejected_never_count(juan, employee, manager):
    order = enter(juan, employee)
    assert (order.approval, Order.objects.counting().count()) == (Approval.PENDING, 0)
    approving.reject(order, by=manager, note="金额不对")
    assert (Order.objects.get().approval_note, Order.objects.counting().count()) == ("金额不对", 0)


@pytest.mark.parametrize("role", ["owner", "operator", "manager"])
def test_whoever_may_approve_does_not_wait_and_needs_no_picture(juan, everyone, role):
    order = enter(juan, everyone[role], proof=None)
    assert (order.approval, order.proof, Order.objects.counting().count()) == (Approval.NONE, "", 1)


def test_not_paid_yet(juan, manager):
    order = enter(juan, manager, paid_fen=0)
    assert (order.state, order.paid_at, order.paid_fen, order.goods_fen) == (OrderState.PLACED, None, 0, 19901)
    assert Order.objects.counting().count() == 0


def test_products_by_id_by_code_by_name_or_new(juan, manager):
    chosen, coded, named = make_product("精华", code="J1"), make_product("面霜", code="M2"), make_product("洁面")
    one = Decimal(1)
    items = [
        Item("whatever", one, one, chosen.pk), Item("M2", one, one), Item("洁面", one, one), Item("肩颈", one, one),
        Item("肩颈", one, one), Item("面膜", one, one, 999_999),
    ]  # fmt: skip
    enter(juan, manager, items=items)
    new = Product.objects.get(name="肩颈")
    other = Product.objects.get(name="面膜")
    lines = list(OrderLine.objects.order_by("pk").values_list("product", flat=True))
    assert lines == [chosen.pk, coded.pk, named.pk, new.pk, new.pk, other.pk]
    assert Product.objects.count() == 5


def test_shares(juan, manager, employee):
    enter(juan, manager, served=[(manager, 3_333), (employee, 6_667)])
    assert list(OrderCredit.objects.order_by("pk").values_list("employee", "role", "share_bp")) == [
        (manager.pk, "opener", 3_333),
        (employee.pk, "helper", 6_667),
    ]


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"items": []}, "items.none"),
        ({"items": [MASK] * 51}, "items.too_many"),
        ({"items": [replace(MASK, name=" ")]}, "items.no_name"),
        ({"items": [replace(MASK, quantity=Decimal(0))]}, "items.quantity"),
        ({"items": [replace(MASK, quantity=Decimal(-1))]}, "items.quantity"),
        ({"items": [replace(MASK, unit_price=Decimal(-1))]}, "items.price"),
        ({"items": [replace(MASK, unit_price=Decimal(0))]}, "paid.nothing_due"),
        ({"discount_fen": -1}, "discount.below_zero"),
        ({"discount_fen": 19902}, "discount.above_goods"),
        ({"discount_fen": 19901}, "paid.nothing_due"),
        ({"paid_fen": 19900}, "paid.differs"),
        ({"paid_fen": 19902}, "paid.differs"),
        ({"paid_fen": -1}, "paid.differs"),
        ({"stored_value_fen": 19902}, "stored_value.above_paid"),
        ({"stored_value_fen": -1}, "stored_value.above_paid"),
        ({"paid_fen": 0, "stored_value_fen": 1}, "stored_value.above_paid"),
        ({"proof": None}, "proof.missing"),
        ({"served": []}, "served.nobody"),
    ],
)
def test_what_does_not_add_up_is_refused(juan, employee, own_private_folder, values, code):
    with pytest.raises(Refused) as no:
        enter(juan, employee, **values)
    assert (no.value.code, Order.objects.count(), Product.objects.count()) == (code, 0, 0)
    assert not list(own_private_folder.rglob("*.jpg"))


def test_shares_that_do_not_make_a_whole(juan, employee, manager, agency, shop):
    gone = make_employee("走了", department=shop.binjiang, is_active=False)
    elsewhere = make_employee("西湖的", department=shop.xihu)
    for served, code in (
        ([(employee, 9_999)], "served.sum"),
        ([(employee, 5_000), (manager, 5_001)], "served.sum"),
        ([(employee, 11_000), (manager, -1_000)], "served.share"),
        ([(employee, 10_000), (manager, 0)], "served.share"),
        ([(employee, 5_000), (employee, 5_000)], "served.twice"),
        ([(agency, 10_000)], "served.not_yours"),
        ([(gone, 10_000)], "served.not_yours"),
        ([(elsewhere, 10_000)], "served.not_yours"),
    ):
        with pytest.raises(Refused) as no:
            enter(juan, employee, served=served)
        assert (no.value.code, Order.objects.count()) == (code, 0), served


def test_a_colleague_of_the_same_store_may_be_named(juan, employee, shop):
    helper = make_employee("小何", department=shop.binjiang)
    order = enter(juan, employee, served=[(employee, 5_000), (helper, 5_000)])
    assert order.credits.count() == 2


def test_not_in_the_future_not_another_store_not_a_foreign_customer(juan, employee, manager, agency, shop):
    assert enter(juan, manager, ordered_at=clock.now() + timedelta(minutes=9)).pk
    foreign = make_customer("李小明", store=shop.xihu)
    archived = make_customer("没了", owner=employee, archived_at=clock.now())
    for customer, by, values, code in (
        (juan, manager, {"ordered_at": clock.now() + timedelta(minutes=11)}, "ordered_at.future"),
        (juan, employee, {"store": shop.xihu}, "store.not_yours"),
        (foreign, employee, {}, "customer.not_yours"),
        (foreign, manager, {}, "customer.not_yours"),
        (archived, employee, {}, "customer.not_yours"),
        (juan, agency, {}, "customer.not_yours"),
    ):
        with pytest.raises(Refused) as no:
            enter(customer, by, **values)
        assert no.value.code == code


def test_one_form_sent_twice_makes_one_order(juan, employee, own_private_folder):
    key = by_hand.new_key()
    first, second = enter(juan, employee, key=key), enter(juan, employee, key=key)
    assert (first.pk, Order.objects.count()) == (second.pk, 1)
    assert len(list(own_private_folder.rglob("*.jpg"))) == 1
    assert enter(juan, employee, key="'; drop").number != first.number


def test_a_key_that_somebody_else_has_used_is_no_door_to_their_order(juan, employee, manager):
    order = enter(juan, employee, key="0000000001")
    other = enter(juan, manager, key="0000000001")
    assert (order.number, other.pk == order.pk, other.number == order.number) == ("H0000000001", False, False)


def test_a_failure_leaves_no_file(juan, employee, own_private_folder):
    def broken(ids: Any) -> None:
        raise RuntimeError

    listeners.order_listeners.register("broken", broken)
    try:
        with pytest.raises(RuntimeError):
            enter(juan, employee)
    finally:
        listeners.order_listeners._entries.pop("broken")
    assert (Order.objects.count(), list(own_private_folder.rglob("*.jpg"))) == (0, [])


class TestDeciding:
    def test_only_who_may(self, juan, employee, manager, agency, shop):
        order = enter(juan, employee)
        elsewhere = make_employee("西湖店长", "manager", department=shop.xihu)
        for who in (employee, agency, elsewhere):
            for act in (approving.approve, approving.reject):
                with pytest.raises(Refused) as no:
                    act(order, by=who, note="x")
                assert no.value.code == "order.not_yours_to_decide"
        Order.objects.update(entered_by=manager)
        order.refresh_from_db()
        with pytest.raises(Refused) as no:
            approving.approve(order, by=manager)
        assert (no.value.code, Order.objects.get().approval) == ("order.not_yours_to_decide", Approval.PENDING)

    def test_what_does_not_wait_is_not_decided(self, juan, manager):
        order = make_order(juan)
        with pytest.raises(Refused) as no:
            approving.approve(order, by=manager)
        assert (no.value.code, str(no.value)) == ("order.decided", "这笔订单不在等待审批。")


@pytest.mark.django_db(transaction=True)
def test_two_managers_at_once(juan, employee, manager, shop):
    order = enter(juan, employee)
    both = [manager, make_employee("另一位店长", "manager", department=shop.binjiang)]
    start, ends = threading.Barrier(2), []

    def decide(who: Any) -> None:
        try:
            start.wait()
            approving.approve(Order.objects.get(pk=order.pk), by=who)
            ends.append(("done", who.name))
        except Refused as no:
            ends.append((no.code, str(no)))
        finally:
            connection.close()

    threads = [threading.Thread(target=decide, args=[who]) for who in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    codes = sorted(code for code, _said in ends)
    assert codes == ["done", "order.decided"]
    winner = Order.objects.get().approved_by
    assert next(said for code, said in ends if code == "order.decided").startswith(f"{winner.name} 已于 ")
    assert AuditEntry.objects.filter(action="order.approved").count() == 1


class TestPictures:
    @pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
    def test_what_is_kept_is_a_jpeg_of_pixels(self, kind):
        path = proofs.save(picture(kind))
        with Image.open(files.full_path(path)) as kept:
            assert (kept.format, kept.size) == ("JPEG", (40, 30))
        assert path.endswith(".jpg")

    def test_large_ones_become_small_and_upright_and_tell_no_place(self):
        exif = Image.Exif()
        exif[0x0112] = 6  # lies on its side
        exif[0x010F] = "GPS-SECRET"
        path = proofs.save(picture("JPEG", (4000, 1000), exif=exif))
        with Image.open(files.full_path(path)) as kept:
            assert (kept.size, dict(kept.getexif())) == ((500, 2000), {})
        assert b"GPS-SECRET" not in files.full_path(path).read_bytes()

    def test_see_through_becomes_white(self):
        path = proofs.save(picture("PNG", mode="RGBA"))
        with Image.open(files.full_path(path)) as kept:
            assert min(kept.getpixel((5, 5))) > 250

    def test_what_hides_behind_a_picture_is_not_kept(self):
        shady = SimpleUploadedFile("x.png", picture().read() + b"<script>alert(1)</script>")
        assert b"<script>" not in files.full_path(proofs.save(shady)).read_bytes()

    @pytest.mark.parametrize(
        "content",
        [b"", b"no picture", b"%PDF-1.4", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"GIF89a\x01\x00\x01\x00",
         b"\xff\xd8\xff\xe0 torn", b"\x89PNG\r\n\x1a\n torn"],
    )  # fmt: skip
    def test_what_is_no_picture(self, content, own_private_folder):
        with pytest.raises(Refused) as no:
            proofs.save(SimpleUploadedFile("小票.jpg", content, "image/jpeg"))
        assert (no.value.code, list(own_private_folder.rglob("*.*"))) == ("proof.no_picture", [])

    def test_a_torn_one(self):
        with pytest.raises(Refused) as no:
            proofs.save(SimpleUploadedFile("x.png", picture("PNG", (900, 900)).read()[:-300]))
        assert no.value.code == "proof.no_picture"

    def test_too_many_bytes_and_too_many_pixels(self, monkeypatch):
        monkeypatch.setattr(pictures, "MOST_PIXELS", 1_199)
        with pytest.raises(Refused) as no:
            proofs.save(picture())
        assert no.value.code == "proof.too_large"
        with pytest.raises(Refused) as no:
            proofs.save(SimpleUploadedFile("x.png", b"\x89PNG" + bytes(10 * 1024 * 1024)))
        assert no.value.code == "proof.too_large"
