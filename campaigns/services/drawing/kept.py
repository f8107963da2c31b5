"""Posters that were drawn are kept for a while, under a name that says everything they were drawn from: whatever
changes is another picture."""

from hashlib import blake2b

from django.conf import settings

from campaigns.models import Link, Poster
from campaigns.services.drawing import posters
from scrm.kit import files

FOLDER = "posters"
# Counted up when the drawing itself changes.
HAND = 1


def path_of(poster: Poster, link: Link) -> str:
    """Below PRIVATE_DIR; drawn if it is not there. Raises what `posters.drawn` raises."""
    return _kept(poster, posters.content_of(poster, link), owner=str(link.pk))


def example_of(poster: Poster, content: posters.Content, *, width: int) -> str:
    """A smaller one of nobody's link."""
    return _kept(poster, content, owner="example", width=width)


def of_links(links: list[int]) -> list[str]:
    """What is kept of these: paths below PRIVATE_DIR."""
    place = settings.PRIVATE_DIR / FOLDER
    return [f"{FOLDER}/{path.name}" for pk in links for path in sorted(place.glob(f"{pk}-*.jpg"))]


def _kept(poster: Poster, content: posters.Content, *, owner: str, width: int | None = None) -> str:
    said = repr((HAND, poster.pk, poster.updated_at.isoformat(), poster.picture, tuple(content), width))
    name = f"{owner}-{blake2b(said.encode(), digest_size=16).hexdigest()}.jpg"
    if (settings.PRIVATE_DIR / FOLDER / name).exists():
        return f"{FOLDER}/{name}"
    image = posters.drawn(poster, content)
    if width is not None:
        image.thumbnail((width, width * 3))
    return files.put(FOLDER, name, posters.jpeg(image))
