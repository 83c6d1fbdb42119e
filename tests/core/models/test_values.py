"""Models as values: construction, equality, repr, copies, pickles, changes."""

from __future__ import annotations

import copy
import inspect
import pickle
from collections.abc import Callable
from typing import cast

import attrs
import pytest

from tests.support.sample.models import StorageObject, StorageObjectPage, Tag
from tests.support.zoo import Circle, Counters, Dog, Needy, Node, Patch, Plain, Puppy, Square
from xcaas_core.models import RESERVED_NAMES, Model, UnknownModel, field, model

PAGE = (
    b'{"content":[{"id":"a","createdTime":"2024-05-01T10:00:00","tags":[{"key":"callId","value":"7"}],"new":{"x":1}},'
    b'{"id":"b","tags":[]}],"pageKey":2,"lastPage":true}'
)


def test_constructors_take_keyword_arguments() -> None:
    tag = Tag(key="callId", value="7")
    obj = StorageObject(id="a", tags=[tag])
    assert obj.id == "a"
    assert obj.tags == [tag]
    assert obj.mime_type is None
    assert obj.to_dict() == {"id": "a", "tags": [{"key": "callId", "value": "7"}]}


def test_constructors_reject_unknown_and_missing_arguments() -> None:
    with pytest.raises(TypeError, match=r"got an unexpected keyword argument 'colour'"):
        StorageObject(id="a", colour="red")  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="missing 2 required keyword-only arguments: 'id' and 'sizes'"):
        Needy(note=None)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="positional"):
        Tag("callId")  # type: ignore[call-arg]


def test_equality_compares_class_and_fields() -> None:
    assert Tag(key="a") == Tag(key="a")
    assert Tag(key="a") != Tag(key="b")
    assert Tag(key="a") != Square(side=1.0)
    assert Tag(key="a") != "a"
    assert Puppy(kind="dog") != Dog(kind="dog")
    assert Patch(name=None) != Patch()
    assert Counters.from_dict({"a": {"side": 1}}) != Counters()
    with pytest.raises(TypeError, match="unhashable"):
        hash(Tag(key="a"))


def test_equality_includes_unknown_fields() -> None:
    page, other = StorageObjectPage.from_json(PAGE), StorageObjectPage.from_json(PAGE)
    assert page == other
    assert page != StorageObjectPage.from_json(PAGE.replace(b'"7"', b'"8"'))
    assert page != StorageObjectPage.from_json(PAGE.replace(b'"pageKey"', b'"extra":1,"pageKey"'))


def test_repr_fits_a_line() -> None:
    page = StorageObjectPage.from_json(PAGE)
    assert repr(page) == "StorageObjectPage(content=[2 items], page_key=2, last_page=True)"
    long = StorageObject(id="x" * 500, object_name="y" * 500, mime_type="z" * 500, checksum="c" * 500)
    assert len(repr(long)) < 140
    assert "\n" not in repr(Tag(key="a\nb"))
    assert repr(Patch(name=None, anything={"a": 1})) == "Patch(name=None, anything={1 item})"
    assert repr(Node(next=Node())) == "Node(next=Node(…))"
    assert repr(StorageObject.from_dict({"id": "a", "createdTime": "2024-05-01T10:00:00"})) == (
        "StorageObject(id='a', created_time=2024-05-01T10:00:00+00:00)"
    )


@model
class Account(Model):
    name: str = field("name")
    hmac_secret: str | None = field("hmacSecret", default=None)


def test_repr_masks_secrets() -> None:
    assert repr(Account(name="a", hmac_secret="hunter2")) == "Account(name='a', hmac_secret='***')"


def test_assigning_none_omits_the_field_or_sends_null() -> None:
    tag = Tag(key="a", value="b")
    tag.value = None
    assert tag.to_dict() == {"key": "a"}
    patch = Patch(name="a", tags=["x"])
    patch.name = None
    patch.tags = None
    assert patch.to_dict() == {"name": None, "tags": None}
    patch.unset("name")
    assert patch.to_dict() == {"tags": None}
    assert patch.name is None
    obj = StorageObject(id="a", tags=[tag])
    obj.tags = None
    assert obj.to_dict() == {"id": "a"}


