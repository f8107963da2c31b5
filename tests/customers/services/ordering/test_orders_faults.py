"""Killed, doubled, overtaken, cancelled: the end is the same and nothing is twice."""

import json
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError

from customers.choices import BatchState
from customers.models import Customer, ImportBatch, ImportRow, Order, OrderLine, Product, Refund
from customers.services.ordering import booking, running
from scrm.kit import claims
from scrm.kit.models import Claim
from tests.customers import sheets
from tests.customers.services.ordering.runs import everything, lines_of, orders_of, run
from tests.kit import processes

HEAD = ["订单号", "下单时间", "手机号", "商品名称", "数量", "单价", "原订单号"]
FLAGS = ("--returns", "record", "--source", "店")
ORDERS, BACK = 3_000, 300
EXPECTED = (2 * ORDERS, 100, BACK, 100, 100)


def big_sheet(path: Path) -> Path:
    """3,000 orders of two lines each, shuffled; 300 returns, and 100 lines of each kind that makes no order."""
    rows: list[list[Any]] = []
    for n in range(ORDERS):
        for line in range(2):
            rows.append([f"D{n}", "2026-05-01 10:00", f"137{n % 700:08d}", f"商品{(n + line) % 50}", 1 + line, 10 + n % 7, None])
    for n in range(BACK):
        rows.append([f"T{n}", "2026-05-02", f"137{n % 700:08d}", "商品1", -1, 5, f"D{n}"])
    for n in range(100):
        rows.append([f"X{n}", "2026-05-01", None, "商品1", 1, 5, None])
        rows.append([f"Y{n}", "2026-05-01", "13700000001", "试用装", 1, 0, None])
        rows.append([f"Z{n}", "2026-05-01", "13700000001", "商品1", "许多", 5, None])
    random.Random(5).shuffle(rows)
    return sheets.csv_file(path, [HEAD, *rows])


def start(path: Path, folder: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "manage.py", "import_orders", str(path), "--json", *FLAGS],
        cwd=processes.ROOT,
        env=processes.environment(DATA_DIR=str(folder)),
        start_new_session=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.django_db(transaction=True)
class TestProcesses:
    @pytest.fixture(autouse=True)
    def own_private_folder(self, settings: Any, tmp_path: Path) -> None:
        settings.PRIVATE_DIR = tmp_path / "private"

    def test_killed_ten_times_and_gone_on(self, tmp_path: Path) -> None:
        path = big_sheet(tmp_path / "订单.csv")
        chance = random.Random(3)
        for _n in range(10):
            process = start(path, tmp_path)
            end = time.monotonic() + 20
            while process.poll() is None and time.monotonic() < end:
                if Claim.objects.exclude(holder="").exists():
                    break
                time.sleep(0.02)
            time.sleep(chance.uniform(0, 0.7))
            processes.kill_group(process.pid)
            assert process.wait(10) in (-signal.SIGKILL, 0)
            process.communicate()
            processes.until(processes.server_is_quiet)
            batch = ImportBatch.objects.first()
            if batch is None:
                continue
            counters = batch.counters
            assert Order.objects.count() == counters.get("orders_created", 0)
            assert Customer.objects.count() == counters.get("customers_created", 0)
            if batch.state == BatchState.DONE:
                break
        process = start(path, tmp_path)
        out, err = process.communicate(timeout=180)
        assert process.returncode == 0, err
        answer = json.loads(out)
        assert lines_of(answer) == EXPECTED
        disturbed = everything()
        assert (len(disturbed), Refund.objects.count(), Product.objects.count()) == (ORDERS, BACK, 50)
        again = run(path, *FLAGS)
        assert (lines_of(again), orders_of(again)) == (EXPECTED, (0, 0, ORDERS))
        assert everything() == disturbed
        for model in (Refund, OrderLine, Order, Product, ImportRow, ImportBatch):
            model.objects.all().delete()
        Customer.everyone.all().delete()
        run(path, *FLAGS)
        assert everything() == disturbed


