"""Finished calls, and a customer's history."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from ...output._rows import plain
from .._arguments import Limit, Period, Since, Until, argument_field, moment
from .._errors import Refusal
from .._results import Result, with_times
from .._session import Session
from .._tool import reads

__all__ = ["find_call_records", "get_customer_history", "get_summaries"]


@reads("Find call records")
async def find_call_records(
    session: Session,
    since: Since = "1d",
    until: Until = None,
    pbx: Annotated[str, argument_field("work_analytics.call_records.list", "pbx_id")] = "allpbxes",
    number: Annotated[
        str | None,
        Field(description="Only calls from or to this number or extension. Not together with caller or callee."),
    ] = None,
    caller: Annotated[str | None, Field(description="Only calls from this number or extension.")] = None,
    callee: Annotated[str | None, Field(description="Only calls to this number or extension.")] = None,
    limit: Limit = 50,
) -> Result:
    """Find finished calls of the phone system in a period, a row each: caller, callee, direction, answered or missed, when,
    how long. Times are UTC, fields that end in MS milliseconds. Two years are kept.
    """
    period = Period.of(since, until)
    pager = session.client.work_analytics.call_records.list(
        pbx_id=pbx,
        start_time=period.start,
        end_time=period.end,
        time_zone="UTC",
        caller=None if caller is None else [caller],
        callee=None if callee is None else [callee],
        caller_or_callee=None if number is None else [number],
        page_size=limit,
    )
    return await session.rows_of_pager(pager, limit, _call_row, {"period": period.as_json})


@reads("Get a customer's history")
async def get_customer_history(
    session: Session,
    phone_number: Annotated[str | None, Field(description="The customer's number, in E.164 form with +.")] = None,
    email: Annotated[str | None, Field(description="The customer's email address.")] = None,
    account_id: Annotated[str | None, argument_field("customer_360.insights.get", "account_id")] = None,
    contact_id: Annotated[str | None, Field(description="Id of the contact in the vendor's own CRM.")] = None,
    since: Annotated[
        str | None, Field(description="Begin of the period: ISO 8601 or an age. A year ago when left out.")
    ] = None,
    until: Until = None,
    limit: Limit = 50,
) -> Result:
    """Get the interactions with one customer over all channels, with sentiment, topics, outcome and queue, and what they add
    up to. Name the customer in exactly one way. The service returns 50 interactions at most.
    """
    if len([value for value in (phone_number, email, account_id, contact_id) if value is not None]) != 1:
        raise Refusal("Give exactly one of phone_number, email, account_id and contact_id.")
    history = await session.client_for("customer_360").customer_360.insights.get(
        phone_number=phone_number,
        email=email,
        account_id=account_id,
        contact_id=contact_id,
        crm_id=None if contact_id is None else "native",
        start_time=None if since is None else moment(since),
        end_time=None if until is None else moment(until),
    )
    extra: dict[str, Any] = plain(history)
    return await session.rows_of_list(extra.pop("interactions", None) or [], limit, _interaction_row, extra)


@reads("Get summaries of interactions")
async def get_summaries(
    session: Session,
    interaction_ids: Annotated[
        list[str],
        Field(min_length=1, max_length=50, description="Ids of interactions, as get_customer_history has them."),
    ],
) -> Result:
    """Get summaries of what was said in up to 50 interactions. Those without one are under partialFailures."""
    summaries = await session.client_for("customer_360").customer_360.transcript_summaries.get(
        interaction_ids=interaction_ids
    )
    extra: dict[str, Any] = plain(summaries)
    return await session.rows_of_list(extra.pop("summaries", None) or [], len(interaction_ids), extra=extra)


def _call_row(record: Any) -> dict[str, Any]:
    """Return a row without duplicate forms of times and durations."""
    row = with_times(plain(record), "startTimeUTC", "connectTimeUTC", "disconnectedTimeUTC")
    return {name: value for name, value in row.items() if not {f"{name}UTC", f"{name}MS"} & row.keys()}


def _interaction_row(interaction: dict[str, Any]) -> dict[str, Any]:
    return with_times(interaction, "startedAt", "endedAt")
