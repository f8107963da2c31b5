"""What examples/README.md promises."""

import json
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

SHEET = Path(settings.BASE_DIR) / "examples" / "客户登记表.csv"


@pytest.mark.django_db
def test_the_small_sheet(capsys: pytest.CaptureFixture[str]) -> None:
    figures = []
    for _time in range(2):
        call_command("import_customers", str(SHEET), "--json")
        said = json.loads(capsys.readouterr().out)
        figures.append(
            {
                key: said[key]
                for key in ("rows", "created", "updated", "unchanged", "merged", "rejected", "skipped")
            }
        )
    assert figures == [
        {"rows": 6, "created": 4, "updated": 0, "unchanged": 0, "merged": 1, "rejected": 1, "skipped": 3},
        {"rows": 6, "created": 0, "updated": 0, "unchanged": 4, "merged": 1, "rejected": 1, "skipped": 3},
    ]
