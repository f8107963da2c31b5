import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrm.kit.tabular import neutralise, unneutralise

SIGNS = st.text(alphabet="'=+-@\t\ra张", max_size=8)


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r"])
def test_a_text_that_begins_like_a_formula_gets_an_apostrophe(sign: str) -> None:
    assert neutralise(sign + "1+1") == "'" + sign + "1+1"
    assert neutralise("a" + sign) == "a" + sign


@pytest.mark.parametrize("text", ["", "'", "''", "'; DROP TABLE", "＝1", "1-2", "\n=1", " =1"])
def test_other_texts_stay(text: str) -> None:
    assert neutralise(text) == text
    assert unneutralise(text) == text


def test_what_another_program_neutralised_is_taken_off_too() -> None:
    assert unneutralise("'=1+1") == "=1+1"
    assert unneutralise("''-1") == "'-1"


@given(SIGNS)
def test_they_are_inverses(text: str) -> None:
    safe = neutralise(text)
    assert unneutralise(safe) == text
    assert safe[:1] not in {"=", "+", "-", "@", "\t", "\r"}
