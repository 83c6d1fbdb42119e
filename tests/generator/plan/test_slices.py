"""Slices of lists in the manifest."""

from __future__ import annotations

from tests.support.documents import AT, TEXT, document, field, json_body, model, operation, path, query, response
from xcaas_generator import ir
from xcaas_generator.plan.product import plan_product, product_shape

PAGE = ir.Pagination(AT, "cursor", "after", "", size="limit")
LIMIT = query("limit", ir.Scalar("int"), limits=(("minimum", 1), ("maximum", 500)))


def record(id: str, *operations: ir.Operation, models: tuple[ir.Model, ...] = ()) -> ir.JSON:
    doc = document(*operations, models=models)
    records = plan_product(doc, product_shape("pets"), "").section.operations
    return next(record["slices"] for record in records if record["operation_id"] == id)


def test_parameters_and_fields_have_python_names() -> None:
    slices = ir.Slices(
        AT, start="from", end="untilTime", zone="timeZone", partition="pbxId", key="/class", time="/owner/bornAt",
        total="/meta/total", longest=60, count="countPets",
    )  # fmt: skip
    list_pets = operation(
        "listPets", "GET", "/pets", response(ir.ListOf(ir.ModelRef("Pet"))), pagination=PAGE, slices=slices,
        parameters=(query("from"), query("untilTime"), query("timeZone"), query("pbxId"), query("after"), LIMIT),
    )  # fmt: skip
    models = (model("Pet", field("class"), field("owner", ir.ModelRef("Owner"))), model("Owner", field("bornAt")))
    count_pets = operation("countPets", "GET", "/pets/count", response(ir.Scalar("int")))
    assert record("listPets", list_pets, count_pets, models=models) == {
        "start": "from_", "end": "untilTime", "zone": "timeZone", "partition": "pbxId", "longest": 60,
        "key": "class_", "time": "owner.bornAt", "total": "/meta/total", "count": "pets.pets.count",
        "size": "limit", "largest": 500,
    }  # fmt: skip
    assert record("countPets", list_pets, count_pets, models=models) is None


def test_slices_of_a_report_name_the_operation_with_its_rows() -> None:
    rows = ir.RowsOf(ir.FollowUp("listRows", "reportId"), "/id")
    make_report = operation(
        "makeReport", "POST", "/reports", response(ir.ModelRef("Report")), body=json_body(ir.ModelRef("Report")),
        slices=ir.Slices(AT, start="/from", end="/to", rows=rows),
    )  # fmt: skip
    list_rows = operation(
        "listRows", "GET", "/reports/{reportId}", response(ir.ListOf(TEXT)), pagination=PAGE,
        parameters=(path("reportId"), query("after"), LIMIT),
    )  # fmt: skip
    models = (model("Report", field("id"), field("from"), field("to")),)
    result = record("makeReport", make_report, list_rows, models=models)
    assert result == {
        "start": "/from", "end": "/to", "body": "body", "size": "limit", "largest": 500,
        "rows": {"call": "pets.pets.list_rows", "argument": "reportId", "id": "/id"},
    }  # fmt: skip
