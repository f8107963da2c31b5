"""Which columns are not for everybody: ID cards always, health, money and children as a hint."""

from pathlib import Path

import pytest

from customers import sensitive
from customers.models import Customer, CustomField
from customers.services import fields
from customers.services.importing import id_cards, run_file
from scrm.kit.errors import Refused

ID_CARDS = "身份证 身份证号 客户身份证号 证件号码 身份证(必填) ＩＤCard 投保人身份证号"
HINTED = "过敏史 既往病史 用药情况 是否怀孕 血型 体检日期 年收入 家庭资产 负债 保额(万) 银行卡号 开户行 孩子年龄 大宝生日 未成年子女 护照号"
PLAIN = "姓名 手机号 肤质 险种 证件类型 序号 错误原因 预算 消费能力 累计消费 储值余额 宝妈姓名 会员等级 备注"


@pytest.mark.parametrize("header", ID_CARDS.split())
def test_id_cards(header: str) -> None:
    assert id_cards.is_id_card(header)


@pytest.mark.parametrize("header", HINTED.split())
def test_hints(header: str) -> None:
    assert (id_cards.is_id_card(header), sensitive.is_hinted(header)) == (False, True)


@pytest.mark.parametrize("header", PLAIN.split())
def test_everything_else(header: str) -> None:
    assert (id_cards.is_id_card(header), sensitive.is_hinted(header)) == (False, False)


@pytest.mark.django_db
def test_a_field_made_by_hand_for_them_is_sensitive() -> None:
    made = [fields.create_field(label=label, by=None, sensitive=False) for label in ("身份证号", "过敏史")]
    assert [field.sensitive for field in made] == [True, False]


@pytest.mark.django_db
class TestByCommand:
    @pytest.fixture
    def sheet(self, tmp_path: Path) -> Path:
        path = tmp_path / "会员.csv"
        path.write_text("姓名,手机号,身份证号\n张三,13800009001,33010619900101123X\n", encoding="utf-8")
        return path

    def test_left_out_unless_asked_for(self, sheet: Path) -> None:
        run_file(sheet)
        assert Customer.objects.values_list("custom", "legacy", "note").get() == ({}, {}, "")

    def test_asked_for_as_a_sensitive_field(self, sheet: Path) -> None:
        field = fields.create_field(label="证号", by=None, sensitive=True)
        run_file(sheet, overrides=["证号=身份证号"])
        assert Customer.objects.get().custom == {field.key: "33010619900101123X"}

    @pytest.mark.parametrize("word", ["note", "证号"])
    def test_asked_for_as_something_that_everybody_reads(self, sheet: Path, word: str) -> None:
        CustomField.objects.create(key="f_1", label="证号")
        with pytest.raises(Refused) as refusal:
            run_file(sheet, overrides=[f"{word}=身份证号"])
        assert (refusal.value.code, Customer.objects.count()) == ("mapping.id_card", 0)
