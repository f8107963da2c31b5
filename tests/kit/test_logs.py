"""One JSON object a line, and nobody's data in it."""

import json
import logging
import logging.config
from io import StringIO
from typing import Any

import pytest
from django.test import Client

from scrm.kit import logs


class Lines:
    def __init__(self) -> None:
        self.stream = StringIO()

    @property
    def text(self) -> str:
        return self.stream.getvalue()

    @property
    def all(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines()]

    @property
    def one(self) -> dict[str, Any]:
        (line,) = self.all
        return line


@pytest.fixture
def lines() -> Any:
    """What the configured handlers would write to stderr."""
    kept = Lines()
    handlers = {h for name in ("", "scrm", "django", "django-q") for h in logging.getLogger(name).handlers}
    ours = [h for h in handlers if isinstance(h, logging.StreamHandler) and hasattr(h.formatter, "processors")]
    assert ours
    before = [handler.setStream(kept.stream) for handler in ours]
    yield kept
    for handler, stream in zip(ours, before, strict=True):
        handler.setStream(stream)


def test_a_line_of_our_own(lines: Lines) -> None:
    logs.get_logger("imports").info("import.done", batch=7, rows=431)
    line = lines.one
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "import.done",
        "batch": 7,
        "rows": 431,
        "level": "info",
        "logger": "scrm.imports",
    }


@pytest.mark.parametrize(
    "values",
    [
        {"phone": "13800000021"},
        {"name": "王丽娟"},
        {"customer_name": "王丽娟"},
        {"row": {"name": "王丽娟", "phones": ["138 0000 0021"]}},
        {"who": "call 138-0000-0021 back"},
        {"key": 13800000021},
        {"said": ["+8613800000021"]},
        {"username": "王丽娟"},
    ],
)
def test_nobodys_data_comes_out(lines: Lines, values: dict[str, Any]) -> None:
    logs.get_logger("imports").warning("row", **values)
    logging.getLogger("scrm.elsewhere").warning("for %s", "13800000021")
    assert len(lines.all) == 2
    # The time of a line is left out: its microseconds may well hold "0000".
    said = str([{key: value for key, value in line.items() if key != "timestamp"} for line in lines.all])
    for leak in ("13800000021", "0000", "王丽娟"):
        assert leak not in said


def test_long_numbers_that_are_no_mobile_stay(lines: Lines) -> None:
    logs.get_logger("jobs").info("done", sha="a13800000021b", order="2026112113800000021", job_name="a.b")
    assert lines.one["sha"] == "a13800000021b"
    assert lines.one["order"] == "2026112113800000021"
    assert lines.one["job_name"] == "a.b"


@pytest.mark.parametrize("logger", ["scrm.jobs", "django.request", "django-q", "anything.else"])
def test_an_error_is_told_without_its_message(lines: Lines, logger: str) -> None:
    try:
        raise ValueError("cannot read 王丽娟 13800000021")
    except ValueError:
        logging.getLogger(logger).exception("failed")
    line = lines.one
    assert (line["event"], line["error"], line["level"]) == ("failed", "ValueError", "error")
    assert line["where"][0].endswith("test_an_error_is_told_without_its_message")
    assert "王丽娟" not in lines.text


def test_an_error_of_our_own_logger(lines: Lines) -> None:
    try:
        raise ValueError("王丽娟")
    except ValueError as error:
        logs.get_logger("jobs").error("failed", exc_info=error)
        logs.get_logger("jobs").exception("failed")
    assert [line["error"] for line in lines.all] == ["ValueError", "ValueError"]
    assert "王丽娟" not in lines.text


@pytest.mark.django_db
class TestRequests:
    def test_a_request_is_one_line(self, lines: Lines, client: Client) -> None:
        client.get("/admin/login/?next=/admin/customers/?q=13800000021")
        line = lines.one
        assert line["ms"] >= 0
        assert {key: line[key] for key in ("event", "method", "route", "status", "employee")} == {
            "event": "request",
            "method": "GET",
            "route": "admin:login",
            "status": 200,
            "employee": None,
        }
        assert "13800000021" not in lines.text

    def test_who_it_was(self, lines: Lines, client: Client, owner: Any) -> None:
        client.force_login(owner)
        client.get("/admin/")
        assert (lines.one["employee"], lines.one["route"]) == (owner.pk, "admin:index")

    def test_an_address_that_leads_nowhere(self, lines: Lines, client: Client) -> None:
        client.get("/no/such/13800000021/")
        assert (lines.one["route"], lines.one["status"]) == (None, 404)

    def test_the_machines_question_is_not_told(self, lines: Lines, client: Client) -> None:
        client.get("/healthz")
        client.get("/static/unfold/css/styles.css")
        assert lines.text == ""
