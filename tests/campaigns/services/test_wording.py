"""Words that advertising must not use; and the many harmless ones that look like them."""

import pytest

from campaigns.services import wording


def words(*texts: str) -> list[str]:
    return [one.word for one in wording.check(*texts)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("全城最低价，效果最好", ["最低", "最好"]),
        ("行业第一品牌", ["第一"]),
        ("国家级非遗工艺", ["国家级"]),
        ("本活动最终解释权归本店所有", ["最终解释权归本店所有"]),
        ("活动解释权归锦绣所有。", ["解释权归锦绣所有"]),
        ("NO.1 的选择，TOP1", ["NO.1", "TOP1"]),
        ("顶级护理 100%有效", ["顶级", "100%"]),
        ("１００％有效", ["100%"]),
        ("根治痘痘", ["根治"]),
        ("发展下线，团队计酬", ["下线", "团队计酬"]),
        ("转发朋友圈送护理", ["转发朋友圈送"]),
        ("分享即可领券", ["分享即可领"]),
    ],
)
def test_what_is_told(text: str, found: list[str]) -> None:
    assert words(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "最近新到", "最后三天", "每人最多三次", "最少提前一天", "最终价格以到店为准", "最晚 5 月 1 日", "第一次到店", "第一天", "买第一件半价",
        "推荐好友, 好友消费后您得礼品", "A friend's purchase is rewarded", "",
    ],
)  # fmt: skip
def test_what_is_harmless(text: str) -> None:
    assert words(text) == []


def test_each_word_once_in_the_order_of_the_texts() -> None:
    found = wording.check("最好的护理", "第一品牌, 最好的护理")
    assert [one.word for one in found] == ["最好", "第一"]
    assert found[0].reason == wording.SUPERLATIVE
