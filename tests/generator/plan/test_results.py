"""Results and arguments that differ from the wire: chosen media types, an object instead of a list."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.support.documents import AT, document, model, operation, texts
from xcaas_generator import ir

PET = ir.ModelRef("Pet")


def render_get(*variants: ir.ResponseVariant, single: bool = False) -> str:
    response = ir.Response("200", variants, AT)
    get_pet = replace(operation("getPet"), responses=(response,), single=single)
    files = texts(replace(document(get_pet), models=(model("Pet"),)))
    return next(text for text in files.values() if "getPet" in text and "Operation(" in text)


def file(media_type: str) -> ir.ResponseVariant:
    return ir.ResponseVariant(media_type, "binary", ir.Scalar("bytes", "binary"))


def test_a_file_with_several_types_has_an_accept_argument() -> None:
    text = render_get(file("text/csv"), file("image/png"))
    assert 'header("Accept"' in text
    assert "accept:" in text
    assert '"text/csv"' in text


@pytest.mark.parametrize("types", [("text/csv",), ("*/*", "text/csv")])
def test_a_file_without_a_choice_has_no_accept_argument(types: tuple[str, ...]) -> None:
    assert "accept:" not in render_get(*(file(media_type) for media_type in types))


def test_xml_and_text_are_accepted_in_the_documents_order() -> None:
    page = ir.ResponseVariant("text/html", "text", ir.Scalar("str"), position=1)
    text = render_get(page, ir.ResponseVariant("application/xml", "xml", PET))
    assert 'accept="application/xml, text/html"' in text
    assert "_sdk.xml_response()" in text


def render_patch(*media_types: str, kind: ir.BodyKind = "json") -> str:
    variants = tuple(
        ir.BodyVariant(media_type, kind, ir.Scalar("str") if kind == "text" else PET) for media_type in media_types
    )
    patch_pet = replace(operation("patchPet"), method="PATCH", body=ir.Body(variants, required=True, place=AT))
    files = texts(replace(document(patch_pet), models=(model("Pet"),)))

    return next(text for text in files.values() if "patchPet" in text and "Operation(" in text)


def test_a_body_with_several_types_has_a_content_type_argument() -> None:
    text = render_patch("application/json", "application/merge-patch+json")
    assert 'header("Content-Type"' in text
    assert "content_type:" in text
    assert "content_type:" not in render_patch("application/json")
    assert "content_type: str | None = None" in render_patch("application/*", "application/json")


def test_none_appears_once_in_annotations() -> None:
    pet_or_null = ir.BodyVariant("application/json", "json", ir.UnionOf((PET, ir.Scalar("none"))))
    patch_pet = replace(operation("patchPet"), method="PATCH", body=ir.Body((pet_or_null,), required=False, place=AT))
    text = "".join(texts(replace(document(patch_pet), models=(model("Pet"),))).values())
    assert "| None = None" in text
    assert "None | None" not in text


def test_a_serialised_multipart_body_has_a_content_type_argument() -> None:
    assert "content_type: str | None = None" in render_patch("multipart/mixed", kind="text")
    assert "content_type:" not in render_patch("multipart/mixed; boundary=x", kind="text")
    assert "content_type:" not in render_patch("multipart/mixed", kind="multipart")
    assert "content_type: Literal[" in render_patch("application/json", "multipart/form-data")


def test_text_responses_have_the_type_of_their_format() -> None:
    text = render_get(ir.ResponseVariant("text/plain", "text", ir.Scalar("str", "int64")))
    assert "-> int:" in text
    assert "text_response(" in text
    assert "Annotated[int, Format(" in text


@pytest.mark.parametrize(
    ("single", "annotation", "result"),
    [
        (True, "Annotated[_models.Pet, OneOrList]", "_models.Pet"),
        (False, "Annotated[_models.Pet | list[_models.Pet], AnyOf]", "_models.Pet | list[_models.Pet]"),
    ],
)
def test_an_object_or_a_list_is_the_object_if_single(single: bool, annotation: str, result: str) -> None:
    text = render_get(ir.ResponseVariant("application/json", "json", ir.UnionOf((PET, ir.ListOf(PET)))), single=single)
    assert f'json_response("{annotation}")' in text
    assert f"-> {result}:" in text


@pytest.mark.parametrize(
    ("base", "annotation"), [(("str", "int"), "Annotated[_models.Size, AnyOf]"), (("str",), "_models.Size")]
)
def test_an_enum_of_several_types_has_union_metadata(base: tuple[str, ...], annotation: str) -> None:
    get_response = ir.Response("200", (ir.ResponseVariant("application/json", "json", ir.EnumRef("Size")),), AT)
    sizes = (ir.Enum("Size", ("s", 1), AT, base=base),)
    files = texts(replace(document(operation("getSize", responses=(get_response,))), enums=sizes))
    assert any(f'json_response("{annotation}")' in text for text in files.values())
