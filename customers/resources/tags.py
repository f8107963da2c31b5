"""标签 with their groups. A group nobody knows is made; which kind it is stays to be said."""

from typing import Any

from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from customers.models import Tag, TagGroup
from customers.resources.base import HouseResource
from customers.resources.columns import Column, Named, Text, YesNo


class TagResource(HouseResource):
    noun, label = "tags", _("tags")
    name = Column("name", _("tag"), Text(60, missing=_("The name of the tag is missing.")), _("name"), _("tags"))
    group = Column(
        "group",
        _("tag group"),
        Named(_("There is no tag group “%(name)s”."), missing=_("The group is missing.")),
        _("group"),
        _("tag groups"),
    )
    is_active = Column("is_active", _("in use"), YesNo(), saves_null_values=False)

    class Meta(HouseResource.Meta):
        model = Tag
        fields = ("name", "group", "is_active")

    def get_queryset(self) -> Any:
        return Tag.objects.select_related("group")

    def before_import(self, dataset: Any, **kwargs: Any) -> None:
        self.there = {tag.name: tag for tag in self.get_queryset().filter(name__in=self.said_by_all(dataset, "name"))}
        groups = {group.name: group for group in TagGroup.objects.all()}
        longest = TagGroup._meta.get_field("name").max_length or 0
        wanted = [name for name in self.said_by_all(dataset, "group") if name not in groups and len(name) <= longest]
        last = TagGroup.objects.aggregate(last=Max("position"))["last"] or 0
        fresh = [TagGroup(name=name, position=min(last + n, 32_767)) for n, name in enumerate(wanted, 1)]
        self.made_beside = wanted
        self.fields["group"].widget.known = groups | {group.name: group for group in TagGroup.objects.bulk_create(fresh)}

    def after_init_instance(self, instance: Tag, new: bool, row: Any, **kwargs: Any) -> None:
        """A new one needs a group even where the sheet has no column for it."""
        if new and self.fields["group"].column_name not in row:
            row[self.fields["group"].column_name] = ""

    def find(self, row: dict[str, Any]) -> tuple[Any, Any]:
        name = self.said(row, "name")
        return self.there.get(name), name
