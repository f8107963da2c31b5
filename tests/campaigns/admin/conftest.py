from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as ours
from django.test import Client


@pytest.fixture(autouse=True)
def private_dir(tmp_path: Path, settings: Any) -> Path:
    settings.PRIVATE_DIR = tmp_path / "private"
    return settings.PRIVATE_DIR


@pytest.fixture
def english(client: Client) -> Client:
    client.cookies[ours.LANGUAGE_COOKIE_NAME] = "en"
    return client
