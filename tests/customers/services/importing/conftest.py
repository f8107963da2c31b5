from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def own_private_folder(settings: object, tmp_path: Path) -> None:
    """Uploads of a test go with it."""
    settings.PRIVATE_DIR = tmp_path / "private"  # type: ignore[attr-defined]
