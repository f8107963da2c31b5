"""The tree keeps its paths, whatever order things happen in and however old the objects are."""

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from scrm.kit.errors import Refused
from scrm.staff.models import Department
from tests.cast import Shop
from tests.factories.staff import make_department


def paths() -> dict[str, str]:
    return dict(Department.objects.values_list("name", "path"))


def test_a_path_is_the_parents_and_the_own_number(shop: Shop) -> None:
    assert shop.company.path == f"/{shop.company.pk}/"
    assert shop.binjiang.path == f"/{shop.company.pk}/{shop.binjiang.pk}/"
    assert paths()["滨江店"] == shop.binjiang.path


def test_a_move_carries_everything_below(shop: Shop) -> None:
    floor = make_department("二楼", shop.binjiang)
    counter = make_department("柜台", floor)
    shop.binjiang.parent = shop.online
    shop.binjiang.save()
    start = f"/{shop.company.pk}/{shop.online.pk}/{shop.binjiang.pk}/"
    assert paths() | {} == {
        "锦绣商贸": f"/{shop.company.pk}/",
        "西湖店": f"/{shop.company.pk}/{shop.xihu.pk}/",
        "线上部": f"/{shop.company.pk}/{shop.online.pk}/",
        "滨江店": start,
        "二楼": f"{start}{floor.pk}/",
        "柜台": f"{start}{floor.pk}/{counter.pk}/",
    }


def test_a_move_is_one_query_for_the_whole_subtree(shop: Shop, django_assert_num_queries: object) -> None:
    """Savepoints and history included; the number is the same for a subtree of one and of thirty."""
    for number in range(30):
        make_department(f"柜台{number}", shop.binjiang)
    shop.binjiang.parent = shop.online
    with django_assert_num_queries(9):  # type: ignore[operator]
        shop.binjiang.save()


def test_a_move_to_the_root(shop: Shop) -> None:
    shop.binjiang.parent = None
    shop.binjiang.save()
    assert paths()["滨江店"] == f"/{shop.binjiang.pk}/"


def test_an_old_object_does_not_write_back_an_old_path(shop: Shop) -> None:
    floor = make_department("二楼", shop.binjiang)
    old = Department.objects.get(pk=floor.pk)
    shop.binjiang.parent = shop.online
    shop.binjiang.save()
    old.name = "三楼"
    old.save()
    assert paths()["三楼"] == f"/{shop.company.pk}/{shop.online.pk}/{shop.binjiang.pk}/{floor.pk}/"
    assert old.path == paths()["三楼"]


def test_an_old_parent_object_does_not_mislead_either(shop: Shop) -> None:
    old_parent = Department.objects.get(pk=shop.binjiang.pk)
    shop.binjiang.parent = shop.online
    shop.binjiang.save()
    floor = make_department("二楼", old_parent)
    assert floor.path == f"/{shop.company.pk}/{shop.online.pk}/{shop.binjiang.pk}/{floor.pk}/"


def test_saving_other_fields_leaves_the_tree_alone(shop: Shop) -> None:
    before = paths()["滨江店"]
    shop.binjiang.parent = shop.xihu  # not among the fields that are saved
    shop.binjiang.is_active = False
    shop.binjiang.save(update_fields=["is_active"])
    stored = Department.objects.get(pk=shop.binjiang.pk)
    assert (stored.path, stored.parent_id, stored.is_active) == (before, shop.company.pk, False)


def test_saving_the_parent_alone_moves_the_path(shop: Shop) -> None:
    shop.binjiang.parent = shop.xihu
    shop.binjiang.save(update_fields=["parent"])
    assert paths()["滨江店"] == f"/{shop.company.pk}/{shop.xihu.pk}/{shop.binjiang.pk}/"


@pytest.mark.parametrize("below", ["itself", "child", "grandchild"])
def test_no_department_is_part_of_itself(shop: Shop, below: str) -> None:
    child = make_department("二楼", shop.binjiang)
    targets = {"itself": shop.binjiang, "child": child, "grandchild": make_department("柜台", child)}
    before = paths()
    shop.binjiang.parent = targets[below]
    with pytest.raises(ValidationError) as invalid:
        shop.binjiang.full_clean()
    assert list(invalid.value.message_dict) == ["parent"]
    with pytest.raises(Refused) as refused, transaction.atomic():
        shop.binjiang.save()
    assert refused.value.code == "department.cycle"
    assert paths() == before


def test_the_history_tells_names_not_paths(shop: Shop) -> None:
    shop.binjiang.name = "滨江旗舰店"
    shop.binjiang.save()
    assert [row.name for row in shop.binjiang.history.all()] == ["滨江旗舰店", "滨江店"]
    assert "path" not in {field.name for field in shop.binjiang.history.model._meta.get_fields()}
