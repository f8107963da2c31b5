"""Proof pictures, behind the scope of their order."""

from typing import Any

from django.core.files import File
from django.http import HttpRequest

from customers.models import Order
from scrm.kit import files, pictures


def save(uploaded: File) -> str:
    """The path of a JPEG drawn anew from the picture. Raises Refused: "proof.too_large", "proof.no_picture"."""
    return pictures.redraw(uploaded, folder="proofs", noun="proof")


def proof(request: HttpRequest, pk: int) -> tuple[str, str] | None:
    """Whoever sees the order sees its picture."""
    viewer: Any = request.user
    if not viewer.has_perm("customers.view_order"):
        return None
    order = Order.objects.visible_to(viewer).filter(pk=pk).exclude(proof="").first()
    return (order.proof, f"{order.source}-{order.pk}.jpg") if order else None


def register() -> None:
    files.downloads.register("order-proof", proof)
