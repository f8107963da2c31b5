"""The rules of the house that a program can check."""

import ast
import re
import statistics
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models
from django.utils.module_loading import import_string
from importlinter.cli import lint_imports

from customers.models import Channel, Tag, TagGroup
from scrm.kit.models import AuditEntry
from scrm.site import schedules
from scrm.staff.models import Department, Employee

ROOT = Path(settings.BASE_DIR)
APPS = ("scrm", "customers", "loyalty", "campaigns")
OUR_LABELS = {"kit", "staff", "customers", "loyalty", "campaigns", "site"}
SOURCES = sorted(
    path
    for app in APPS
    for path in (ROOT / app).rglob("*.py")
    if "migrations" not in path.relative_to(ROOT).parts
)
TEMPLATES = sorted(path for folder in ("templates", *APPS) for path in (ROOT / folder).rglob("*.html"))
HAN = re.compile("[\u3400-\u9fff]")


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def trees() -> Iterator[tuple[Path, ast.Module]]:
    for path in SOURCES:
        yield path, ast.parse(path.read_text(encoding="utf-8"))


def calls(tree: ast.AST, *names: str) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name in names:
                yield node


def our_models() -> list[type[models.Model]]:
    return [
        model for model in apps.get_models(include_auto_created=True) if model._meta.app_label in OUR_LABELS
    ]


def test_imports_run_downwards(capsys: pytest.CaptureFixture[str]) -> None:
    broken = lint_imports(config_filename=str(ROOT / "pyproject.toml"), cache_dir=None)
    assert broken == 0, capsys.readouterr().out


def test_unfold_is_imported_where_pages_are_made_only() -> None:
    def allowed(path: Path) -> bool:
        parts = path.relative_to(ROOT).parts
        return parts[:2] == ("scrm", "site") or "admin" in parts or "admin.py" in parts

    found = [
        f"{named(path)}:{node.lineno}"
        for path, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        and (node.module or "").split(".")[0] == "unfold"
        and not allowed(path)
    ]
    assert found == []


def test_no_drawer_for_everything() -> None:
    assert [named(path) for path in SOURCES if path.stem in {"utils", "helpers", "misc", "common"}] == []


def test_files_are_small() -> None:
    lengths = {named(path): len(path.read_text(encoding="utf-8").splitlines()) for path in SOURCES}
    assert statistics.median(length for length in lengths.values() if length) <= 80
    assert {name: length for name, length in lengths.items() if length > 600} == {}
    assert len([name for name, length in lengths.items() if length > 400]) <= len(lengths) * 0.02


def test_nothing_is_left_to_do() -> None:
    marks = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
    assert [named(path) for path in SOURCES if marks.search(path.read_text(encoding="utf-8"))] == []


def test_money_is_whole_fen() -> None:
    fields = [
        field for model in our_models() for field in model._meta.get_fields() if hasattr(field, "column")
    ]
    loose = [str(field) for field in fields if isinstance(field, models.DecimalField | models.FloatField)]
    money = [field for field in fields if field.name.endswith("_fen")]
    # A line's amount was rounded to the fen once; pieces and unit prices may have decimals and are never summed.
    assert loose == ["customers.OrderLine.quantity", "customers.OrderLine.unit_price"]
    assert money
    assert [str(field) for field in money if not isinstance(field, models.BigIntegerField)] == []


def test_what_has_a_history_cannot_be_deleted_from_under_it() -> None:
    """Employees, stores, channels and tags are switched off; whatever points at one keeps it."""
    exceptions = {"LoginLink.employee"}
    loose = [
        f"{model.__name__}.{field.name}"
        for model in our_models()
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey)
        and field.related_model in {Employee, Department, Channel, Tag, TagGroup}
        and field.remote_field.on_delete is not models.PROTECT
        # simple-history keeps ids without a constraint, and its many-to-many tables are Django's own.
        and not model.__name__.startswith("Historical")
        and not model._meta.auto_created
    ]
    assert sorted(set(loose) - exceptions) == []


def test_ids_are_big() -> None:
    small = [
        model.__name__
        for model in our_models()
        if isinstance(model._meta.pk, models.AutoField)
        and not isinstance(model._meta.pk, models.BigAutoField)
        and not model.__name__.startswith("Historical")
    ]
    assert small == []


def test_the_guarded_tables() -> None:
    assert {model for model in our_models() if getattr(model, "append_only", False)} >= {AuditEntry}


def spread(node: ast.expr) -> list[ast.expr]:
    return list(node.elts) if isinstance(node, ast.Tuple) else [node]


def job_names() -> set[str]:
    """Every dotted name that is queued or scheduled, also by a constant of its module."""
    names = {item.name for item in schedules.SCHEDULES}
    for _path, tree in trees():
        constants = {
            name.id: value.value
            for node in tree.body
            if isinstance(node, ast.Assign)
            for name, value in zip(spread(node.targets[0]), spread(node.value), strict=False)
            if isinstance(name, ast.Name) and isinstance(value, ast.Constant)
        }
        for call in calls(tree, "enqueue", "run_now"):
            first = call.args[0] if call.args else None
            if isinstance(first, ast.Constant):
                names.add(str(first.value))
            elif isinstance(first, ast.Name) and first.id in constants:
                names.add(str(constants[first.id]))
    return names


def test_every_job_name_leads_to_a_function() -> None:
    names = job_names()
    assert {"customers.tasks.run_import", "scrm.kit.jobs.sweep"} <= names
    assert [name for name in names if not callable(import_string(name))] == []


def test_words_for_people_are_english_in_code() -> None:
    marked = ("_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy")
    # An example of a header, inside an English sentence.
    examples = {"customers/services/importing/mapping.py", "customers/services/ordering/mapping.py"}
    found = [
        f"{named(path)}:{call.lineno}"
        for path, tree in trees()
        if named(path) not in examples
        for call in calls(tree, *marked)
        for argument in call.args
        if isinstance(argument, ast.Constant)
        and isinstance(argument.value, str)
        and HAN.search(argument.value)
    ]
    in_templates = [
        named(path)
        for path in TEMPLATES
        if HAN.search(
            re.sub(r"{#.*?#}|{% comment.*?endcomment %}", "", path.read_text(encoding="utf-8"), flags=re.S)
        )
    ]
    assert (found, in_templates) == ([], [])


def test_templates_carry_no_scripts_of_their_own() -> None:
    """The content security policy would not run them."""
    inline = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>|\son[a-z]+\s*=\s*[\"']|javascript:", re.I)
    json_data = re.compile(r'<script[^>]*type="application/json"')
    found = [
        named(path)
        for path in TEMPLATES
        if inline.search(json_data.sub("", path.read_text(encoding="utf-8")))
    ]
    assert found == []