@pytest.mark.django_db
class TestOvertaken:
    ROWS = [HEAD, *[[f"D{n}", "2026-05-01", f"1370000{n:04d}", "面膜", 1, 99, None] for n in range(30)]]

    @pytest.fixture(autouse=True)
    def small_slices(self, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        settings.PRIVATE_DIR = tmp_path / "private"
        monkeypatch.setattr(running, "SLICE", 10)

    def meanwhile(self, monkeypatch: pytest.MonkeyPatch, act: Any) -> None:
        """`act` runs once, after a slice was decided and before it is written."""
        write, acted = booking.write, []

        def writing(*args: Any) -> Any:
            if not acted:
                acted.append(1)
                act()
            return write(*args)

        monkeypatch.setattr(booking, "write", writing)

    def test_an_error_in_the_middle_leaves_whole_slices_and_the_next_run_goes_on(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = sheets.csv_file(tmp_path / "a.csv", self.ROWS)
        decide, calls = booking.decide, []

        def failing(*args: Any) -> Any:
            calls.append(1)
            if len(calls) == 3:
                raise RuntimeError("no room on the disk")
            return decide(*args)

        with monkeypatch.context() as patch, pytest.raises(RuntimeError):
            patch.setattr(booking, "decide", failing)
            run(path)
        dead = ImportBatch.objects.get()
        assert (dead.cursor, dead.state, Order.objects.count()) == (20, BatchState.RUNNING, 20)
        answer = run(path)
        assert (lines_of(answer), orders_of(answer)) == ((30, 0, 0, 0, 0), (30, 0, 0))
        assert (ImportBatch.objects.get(), Order.objects.count()) == (dead, 30)

    def test_the_claim_lost_to_another_stops_before_anything_is_written(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.meanwhile(monkeypatch, lambda: Claim.objects.update(holder="elsewhere:1:x"))
        with pytest.raises(claims.Held):
            run(sheets.csv_file(tmp_path / "a.csv", self.ROWS))
        assert (ImportBatch.objects.get().cursor, Order.objects.count(), Customer.objects.count()) == (0, 0, 0)

    def test_a_cancelled_run_stops_after_the_slice_at_hand(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.meanwhile(monkeypatch, lambda: ImportBatch.objects.update(cancel_asked=True))
        answer = run(sheets.csv_file(tmp_path / "a.csv", self.ROWS[:11]))
        assert orders_of(answer) == (10, 0, 0)
        assert ImportBatch.objects.get().state == BatchState.CANCELLED

    def test_slices_of_a_worker_say_what_one_go_says(self, tmp_path: Path) -> None:
        rows = [*self.ROWS, ["T1", "2026-05-02", "13700000000", "面膜", -1, 9, "D0"]]
        path = sheets.csv_file(tmp_path / "a.csv", rows)
        with running.open_file(path) as opened:
            rules = running.rules_of(returns="record")
            token = claims.take(running.CLAIM)
            batch = running.new_batch(opened, rules, file_name="a.csv", sha256="0" * 64)
            cursors = []
            while not running.execute(batch, opened, token, seconds=0):
                cursors.append(batch.cursor)
                batch = ImportBatch.objects.get(pk=batch.pk)
            claims.release(running.CLAIM, token)
        assert cursors == [10, 20, 30, 31, 31]
        assert (batch.state, batch.counters["lines"], batch.counters["returns"]) == (BatchState.DONE, 30, 1)
        assert (Order.objects.count(), Refund.objects.get().amount_fen) == (30, 900)

    def test_what_somebody_took_meanwhile_makes_the_slice_be_decided_again(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def taken() -> None:
            raise IntegrityError("customers_identity_unique")

        self.meanwhile(monkeypatch, taken)
        answer = run(sheets.csv_file(tmp_path / "a.csv", self.ROWS))
        assert (orders_of(answer), answer["customers_created"]) == ((30, 0, 0), 30)
        assert (Order.objects.count(), Customer.objects.count(), Product.objects.count()) == (30, 30, 1)
