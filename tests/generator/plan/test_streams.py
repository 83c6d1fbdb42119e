"""Operations with a `101` response are streams; an empty resource is the product itself."""

from __future__ import annotations

from dataclasses import replace

from tests.support.documents import document, operation, response
from xcaas_generator import ir
from xcaas_generator.plan.product import plan_product, product_shape
from xcaas_generator.plan.results import outcome
from xcaas_generator.plan.tree import ON_PRODUCT, placements

TEXT = ir.Scalar("str")
READ = replace(operation("readPets", "GET", "/pets", response(TEXT, "101")), resource=ON_PRODUCT, verb="read")
NO_NAMES = frozenset[str]()


def test_a_101_response_has_the_type_of_messages() -> None:
    result = outcome(READ)
    assert result.socket
    assert result.type == TEXT


def test_a_101_response_without_a_body_is_no_stream() -> None:
    assert not outcome(operation("switch", "GET", "/pets", response(None, "101"))).socket


def test_a_method_may_belong_to_the_product() -> None:
    (placement,) = placements(document(READ), taken_on_client=NO_NAMES, taken_on_resource=NO_NAMES, on_product=True)
    assert (placement.path, placement.verb) == ((), "read")


def test_a_client_of_one_document_has_no_methods_of_its_own() -> None:
    (placement,) = placements(document(READ), taken_on_client=NO_NAMES, taken_on_resource=NO_NAMES)
    assert (placement.path, placement.verb) == (("pets",), "read")


def test_methods_of_a_product_have_a_module() -> None:
    plan = plan_product(document(READ), product_shape("pets"), "0" * 64)
    assert "_methods.py" in {module.path for module in plan.modules}
