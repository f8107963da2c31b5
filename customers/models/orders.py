"""Transactions: what was bought, what was given back, who served."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.choices import Approval, CreditRole, OrderState, ProductRole
from scrm.kit import clock, money, phones
from scrm.staff import scope

PAID = (OrderState.PAID, OrderState.FULFILLED)
AGREED = (Approval.NONE, Approval.APPROVED)


class Product(models.Model):
    """What is sold. Known by its code, or by its name where it has none."""

    code = models.CharField(_("product code"), max_length=60, blank=True)
    name = models.CharField(_("product name"), max_length=200)
    role = models.CharField(_("role"), max_length=10, choices=ProductRole, blank=True, default=ProductRole.UNKNOWN)
    price_fen = models.BigIntegerField(_("price"), null=True, blank=True)
    cost_fen = models.BigIntegerField(_("cost"), null=True, blank=True)
    is_active = models.BooleanField(_("on sale"), default=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["code"],
                condition=~Q(code=""),
                name="customers_product_code",
                violation_error_message=_("Another product has this code."),
            ),
            models.UniqueConstraint(
                fields=["name"],
                condition=Q(code=""),
                name="customers_product_name",
                violation_error_message=_("Another product without a code has this name. Give one of them a code."),
            ),
        ]
        permissions = [("see_cost", _("Can see costs and margins"))]

    def __str__(self) -> str:
        """Shown to everyone, as `Customer` is."""
        return phones.mask_in_text(self.name)


class OrderQuerySet(models.QuerySet["Order"]):
    def counting(self) -> OrderQuerySet:
        """Orders that figures see: paid, and agreed to where they were entered by hand."""
        return self.filter(state__in=PAID, approval__in=AGREED)

    def visible_to(self, employee: Any) -> OrderQuerySet:
        """Orders of the customers inside the employee's scope: whoever may read her may read what she bought."""
        return scope.limit(self, employee, owner="customer__owner", department="customer__store", listed=True)

    def ordered_within(self, first: date, last: date) -> OrderQuerySet:
        """Ordered on `first` up to and including `last`, days of the shop; orders without a time are in no window."""
        return self.filter(ordered_at__gte=clock.start_of(first), ordered_at__lt=clock.end_of(last))


