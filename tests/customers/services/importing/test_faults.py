"""Killed, doubled, overtaken: whatever happens in the middle, the end is the same and nothing is twice."""

import json
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from customers.choices import BatchState
from customers.models import Channel, Customer, CustomerTag, Identity, ImportBatch, ImportRow, Opening, Tag
from customers.services.importing import running
from customers.services.importing.deciding import Decider
from scrm.kit import clock
from scrm.kit.models import Claim
from tests.customers import sheets
from tests.customers.services.importing.runs import (
    by_phone,
    figures,
    last_batch,
    names_and_phones,
    outcomes,
    run,
    tags_of,
)
from tests.factories.customers import identify, make_customer
from tests.kit import processes

PEOPLE, AGAIN, WRONG = 5_000, 800, 200
HEAD = ["姓名", "手机号", "微信号", "标签", "来源", "累计消费", "消费次数", "备注"]


def big_sheet(path: Path) -> Path:
    """6,000 rows: 5,000 people, 800 rows that join one of them by number or by WeChat, 200 without a number."""
    rows: list[list[Any]] = []
    for n in range(PEOPLE):
        rows.append(
            [
                f"人{n}",
                f"137{n:08d}",
                f"wx{n}",
                f"标签{n % 7}、标签{n % 11}",
                f"渠道{n % 5}",
                n,
                n % 9,
                f"第{n}位",
            ]
        )
    for n in range(AGAIN):
        phone, wechat = (f"137{n * 5:08d}", "") if n % 2 else ("", f"wx{n * 5}")
        rows.append([f"人{n * 5}", phone, wechat, f"标签{n % 13}", "渠道9", 7, 1, "又"])
    rows += [[f"无{n}", "021-61234567", "", "", "", "", "", ""] for n in range(WRONG)]
    random.Random(7).shuffle(rows)
    return sheets.csv_file(path, [HEAD, *rows])


def start(path: Path, folder: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "manage.py", "import_customers", str(path), "--json", "--system", "旧"],
        cwd=processes.ROOT,
        env=processes.environment(DATA_DIR=str(folder)),
        start_new_session=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(process: "subprocess.Popen[str]") -> tuple[dict[str, Any], str]:
    out, err = process.communicate(timeout=180)
    assert process.returncode == 0, err
    answer: dict[str, Any] = json.loads(out)
    return answer, err


def figures_of_everything() -> dict[str, Any]:
    """What a disturbed and an undisturbed run must share."""
    return {
        "people": Customer.objects.count(),
        "identities": Counter(Identity.objects.values_list("kind", flat=True)),
        "tags": CustomerTag.objects.count(),
        "of tags": Tag.objects.count(),
        "channels": sorted(Channel.objects.values_list("name", flat=True)),
        "openings": (Opening.objects.count(), sum(Opening.objects.values_list("spend_fen", flat=True))),
        "values": sorted(Customer.objects.values_list("phone", "name", "note", "source__name"))[:500],
    }


