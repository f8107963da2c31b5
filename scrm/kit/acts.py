"""What an audited act is called on screen. Each app registers the words for its own from
`AppConfig.ready()`."""

from django.utils.functional import Promise

from scrm.kit.registry import Registry

acts: Registry[str | Promise] = Registry("audited act")


def register(**labels: str | Promise) -> None:
    """`register(import__run=_("import"))` names "import.run"."""
    for name, label in labels.items():
        acts.register(name.replace("__", "."), label)


def label(action: str) -> str:
    """The act in the reader's language; its code where nobody gave it a name."""
    return str(acts.get(action) or action)


def choices() -> list[tuple[str, str]]:
    """For a filter, in alphabetical order of what stands on screen."""
    return sorted(((name, label(name)) for name in acts.names()), key=lambda pair: pair[1])
