"""Customer: one person, the OneID."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from customers.birthdays import Birthday
from customers.choices import Gender
from scrm.kit import clock, phones
from scrm.staff import scope


class CustomerQuerySet(models.QuerySet["Customer"]):
    def living(self) -> CustomerQuerySet:
        """People as counts, lists, exports and the API see them: not merged away, not archived, not erased."""
        return self.filter(merged_into=None, archived_at=None, erased_at=None)

    def new_since(self, day: date) -> CustomerQuerySet:
        """Who became a customer on or after `day`. A sheet's people count by their own date, never by the day
        of the import: a shop that brings in its base has not won it this month."""
        by_hand = models.Q(known_since=None, imported_in=None, created_at__gte=clock.start_of(day))
        return self.filter(models.Q(known_since__gte=day) | by_hand)

    def visible_to(self, employee: Any) -> CustomerQuerySet:
        """Only rows inside the employee's scope; the one rule for lists, autocompletes, actions, exports and API."""
        return scope.limit(self, employee, owner="owner", department="store")


class LivingManager(models.Manager.from_queryset(CustomerQuerySet)):  # type: ignore[misc]
    def get_queryset(self) -> CustomerQuerySet:
        return super().get_queryset().living()


class Customer(models.Model):
    """One person. `objects` are living people, `everyone` is every row. Identities hang beside, never inside."""

    name = models.CharField(pgettext_lazy("person", "name"), max_length=200, blank=True)
    # NFKC, lower case, no white space: what name search and comparison look at. Kept by `fold_name` on every write.
    name_key = models.CharField(max_length=200, blank=True, editable=False)
    # The first phone identity, kept here so that a list of a million people needs no join.
    phone = models.CharField(_("phone"), max_length=20, blank=True, editable=False)
    gender = models.CharField(_("gender"), max_length=8, choices=Gender, blank=True, default=Gender.UNKNOWN)
    birth_year = models.SmallIntegerField(_("year of birth"), null=True, blank=True)
    # month * 100 + day, so that an anniversary is an index range; lunar where `birth_lunar`.
    birth_md = models.SmallIntegerField(_("birthday (month and day)"), null=True, blank=True)
    birth_lunar = models.BooleanField(_("lunar birthday"), default=False)
    city = models.CharField(_("city"), max_length=100, blank=True)
    address = models.CharField(_("address"), max_length=300, blank=True)
    company = models.CharField(_("company"), max_length=200, blank=True)
    occupation = models.CharField(_("occupation"), max_length=100, blank=True)
    education = models.CharField(_("education"), max_length=50, blank=True)
    income_band = models.CharField(_("income"), max_length=50, blank=True)
    spending_band = models.CharField(_("spending band"), max_length=50, blank=True)
    budget = models.CharField(_("budget"), max_length=50, blank=True)
    source = models.ForeignKey(
        "customers.Channel",
        verbose_name=_("channel of origin"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="customers",
    )
    store = models.ForeignKey(
        "staff.Department",
        verbose_name=_("store"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="customers",
        db_index=False,  # see Meta.indexes
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("owner"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="customers",
        db_index=False,  # see Meta.indexes
    )
    known_since = models.DateField(_("member since"), null=True, blank=True)
    note = models.TextField(_("note"), blank=True)
    custom = models.JSONField(_("the shop's own fields"), default=dict, blank=True)
    legacy = models.JSONField(_("columns kept from sheets"), default=dict, blank=True)
    imported_in = models.ForeignKey(
        "customers.ImportBatch",
        verbose_name=_("came in with import"),
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="people",
        db_index=False,
        db_constraint=False,
    )
    # The newest follow-up, kept here so that "nobody spoke to her for long" is an index range.
    last_contact_at = models.DateTimeField(_("last contact"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("in the system since"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(_("last changed"), default=timezone.now, editable=False)
    merged_into = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="folded",
        db_index=False,
    )
    archived_at = models.DateTimeField(_("archived"), null=True, blank=True, editable=False)
    erased_at = models.DateTimeField(_("erased"), null=True, blank=True, editable=False)

    everyone = CustomerQuerySet.as_manager()
    objects = LivingManager()
    history = HistoricalRecords(excluded_fields=["last_contact_at"])

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        ordering = ["-id"]
        base_manager_name = "everyone"
        default_manager_name = "objects"
        permissions = [
            ("see_full_phone", _("Can see full phone numbers")),
            ("tag_customer", _("Can tag customers")),
            ("assign_customer", _("Can change who looks after a customer")),
            ("claim_customer", _("Can claim customers nobody looks after")),
            ("erase_customer", _("Can erase customers for good")),
            ("archive_customer", _("Can archive customers and bring them back")),
        ]
        indexes = [
            models.Index(fields=["phone"], name="customers_phone"),
            # PostgreSQL serves LIKE 'x%' from this one; SQLite ignores the class and is asked for a range.
            models.Index(fields=["name_key"], name="customers_name_key", opclasses=["varchar_pattern_ops"]),
            models.Index(fields=["owner", "-id"], name="customers_owner"),
            models.Index(fields=["store", "-id"], name="customers_store"),
            models.Index(
                fields=["birth_md"], name="customers_birth_md", condition=models.Q(birth_md__isnull=False)
            ),
            models.Index(fields=["last_contact_at", "-id"], name="customers_last_contact"),
            models.Index(fields=["city", "-id"], name="customers_city", condition=~models.Q(city="")),
            models.Index(
                fields=["imported_in", "-id"],
                name="customers_imported_in",
                condition=models.Q(imported_in__isnull=False),
            ),
            models.Index(
                fields=["known_since"],
                name="customers_known_since",
                condition=models.Q(known_since__isnull=False),
            ),
            models.Index(
                fields=["created_at"], name="customers_by_hand", condition=models.Q(imported_in__isnull=True)
            ),
            models.Index(
                fields=["merged_into"], name="customers_folded", condition=models.Q(merged_into__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        """Shown to everyone (autocompletes, messages, logs), so a number typed into the name is masked here."""
        return phones.mask_in_text(self.name) or self.masked_phone or str(_("(no name)"))

    @property
    def masked_phone(self) -> str:
        return phones.mask(self.phone)

    @property
    def name_and_tail(self) -> str:
        """Tells two of one name apart, by no more than the masked number shows."""
        if not (self.name and self.phone):
            return str(self)
        return gettext("%(name)s (ending in %(tail)s)") % {"name": self, "tail": self.masked_phone[-4:]}

    @property
    def birthday(self) -> Birthday | None:
        """None when unknown; else year (maybe None), month, day, and whether they are lunar."""
        if self.birth_md is None:
            return None
        return Birthday(self.birth_year, self.birth_md // 100, self.birth_md % 100, self.birth_lunar)

    @birthday.setter
    def birthday(self, value: Birthday | None) -> None:
        self.birth_year = value.year if value else None
        self.birth_md = value.month * 100 + value.day if value else None
        self.birth_lunar = bool(value and value.lunar)

    @property
    def is_living(self) -> bool:
        return self.merged_into_id is None and self.archived_at is None and self.erased_at is None
