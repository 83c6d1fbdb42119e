"""What is a change of the public API, and what is not."""

from __future__ import annotations

import pytest

from xcaas_generator.package.public_api import public_api

MODEL = """
@model
class Tag(Model):
    {}
"""
CALLS = """
_GET = None
class Tags(_sdk.Resource):
    def get(self, id: {}) -> {}:
        return self._caller.call(_GET, (id,))
"""
OPERATION = '_GET: Final = _sdk.Operation(PRODUCT, call="things.tags.get")\n'


def field(text: str) -> dict[str, str]:
    return public_api("things/models/_tag.py", MODEL.format(text))


def call(parameters: str, returns: str) -> dict[str, str]:
    return public_api("things/_tags.py", OPERATION + CALLS.format(parameters, returns))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "at: _dt.datetime = field('at', 'datetime:epoch-seconds')",
            "at: Annotated[_dt.datetime, Format('epoch-seconds')] = field('at')",
        ),
        ("of: list[Tag] = field('of', '[Tag]')", "of: list[_models.Tag] = field('of')"),
        (
            "of: Animal | None = field('of', default=None)",
            "of: _Annotated[_models.Animal, Discriminator('kind', ('cat', _models.Cat))] | None = field('of', default=None)",
        ),
        ("photo: FileInput = field('photo')", "photo: _sdk.FileInput = field('photo')"),
    ],
)
def test_modules_and_metadata_are_not_part_of_the_api(before: str, after: str) -> None:
    assert field(before) == field(after)
    assert field(after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("of: _models.Tag = field('of')", "of: _models.Tags = field('of')"),
        ("at: Annotated[int, Format('text')] = field('at')", "at: Annotated[float, Format('text')] = field('at')"),
        ("of: _models.Tag = field('of')", "of: list[_models.Tag] = field('of')"),
        ("of: int = field('of')", "of: int = field('of', default=1)"),
    ],
)
def test_a_different_type_is_a_change(before: str, after: str) -> None:
    assert field(before) != field(after)


def test_signatures_are_part_of_the_api() -> None:
    assert call("_models.Id | None", "_sdk.Pager[_models.Tag]") == call("Id | None", "Pager[Tag]")
    assert call("_models.Id", "_models.Tag") != call("_models.Id", "_models.Tags")
    assert list(call("str", "str")) == ["things.tags.get"]


def test_aliases_are_compared_without_modules() -> None:
    before = public_api("things/models/_animal.py", "Animal: TypeAlias = Cat | Dog")
    assert before == public_api("things/models/_animal.py", "Animal: TypeAlias = _models.Cat | _models.Dog")