def test_unset_makes_fields_absent() -> None:
    obj = StorageObject.from_dict({"id": "a", "checksum": None, "mimeType": "x/y", "tags": [], "new": 1})
    obj.unset("checksum", "mime_type", "tags", "bucket_id")
    assert obj.to_dict() == {"id": "a", "new": 1}
    assert (obj.checksum, obj.mime_type, obj.tags, obj.bucket_id) == (None, None, None, None)
    assert not obj.is_set("checksum")
    assert obj.evolve(id="b").to_dict() == {"id": "b", "new": 1}
    with pytest.raises(AttributeError, match="colour"):
        obj.unset("colour")


def test_lists_can_be_changed_in_place() -> None:
    page = StorageObjectPage.from_json(PAGE)
    assert page.content is not None
    assert page.content[0].tags is page.content[0].tags
    tags = page.content[0].tags
    assert tags is not None
    tags.append(Tag(key="mine"))
    assert page.content[0].to_dict()["tags"] == [{"key": "callId", "value": "7"}, {"key": "mine"}]


def test_pickles_and_copies_are_equal() -> None:
    page = StorageObjectPage.from_json(PAGE)
    for duplicate in (pickle.loads(pickle.dumps(page)), copy.deepcopy(page), copy.copy(page)):
        assert duplicate == page
        assert duplicate.to_json() == page.to_json()
    assert page.content is not None
    assert pickle.loads(pickle.dumps(page.content[0])).unknown_fields == {"new": {"x": 1}}


def test_constructed_models_can_be_pickled_and_copied() -> None:
    node = Node(name="a", next=Node(name="b"))
    assert pickle.loads(pickle.dumps(node)) == node
    assert copy.copy(node).next is node.next
    assert copy.deepcopy(node).next is not node.next


def test_only_shallow_copies_share_lists() -> None:
    page = StorageObjectPage.from_json(PAGE)
    assert copy.copy(page).content is page.content
    assert copy.deepcopy(page).content is not page.content


def evolve(circle: Circle) -> Circle:
    return circle.evolve(radius=1)


@pytest.mark.parametrize("change", [copy.copy, copy.deepcopy, evolve])
def test_an_optional_constant_is_filled_in_by_the_constructor_only(change: Callable[[Circle], Circle]) -> None:
    new, read = Circle(radius=1), Circle.from_dict({"r": 1})
    assert new.to_dict() == change(new).to_dict() == {"kind": "circle", "r": 1}
    assert read.to_dict() == change(read).to_dict() == {"r": 1}
    assert new.is_set("kind")
    assert not read.is_set("kind")
    assert new != read
    assert change(new) == new == pickle.loads(pickle.dumps(new)) == read.evolve(kind="circle")
    assert change(read) == read == pickle.loads(pickle.dumps(read)) == Circle(radius=1, kind=None)
    new.unset("kind")
    assert new == read


def test_unknown_fields_can_be_pickled_and_copied_alone() -> None:
    tag = Tag.from_dict({"key": "a", "new": 1})
    assert pickle.loads(pickle.dumps(tag.unknown_fields)) == {"new": 1}
    assert type(copy.copy(tag.unknown_fields)) is dict


def test_models_are_attrs_classes() -> None:
    assert attrs.has(StorageObject)
    names = [attribute.name for attribute in attrs.fields(Tag)]
    assert names == ["unknown_fields", "key", "value", "id"]
    assert attrs.fields(Tag).key.default is attrs.NOTHING
    assert attrs.fields(Tag).value.default is None
    assert attrs.fields(Tag).value.metadata == {"wire": "value", "nullable": False}
    assert attrs.fields(Tag).value.type == "str | None"
    assert attrs.asdict(Tag(key="a", value="b")) == {"unknown_fields": {}, "key": "a", "value": "b", "id": None}
    assert [a.name for a in attrs.fields(Puppy)] == ["unknown_fields", "kind", "tricks", "weeks"]
    assert attrs.fields(Counters).additional_properties.default.factory() == {}


def test_models_have_slots_only() -> None:
    with pytest.raises(AttributeError):
        Tag(key="a").colour = "red"  # type: ignore[attr-defined]
    assert not hasattr(Tag(key="a"), "__dict__")


