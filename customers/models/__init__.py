from customers.models.consents import Consent
from customers.models.fields import Channel, CustomField
from customers.models.identities import Identity, MergeCandidate
from customers.models.imports import ImportBatch, ImportMapping, ImportRow, KnownName
from customers.models.merges import Merge
from customers.models.openings import Opening
from customers.models.orders import Order, OrderCredit, OrderLine, Product, Refund
from customers.models.people import Customer
from customers.models.tags import CustomerTag, Tag, TagGroup

__all__ = [
    "Channel",
    "Consent",
    "CustomField",
    "Customer",
    "CustomerTag",
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
    "Product",
    "Refund",
    "Tag",
    "TagGroup",
]
