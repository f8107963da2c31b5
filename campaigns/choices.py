from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class CampaignKind(models.TextChoices):
    """What people are asked to do. Group-buys and lotteries have flows of their own and are not built yet."""

    LINK = "link", _("link or landing page")
    COUPON = "coupon", _("coupon")
    REFERRAL = "referral", _("customers bring friends")
    CONTENT = "content", _("content to pass on")


class CampaignState(models.TextChoices):
    DRAFT = "draft", _("draft")
    SCHEDULED = "scheduled", _("scheduled")
    RUNNING = "running", pgettext_lazy("campaign", "running")
    ENDED = "ended", pgettext_lazy("campaign", "ended")
    SETTLED = "settled", _("settled")


class PrimaryMetric(models.TextChoices):
    """By what the campaign will be judged; named before it starts."""

    REVENUE = "revenue", _("net revenue")
    ORDERS = "orders", _("orders")
    LEADS = "leads", _("leads")
    NEW_CUSTOMERS = "new_customers", _("new customers")


class Landing(models.TextChoices):
    PAGE = "page", _("a page of our own")
    URL = "url", _("another address (https)")
    MINI_PROGRAM = "mini_program", _("a page of the mini-program")


class Verdict(models.TextChoices):
    """复盘: what to do with it next time."""

    NONE = "", _("not decided")
    KEEP = "keep", _("do it again")
    CHANGE = "change", _("do it differently")
    STOP = "stop", _("do not do it again")


class CostKind(models.TextChoices):
    ADS = "ads", _("advertising")
    PRIZES = "prizes", _("gifts and prizes")
    PRINTING = "printing", _("printing")
    AGENCY = "agency", _("agency")
    OTHER = "other", _("other")


class AssignmentState(models.TextChoices):
    ASSIGNED = "assigned", _("not accepted yet")
    ACCEPTED = "accepted", _("accepted")
    STARTED = "started", _("in progress")
    DONE = "done", _("done")
    WITHDRAWN = "withdrawn", pgettext_lazy("assignment", "withdrawn")


class VisitorKind(models.TextChoices):
    COOKIE = "cookie", _("browser")
    OPENID = "openid", _("WeChat")
    HASH = "hash", _("address and browser of one day")


class TouchKind(models.TextChoices):
    VIEW = "view", _("view")
    SCAN = "scan", _("scan")
    FRIEND = "friend", _("added as a friend")
    REFERRAL = "referral", _("recommended")


class Hint(models.TextChoices):
    """What the request itself said; the rest is read from the agent afterwards."""

    NONE = "", _("none")
    HEAD = "head", _("only asked for the headers")
    PREFETCH = "prefetch", _("fetched ahead by the browser")


class NotCounted(models.TextChoices):
    """Why a touch is stored and not counted."""

    NONE = "", _("counted")
    HEAD = "head", _("only asked for the headers")
    PREFETCH = "prefetch", _("fetched ahead by the browser")
    PREVIEW = "preview", _("preview of a link in a chat")
    BOT = "bot", _("robot")
    FLOOD = "flood", _("too many from one address")
    LATE = "late", _("outside the dates of the campaign")


class Model(models.TextChoices):
    """How one order's net amount is split over the touches before it."""

    LAST = "last", _("last touch")
    FIRST = "first", _("first touch")
    LINEAR = "linear", _("equal shares")
    POSITION = "position", _("40 / 20 / 40")
    DECAY = "decay", _("the nearer the more (half-life 7 days)")


class BindMode(models.TextChoices):
    """When a link's employee becomes the one who looks after a customer."""

    FIRST = "first", _("whoever nobody looks after")
    REGISTRATION = "registration", _("only who is new with us")
    EVERY = "every", _("every time she comes by a link")


class BindOutcome(models.TextChoices):
    """Why a link did, or did not, give a customer to its employee."""

    BOUND = "bound", _("now looked after by the link's employee")
    SAME = "same", _("looked after by the same employee already")
    KNOWN = "known", _("a customer already; only new ones go to the link's employee")
    TAKEN = "taken", _("somebody looks after her already")
    PROTECTED = "protected", _("protected: her employee came to look after her not long ago")
    NOBODY = "nobody", _("the link belongs to no employee")
    LEFT = "left", _("the link's employee no longer works here")


class Voice(models.TextChoices):
    TEXT = "text", _("text")
    IMAGE = "image", _("picture")
    ARTICLE = "article", _("article")
    VIDEO = "video", _("video")


class PassedOn(models.TextChoices):
    """What became of words that were copied."""

    SENT = "sent", _("sent")
    NOT_SENT = "not_sent", _("not sent")
    UNFITTING = "unfitting", _("does not fit")


class PosterStyle(models.TextChoices):
    """The backgrounds that come with the product."""

    WARM = "warm", _("warm")
    COOL = "cool", _("fresh")
    DARK = "dark", _("dark, with gold")


class PosterLayout(models.TextChoices):
    """Where the QR code stands, and the texts around it."""

    CENTRE = "centre", _("QR code in the middle, below")
    RIGHT = "right", _("QR code on the right, below")
    LEFT = "left", _("QR code on the left, below")
    OWN = "own", _("places of my own")


class PosterSlot(models.TextChoices):
    QR = "qr", _("QR code")
    TITLE = "title", pgettext_lazy("poster", "title")
    WORDS = "words", _("line below it")
    EMPLOYEE = "employee", _("name of the employee")
    CUSTOMER = "customer", _("name of the customer who recommends")


class Basis(models.TextChoices):
    """Which figure a commission is paid on."""

    CREDIT = "credit", _("credit of the links")
    SERVED = "served", _("who served")


class EntryKind(models.TextChoices):
    ACCRUAL = "accrual", _("earned")
    REVERSAL = "reversal", pgettext_lazy("commission", "taken back")
    ADJUSTMENT = "adjustment", _("adjusted")
    PAYOUT = "payout", _("paid out")


class Because(models.TextChoices):
    """Why something was taken back, or given back again; what people write themselves stands in the same place."""

    REFUND = "refund", _("money was given back")
    CANCELLED = "cancelled", _("the order no longer counts")
    CLAIM = "claim", _("the order is somebody else's now")
    SHARE = "share", _("the share has changed; it was worked out anew")
    AGAIN = "again", _("what had been taken back is earned after all")
    PAYOUT = "payout", _("paid out")


class HoldReason(models.TextChoices):
    """Signals hold a commission for somebody to look at; they never take it away."""

    SELF_PURCHASE = "self_purchase", _("the buyer is the promoter")
    STAFF_PHONE = "staff_phone", _("the buyer's phone is an employee's")
    RING = "ring", _("two recommend each other")
    BURST = "burst", _("very many from one device in an hour")
    BY_HAND = "by_hand", _("held by hand")


class HoldDecision(models.TextChoices):
    OPEN = "", _("waits for a decision")
    RELEASED = "released", _("released")
    REFUSED = "refused", _("not paid")
