"""Answers that callers get in another shape than they travel: a file of a chosen type, one thing out of a list."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.support.documents import AT, document, model, operation, texts
from xcaas_generator import ir

PET = ir.ModelRef("Pet")


def made(*variants: ir.ResponseVariant, single: bool = False) -> str:
    response = ir.Response("200", variants, AT)
    asked = replace(operation("getPet"), responses=(response,), single=single)
    files = texts(replace(document(asked), models=(model("Pet"),)))
    return next(text for text in files.values() if "getPet" in text and "Operation(" in text)


def file(media_type: str) -> ir.ResponseVariant:
    return ir.ResponseVariant(media_type, "binary", ir.Scalar("bytes", "binary"))


def test_a_file_in_several_types_lets_the_caller_choose() -> None:
    text = made(file("text/csv"), file("image/png"))
    assert 'header("Accept"' in text
    assert "accept:" in text
    assert '"text/csv"' in text


@pytest.mark.parametrize("types", [("text/csv",), ("*/*", "text/csv")])
def test_without_a_real_choice_there_is_no_argument(types: tuple[str, ...]) -> None:
    assert "accept:" not in made(*(file(media_type) for media_type in types))


def test_xml_beside_plain_text_is_asked_for_in_the_documents_order() -> None:
    page = ir.ResponseVariant("text/html", "text", ir.Scalar("str"), position=1)
    text = made(page, ir.ResponseVariant("application/xml", "xml", PET))
    assert 'accept="application/xml, text/html"' in text
    assert "_sdk.xml_response()" in text


def sending(*media_types: str, kind: ir.BodyKind = "json") -> str:
    variants = tuple(ir.BodyVariant(each, kind, ir.Scalar("str") if kind == "text" else PET) for each in media_types)
    asked = replace(operation("patchPet"), method="PATCH", body=ir.Body(variants, required=True, place=AT))
    files = texts(replace(document(asked), models=(model("Pet"),)))
    return next(text for text in files.values() if "patchPet" in text and "Operation(" in text)


def test_a_body_in_several_types_lets_the_caller_choose() -> None:
    text = sending("application/json", "application/merge-patch+json")
    assert 'header("Content-Type"' in text
    assert "content_type:" in text
    assert "content_type:" not in sending("application/json")
    assert "content_type: str | None = None" in sending("application/*", "application/json")


def test_null_is_said_once() -> None:
    pet_or_null = ir.BodyVariant("application/json", "json", ir.UnionOf((PET, ir.Scalar("none"))))
    asked = replace(operation("patchPet"), method="PATCH", body=ir.Body((pet_or_null,), required=False, place=AT))
    text = "".join(texts(replace(document(asked), models=(model("Pet"),))).values())
    assert "| None = None" in text
    assert "None | None" not in text


def test_a_body_whose_parts_the_caller_wrote_takes_its_boundary() -> None:
    assert "content_type: str | None = None" in sending("multipart/mixed", kind="text")
    assert "content_type:" not in sending("multipart/mixed; boundary=x", kind="text")
    assert "content_type:" not in sending("multipart/mixed", kind="multipart")
    assert "content_type: Literal[" in sending("application/json", "multipart/form-data")


def test_a_value_as_text_has_its_type() -> None:
    text = made(ir.ResponseVariant("text/plain", "text", ir.Scalar("str", "int64")))
    assert "-> int:" in text
    assert "text_response(" in text
    assert "Annotated[int, Format(" in text


@pytest.mark.parametrize(
    ("single", "annotation", "given"),
    [
        (True, "Annotated[_models.Pet, OneOrList]", "_models.Pet"),
        (False, "Annotated[_models.Pet | list[_models.Pet], AnyOf]", "_models.Pet | list[_models.Pet]"),
    ],
)
def test_one_thing_or_a_list_of_it_is_the_thing_where_the_spec_says_so(
    single: bool, annotation: str, given: str
) -> None:
    text = made(ir.ResponseVariant("application/json", "json", ir.UnionOf((PET, ir.ListOf(PET)))), single=single)
    assert f'json_response("{annotation}")' in text
    assert f"-> {given}:" in text


@pytest.mark.parametrize(
    ("base", "annotation"), [(("str", "int"), "Annotated[_models.Size, AnyOf]"), (("str",), "_models.Size")]
)
def test_an_enum_of_several_types_is_marked_as_the_union_that_it_is(base: tuple[str, ...], annotation: str) -> None:
    shown = ir.Response("200", (ir.ResponseVariant("application/json", "json", ir.EnumRef("Size")),), AT)
    sizes = (ir.Enum("Size", ("s", 1), AT, base=base),)
    made = texts(replace(document(operation("getSize", responses=(shown,))), enums=sizes))
    assert any(f'json_response("{annotation}")' in text for text in made.values())
