"""Background jobs: our own record, read-only."""

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from scrm.kit.admin import BigTableAdmin, ReadOnlyAdmin
from scrm.kit.models import JobRun

COLOURS = {
    JobRun.State.QUEUED.value: "info",
    JobRun.State.RUNNING.value: "primary",
    JobRun.State.DONE.value: "success",
    JobRun.State.FAILED.value: "danger",
}


@admin.register(JobRun)
class JobRunAdmin(ReadOnlyAdmin, BigTableAdmin):
    list_display = ["name", "standing", "queued_at", "finished_at", "starts"]
    list_filter = ["state"]
    ordering = ["-id"]
    fields = [
        "name",
        "state",
        "queued_at",
        "started_at",
        "heartbeat_at",
        "finished_at",
        "starts",
        "slices",
        "error",
    ]

    @display(description=_("state"), label=COLOURS, ordering="state")
    def standing(self, job: JobRun) -> tuple[Any, str]:
        return job.state, job.get_state_display()
