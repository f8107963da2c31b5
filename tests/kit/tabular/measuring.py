"""What a file costs, measured in a process of its own."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

_PROGRAM = """
import json, sys, time
from django.conf import settings
settings.configure(USE_I18N=False)
from scrm.kit.errors import Refused
from scrm.kit.tabular import open_source
began, code, rows = time.process_time(), "", 0
try:
    with open_source(sys.argv[1], max_rows=int(sys.argv[2])) as source:
        for sheet in source.sheets:
            for row in source.rows(sheet):
                rows += 1
            source.merged(sheet)
except Refused as error:
    code = error.code
status = open("/proc/self/status").read()  # ru_maxrss would begin at what the parent had
peak = int(status.split("VmHWM:")[1].split()[0]) / 1024
print(json.dumps({"code": code, "rows": rows, "seconds": time.process_time() - began, "megabytes": peak}))
"""


@dataclass(frozen=True)
class Cost:
    code: str
    rows: int
    seconds: float
    megabytes: float


def cost(path: Path, max_rows: int = 1_000_000) -> Cost:
    """Reads every row of every sheet; seconds are those of the processor. A process that is killed or aborts fails
    the test."""
    root = Path(__file__).resolve().parents[3]
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, str(path), str(max_rows)],
        cwd=root,
        capture_output=True,
        text=True,
        timeout=180,
        check=True,
    )
    return Cost(**json.loads(done.stdout))
