"""来源渠道: a part names what it is a part of, which is there already or stands above it in the sheet."""

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from customers.choices import Domain
from customers.models import Channel
from customers.resources.base import HouseResource
from customers.resources.columns import Choice, Column, Named, Text, YesNo


class ChannelResource(HouseResource):
    noun, label = "channels", _("channels of origin")
    name = Column("name", _("channel of origin"), Text(60, missing=_("The name of the channel is missing.")), _("name"))
    domain = Column("domain", _("public or private"), Choice(Domain))
    online = Column("online", _("online"), YesNo())
    parent = Column("parent", _("part of"), Named(_("There is no channel “%(name)s”, neither here nor above this row.")))
    is_active = Column("is_active", _("in use"), YesNo(), saves_null_values=False)

    class Meta(HouseResource.Meta):
        model = Channel
        fields = ("name", "domain", "online", "parent", "is_active")
        # One by one: a later row may name an earlier one. There are few of them.
        use_bulk = False

    def get_queryset(self) -> Any:
        return Channel.objects.select_related("parent")

    def before_import(self, dataset: Any, **kwargs: Any) -> None:
        self.there = {channel.name: channel for channel in self.get_queryset()}
        self.fields["parent"].widget.known = self.there

    def find(self, row: dict[str, Any]) -> tuple[Any, Any]:
        name = self.said(row, "name")
        return self.there.get(name), name

    def import_field(self, field: Any, instance: Channel, row: Any, is_m2m: bool = False, **kwargs: Any) -> None:
        super().import_field(field, instance, row, is_m2m, **kwargs)
        if field.attribute == "parent" and _is_within(instance, instance.parent):
            raise ValueError(gettext("A channel cannot be part of itself."))

    def after_save_instance(self, instance: Channel, row: Any, **kwargs: Any) -> None:
        self.there[instance.name] = instance

    def export(self, queryset: Any = None, **kwargs: Any) -> Any:
        """What others are part of stands above them."""
        rows = list(self.get_queryset() if queryset is None else queryset)
        above = dict(Channel.objects.values_list("pk", "parent"))
        return super().export(queryset=sorted(rows, key=lambda row: _depth(row.pk, above)), **kwargs)


def _is_within(channel: Channel, parent: Channel | None) -> bool:
    seen: set[int] = set()
    while parent is not None and parent.pk not in seen:
        if parent is channel or parent.pk == channel.pk:
            return True
        seen.add(parent.pk)
        parent = parent.parent
    return False


def _depth(pk: int | None, above: dict[int, int | None]) -> int:
    depth = 0
    while pk is not None and depth <= len(above):
        pk, depth = above.get(pk), depth + 1
    return depth
