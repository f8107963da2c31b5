"""Structured logs on stderr, one JSON object a line, without personal data: ids, codes and counts only."""

from typing import Any

import structlog

_PERSONAL = {"phone", "name", "value", "cells", "username", "password", "email", "address"}


def drop_personal(logger: Any, method: str, event: dict[str, Any]) -> dict[str, Any]:
    """The last line of defence: a key that names a person's data never reaches the log."""
    for key in _PERSONAL & event.keys():
        event[key] = "…"
    return event


_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    drop_personal,
]

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
            "foreign_pre_chain": _SHARED,
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
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
