"""Costs by form and by sheet, and what they brought."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from campaigns.models import CampaignCost
from scrm.kit import clock
from scrm.kit.models import AuditEntry
from tests.factories.campaigns import make_campaign, make_cost, make_link, make_reading, make_visitor
from tests.factories.conversions import convert
from tests.factories.customers import make_channel, make_customer

pytestmark = pytest.mark.django_db
LIST = "/admin/campaigns/campaigncost/"


@pytest.fixture(autouse=True)
def as_owner(client, owner, settings, tmp_path):
    client.cookies["django_language"] = "en"
    client.force_login(owner)
    settings.PRIVATE_DIR = tmp_path


def form(channel, **fields):
    return {"day": clock.today().isoformat(), "channel": channel.pk, "kind": "ads", "amount_fen": "1,234.50", **fields}


def said(answer):
    return re.findall(r'class="[^"]*errorlist.*?>(.*?)</ul>', answer.content.decode(), re.S)


def test_a_second_bill_takes_no_place_of_the_first(client, owner):
    channel, campaign = make_channel("小红书"), make_campaign()
    assert client.post(f"{LIST}add/", form(channel, campaign=campaign.pk, amount_fen="300")).status_code == 302
    row = CampaignCost.objects.get()
    answer = client.post(f"{LIST}add/", form(channel, campaign=campaign.pk, amount_fen="20"))
    page = answer.content.decode()
    assert (answer.status_code, "¥300.00 are entered for this day" in page) == (200, True)
    assert f'href="{LIST}{row.pk}/change/"' in page
    row.refresh_from_db()
    assert (row.amount_fen, row.entered_by, row.campaign) == (30_000, owner, campaign)
    # To its own page, with the sum of both.
    assert client.post(f"{LIST}{row.pk}/change/", form(channel, campaign=campaign.pk, amount_fen="320")).status_code == 302
    assert CampaignCost.objects.get().amount_fen == 32_000
    assert [entry.history_user for entry in row.history.all()] == [owner, owner]


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"amount_fen": "-5"}, "An amount cannot be below zero."),
        ({"amount_fen": "12.345"}, "An amount has two decimals at most, for example 199.50."),
        ({"amount_fen": "viel"}, "Write an amount in yuan, for example 199 or 199.50."),
        ({"amount_fen": ""}, "This field is required."),
        ({"day": (clock.today() + timedelta(days=2)).isoformat()}, "This day has not come yet."),
        ({"day": "gestern"}, "Enter a date, for example 2024-05-01."),
        ({"channel": ""}, "This field is required."),
    ],
)
def test_what_cannot_be_is_said(client, fields, wrong):
    answer = client.post(f"{LIST}add/", {**form(make_channel()), **fields})
    assert (answer.status_code, wrong in answer.content.decode(), CampaignCost.objects.count()) == (200, True, 0)


def test_corrected_by_its_form(client):
    channel = make_channel()
    one, other = make_cost(None, channel, 100), make_cost(None, channel, 200, kind="printing")
    assert client.post(f"{LIST}{one.pk}/change/", form(channel, amount_fen="3")).status_code == 302
    answer = client.post(f"{LIST}{other.pk}/change/", form(channel))
    assert "¥3.00 are entered for this day, channel, campaign and purpose already." in answer.content.decode()
    assert sorted(CampaignCost.objects.values_list("amount_fen", flat=True)) == [200, 300]


def test_a_cost_long_before_its_campaign_is_kept_and_said(client):
    channel, today = make_channel(), clock.today()
    campaign = make_campaign(starts_on=today)

    def warned(address, days, **fields):
        day = (today - timedelta(days=days)).isoformat()
        answer = client.post(address, form(channel, **{"campaign": campaign.pk, "day": day, **fields}), follow=True)
        return [str(message) for message in answer.context["messages"] if message.level_tag == "warning"]

    said = f"This cost lies more than 30 days before the first day of its campaign ({today.isoformat()}). Please look at the date."
    assert [warned(f"{LIST}add/", 30), warned(f"{LIST}add/", 31), warned(f"{LIST}add/", 40, campaign="")] == [[], [said], []]
    early = CampaignCost.objects.get(day=today - timedelta(days=31))
    assert warned(f"{LIST}{early.pk}/change/", 32) == [said]


def test_from_the_page_of_a_campaign(client):
    campaign = make_campaign()
    page = client.get(f"{LIST}add/?campaign={campaign.pk}").content.decode()
    assert f'<option value="{campaign.pk}" selected' in page


def test_filters(client):
    one, two = make_channel("甲"), make_channel("乙")
    campaign = make_campaign()
    make_cost(campaign, one, 100)
    make_cost(None, two, 200, day=clock.days_ago(9), kind="printing")

    def amounts(query):
        return [row.amount_fen for row in client.get(f"{LIST}{query}").context["cl"].result_list]

    week = clock.days_ago(7).isoformat()
    assert [amounts(q) for q in (f"?campaign={campaign.pk}", f"?channel={two.pk}", "?kind=printing", f"?first={week}", f"?last={week}")] == [
        [100], [200], [200], [100], [200],
    ]  # fmt: skip


def upload(client, *lines):
    file = SimpleUploadedFile("费用.csv", "\n".join(lines).encode())
    return client.post(f"{LIST}import/", {"file": file})


def take_in(client, page):
    return client.post(f"{LIST}import/", {"confirmed": "1", "ticket": page.context["ticket"]})


def test_a_sheet_in_corrects_and_does_not_add(client, owner):
    make_channel("小红书")
    make_campaign("秋冬舒缓季")
    day = clock.days_ago(3).isoformat()
    rows = (f"{day},小红书,秋冬舒缓季,advertising,1200.50,首投", f"{day},小红书,,,80,")
    page = upload(client, "日期,channel of origin,campaign,what for,amount,备注", *rows)
    told = page.context["told"]
    assert (told.created, told.updated, [words for _row, words in told.errors]) == (2, 0, [])
    take_in(client, page)
    found = set(CampaignCost.objects.values_list("campaign__name", "kind", "amount_fen", "note", "entered_by"))
    assert found == {("秋冬舒缓季", "ads", 120_050, "首投", owner.pk), (None, "ads", 8_000, "", owner.pk)}
    again = upload(client, "日期,channel of origin,campaign,what for,amount,备注", *rows)
    assert (again.context["told"].unchanged, again.context["told"].changes) == (2, [])
    other = upload(client, "日期,channel of origin,campaign,amount", f"{day},小红书,秋冬舒缓季,1300")
    assert (other.context["told"].updated, other.context["told"].created) == (1, 0)
    take_in(client, other)
    assert sorted(CampaignCost.objects.values_list("amount_fen", "note")) == [(8_000, ""), (130_000, "首投")]
    acts = AuditEntry.objects.filter(action="sheet.imported").order_by("pk")
    assert [(entry.detail["what"], entry.count) for entry in acts] == [("costs", 2), ("costs", 1)]


@pytest.mark.parametrize(
    ("row", "wrong"),
    [
        ("2026-05-01,抖音,,1", "Channel: There is no channel “抖音”. Write it as it is called, or add it first."),
        ("2026-05-01,小红书,春季,1", "Campaign: There is no campaign “春季”. Write it as it is called, or leave it empty."),
        ("2026-05-01,,,1", "Channel: The channel is missing."),
        ("2026-05-01,小红书,,-1", "Amount (yuan): An amount cannot be below zero."),
        ("2026-05-01,小红书,,viel", "Amount (yuan): “viel” is no amount in yuan, such as 199 or 199.50."),
        ("2026-05-01,小红书,,", "Amount (yuan): The amount is missing."),
        ("03/04/2026,小红书,,1", "Date: “03/04/2026” is no day, such as 2026-05-01."),
        (",小红书,,1", "Date: The day is missing."),
        ("2999-01-01,小红书,,1", "Date: This day has not come yet, or lies too far back."),
    ],
)
def test_a_row_that_is_wrong_is_a_sentence(client, row, wrong):
    make_channel("小红书")
    page = upload(client, "日期,channel of origin,campaign,amount", row)
    assert [words for _row, words in page.context["told"].errors] == [wrong]


def test_the_same_row_twice_in_a_sheet(client):
    make_channel("小红书")
    page = upload(client, "日期,channel of origin,amount", "2026-05-01,小红书,1", "2026/5/1,小红书,2")
    assert [words for _row, words in page.context["told"].errors] == ["It is the same as in row 2; keep one of them."]


def test_each_row_is_told_its_own_fault(client):
    make_channel("小红书")
    head = "日期,channel of origin,what for,amount"
    page = upload(client, head, "gestern,小红书,,1", "vorgestern,小红书,,2", "2026-05-01,,,3", "2026-05-01,,,4")
    assert page.context["told"].errors == [
        (2, "Date: “gestern” is no day, such as 2026-05-01."),
        (3, "Date: “vorgestern” is no day, such as 2026-05-01."),
        (4, "Channel: The channel is missing."),
        (5, "Channel: The channel is missing."),
    ]


def test_sums_are_left_out_and_named(client):
    make_channel("小红书")
    day = clock.days_ago(3).isoformat()
    page = upload(client, "日期,channel of origin,amount", f"{day},小红书,100", "小计,,100", ",,", "合计,,100", "总计：,,100")
    told = page.context["told"]
    assert (told.errors, told.created, told.left_out) == ([], 1, [3, 5, 6])
    assert re.findall(r'id="left-out">(.*?)</p>', page.content.decode()) == ["Left out, because they are totals, are the rows: 3、5、6"]
    take_in(client, page)
    assert list(CampaignCost.objects.values_list("amount_fen", flat=True)) == [10_000]


def test_a_sheet_without_a_column(client):
    page = upload(client, "日期,channel of origin", "2026-05-01,小红书")
    assert [words for _row, words in page.context["told"].errors] == ["The sheet has no column “Amount (yuan)”."]


def test_out_and_in_again_is_no_change(client):
    campaign, channel = make_campaign("秋冬"), make_channel("小红书")
    make_cost(campaign, channel, 120_050, note="首投", kind="printing")
    make_cost(None, channel, 1)
    for form_of in ("csv", "xlsx"):
        sheet = client.post(f"{LIST}export/", {"format": form_of})
        answer = client.post(f"{LIST}import/", {"file": SimpleUploadedFile(f"费用.{form_of}", sheet.content)})
        told = answer.context["told"]
        assert (form_of, told.unchanged, told.changes, told.errors, told.not_read) == (form_of, 2, [], [], [])


def test_what_it_brought(client, employee):
    campaign, channel = make_campaign("秋冬"), make_channel("小红书")
    link = make_link(campaign, employee=employee, channel=channel)
    make_reading(link, make_visitor())
    convert(link, make_customer(), 30_000)
    make_cost(campaign, channel, 10_000)
    seen = {}
    for tab in ("channel", "campaign", "employee", "day"):
        page = client.get(f"{LIST}returns/?by={tab}").content.decode()
        seen[tab] = re.findall(r'data-row="([^"]+)"', page)
        assert 'id="on-revenue"' in page
    today, yesterday = clock.today().isoformat(), clock.days_ago(1).isoformat()
    assert seen == {"channel": ["小红书"], "campaign": ["秋冬"], "employee": [employee.name], "day": [yesterday, today]}
    row = re.search(r'data-row="小红书">(.*?)</tr>', client.get(f"{LIST}returns/").content.decode(), re.S)[1]
    cells = [re.sub(r"<[^>]+>|\s", "", cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", row, re.S)]
    assert cells == ["小红书", "¥100.00", "1", "¥100.00", "0", "–", "¥300.00", "¥0.00", "+200%*"]
    assert re.findall(r'data-row="([^"]+)"', client.get(f"{LIST}returns/?first=2020-01-01&last=2020-01-02").content.decode()) == []
    assert client.get(f"{LIST}returns/?first=x").status_code == 200
