"""Rows of a form become questions; keys stay, so that answers stay their own."""

import pytest

from campaigns.services import page_questions
from scrm.kit.errors import Refused


def test_choices_as_people_write_them() -> None:
    assert page_questions.choices_of("干, 油、混合，敏感;干 / 中性\n") == ["干", "油", "混合", "敏感", "中性"]
    assert page_questions.choices_of("") == []


def test_keys_are_kept_and_new_ones_are_nobodys() -> None:
    made = page_questions.cleaned(
        [
            {"key": "skin", "label": " 肤质 ", "choices": ["干", "油"], "required": True},
            {"key": "", "label": "  "},
            {"key": "", "label": "更多"},
            {"key": "q1", "label": "几岁"},
            {"key": "skin", "label": "又一个"},
            {"key": "<b>", "label": "怪"},
        ]
    )
    assert made == [
        {"key": "skin", "label": "肤质", "choices": ["干", "油"], "required": True},
        {"key": "q2", "label": "更多", "choices": [], "required": False},
        {"key": "q1", "label": "几岁", "choices": [], "required": False},
        {"key": "q3", "label": "又一个", "choices": [], "required": False},
        {"key": "q4", "label": "怪", "choices": [], "required": False},
    ]


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([{"label": f"问{n}"} for n in range(11)], "questions.too_many"),
        ([{"label": "长" * 81}], "questions.long"),
        ([{"label": "问", "choices": ["只有一个"]}], "questions.choices"),
        ([{"label": "问", "choices": [str(n) for n in range(13)]}], "questions.choices"),
        ([{"label": "问", "choices": ["长" * 41, "短"]}], "questions.choices"),
    ],
)
def test_refused(rows: list[dict[str, object]], code: str) -> None:
    with pytest.raises(Refused) as no:
        page_questions.cleaned(rows)
    assert no.value.code == code
