"""A real Chromium against a live server. Skipped, with the reason on screen, where no Chromium is found.

Every page collects what its console says: a violation of the content security policy, a missing file or a
script error fails the test that met it.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from scrm.staff.choices import Role
from scrm.staff.models import Employee
from tests import cast
from tests.factories.staff import PASSWORD

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

# Playwright runs an event loop in this thread; Django would refuse the database in it.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in Path(item.path).parents:
            item.add_marker(pytest.mark.e2e)
            # A browser on a loaded machine may be late once; a fault is there both times. The summary counts it.
            item.add_marker(pytest.mark.flaky(reruns=1, condition=bool(os.environ.get("CI"))))


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """CHROMIUM, else the first Chromium on the PATH, else the one Playwright has downloaded."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if found is None and not Path(playwright.chromium.executable_path).exists():
        pytest.skip(f"no Chromium: none of {', '.join(NAMES)} on the PATH, and CHROMIUM is not set")
    launched = playwright.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
    yield launched
    launched.close()


@pytest.fixture
def page(browser: Browser, live_server: object) -> Iterator[Page]:
    """1440 wide, in the shop's time zone. `page.complaints` holds what the console said."""
    context = browser.new_context(
        viewport={"width": 1440, "height": 900},
        timezone_id="Asia/Shanghai",
        locale="en-US",
        base_url=live_server.url,  # type: ignore[attr-defined]
    )
    opened = context.new_page()
    complaints: list[str] = []
    opened.on(
        "console",
        lambda said: complaints.append(f"{opened.url}: {said.text}") if said.type == "error" else None,
    )
    opened.on("pageerror", lambda error: complaints.append(f"{opened.url}: {error}"))
    opened.complaints = complaints  # type: ignore[attr-defined]
    yield opened
    context.close()
    assert complaints == []


@pytest.fixture
def boss(transactional_db: None) -> Employee:
    """The owner, with PASSWORD. (The whole cast is rebuilt for each test: the server sees committed rows
    only.)"""
    owner = cast.hire(cast.open_shop(), Role.OWNER)
    owner.set_password(PASSWORD)
    owner.save(update_fields=["password"])
    return owner


@pytest.fixture
def desk(page: Page, boss: Employee) -> Page:
    """Logged in as the owner, on the home page."""
    log_in(page, boss.phone)
    return page


def log_in(page: Page, phone: str, password: str = PASSWORD) -> None:
    page.goto("/admin/login/")
    page.fill("[name=username]", phone)
    page.fill("[name=password]", password)
    page.click("#login-form button[type=submit]")
    page.wait_for_load_state()
