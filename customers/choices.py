import re

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Gender(models.TextChoices):
    UNKNOWN = "", _("unknown")
    MALE = "male", _("male")
    FEMALE = "female", _("female")


class IdentityKind(models.TextChoices):
    """Ways a person is known. `legacy:<system>` and `sheet_row` are kinds too; see `Identity.kind_label`."""

    PHONE = "phone", _("phone")
    WECHAT_UNIONID = "wechat_unionid", _("WeChat unionid")
    WECHAT_OPENID = "wechat_openid", _("WeChat openid")
    WECOM_EXTERNAL_USERID = "wecom_external_userid", _("WeCom external id")
    WECHAT_ID = "wechat_id", _("WeChat ID")
    MEMBER_NO = "member_no", _("member number")
    SHEET_ROW = "sheet_row", _("row of a sheet")


LEGACY_PREFIX = "legacy:"

# Strongest first (spec: OneID). A legacy number is the weakest that still joins; sheet_row only finds its own sheet.
STRENGTH = {
    IdentityKind.PHONE: 1,
    IdentityKind.WECHAT_UNIONID: 2,
    IdentityKind.WECHAT_OPENID: 3,
    IdentityKind.WECOM_EXTERNAL_USERID: 4,
    IdentityKind.MEMBER_NO: 5,
    IdentityKind.WECHAT_ID: 6,
    LEGACY_PREFIX: 7,
    IdentityKind.SHEET_ROW: 8,
}


def system_label(system: str) -> str:
    """The name of a system people gave; "" for the hash of a header row, which tells nobody anything."""
    return "" if re.fullmatch(r"[0-9a-f]{8}", system) else system


def strength(kind: str) -> int:
    """1 is the strongest; an unknown kind is the weakest."""
    return STRENGTH.get(LEGACY_PREFIX if kind.startswith(LEGACY_PREFIX) else kind, 9)


class TagKind(models.TextChoices):
    BASE = "base", _("basics")
    BEHAVIOUR = "behaviour", _("behaviour")
    NEED = "need", _("needs")
    WORD_OF_MOUTH = "word_of_mouth", _("word of mouth")
    EXPECTATION = "expectation", _("expectations")
    CROWD = "crowd", _("crowd")


class TagSetBy(models.TextChoices):
    PERSON = "person", _("by hand")
    IMPORT = "import", _("import")
    RULE = "rule", _("rule")


class Domain(models.TextChoices):
    UNKNOWN = "", _("not said")
    PUBLIC = "public", _("public domain")
    PRIVATE = "private", _("private domain")


class FieldKind(models.TextChoices):
    TEXT = "text", _("text")
    NUMBER = "number", _("number")
    DATE = "date", _("date")
    BOOLEAN = "boolean", _("yes or no")
    CHOICE = "choice", _("choice")


class Purpose(models.TextChoices):
    SERVICE = "service", _("service")
    CARE = "care", _("care")
    PROMOTION = "promotion", pgettext_lazy("contact class", "marketing")


class Medium(models.TextChoices):
    ANY = "any", _("every medium")
    PHONE = "phone", _("phone call")
    SMS = "sms", _("text message")
    WECOM = "wecom", _("WeCom")
    MINI_PROGRAM = "mini_program", _("mini-program")
    VISIT = "visit", _("visit")


class CandidateState(models.TextChoices):
    OPEN = "open", _("to look at")
    MERGED = "merged", _("merged")
    REJECTED = "rejected", _("two people")


class Require(models.TextChoices):
    """What a row must carry to become a person."""

    PHONE = "phone", _("a mobile number")
    IDENTITY = "identity", _("any identity (mobile, WeChat, card number…)")
    NAME = "name", _("a name is enough")


class OnConflict(models.TextChoices):
    FILL = "fill", _("fill empty fields only")
    OVERWRITE = "overwrite", _("the sheet wins")
    APPEND = "append", _("fill, and append notes")


class BatchState(models.TextChoices):
    UPLOADED = "uploaded", _("uploaded")
    MAPPED = "mapped", _("columns checked")
    PREVIEWING = "previewing", _("being tried out")
    PREVIEWED = "previewed", _("tried out")
    QUEUED = "queued", _("waiting its turn")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    CANCELLED = "cancelled", _("cancelled")
    FAILED = "failed", _("stopped by an error")
    REFUSED = "refused", _("refused")
    UNDOING = "undoing", _("being undone")
    UNDONE = "undone", _("undone")


class Outcome(models.TextChoices):
    """What became of a row; the first that fits counts."""

    REJECTED = "rejected", _("rejected")
    MERGED = "merged", _("joined an earlier row")
    CREATED = "created", _("created")
    UPDATED = "updated", _("updated")
    UNCHANGED = "unchanged", _("unchanged")
    SKIPPED = "skipped", _("skipped")


class NameKind(models.TextChoices):
    OWNER = "owner", _("consultant")
    STORE = "store", _("store")


class ImportKind(models.TextChoices):
    """What the rows of an uploaded sheet are."""

    CUSTOMERS = "customers", _("customers")
    ORDERS = "orders", _("orders")
    APPOINTMENTS = "appointments", _("appointments")
    FOLLOW_UPS = "follow_ups", _("follow-ups")


class ProductRole(models.TextChoices):
    """What a product is for; the shop decides."""

    UNKNOWN = "", _("not said")
    LEAD = "lead", _("draws people in")
    PROMOTION = "promotion", pgettext_lazy("product role", "on offer")
    BESTSELLER = "bestseller", _("bestseller")
    PROFIT = "profit", _("earns the profit")