def test_signatures_are_available_at_run_time() -> None:
    parameters = inspect.signature(Tag).parameters
    assert list(parameters) == ["unknown_fields", "key", "value", "id"]
    assert str(parameters["value"]) == "value: 'str | None' = None"
    assert all(parameter.kind is inspect.Parameter.KEYWORD_ONLY for parameter in parameters.values())
    assert list(inspect.signature(Puppy).parameters) == ["unknown_fields", "kind", "tricks", "weeks"]


def test_evolve_changes_only_the_named_fields() -> None:
    page = StorageObjectPage.from_json(PAGE)
    assert page.content is not None
    old = page.content[0]
    new = old.evolve(id="z")
    assert new.to_dict() == {**old.to_dict(), "id": "z"}
    assert new.unknown_fields == {"new": {"x": 1}}
    assert new.tags is old.tags
    assert old.id == "a"


def test_attrs_evolve_and_replace_equal_evolve() -> None:
    evolve = cast("Callable[..., Tag]", attrs.evolve)
    tag = Tag.from_dict({"key": "a", "value": None, "new": 1})
    assert evolve(tag, id="1") == tag.evolve(id="1") == tag.__replace__(id="1")  # type: ignore[attr-defined, unused-ignore]
    with pytest.raises(TypeError, match="unexpected keyword argument 'colour'"):
        tag.evolve(colour="red")


def test_evolve_distinguishes_absent_from_null() -> None:
    assert Patch().evolve(age=3).to_dict() == {"age": 3}
    assert Patch(name=None).evolve(age=3).to_dict() == {"name": None, "age": 3}
    assert Patch(name="a").evolve(name=None).to_dict() == {"name": None}
    assert Patch().evolve(name=None).to_dict() == {"name": None}
    null = Tag.from_dict({"key": "a", "value": None})
    assert null.evolve(id="1").to_dict() == {"key": "a", "value": None, "id": "1"}
    assert null.evolve(value="v").to_dict() == {"key": "a", "value": "v"}


def test_unknown_fields_can_be_added_and_replaced() -> None:
    tag = Tag(key="a")
    tag.unknown_fields["new"] = [1]
    assert tag.to_dict() == {"key": "a", "new": [1]}
    tag.unknown_fields = {"other": 2}
    assert tag.to_dict() == {"key": "a", "other": 2}
    tag.unknown_fields["key"] = "never over a field"
    assert tag.to_dict() == {"key": "a", "other": 2}


def test_reserved_names_are_the_public_attributes_of_models() -> None:
    public = {name for name in dir(Model) if not name.startswith("_")}
    assert public == RESERVED_NAMES
    with pytest.raises(TypeError, match=r"Bad\.to_dict"):

        @model
        class Bad(Model):  # pyright: ignore[reportUnusedClass]
            to_dict: str = field("to_dict")  # type: ignore[assignment]


def test_models_can_be_extended() -> None:
    puppy = Puppy.from_dict({"kind": "dog", "tricks": ["sit"], "weeks": 9, "toy": "ball"})
    assert puppy.tricks == ["sit"]
    assert puppy.weeks == 9
    assert puppy.unknown_fields == {"toy": "ball"}
    assert Puppy(kind="dog", weeks=1).to_dict() == {"kind": "dog", "weeks": 1}


class UserTag(Tag):
    """A user's subclass, without the decorator."""

    @property
    def upper_key(self) -> str:
        return self.key.upper()


def test_users_may_subclass_models() -> None:
    tag = UserTag.from_dict({"key": "a"})
    assert type(tag) is UserTag
    assert tag.upper_key == "A"


def test_is_set_distinguishes_null_from_absent() -> None:
    patch = Patch.from_dict({"name": None, "age": 3, "anything": None})
    assert [patch.is_set(name) for name in ("name", "age", "tags", "anything")] == [True, True, False, True]
    assert patch.name is None
    assert patch.tags is None
    plain = Plain.from_dict({"text": None})
    assert plain.is_set("text")
    assert not plain.is_set("flag")
    assert Counters.from_dict({"a": {"side": 1}}).is_set("additional_properties")
    assert not Counters().is_set("additional_properties")
    with pytest.raises(AttributeError, match="has no field 'colour'"):
        plain.is_set("colour")


def test_unknown_models_keep_all_fields() -> None:
    unknown = UnknownModel.from_dict({"a": 1, "b": [2]})
    assert unknown.unknown_fields == {"a": 1, "b": [2]}
    assert unknown.to_dict() == {"a": 1, "b": [2]}
