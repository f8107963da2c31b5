from customers.models.consents import Consent
from customers.models.contacts import Appointment, FollowUp, OwnerChange, Task
from customers.models.erasures import ErasedIdentity
from customers.models.exports import Export
from customers.models.fields import Channel, CustomField
from customers.models.identities import Identity, MergeCandidate
from customers.models.imports import ImportBatch, ImportMapping, ImportRow, KnownName
from customers.models.journey import Event, Feedback, Touchpoint
from customers.models.merges import Merge
from customers.models.openings import Opening
from customers.models.orders import Order, OrderCredit, OrderLine, Product, Refund
from customers.models.people import Customer
from customers.models.relations import Relation
from customers.models.tags import CustomerTag, Tag, TagGroup

__all__ = [
    "Appointment",
    "Channel",
    "Consent",
    "CustomField",
    "Customer",
    "CustomerTag",
    "ErasedIdentity",
    "Event",
    "Export",
    "Feedback",
    "FollowUp",
    "Identity",
    "ImportBatch",
    "ImportMapping",
    "ImportRow",
    "KnownName",
    "Merge",
    "MergeCandidate",
    "Opening",
    "Order",
    "OrderCredit",
    "OrderLine",
    "OwnerChange",
    "Product",
    "Refund",
    "Relation",
    "Tag",
    "TagGroup",
    "Task",
    "Touchpoint",
]
