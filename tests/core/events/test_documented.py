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
    result = CODEC.decode(as_documented(raw, CODEC))
    assert isinstance(result, models.StreamPayload)
    return result


def interaction(**fields: object) -> object:
    return read(json.dumps({"Interaction": fields})).interaction


@pytest.mark.parametrize(
    ("received", "expected"), [(True, "true"), (0, "0"), ("0123", "0123"), (1e3, "1000.0"), ("resume", "resume")]
)
def test_strings_are_converted(received: object, expected: str) -> None:
    result = interaction(event="RecordingStatus", status=received)
    assert isinstance(result, models.RecordingStatus)
    assert result.status == expected


@pytest.mark.parametrize(("received", "expected"), [("true", True), ("False", False), (True, True)])
def test_booleans_are_converted(received: object, expected: bool) -> None:
    result = interaction(event="LineHoldStatus", status=received)
    assert isinstance(result, models.LineStatus)
    assert result.status is expected


@pytest.mark.parametrize("received", [2, "2", "2.0", 2.0])
def test_integers_are_converted(received: object) -> None:
    result = interaction(event="InteractionRejected", rejectReason=received)
    assert isinstance(result, models.InteractionRejected)
    assert result.reject_reason == 2


@pytest.mark.parametrize("received", [1767258000, "1767258000"])
def test_timestamps_are_converted(received: object) -> None:
    result = interaction(event="InteractionCreated", interactionEventTS=received)
    assert isinstance(result, models.Interaction)
    assert result.interaction_event_ts == dt.datetime(2026, 1, 1, 9, tzinfo=dt.UTC)


def test_missing_timestamp_is_none() -> None:
    result = interaction(event="InteractionCreated", msgInfo={})
    assert isinstance(result, models.Interaction)
    assert result.interaction_event_ts is None
    assert result.msg_info is not None
    assert result.msg_info.timestamp is None


def test_long_numbers_keep_all_digits() -> None:
    digits = "9007199254740993123456789"
    payload = read(f'{{"Interaction": {{"event": "InteractionCreated", "queueId": {digits}, "agentPhone": {digits}}}}}')
    assert isinstance(payload.interaction, models.Interaction)
    assert payload.interaction.queue_id == digits
    assert payload.interaction.unknown_fields == {"agentPhone": int(digits)}


def test_values_without_a_documented_type_are_unchanged() -> None:
    received = {"attachedDatum": [{"attachedDataKey": 7, "attachedDataValue": value} for value in (1, "1", True, 1.5)]}
    result = interaction(event="InteractionCreated", attachedData=received)
    assert isinstance(result, models.Interaction)
    assert result.attached_data is not None
    data = result.attached_data.attached_datum or []
    assert [datum.attached_data_key for datum in data] == ["7"] * 4
    assert [datum.attached_data_value for datum in data] == [1, "1", True, 1.5]


@pytest.mark.parametrize(
    "payload", ["", "!", "YQ", base64.b64encode(b"{").decode(), base64.b64encode(b"[" * 99_999).decode()]
)
def test_invalid_payloads_raise(payload: str) -> None:
    with pytest.raises(ValueError, match=r"JSON|base64|Expecting|Incorrect|deep|character"):
        parse_payload(payload)


def test_frame_is_parsed() -> None:
    frame = parse_frame(
        b'{"messageId": "1", "payload": "e30=", "key": "k", "properties": {"a": "b"}, "redeliveryCount": 3}'
    )
    assert frame is not None
    assert (frame.key, frame.properties, frame.redeliveries, frame.published) == ("k", {"a": "b"}, 3, None)


@pytest.mark.parametrize("text", ["", "1", '{"messageId": "1"}', '{"payload": "e30="}', b"\xff"])
def test_invalid_frames_raise(text: str | bytes) -> None:
    with pytest.raises(DecodeError):
        parse_frame(text)
