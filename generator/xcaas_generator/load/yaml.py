"""YAML, parsed with the C parser and the core schema of YAML 1.2.

`OFF`, `no` and dates stay strings; keys are always strings, so that an integer status code is "200". The tree is built
from parser events without recursion: the composer of the C library overflows the stack on deep input, and takes five
times as long.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import yaml
from yaml._yaml import CParser

from xcaas_generator.ir import JSON

_NUMBER = re.compile(
    r"(?P<int>[-+]?[0-9]+)|0o(?P<oct>[0-7]+)|0x(?P<hex>[0-9a-fA-F]+)"
    r"|(?P<float>[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?)"
    r"|(?P<inf>[-+]?\.(?:inf|Inf|INF))|(?P<nan>\.(?:nan|NaN|NAN))"
)
_WORDS: dict[str, JSON] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_STANDARD = "tag:yaml.org,2002:"
_MAX_DIGITS = 300
# Limits on expanded aliases: real documents reuse a few fragments, alias bombs grow exponentially.
_MAX_UNFOLDED = 200_000
_UNFOLD_FACTOR = 10


@dataclass(frozen=True, slots=True)
class Note:
    pointer: str
    message: str
    line: int
    column: int
    advice: str = ""


class _Failure(Exception):
    def __init__(self, note: Note) -> None:
        super().__init__(note.message)
        self.note = note


@dataclass(slots=True)
class _Frame:
    """A mapping or sequence that is not complete yet."""

    node: dict[str, JSON] | list[JSON]
    anchor: str | None
    key: str | None = None
    merges: list[dict[str, JSON]] = field(default_factory=list["dict[str, JSON]"])
    size: int = 1  # number of nodes, with aliases expanded
    height: int = 1
    skip: bool = False  # used as a mapping's key: read and discarded


@dataclass(frozen=True, slots=True)
class _Anchored:
    value: JSON
    size: int
    height: int


def read_yaml(text: str, *, max_depth: int) -> tuple[JSON, list[Note], Note | None]:
    """Return the first document of `text`, notes on it, and the failure that stopped reading, if any."""
    reader = _Reader(max_depth)
    try:
        tree = reader.read(text)
    except _Failure as failure:
        return None, reader.notes, failure.note
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        return None, reader.notes, Note("", f"this is not valid YAML: {error.problem or error.context}", line, column)
    except (yaml.YAMLError, ValueError) as error:
        return None, reader.notes, Note("", f"this is not valid YAML: {' '.join(str(error).split())}", 1, 1)
    return tree, reader.notes, None


def scalar(text: str) -> JSON:
    """Return the value of a plain scalar in the core schema of YAML 1.2."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in "-+.0123456789":
        return text
    match = _NUMBER.fullmatch(text)
    if match is None or len(text) > _MAX_DIGITS:
        return text
    kind = match.lastgroup
    if kind == "int":
        return int(text)
    if kind == "oct":
        return int(text[2:], 8)
    if kind == "hex":
        return int(text[2:], 16)
    return float(text.replace(".", "", 1) if kind in ("inf", "nan") else text)


