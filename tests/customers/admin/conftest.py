"""What the tests of the import pages share; see imports_flow.py for the steps."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as house
from django.test import Client

from scrm.staff.models import Employee


@pytest.fixture(autouse=True)
def private_files(settings: Any, tmp_path: Path) -> Path:
    """Uploads and reports of a test go away with it."""
    settings.PRIVATE_DIR = tmp_path / "private"
    return tmp_path / "private"


@pytest.fixture
def desk(operator: Employee, client: Client) -> Client:
    """An operator at work, who reads English: sentences are asserted in the language of the code."""
    client.force_login(operator)
    client.cookies[house.LANGUAGE_COOKIE_NAME] = "en"
    return client
