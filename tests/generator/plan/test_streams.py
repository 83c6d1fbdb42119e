"""Operations with a `101` response are streams, and an empty resource puts a method on the product itself."""

from __future__ import annotations

from dataclasses import replace

from tests.support.documents import document, operation, response
from xcaas_generator import ir
from xcaas_generator.plan.product import plan_product, product_shape
from xcaas_generator.plan.results import outcome
from xcaas_generator.plan.tree import ON_PRODUCT, placements

TEXT = ir.Scalar("str")
READ = replace(operation("readPets", "GET", "/pets", response(TEXT, "101")), resource=ON_PRODUCT, verb="read")
NOBODY = frozenset[str]()


def test_a_response_that_upgrades_is_what_a_message_carries() -> None:
    found = outcome(READ)
    assert found.socket
    assert found.type == TEXT


def test_a_switch_without_a_body_is_no_stream() -> None:
    assert not outcome(operation("switch", "GET", "/pets", response(None, "101"))).socket


def test_a_method_may_be_the_products_own() -> None:
    (found,) = placements(document(READ), taken_on_client=NOBODY, taken_on_resource=NOBODY, on_product=True)
    assert (found.path, found.verb) == ((), "read")


def test_a_client_of_one_document_has_a_resource_for_it() -> None:
    (found,) = placements(document(READ), taken_on_client=NOBODY, taken_on_resource=NOBODY)
    assert (found.path, found.verb) == (("pets",), "read")


def test_the_product_is_what_has_the_methods() -> None:
    plan = plan_product(document(READ), product_shape("pets"), "0" * 64)
    assert "_methods.py" in {module.path for module in plan.modules}