class Order(models.Model):
    """One purchase. `number` is unique within its source (a shop, a system, a sheet's name)."""

    source = models.CharField(_("where from"), max_length=40)
    number = models.CharField(_("order number"), max_length=80)
    customer = models.ForeignKey(
        "customers.Customer",
        verbose_name=_("customer"),
        on_delete=models.PROTECT,
        related_name="orders",
        db_index=False,  # see Meta.indexes
    )
    state = models.CharField(_("state"), max_length=10, choices=OrderState, default=OrderState.PLACED)
    # Unknown for orders from a sheet without a column of dates: counted in totals, in no window.
    ordered_at = models.DateTimeField(_("ordered at"), null=True, blank=True)
    paid_at = models.DateTimeField(_("paid at"), null=True, blank=True)
    fulfilled_at = models.DateTimeField(_("fulfilled at"), null=True, blank=True)
    goods_fen = models.BigIntegerField(_("goods"), default=0)
    discount_fen = models.BigIntegerField(_("discount"), default=0)
    freight_fen = models.BigIntegerField(_("freight"), default=0)
    # Of what was paid, the part that came from a stored-value card.
    stored_value_fen = models.BigIntegerField(_("paid from stored value"), default=0)
    paid_fen = models.BigIntegerField(_("paid"), default=0)
    refunded_fen = models.BigIntegerField(_("refunded"), default=0)
    store = models.ForeignKey(
        "staff.Department",
        verbose_name=_("store"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    channel = models.ForeignKey(
        "customers.Channel",
        verbose_name=_("channel of origin"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    approval = models.CharField(_("approval"), max_length=10, choices=Approval, blank=True, default=Approval.NONE)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    approved_at = models.DateTimeField(null=True, blank=True, editable=False)
    # What whoever decided says to whoever entered it. The default is the database's: sheets write without this column.
    approval_note = models.CharField(_("note on the approval"), max_length=200, blank=True, default="", db_default="")
    # Below PRIVATE_DIR; of an order entered by hand.
    proof = models.CharField(max_length=255, blank=True, editable=False)
    note = models.CharField(_("note"), max_length=500, blank=True)
    # What a sheet says of it as a whole, so that an order found again is compared by one value.
    digest = models.CharField(max_length=32, blank=True, editable=False)
    batch = models.ForeignKey(
        "customers.ImportBatch",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="orders",
        db_index=False,
        db_constraint=False,
    )
    # By which of her identities the sheet found her: where that goes back after a merge, this goes with it. An identity
    # that is gone leaves a number that means nothing; nothing is asked of it but whose it is.
    identity = models.ForeignKey(
        "customers.Identity",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.DO_NOTHING,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = OrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["source", "number"], name="customers_order_number"),
            models.CheckConstraint(
                condition=Q(refunded_fen__gte=0) & Q(refunded_fen__lte=F("paid_fen")), name="customers_order_refunded"
            ),
            models.CheckConstraint(
                condition=Q(stored_value_fen__gte=0) & Q(stored_value_fen__lte=F("paid_fen")),
                name="customers_order_stored_value",
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "-ordered_at"], name="customers_order_customer"),
            models.Index(fields=["-ordered_at", "-id"], name="customers_order_at"),
            # PostgreSQL serves LIKE 'x%' from this one; SQLite ignores the class and is asked for a range.
            models.Index(fields=["number"], name="customers_order_like", opclasses=["varchar_pattern_ops"]),
            # Nearly all are fulfilled: the list of the few others is not looked for among them.
            models.Index(
                fields=["state", "-ordered_at", "-id"],
                name="customers_order_state",
                condition=~Q(state=OrderState.FULFILLED.value),
            ),
            models.Index(
                fields=["channel", "-ordered_at", "-id"],
                name="customers_order_channel",
                condition=Q(channel__isnull=False),
            ),
            models.Index(
                fields=["batch", "-ordered_at", "-id"],
                name="customers_order_batch",
                condition=Q(batch__isnull=False),
            ),
            models.Index(
                fields=["approval"], name="customers_order_waiting", condition=Q(approval=Approval.PENDING.value)
            ),
        ]

    def __str__(self) -> str:
        """Shown to everyone, as `Customer` is: somebody may have written a phone number into it."""
        return phones.mask_in_text(self.number)

    @property
    def net_fen(self) -> int:
        return self.paid_fen - self.refunded_fen

    @property
    def due_fen(self) -> int:
        return self.goods_fen - self.discount_fen + self.freight_fen

    @property
    def shown_net(self) -> str:
        return money.show(self.net_fen)


class OrderLine(models.Model):
    """One line. Its amount was rounded once, when it was written; unit prices are never summed."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="lines")
    product = models.ForeignKey(
        Product, verbose_name=_("product"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    quantity = models.DecimalField(_("quantity"), max_digits=14, decimal_places=3, default=1)
    unit_price = models.DecimalField(_("unit price (yuan)"), max_digits=16, decimal_places=4, null=True, blank=True)
    amount_fen = models.BigIntegerField(_("amount"), default=0)

    class Meta:
        verbose_name = _("order line")
        verbose_name_plural = _("order lines")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.product or ''} × {self.quantity.normalize():f}"


class Refund(models.Model):
    """Money given back for an order; in parts, never more than was paid."""

    order = models.ForeignKey(Order, verbose_name=_("order"), on_delete=models.PROTECT, related_name="refunds")
    # Of its own, within the order's source: a sheet that comes again books nothing twice.
    number = models.CharField(_("refund number"), max_length=80, blank=True)
    amount_fen = models.BigIntegerField(_("amount"))
    at = models.DateTimeField(_("when"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    lines = models.ManyToManyField(OrderLine, verbose_name=_("lines"), blank=True, related_name="refunds")
    batch = models.ForeignKey(
        "customers.ImportBatch", null=True, blank=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["order", "number"], condition=~Q(number=""), name="customers_refund_number"),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="customers_refund_amount"),
        ]

    def __str__(self) -> str:
        return f"{self.order} −{money.show(self.amount_fen)}"


class OrderCredit(models.Model):
    """Who served. The shares of those who opened the order and helped sum to 10,000 (basis points); whoever only
    promoted it has a share of 0 here."""

    order = models.ForeignKey(Order, verbose_name=_("order"), on_delete=models.CASCADE, related_name="credits")
    employee = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("employee"), on_delete=models.PROTECT, related_name="order_credits"
    )
    role = models.CharField(_("role"), max_length=10, choices=CreditRole)
    share_bp = models.PositiveSmallIntegerField(_("share (1/10,000)"), default=0)

    class Meta:
        verbose_name = _("who served")
        verbose_name_plural = _("who served")
        ordering = ["order", "role", "id"]
        constraints = [
            models.UniqueConstraint(fields=["order", "employee", "role"], name="customers_credit_unique"),
            models.CheckConstraint(condition=Q(share_bp__lte=10_000), name="customers_credit_share"),
        ]

    def __str__(self) -> str:
        return f"{self.order} {self.employee}"
