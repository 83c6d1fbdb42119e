"""Branches of core that the documents behind a copy never take."""

from __future__ import annotations

import ast
from pathlib import PurePosixPath
from textwrap import dedent

import pytest

from xcaas_generator.vendor.facts import PLACES, TABLES, Facts, facts_of
from xcaas_generator.vendor.fold import folded
from xcaas_generator.vendor.modules import Import, Library, Module
from xcaas_generator.vendor.originals import CORE, installed
from xcaas_generator.vendor.units import defined

WORDS = {"body": frozenset({"json", "form"}), "encoding": frozenset({None}), "location": frozenset({"path"})}
FACTS = Facts(WORDS, frozenset({"Gone", "Lost"}))


def fold(source: str, module: str = "_bodies") -> str:
    """A module of core, folded."""
    return folded(Module(f"{CORE}.{module}", PurePosixPath(f"{module}.py"), dedent(source).lstrip()), FACTS)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('if body.kind == "xml":\n    a()\nb()\n', "b()\n"),
        ('if body.kind == "xml":\n    a()\nelse:\n    b()\n', "b()\n"),
        ('if body.kind != "xml":\n    a()\nelse:\n    b()\n', "a()\n"),
        (
            'if body.kind in ("xml", "text"):\n    a()\nelif x:\n    b()\nelse:\n    c()\n',
            "if x:\n    b()\nelse:\n    c()\n",
        ),
        ('if x:\n    a()\nelif body.kind == "xml":\n    b()\nelif y:\n    c()\n', "if x:\n    a()\nelif y:\n    c()\n"),
        ('if x:\n    a()\nelif body.kind == "xml":\n    b()\nelse:\n    c()\n', "if x:\n    a()\nelse:\n    c()\n"),
        ('if x:\n    a()\nelif body.kind == "xml":\n    b()\n', "if x:\n    a()\n"),
        ('if x:\n    a()\nelif body.kind != "xml":\n    b()\nelse:\n    c()\n', "if x:\n    a()\nelse:\n    b()\n"),
        ('if x and body.kind != "xml":\n    a()\n', "if x:\n    a()\n"),
        ('if x or body.kind == "xml":\n    a()\n', "if x:\n    a()\n"),
        ('if x and body.kind == "xml":\n    a()\nb()\n', "b()\n"),
        ('x = 1 if body.kind == "xml" else f(2)\n', "x = f(2)\n"),
        ("if style is None:\n    a()\n", "a()\n"),
        ('if body.kind == "json":\n    a()\n', 'if body.kind == "json":\n    a()\n'),
        ('if other.kind == "xml":\n    a()\n', 'if other.kind == "xml":\n    a()\n'),
        ('_T: Final = ("xml", "text")\nif body.kind in _T:\n    a()\nb()\n', '_T: Final = ("xml", "text")\nb()\n'),
    ],
)
def test_conditions(before: str, after: str) -> None:
    assert fold(before) == after


def test_nothing_stays_behind_a_return_that_is_always_taken() -> None:
    source = "def f():\n    if style is None:\n        return 1\n    g()\n    return 2\n"
    assert fold(source) == "def f():\n    return 1\n"


MATCH = """
match body.kind:
    case "json":
        a()
    case "text" | "xml":
        b()
    case "form" | "multipart":
        c()
    case _:
        d()
"""


def test_the_last_case_that_can_come_covers_the_rest() -> None:
    assert fold(MATCH) == 'match body.kind:\n    case "json":\n        a()\n    case _:\n        c()\n'


def test_a_single_case_needs_no_match() -> None:
    source = 'match parameter.location:\n    case "query":\n        a()\n    case "path":\n        b()\n        c()\n'
    assert fold(source, "_parameters") == "b()\nc()\n"


def test_a_match_on_words_of_which_nothing_is_known_stays() -> None:
    unknown = MATCH.replace("body.kind", "body.other").lstrip()
    assert fold(unknown) == unknown


