"""Background work. Nothing else in the house speaks to django-q2.

A job is a dotted name and JSON arguments. `JobRun` is our own record of it, because django-q2 never counts
a task that kills its worker: starts are counted before the work begins. A message on the queue only says
"look at JobRun n", so a message that is delivered twice, or lost, does no harm.

A job function does at most a minute's work, less when `stopping()` says that the worker is to go down, then
returns `Again(*args)` to have its next slice queued. It must be
idempotent: after a death it is started again with the arguments of its last slice, or those of its last `advance`.
"""

from scrm.kit.jobs.cluster import stopping
from scrm.kit.jobs.queueing import MAX_STARTS, enqueue
from scrm.kit.jobs.running import Again, Lost, advance, beat, drain, failure_handlers, run, run_now
from scrm.kit.jobs.scheduling import Schedule, fire, synchronise
from scrm.kit.jobs.sweeping import forget_old, sweep

__all__ = [
    "MAX_STARTS",
    "Again",
    "Lost",
    "Schedule",
    "advance",
    "beat",
    "drain",
    "enqueue",
    "failure_handlers",
    "fire",
    "forget_old",
    "run",
    "run_now",
    "stopping",
    "sweep",
    "synchronise",
]