class _Reader:
    def __init__(self, max_depth: int) -> None:
        self.notes: list[Note] = []
        self._max_depth = max_depth
        self._stack: list[_Frame] = []
        self._anchors: dict[str, _Anchored | str] = {}  # a pointer while the node is incomplete
        self._root: JSON = None
        self._count = 0
        self._unfolded = 0

    def read(self, text: str) -> JSON:
        parser = CParser(text)
        documents = 0
        while True:
            event = parser.get_event()
            if isinstance(event, yaml.ScalarEvent):
                self._scalar(event)
            elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
                self._open(event)
            elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
                self._close(event)
            elif isinstance(event, yaml.AliasEvent):
                self._alias(event)
            elif isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self._note(event, "the file holds several YAML documents; only the first is read")
                    return self._root
            elif event is None or isinstance(event, yaml.StreamEndEvent):
                return self._root

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        value: JSON = event.value
        top = self._stack[-1] if self._stack else None
        if top is not None and isinstance(top.node, dict) and top.key is None and not top.skip:
            self._key(event, top, event.value, plain=event.implicit[0])
            return
        if event.tag is None:
            if event.implicit[0]:
                value = scalar(event.value)
        elif event.tag.startswith(_STANDARD):
            short = event.tag.removeprefix(_STANDARD)
            value = scalar(event.value) if short in ("int", "float", "bool", "null") else event.value
        elif event.tag != "!":
            self._note(event, f"the tag {event.tag} is unknown; the value was read as a string")
        if event.anchor is not None:
            self._anchors[event.anchor] = _Anchored(value, 1, 0)
        self._add(value, 1, 0, event)

    def _key(self, event: yaml.Event, frame: _Frame, key: str, *, plain: bool) -> None:
        frame.key = "<<" if plain and key == "<<" else key
        assert isinstance(frame.node, dict)
        if key in frame.node and not (plain and key == "<<"):
            self._note(
                event,
                f"the key {key!r} appears twice in one mapping; the last one is used",
                "Remove or rename one of them.",
            )
        if isinstance(event, yaml.ScalarEvent) and event.anchor is not None:
            self._anchors[event.anchor] = _Anchored(key, 1, 0)

    def _open(self, event: yaml.MappingStartEvent | yaml.SequenceStartEvent) -> None:
        if len(self._stack) >= self._max_depth:
            raise _Failure(self._note_at(event, f"nested more than {self._max_depth} levels deep"))
        if event.tag is not None and not event.tag.startswith(_STANDARD):
            self._note(event, f"the tag {event.tag} is unknown; it was ignored")
        node: dict[str, JSON] | list[JSON] = {} if isinstance(event, yaml.MappingStartEvent) else []
        top = self._stack[-1] if self._stack else None
        is_key = top is not None and isinstance(top.node, dict) and top.key is None and not top.skip
        if is_key:
            self._note(event, "a mapping or list can't be a key; the entry was left out")
        if event.anchor is not None:
            self._anchors[event.anchor] = self._pointer()
        self._stack.append(_Frame(node, event.anchor, skip=is_key))

    def _close(self, event: yaml.Event) -> None:
        frame = self._stack.pop()
        if isinstance(frame.node, dict):
            for merged in frame.merges:
                for key, value in merged.items():
                    frame.node.setdefault(key, value)
        if frame.anchor is not None:
            self._anchors[frame.anchor] = _Anchored(frame.node, frame.size, frame.height)
        if frame.skip:
            # The entry's value follows: mark it, so that `_add` drops it.
            self._stack[-1].key = "\0"
        else:
            self._add(frame.node, frame.size, frame.height, event)

    def _alias(self, event: yaml.AliasEvent) -> None:
        anchored = self._anchors.get(event.anchor or "")
        if anchored is None:
            raise _Failure(self._note_at(event, f"there is no anchor &{event.anchor}"))
        if isinstance(anchored, str):
            # A tree can't contain itself; a reference means the same.
            self._note(event, f"the alias *{event.anchor} is inside the node that it names; it was read as a reference")
            anchored = _Anchored({"$ref": f"#{anchored}"}, 1, 1)
        top = self._stack[-1] if self._stack else None
        if top is not None and isinstance(top.node, dict) and top.key is None:
            self._key(event, top, str(anchored.value), plain=False)
            return
        self._unfolded += anchored.size
        if self._unfolded > _MAX_UNFOLDED + _UNFOLD_FACTOR * self._count:
            raise _Failure(self._note_at(event, f"aliases expand to more than {_MAX_UNFOLDED:,} nodes"))
        if len(self._stack) + anchored.height > self._max_depth:
            raise _Failure(self._note_at(event, f"nested more than {self._max_depth} levels deep"))
        self._add(anchored.value, anchored.size, anchored.height, event)

    def _add(self, value: JSON, size: int, height: int, event: yaml.Event) -> None:
        self._count += 1
        if not self._stack:
            self._root = value
            return
        frame = self._stack[-1]
        frame.size += size
        if height >= frame.height:
            frame.height = height + 1
        if isinstance(frame.node, list):
            frame.node.append(value)
            return
        key, frame.key = frame.key, None
        if key == "<<" and isinstance(value, dict | list):
            frame.merges.extend(
                [value] if isinstance(value, dict) else [item for item in value if isinstance(item, dict)]
            )
        elif key is not None and key != "\0":
            frame.node[key] = value

    def _note(self, event: yaml.Event, message: str, advice: str = "") -> None:
        self.notes.append(self._note_at(event, message, advice))

    def _note_at(self, event: yaml.Event, message: str, advice: str = "") -> Note:
        mark = event.start_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        return Note(self._pointer(), message, line, column, advice)

    def _pointer(self) -> str:
        """Return the JSON pointer of the current node."""
        tokens: list[str] = []
        for frame in self._stack:
            if isinstance(frame.node, list):
                tokens.append(str(len(frame.node)))
            elif frame.key is not None:
                tokens.append(frame.key)
        return "".join("/" + token.replace("~", "~0").replace("/", "~1") for token in tokens)