class OrderState(models.TextChoices):
    PLACED = "placed", _("placed")
    PAID = "paid", _("paid")
    FULFILLED = "fulfilled", _("fulfilled")
    CANCELLED = "cancelled", _("cancelled")


class Approval(models.TextChoices):
    """Of an order entered by hand; one from a system or a sheet needs none."""

    NONE = "", _("not needed")
    PENDING = "pending", _("waits for approval")
    APPROVED = "approved", _("approved")
    REJECTED = "rejected", _("not approved")


class CreditRole(models.TextChoices):
    OPENER = "opener", _("opened the order")
    HELPER = "helper", _("helped")
    PROMOTER = "promoter", _("promoted it")


class Returns(models.TextChoices):
    """What a sheet's lines with a quantity of zero or less become."""

    SKIP = "skip", _("left out")
    RECORD = "record", _("booked as refunds")


class AmountIs(models.TextChoices):
    LINE = "line", _("of the line")
    ORDER = "order", _("of the whole order")


# Where orders are from: the import's default, and those entered by hand. Everything else has the name people gave it.
SHEET, HAND = "sheet", "hand"


def source_label(source: str) -> str:
    """What a source is called on screen."""
    return str({SHEET: _("Sheet"), HAND: _("Entered by hand")}.get(source, source))


class Began(models.TextChoices):
    """Who got in touch with whom."""

    CUSTOMER = "customer", _("the customer got in touch")
    US = "us", _("we got in touch")


class FollowUpOutcome(models.TextChoices):
    UNKNOWN = "", _("not said")
    REACHED = "reached", _("reached her")
    NOT_REACHED = "not_reached", _("not reached")
    BOOKED = "booked", _("made an appointment")
    BOUGHT = "bought", _("bought")
    NOT_NOW = "not_now", _("not now")
    SOLVED = "solved", _("matter settled")


class TaskReason(models.TextChoices):
    """Why an employee should do something; in the order in which today's list shows them."""

    BAD_FEELING = "bad_feeling", _("call back after a bad feeling")
    NO_SHOW = "no_show", _("did she come?")
    WIN_BACK = "win_back", _("win a missed appointment back")
    FOLLOW_UP = "follow_up", _("agreed follow-up")
    BIRTHDAY = "birthday", _("birthday")
    ASSIGNED = "assigned", _("newly assigned")
    OTHER = "other", _("other matter")


class TaskState(models.TextChoices):
    OPEN = "open", _("to do")
    DONE = "done", _("done")
    DROPPED = "dropped", _("no longer needed")


class TaskOutcome(models.TextChoices):
    """What became of it, in one tap; the words of 复制话术: sent, not sent, unfitting."""

    UNKNOWN = "", _("not said")
    DONE = "done", _("done")
    SENT = "sent", _("sent")
    NOT_SENT = "not_sent", _("not sent")
    NOT_REACHED = "not_reached", _("not reached")
    UNFITTING = "unfitting", _("does not fit")
    CAME = "came", _("came")
    NO_SHOW = "no_show", _("did not come")


class AppointmentState(models.TextChoices):
    BOOKED = "booked", pgettext_lazy("appointment", "booked")
    ARRIVED = "arrived", _("arrived")
    NO_SHOW = "no_show", _("did not come")
    RESCHEDULED = "rescheduled", _("rescheduled")
    CANCELLED = "cancelled", _("cancelled")


class Score(models.IntegerChoices):
    """A feeling. What stands at −1 or below is a complaint until somebody closes it."""

    AWFUL = -2, "😡"
    BAD = -1, "😞"
    SO_SO = 0, "😐"
    GOOD = 1, "😊"
    GREAT = 2, "😍"


COMPLAINT = Score.BAD


class JourneyStage(models.TextChoices):
    """Where in the journey a touchpoint stands, in its order."""

    BEFORE = "before", _("before the visit")
    ARRIVING = "arriving", _("arriving")
    SERVICE = "service", _("during the service")
    PAYING = "paying", _("paying")
    AFTER = "after", _("after the visit")


class RelationHow(models.TextChoices):
    UNKNOWN = "", _("not said")
    SCANNED = "scanned", _("scanned a QR code")
    PHONE = "phone", _("added by phone number")
    CARD = "card", _("forwarded contact card")
    GROUP = "group", _("from a group")
    HANDED_OVER = "handed_over", _("taken over from a colleague")


class Side(models.TextChoices):
    """Who deleted or blocked whom."""

    NOBODY = "", _("nobody")
    CUSTOMER = "customer", _("the customer")
    EMPLOYEE = "employee", _("the employee")


class OwnerHow(models.TextChoices):
    """How somebody came to look after a customer."""

    ASSIGNED = "assigned", _("assigned")
    CLAIMED = "claimed", _("claimed from the pool")
    SHARED_OUT = "shared_out", _("shared out evenly")
    HANDED_OVER = "handed_over", _("handed over")
    RELEASED = "released", _("given back to the pool")
    LINK = "link", _("came by a link")


class ExportState(models.TextChoices):
    QUEUED = "queued", _("waiting its turn")
    RUNNING = "running", _("being written")
    DONE = "done", _("ready")
    FAILED = "failed", _("stopped by an error")
    GONE = "gone", _("file removed")