@pytest.mark.django_db(transaction=True)
class TestProcesses:
    @pytest.fixture(autouse=True)
    def own_private_folder(self, settings: Any, tmp_path: Path) -> None:
        settings.PRIVATE_DIR = tmp_path / "private"

    def test_killed_ten_times_and_gone_on(self, tmp_path: Path) -> None:
        path = big_sheet(tmp_path / "会员.csv")
        chance = random.Random(11)
        for _n in range(10):
            process = start(path, tmp_path)
            seen = ImportBatch.objects.values_list("state", "cursor").order_by("-pk").first()
            # Once it works, at a moment nobody chose.
            end = time.monotonic() + 20
            while process.poll() is None and time.monotonic() < end:
                now = ImportBatch.objects.values_list("state", "cursor").order_by("-pk").first()
                if (
                    Claim.objects.exclude(holder="").exists()
                    and now is not None
                    and now[0] != BatchState.DONE
                ):
                    break
                time.sleep(0.02)
            time.sleep(chance.uniform(0, 0.6))
            processes.kill_group(process.pid)
            assert process.wait(10) in (-signal.SIGKILL, 0)
            process.communicate()
            processes.until(processes.server_is_quiet)
            batch = ImportBatch.objects.get()
            assert batch.cursor >= (seen[1] if seen else 0)
            assert ImportRow.objects.filter(batch=batch).count() == batch.cursor
            if batch.state == BatchState.DONE:
                break
        answer, _err = finish(start(path, tmp_path))
        if ImportBatch.objects.count() == 1:
            assert figures(answer) == (PEOPLE, 0, 0, AGAIN, WRONG)
        rows = ImportRow.objects.filter(batch=ImportBatch.objects.earliest("pk"))
        assert (rows.count(), rows.values("number").distinct().count()) == (6_000, 6_000)
        disturbed = figures_of_everything()
        assert disturbed["people"] == PEOPLE and disturbed["identities"] == {
            "phone": PEOPLE,
            "wechat_id": PEOPLE,
        }
        assert figures(run(path, "--system", "旧")) == (0, 0, PEOPLE, AGAIN, WRONG)
        assert figures_of_everything() == disturbed
        self.empty()
        run(path, "--system", "旧")
        assert figures_of_everything() == disturbed

    def empty(self) -> None:
        ImportBatch.objects.all().delete()
        for model in (CustomerTag, Identity, Opening, Customer, Tag, Channel):
            model._base_manager.all().delete()

    def test_two_at_once_are_one_after_the_other(self, tmp_path: Path) -> None:
        path = big_sheet(tmp_path / "会员.csv")
        first = start(path, tmp_path)
        processes.until(lambda: Claim.objects.exclude(holder="").exists() or first.poll() is not None)
        second = start(path, tmp_path)
        (one, _), (two, told) = finish(first), finish(second)
        assert figures(one) == (PEOPLE, 0, 0, AGAIN, WRONG)
        assert figures(two) == (0, 0, PEOPLE, AGAIN, WRONG)
        assert (Customer.objects.count(), ImportBatch.objects.filter(state=BatchState.DONE).count()) == (
            PEOPLE,
            2,
        )
        assert told.strip() == "" or len(told.strip().splitlines()) == 1
        assert not Claim.objects.exclude(holder="").exists()


