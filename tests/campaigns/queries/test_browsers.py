"""By what somebody came, in a word."""

import pytest
from django.utils.translation import override

from campaigns.queries.browsers import short


@pytest.mark.parametrize(
    ("agent", "word"),
    [
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) MicroMessenger/8.0.50", "WeChat"),
        ("Mozilla/5.0 (Linux; Android 14) wxwork/4.1 MicroMessenger/7.0", "WeCom"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) Safari/604.1", "iPhone"),
        ("Mozilla/5.0 (iPad; CPU OS 18_0) Safari/604.1", "iPad"),
        ("Mozilla/5.0 (Linux; Android 14; CUBOT X50) Chrome/130", "Android"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/130", "computer"),
        ("curl/8", "robot"),
        ("", "robot"),
        ("facebookexternalhit/1.1", "preview"),
        ("something else", "other"),
    ],
)
def test_a_word(agent: str, word: str) -> None:
    with override("en"):
        assert short(agent) == word
