"""Contacts, users and sites."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from ...output._rows import plain
from .._arguments import Limit, Where, all_of
from .._results import Result, with_times
from .._session import Session
from .._tool import reads

__all__ = ["find_contacts", "find_sites", "find_users"]

_MAX_PAGE_SIZE = 100


@reads("Find contacts")
async def find_contacts(
    session: Session,
    name: Annotated[str | None, Field(description="Full name; * stands for any text, as in *Byron*.")] = None,
    phone: Annotated[str | None, Field(description="A telephone number, best in E.164 form.")] = None,
    email: Annotated[str | None, Field(description="An email address.")] = None,
    where: Annotated[
        Where,
        Field(
            description="Further conditions, all of which must hold: companyName=Acme*, contactType=company, id=… or"
            " department!=Sales. Fields are those of rows; address., extension. and tag. stand before those of parts."
        ),
    ] = None,
    limit: Limit = 50,
) -> Result:
    """Find contacts in the customer's directory, with their numbers and email addresses. All conditions must hold; without
    any, everything is listed.
    """
    pager = session.client.contacts.contacts.search(
        filter=all_of(where, name=name, phone__phone=phone, email__email=email), details=["PHONE", "EMAIL"]
    )
    return await session.rows_of_pager(pager, limit, _contact_row)


@reads("Find users")
async def find_users(
    session: Session,
    user_name: Annotated[
        str | None, Field(description="Name that the user logs in with, often an email; * stands for any text.")
    ] = None,
    last_name: Annotated[str | None, Field(description="Last name; * stands for any text.")] = None,
    where: Annotated[
        Where,
        Field(
            description="Further conditions, all of which must hold: basicInfo.status=ACTIVE, basicInfo.primaryEmail=*@acme.com,"
            " basicInfo.createdTime>=30d, directoryInfo.department=Sales. Fields are those of rows, with their path."
        ),
    ] = None,
    limit: Limit = 50,
) -> Result:
    """Find users of the customer in administration: names, status, site, licences, extensions, ring groups."""
    pager = session.client.administration.users.list(
        filter=all_of(where, basicInfo__userName=user_name, basicInfo__lastName=last_name),
        page_size=min(limit, _MAX_PAGE_SIZE),
    )
    return await session.rows_of_pager(pager, limit)


@reads("Find sites")
async def find_sites(
    session: Session,
    name: Annotated[
        str | None, Field(description="Name of the site; * at its start, its end or both stands for any text.")
    ] = None,
    limit: Limit = 50,
) -> Result:
    """Find sites of the customer in administration: address, time zone, PBX, caller id, emergency notifications."""
    pager = session.client.administration.sites.list(
        filter=all_of(None, name=name), page_size=min(limit, _MAX_PAGE_SIZE)
    )
    return await session.rows_of_pager(pager, limit)


def _contact_row(contact: Any) -> dict[str, Any]:
    return with_times(plain(contact), "createdTimestamp", "updatedTimestamp")
