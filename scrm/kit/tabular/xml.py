"""expat without the parts of XML that a sheet has no business with."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any
from xml.parsers.expat import ParserCreate, XMLParserType

DEEPEST = 100
LONGEST = 2 << 20
MOST_NAMES = 10_000


class Names(dict[str, str]):
    """Qualified name → name without its prefix."""

    def __missing__(self, name: str) -> str:
        self[name] = local = name.rpartition(":")[2]
        return local


def parser(
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None],
    text: Callable[[str], None],
    encoding: str | None = None,
) -> XMLParserType:
    """`encoding` overrules what the document says of itself. Handlers get names without prefix. Nesting deeper than
    any sheet has raises ValueError."""
    names = Names()
    depth = 0

    def start_element(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST:
            raise ValueError("nested too deeply")
        start(names[name], attributes)

    def end_element(name: str) -> None:
        nonlocal depth
        depth -= 1
        end(names[name])

    return bare_parser(start_element, end_element, text, encoding)


def bare_parser(
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None],
    text: Callable[[str], None],
    encoding: str | None = None,
) -> XMLParserType:
    """For handlers that count their depth themselves, since a call less for every element is a third of the time.
    A DOCTYPE, and with it every entity, raises ValueError."""

    def doctype(*args: Any) -> None:
        raise ValueError("a sheet has no document type")

    made = ParserCreate(encoding)
    made.buffer_text = True
    made.StartElementHandler = start
    made.EndElementHandler = end
    made.CharacterDataHandler = text
    made.StartDoctypeDeclHandler = doctype
    return made


def feed(made: XMLParserType, chunks: Iterable[bytes]) -> Iterator[None]:
    """Parses piece by piece and pauses after each, so that what the handlers gathered can be taken away. A tag or
    text of megabytes, whose attributes alone would fill the memory, raises ValueError."""
    unbroken = 0
    for chunk in chunks:
        last = chunk.rfind(b">")
        unbroken = unbroken + len(chunk) if last < 0 else len(chunk) - last
        if unbroken > LONGEST:
            raise ValueError("a part without an end")
        made.Parse(chunk)
        if len(made.intern) > MOST_NAMES:
            raise ValueError("too many names")
        yield
    made.Parse(b"", True)
    yield


def elements(chunks: Iterable[bytes]) -> Iterator[tuple[str, dict[str, str]]]:
    """The elements of a part in document order, attributes by their local names."""
    found: list[tuple[str, dict[str, str]]] = []
    names = Names()

    def start(name: str, attributes: dict[str, str]) -> None:
        found.append((name, {names[key]: value for key, value in attributes.items()}))

    for _ in feed(parser(start, lambda name: None, lambda text: None), chunks):
        yield from found
        found.clear()