def test_classes_without_instances() -> None:
    source = """
    from ._kinds import Gone, Here, Lost

    def f(x):
        if isinstance(x, Gone | Lost):
            return 1
        match x:
            case Gone():
                return 2
            case Here():
                return 3
            case _:
                return 4

    def make(text):
        if text == "gone":
            return Gone(text)
        return [item for item in (Here(text), Gone(text), _lost(text))]

    def _lost(text):
        return Lost(text)

    def find(held):
        for entry in held:
            if isinstance(entry, Gone):
                return entry
        return None
    """
    text = fold(source, "_any")
    assert "    for _ in held:\n        pass\n    return None\n" in text
    assert "Gone" not in text.partition("\n")[2]
    assert "Lost" not in text.partition("\n")[2].partition("def _lost")[0]
    assert "(Here(text),)" in text
    ast.parse(text)


def test_tables_lose_entries_under_words_that_occur_nowhere() -> None:
    table = '_SEPARATORS: Final = {"spaceDelimited": " ", "pipeDelimited": "|"}\n'
    facts = Facts({"encoding": frozenset({"pipeDelimited"})})
    module = Module(f"{CORE}._bodies", PurePosixPath("_bodies.py"), table)
    assert folded(module, facts) == '_SEPARATORS: Final = {"pipeDelimited": "|"}\n'
    # A table that would be empty has no type of its own.
    assert folded(module, Facts({"encoding": frozenset()})) == table


def test_what_is_never_anything_but_none_goes_with_its_words() -> None:
    source = '''
    class Options(TypedDict):
        role: str
        cache: Cache | None
        """Shares tokens."""

    class Credential:
        def __init__(self, options):
            self.role = options.get("role")
            self.cache: Cache | None = options.get("cache")
    '''
    module = Module(f"{CORE}.auth._credential", PurePosixPath("auth/_credential.py"), dedent(source))
    assert folded(module, Facts({"cache": frozenset({None, "MemoryTokenCache"})})) == module.source
    text = folded(module, Facts({"cache": frozenset({None})}))
    assert "role: str" in text
    assert "ache" not in text


def test_a_text_of_several_lines_is_never_moved() -> None:
    source = 'if style is None:\n    x = """\n    text\n    """\n'
    assert fold(source) == source


def test_every_place_and_every_table_is_still_in_core() -> None:
    for name, places in PLACES.items():
        tree = ast.parse((installed().core / f"{name.replace('.', '/')}.py").read_text("utf-8"))
        expressions = {ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.expr)}
        assert places.keys() <= expressions, name
    for name, tables in TABLES.items():
        tree = ast.parse((installed().core / f"{name.replace('.', '/')}.py").read_text("utf-8"))
        assert tables.keys() <= {defined_name for node in tree.body for defined_name in defined(node)}, name


GENERATED = """
PRODUCT = Product("p", schemes={"oauth": Scheme("oauth2", credential="client-credentials")})
A = Operation(PRODUCT, "/a/{id}", parameters=(path("id"), query("since", "datetime:epoch-seconds", style="pipeDelimited")),
    body=form_body(codec="Body"), answers={"200": json_answer("[A]|B@kind(a=A,b=B)")},
    paging=Paging("cursor", "key", items="/x", next=("header", "X-Next"), last=(Last(("body", "/last"), "equals", True),)))
"""


def test_facts_are_read_from_generated_code() -> None:
    library = Library(whole="app")
    library.add_package(CORE, installed().core)
    facts = facts_of(library, [Module("app._a", PurePosixPath("_a.py"), GENERATED)], [])
    assert facts.words["body"] == {"form"}
    assert facts.words["location"] == {"path", "query"}
    assert facts.words["style"] == {"form", "simple", None, "pipeDelimited"}
    assert facts.words["scheme"] == {"oauth2"}
    assert facts.words["credential"] == {"client-credentials"}
    assert facts.words["paging"] == {"cursor"}
    assert facts.words["last"] == {"equals"}
    assert facts.words["spot"] == {"header", "body"}
    assert facts.words["mark"] >= {"@", "|"}
    assert not facts.words["mark"] & {"{", "!", "="}
    assert "datetime:epoch-seconds" in facts.words["codec"]
    assert facts.unused == {"ApiKey", "BasicToken", "WorkAnalyticsLogin"}
    wanted = [Import(f"{CORE}.auth", "ApiKey")]
    assert facts_of(library, [Module("app._a", PurePosixPath("_a.py"), GENERATED)], wanted).unused == {
        "BasicToken",
        "WorkAnalyticsLogin",
    }
