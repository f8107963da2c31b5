"""How a person is known, and pairs that may be one person."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from customers.choices import LEGACY_PREFIX, CandidateState, IdentityKind, system_label


class Identity(models.Model):
    """One way a person is known. (kind, value) belongs to exactly one person, in the whole base."""

    customer = models.ForeignKey(
        "customers.Customer",
        verbose_name=_("customer"),
        on_delete=models.CASCADE,
        related_name="identities",
    )
    kind = models.CharField(_("kind"), max_length=80)
    value = models.CharField(_("value"), max_length=200)
    # The last four digits of a phone, for "尾号 0021"; blank otherwise.
    tail = models.CharField(max_length=4, blank=True, editable=False)
    verified = models.BooleanField(_("verified"), default=False)
    source = models.CharField(_("where from"), max_length=40, blank=True)
    # Provenance: neither searched nor worth a check for each of a million rows (batches are never deleted).
    batch = models.ForeignKey(
        "customers.ImportBatch",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    first_seen = models.DateTimeField(_("first seen"), default=timezone.now)

    class Meta:
        verbose_name = _("identity")
        verbose_name_plural = _("identities")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["kind", "value"], name="customers_identity_unique")]
        indexes = [
            models.Index(fields=["tail"], name="customers_identity_tail", condition=~models.Q(tail="")),
        ]

    def __str__(self) -> str:
        return f"{self.kind_label} {self.value}"

    @property
    def kind_label(self) -> str:
        if self.kind.startswith(LEGACY_PREFIX):
            system = system_label(self.kind.removeprefix(LEGACY_PREFIX))
            return str(_("card number (%(system)s)") % {"system": system} if system else _("card number"))
        return str(dict(IdentityKind.choices).get(self.kind, self.kind))


class MergeCandidate(models.Model):
    """Two people who may be one. `first` has the smaller id; a rejected pair is not proposed again."""

    first = models.ForeignKey("customers.Customer", on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey("customers.Customer", on_delete=models.CASCADE, related_name="+")
    evidence = models.JSONField(_("evidence"), default=list)
    state = models.CharField(
        _("state"), max_length=10, choices=CandidateState, default=CandidateState.OPEN, db_index=True
    )
    batch = models.ForeignKey(
        "customers.ImportBatch", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(_("found"), default=timezone.now)

    class Meta:
        verbose_name = _("possible duplicate")
        verbose_name_plural = _("possible duplicates")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="customers_candidate_pair"),
            models.CheckConstraint(
                condition=models.Q(first__lt=models.F("second")), name="customers_candidate_order"
            ),
        ]

    def __str__(self) -> str:
        return gettext("%(one)s and %(other)s") % {"one": self.first.name_and_tail, "other": self.second.name_and_tail}
