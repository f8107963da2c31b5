"""Structured logs on stderr, one JSON object a line, without personal data: ids, codes and counts only."""

import re
import sys
import traceback
from typing import Any

import structlog

_PERSONAL = {"phone", "name", "value", "cells", "username", "password", "email", "address", "birthday", "note"}
_HARMLESS = {"job_name", "logger_name"}
_DIGITS = re.compile(r"(?<![0-9A-Za-z])(?:\+?86[- ]?)?1[3-9]\d(?:[- ]?\d){8}(?![0-9A-Za-z])")
HIDDEN = "…"


def drop_personal(logger: Any, method: str, event: dict[str, Any]) -> dict[str, Any]:
    """The last line of defence, for our own lines and everybody else's: keys that name a person's data (also
    "customer_name", also nested) and mobile numbers anywhere in a text never reach the log."""
    return {key: _clean(key, value) for key, value in event.items()}


def _clean(key: str, value: Any) -> Any:
    if key not in _HARMLESS and _PERSONAL & set(key.lower().split("_")):
        return HIDDEN
    if isinstance(value, str):
        return _DIGITS.sub(HIDDEN, value)
    if isinstance(value, dict):
        return {inner: _clean(str(inner), item) for inner, item in value.items()}
    if isinstance(value, list | tuple | set):
        return [_clean("", item) for item in value]
    if isinstance(value, int) and not isinstance(value, bool) and _DIGITS.fullmatch(str(value)):
        return HIDDEN
    return value


def tell_exception(logger: Any, method: str, event: dict[str, Any]) -> dict[str, Any]:
    """Type and place of an error, never its message: messages quote the row that they choked on."""
    found = event.pop("exc_info", None)
    if found is True:
        found = sys.exc_info()
    error = found[1] if isinstance(found, tuple) else found
    if isinstance(error, BaseException):
        event["error"] = type(error).__name__
        event["where"] = where(error)
    return event


def where(error: BaseException) -> list[str]:
    """file:line:function of each frame, outermost first."""
    frames = traceback.extract_tb(error.__traceback__)
    return ["{}:{}:{}".format("/".join(f.filename.split("/")[-3:]), f.lineno, f.name) for f in frames]


_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                tell_exception,
                drop_personal,
                structlog.processors.JSONRenderer(ensure_ascii=False, default=repr),
            ],
            "foreign_pre_chain": _SHARED,
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        # Every 4xx is a request line of our own; what is left to Django are errors.
        "django": {"handlers": ["stderr"], "level": "ERROR", "propagate": False},
        "django-q": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        "axes": {"handlers": ["stderr"], "level": "CRITICAL", "propagate": False},
        "scrm": {"handlers": ["stderr"], "level": "INFO", "propagate": False},
    },
}

structlog.configure(
    processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
    logger_factory=structlog.stdlib.LoggerFactory(),
    wrapper_class=structlog.stdlib.BoundLogger,
    cache_logger_on_first_use=True,
)


def get_logger(name: str) -> Any:
    """A bound logger below "scrm"."""
    return structlog.get_logger(f"scrm.{name}")
