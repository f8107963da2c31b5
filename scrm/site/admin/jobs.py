"""Background jobs: our own record, read-only."""

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from scrm.kit.admin import BigTableAdmin, ReadOnlyAdmin
from scrm.kit.models import JobRun

# Words for the jobs; one without a word is shown by its dotted name.
NAMES = {
    "customers.tasks.preview_import": _("Preview of an import"),
    "customers.tasks.run_import": _("Import of a sheet"),
    "customers.tasks.undo_import": _("Undo of an import"),
    "customers.tasks.index_own_fields": _("Index for filters by own fields"),
    "customers.tasks.tag_people": _("Tags for many customers"),
    "customers.tasks.move_people": _("Owners of many customers"),
    "customers.tasks.hand_over": _("Hand-over of a colleague's customers"),
    "customers.tasks.ask_who_came": _("Asking who came"),
    "customers.tasks.remember_birthdays": _("Birthdays for today's lists"),
    "customers.tasks.propose_pairs": _("Looking for possible duplicates"),
    "customers.tasks.forget_uploads": _("Forgetting old sheets"),
    "campaigns.tasks.audit_commission": _("Checking the books of commission"),
    "campaigns.tasks.move_campaigns": _("Beginning and ending campaigns"),
    "campaigns.tasks.read_when_needed": _("Looking for touches to read"),
    "campaigns.tasks.read_touches": _("Reading what touches count as"),
    "campaigns.tasks.read_again": _("Reading touches again after a change of dates"),
    "campaigns.tasks.credit_when_needed": _("Looking for orders to credit"),
    "campaigns.tasks.credit_orders": _("Crediting orders to links"),
    "campaigns.tasks.count_when_needed": _("Looking for days to count"),
    "campaigns.tasks.refresh_board": _("Counting for the boards"),
    "campaigns.tasks.bundle_posters": _("Posters of a campaign as one file"),
    "campaigns.tasks.forget_posters": _("Forgetting drawn posters"),
    "scrm.site.verifying.nightly": _("Checking the figures of the boards"),
    "scrm.kit.throttle.forget": _("Forgetting counts of visits"),
    "scrm.site.schedules.forget_logins": _("Forgetting old logins"),
    "scrm.kit.jobs.forget_old": _("Forgetting old job records"),
    "scrm.kit.jobs.sweep": _("Picking up jobs that broke off"),
    "scrm.kit.beats.scheduler_beat": _("Sign of life"),
}
COLOURS = {
    JobRun.State.QUEUED.value: "info",
    JobRun.State.RUNNING.value: "primary",
    JobRun.State.DONE.value: "success",
    JobRun.State.FAILED.value: "danger",
}


@admin.register(JobRun)
class JobRunAdmin(ReadOnlyAdmin, BigTableAdmin):
    list_display = ["job", "standing", "queued_at", "finished_at", "starts"]
    list_filter = ["state"]
    ordering = ["-id"]
    fields = [
        "job",
        "state",
        "queued_at",
        "started_at",
        "heartbeat_at",
        "finished_at",
        "starts",
        "slices",
        "error",
    ]

    @display(description=_("job"), ordering="name")
    def job(self, run: JobRun) -> str:
        return str(NAMES.get(run.name, run.name))

    @display(description=_("state"), label=COLOURS, ordering="state")
    def standing(self, job: JobRun) -> tuple[Any, str]:
        return job.state, job.get_state_display()
