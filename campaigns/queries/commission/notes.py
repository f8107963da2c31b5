"""An entry's note as it is read: a reason the house knows, in the reader's language, or what somebody wrote."""

from campaigns.choices import Because


def note_of(note: str) -> str:
    return str(dict(Because.choices).get(note, note))
