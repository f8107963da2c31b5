"""compose.yaml and Dockerfile, as far as reading them tells: no engine runs here."""

import re
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings

from tests.test_settings import names_read

ROOT = Path(settings.BASE_DIR)


def compose() -> dict[str, Any]:
    return yaml.safe_load((ROOT / "compose.yaml").read_text())


def dockerfile() -> str:
    return (ROOT / "Dockerfile").read_text()


def test_database_web_and_worker() -> None:
    services = compose()["services"]
    assert set(services) == {"db", "migrate", "web", "worker"}
    assert services["worker"]["command"] == ["python", "manage.py", "qcluster"]
    assert "granian" in dockerfile().rpartition("CMD")[2]
    for name in ("db", "web", "worker"):
        assert services[name]["healthcheck"]["test"], name
    for name in ("web", "worker"):
        assert services[name]["depends_on"] == {"migrate": {"condition": "service_completed_successfully"}}
    assert services["worker"]["volumes"] == services["web"]["volumes"] == ["private:/data"]


def test_secrets_come_from_files_and_have_no_default() -> None:
    spec = compose()
    text = (ROOT / "compose.yaml").read_text()
    assert set(spec["secrets"]) == {"postgres_password", "database_url", "secret_key"}
    for name, service in spec["services"].items():
        for key, value in service["environment"].items():
            if re.search(r"PASSWORD|SECRET|DATABASE_URL", key):
                assert key.endswith("_FILE"), (name, key)
                assert str(value).removeprefix("/run/secrets/") in service["secrets"], (name, key)
    assert re.findall(r"\$\{(?:PASSWORD|SECRET_KEY|DATABASE_URL|POSTGRES_PASSWORD)[^}]*\}", text) == []
    assert "${PUBLIC_URL:?" in text


def test_every_setting_in_it_exists() -> None:
    given = {key.removesuffix("_FILE") for key in compose()["services"]["web"]["environment"]}
    assert given <= names_read()


def test_it_listens_on_loopback_until_told_otherwise() -> None:
    assert compose()["services"]["web"]["ports"] == ["${BIND:-127.0.0.1:8000}:8000"]


def test_the_image_runs_as_nobody_in_particular_and_holds_what_is_needed() -> None:
    text = dockerfile()
    user = re.findall(r"^USER (\w+)$", text, flags=re.M)
    assert user == ["scrm"]
    assert "collectstatic" in text
    copied = set(re.findall(r"^COPY (?!--from)(.+) \S+$", text, flags=re.M))
    needed = {"scrm", "customers", "loyalty", "campaigns", "templates", "locale", "manage.py"}
    assert needed <= {word for line in copied for word in line.split()}
    ignored = (ROOT / ".dockerignore").read_text()
    assert all(f"!{name}" in ignored.split() for name in needed)