@pytest.mark.django_db
class TestOvertaken:
    """Somebody writes between the plan and the slice."""

    ROWS = [
        HEAD,
        ["张三", "13777000001", "zs", "VIP", "新渠道", 5, 1, "x"],
        ["李四", "13777000002", None, "VIP", "新渠道", 5, 1, None],
    ]

    def meanwhile(self, monkeypatch: pytest.MonkeyPatch, act: Any) -> None:
        """`act` runs once, after the plan and before the slice is decided."""
        read, acted = Decider.read, []

        def reading(decider: Decider, items: Any) -> Any:
            rows = read(decider, items)
            if not acted:
                acted.append(1)
                act()
            return rows

        monkeypatch.setattr(Decider, "read", reading)

    @pytest.mark.parametrize("somebody_here", [False, True])
    def test_a_customer_made_by_hand_is_found_and_not_doubled(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, somebody_here: bool
    ) -> None:
        if somebody_here:
            make_customer("别人", "13666000009")
        self.meanwhile(monkeypatch, lambda: make_customer("张小三", "13777000001"))
        answer = run(sheets.csv_file(tmp_path / "a.csv", self.ROWS), "--system", "旧")
        assert (figures(answer), answer["conflicts"]) == ((1, 1, 0, 0, 0), 1)
        assert Identity.objects.filter(value="13777000001").count() == 1
        one = by_phone("13777000001")
        assert (one.name, tags_of(one), one.source.name if one.source else "") == (
            "张小三",
            {"VIP"},
            "新渠道",
        )
        assert by_phone("13777000002").source == one.source and Channel.objects.count() == 1
        assert figures(run(tmp_path / "a.csv", "--system", "旧")) == (0, 0, 2, 0, 0)

    def test_the_weaker_identity_taken_meanwhile(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.meanwhile(monkeypatch, lambda: identify(make_customer("小号"), "wechat_id", "zs"))
        answer = run(sheets.csv_file(tmp_path / "a.csv", self.ROWS))
        assert figures(answer) == (1, 1, 0, 0, 0)
        assert by_phone("13777000001").identities.get(kind="wechat_id").value == "zs"

    def test_a_tag_and_a_channel_made_meanwhile(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def act() -> None:
            Channel.objects.create(name="新渠道")
            Tag.objects.create(
                name="VIP", group=Tag._meta.get_field("group").related_model.objects.create(name="组")
            )  # type: ignore[union-attr]

        self.meanwhile(monkeypatch, act)
        assert figures(run(sheets.csv_file(tmp_path / "a.csv", self.ROWS))) == (2, 0, 0, 0, 0)
        assert (Channel.objects.count(), Tag.objects.count(), CustomerTag.objects.count()) == (1, 1, 2)

    def test_a_person_archived_meanwhile_is_brought_back(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = sheets.csv_file(tmp_path / "a.csv", self.ROWS)
        run(path)
        self.meanwhile(monkeypatch, lambda: Customer.objects.update(archived_at=clock.now()))
        assert (figures(run(path)), Customer.objects.count()) == ((0, 2, 0, 0, 0), 2)

    def test_a_person_folded_meanwhile_is_not_written_to(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = sheets.csv_file(tmp_path / "a.csv", self.ROWS)
        run(path, "--system", "旧")
        fold, keep = by_phone("13777000001"), make_customer("张三丰", "13666000001")

        self.meanwhile(
            monkeypatch, lambda: Customer.everyone.filter(pk=fold.pk).update(merged_into=keep, note="")
        )
        run(path, "--system", "旧")
        fold.refresh_from_db()
        assert fold.note == "" and last_batch().rows.get(number=2).customer == keep

    def test_a_person_removed_meanwhile_is_made_anew(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = sheets.csv_file(tmp_path / "a.csv", self.ROWS[:2])
        run(path)
        gone = by_phone("13777000001")

        def act() -> None:
            Opening.objects.filter(customer=gone).delete()
            gone.delete()

        self.meanwhile(monkeypatch, act)
        assert figures(run(path)) == (1, 0, 0, 0, 0)

    def test_the_claim_lost_to_another_stops_before_anything_is_written(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.meanwhile(monkeypatch, lambda: Claim.objects.update(holder="elsewhere:1:x"))
        with pytest.raises(running.claims.Held):
            run(sheets.csv_file(tmp_path / "a.csv", self.ROWS))
        batch = last_batch()
        assert (batch.cursor, Customer.objects.count(), ImportRow.objects.count()) == (0, 0, 0)

    def test_an_error_in_the_middle_leaves_whole_slices_and_the_next_run_goes_on(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(running, "SLICE", 10)
        rows = [HEAD[:2], *([f"人{n}", f"137780{n:05d}"] for n in range(35))]
        path = sheets.csv_file(tmp_path / "a.csv", rows)
        decide, calls = Decider.decide, []

        def failing(decider: Decider, slice_rows: Any) -> Any:
            calls.append(1)
            if len(calls) == 3:
                raise RuntimeError("no room on the disk")
            return decide(decider, slice_rows)

        with monkeypatch.context() as patch, pytest.raises(RuntimeError):
            patch.setattr(Decider, "decide", failing)
            run(path)
        dead = last_batch()
        assert (dead.cursor, dead.state, Customer.objects.count()) == (20, BatchState.RUNNING, 20)
        answer = run(path)
        assert (figures(answer), last_batch(), ImportBatch.objects.count()) == ((35, 0, 0, 0, 0), dead, 1)
        assert sorted(outcomes()) == list(range(2, 37)) and len(names_and_phones()) == 35

    def test_another_file_is_not_the_dead_ones(self, tmp_path: Path) -> None:
        path = sheets.csv_file(tmp_path / "a.csv", self.ROWS)
        run(path)
        dead = last_batch()
        ImportBatch.objects.update(state=BatchState.RUNNING, cursor=1)
        other = sheets.csv_file(
            tmp_path / "b.csv", [*self.ROWS, ["王五", "13777000003", None, None, None, None, None, None]]
        )
        assert figures(run(other)) == (1, 0, 2, 0, 0)
        assert figures(run(path, "--on-conflict", "overwrite"))[0] == 0
        dead.refresh_from_db()
        assert (dead.state, dead.cursor, ImportBatch.objects.count()) == (BatchState.RUNNING, 1, 3)
