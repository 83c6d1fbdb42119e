"""Values whose JSON type varies, read as the type that the spec documents."""

from __future__ import annotations

import base64
import datetime as dt
import json

import pytest

from xcaas.events import models
from xcaas_core._errors import DecodeError
from xcaas_core.events._documented import as_documented
from xcaas_core.events._frames import parse_frame, parse_payload
from xcaas_core.models import resolve

CODEC = resolve("_models.StreamPayload", "xcaas.events")


def read(text: str) -> models.StreamPayload:
    raw = parse_payload(base64.b64encode(text.encode()).decode())
    found = CODEC.decode(as_documented(raw, CODEC))
    assert isinstance(found, models.StreamPayload)
    return found


def interaction(**fields: object) -> object:
    return read(json.dumps({"Interaction": fields})).interaction


@pytest.mark.parametrize(
    ("sent", "meant"), [(True, "true"), (0, "0"), ("0123", "0123"), (1e3, "1000.0"), ("resume", "resume")]
)
def test_text(sent: object, meant: str) -> None:
    found = interaction(event="RecordingStatus", status=sent)
    assert isinstance(found, models.RecordingStatus)
    assert found.status == meant


@pytest.mark.parametrize(("sent", "meant"), [("true", True), ("False", False), (True, True)])
def test_booleans(sent: object, meant: bool) -> None:
    found = interaction(event="LineHoldStatus", status=sent)
    assert isinstance(found, models.LineStatus)
    assert found.status is meant


@pytest.mark.parametrize("sent", [2, "2", "2.0", 2.0])
def test_whole_numbers(sent: object) -> None:
    found = interaction(event="InteractionRejected", rejectReason=sent)
    assert isinstance(found, models.InteractionRejected)
    assert found.reject_reason == 2


@pytest.mark.parametrize("sent", [1767258000, "1767258000"])
def test_times(sent: object) -> None:
    found = interaction(event="InteractionCreated", interactionEventTS=sent)
    assert isinstance(found, models.Interaction)
    assert found.interaction_event_ts == dt.datetime(2026, 1, 1, 9, tzinfo=dt.UTC)


def test_a_missing_time_is_not_1970() -> None:
    found = interaction(event="InteractionCreated", msgInfo={})
    assert isinstance(found, models.Interaction)
    assert found.interaction_event_ts is None
    assert found.msg_info is not None
    assert found.msg_info.timestamp is None


def test_no_digit_is_lost() -> None:
    digits = "9007199254740993123456789"
    payload = read(f'{{"Interaction": {{"event": "InteractionCreated", "queueId": {digits}, "agentPhone": {digits}}}}}')
    assert isinstance(payload.interaction, models.Interaction)
    assert payload.interaction.queue_id == digits
    assert payload.interaction.unknown_fields == {"agentPhone": int(digits)}


def test_values_without_a_documented_type_stay() -> None:
    sent = {"attachedDatum": [{"attachedDataKey": 7, "attachedDataValue": value} for value in (1, "1", True, 1.5)]}
    found = interaction(event="InteractionCreated", attachedData=sent)
    assert isinstance(found, models.Interaction)
    assert found.attached_data is not None
    data = found.attached_data.attached_datum or []
    assert [datum.attached_data_key for datum in data] == ["7"] * 4
    assert [datum.attached_data_value for datum in data] == [1, "1", True, 1.5]


@pytest.mark.parametrize(
    "payload", ["", "!", "YQ", base64.b64encode(b"{").decode(), base64.b64encode(b"[" * 99_999).decode()]
)
def test_a_payload_that_is_none(payload: str) -> None:
    with pytest.raises(ValueError, match=r"JSON|base64|Expecting|Incorrect|deep|character"):
        parse_payload(payload)


def test_a_frame() -> None:
    frame = parse_frame(
        b'{"messageId": "1", "payload": "e30=", "key": "k", "properties": {"a": "b"}, "redeliveryCount": 3}'
    )
    assert frame is not None
    assert (frame.key, frame.properties, frame.redeliveries, frame.published) == ("k", {"a": "b"}, 3, None)


@pytest.mark.parametrize("text", ["", "1", '{"messageId": "1"}', '{"payload": "e30="}', b"\xff"])
def test_a_frame_that_is_none(text: str | bytes) -> None:
    with pytest.raises(DecodeError):
        parse_frame(text)
