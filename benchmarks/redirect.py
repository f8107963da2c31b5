"""How many touches a second a link takes: a bare Django view, one with a plain insert, and ours, in one run.

    uv run python benchmarks/redirect.py --json

(a) bare:   Django without middleware, a redirect and nothing else: the limit of the server, printed as such.
(b) insert: the same with one plain ORM insert of a touch, without looking anything up.
(c) ours:   /l/<code> with the settings of the house: looked up, recognised, stored and committed before the answer.

granian and wrk share one machine over loopback and PostgreSQL; the three alternate, n rounds, medians. Two things more are
measured of ours: p99 at a fixed rate, by a client of our own that sends on time whether or not it was answered (wrk sends
faster when the server is faster, and hides what waits), and what a kill -9 of workers in mid-load loses: each request has a
name of its own, and each that was answered has to be found in the table.

Needs PostgreSQL (DATABASE_URL, default a local server) and wrk (Debian: apt-get install wrk).
"""

import argparse
import asyncio
import json
import os
import re
import shutil
import statistics
import subprocess
from pathlib import Path
from typing import Any

import database
import redirect_clients
from serving import Server, serving

DATABASE = "scrm_bench_redirect"
STOCK, OURS = "redirect_stock:application", "scrm.wsgi:application"
WAYS = {"bare": STOCK, "insert": STOCK, "ours": OURS}
PREFIX = {"bare": "/bare/", "insert": "/insert/", "ours": "/l/"}
LINKS = 50
GOALS = {"ours_over_insert": 3.0, "p99_ms_at_300": 50, "answered_but_not_stored": 0}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=8)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--threads", type=int, default=16, help="of each worker")
    parser.add_argument("--rate", type=int, default=300)
    parser.add_argument("--only", choices=["speed", "latency", "kill"], action="append")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if shutil.which("wrk") is None and "speed" in (options.only or ["speed"]):
        raise SystemExit("wrk is not installed. On Debian: apt-get install wrk; the other figures: --only latency --only kill")
    with database.own(DATABASE) as (folder, _there):
        result = measure(options, folder)
    print(json.dumps(result, ensure_ascii=False, indent=None if options.json else 2))


def measure(options: argparse.Namespace, folder: Path) -> dict[str, Any]:
    database.set_up()
    codes = make_links()
    script = folder / "codes.lua"
    wanted = options.only or ["speed", "latency", "kill"]
    result: dict[str, Any] = {
        "rounds": options.rounds, "seconds": options.seconds, "connections": options.connections,
        "workers": options.workers, "threads": options.threads, "cpus": os.cpu_count(),
    }  # fmt: skip
    if "speed" in wanted:
        rates: dict[str, list[float]] = {way: [] for way in WAYS}
        for _nth in range(options.rounds):
            for way, target in WAYS.items():
                script.write_text(lua([PREFIX[way] + code for code in codes]))
                with serving(target, workers=options.workers, threads=options.threads) as server:
                    rates[way].append(wrk(server, script, options))
        median = {way: round(statistics.median(rates[way])) for way in WAYS}
        result |= {
            "requests_a_second": {way: [round(rate) for rate in rates[way]] for way in WAYS},
            "median": median,
            "ours_over_insert": round(median["ours"] / median["insert"], 2),
            "ours_over_bare": round(median["ours"] / median["bare"], 2),
        }
    paths = [PREFIX["ours"] + code for code in codes]
    if "latency" in wanted:
        with serving(OURS, workers=options.workers, threads=options.threads) as server:
            found = asyncio.run(at_rate(server, paths, options))
        result["latency_ms_at_rate"] = found
    if "kill" in wanted:
        result["killed"] = kill(paths, options)
    return result | {"goals": GOALS}


def make_links() -> list[str]:
    from campaigns.choices import CampaignState, Landing
    from campaigns.models import Campaign, Link
    from scrm.kit import codes

    campaign = Campaign.objects.create(
        name="Bench", state=CampaignState.RUNNING, landing=Landing.URL, target_url="https://shop.example.com/item"
    )
    rows = [Link(code=codes.random_code(7), campaign=campaign, employee=None, customer=None) for _n in range(1)]
    from customers.models import Channel

    channels = Channel.objects.bulk_create([Channel(name=f"Bench {n}") for n in range(LINKS - 1)])
    rows += [Link(code=codes.random_code(7), campaign=campaign, channel=channel) for channel in channels]
    Link.objects.bulk_create(rows)
    return [link.code for link in rows]


def lua(paths: list[str]) -> str:
    listed = ", ".join(f'"{path}"' for path in paths)
    return f"""
local paths = {{{listed}}}
wrk.headers["User-Agent"] = "{redirect_clients.PERSON}"
request = function() return wrk.format("GET", paths[math.random(#paths)]) end
"""


def wrk(server: Server, script: Path, options: argparse.Namespace, *, warm: bool = True) -> float:
    address = f"http://127.0.0.1:{server.port}/"
    command = ["wrk", "-t2", f"-c{options.connections}", "-s", str(script)]
    if warm:
        subprocess.run([*command, "-d2s", address], check=True, stdout=subprocess.DEVNULL)
    said = subprocess.run([*command, f"-d{options.seconds}s", address], check=True, capture_output=True, text=True).stdout
    if re.search(r"Non-2xx or 3xx|Socket errors", said):
        raise SystemExit(said)
    found = re.search(r"Requests/sec:\s+([\d.]+)", said)
    assert found is not None, said
    return float(found[1])


async def at_rate(server: Server, paths: list[str], options: argparse.Namespace) -> dict[str, float]:
    await redirect_clients.at_rate(server.port, paths, rate=options.rate, seconds=2)
    found = await redirect_clients.at_rate(server.port, paths, rate=options.rate, seconds=options.seconds)
    shares = {name: round(found.at(share) * 1000, 1) for name, share in (("p50", 0.5), ("p99", 0.99), ("max", 1.0))}
    return {"rate": options.rate, "requests": len(found.seconds), "failed": found.failed, **shares}


def kill(paths: list[str], options: argparse.Namespace) -> dict[str, int]:
    """Every worker there is, one after another, and in a second run the whole server."""
    from django.db import connection

    answered: set[str] = set()
    killed = 0
    for name in ("worker", "server"):
        with serving(OURS, workers=options.workers, threads=options.threads) as server:
            victims = server.workers() if name == "worker" else [*server.workers(), server.process.pid]
            killed += len(victims)
            asking = redirect_clients.while_killing(server.port, paths, victims, name=name, seconds=options.seconds)
            answered |= asyncio.run(asking)
    with connection.cursor() as cursor:
        cursor.execute("SELECT agent FROM campaigns_touch WHERE agent LIKE %s", [f"{redirect_clients.PERSON} %"])
        stored = {row[0] for row in cursor.fetchall()}
    return {
        "processes_killed": killed, "answered": len(answered), "stored": len(stored),
        "answered_but_not_stored": len(answered - stored),
    }  # fmt: skip


if __name__ == "__main__":
    main()
