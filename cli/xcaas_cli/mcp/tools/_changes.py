"""Tools that change something. They are served only if the server's owner allows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from .._arguments import argument_field
from .._results import Result
from .._session import Session
from .._tool import writes
from ._recordings import Region

if TYPE_CHECKING:
    from xcaas.agent_status.models import AgentStatusRequestDict

__all__ = ["create_contact", "restore_recording", "send_chat_message", "set_agent_status"]

_CODES = {"logged_out": 1, "on_break": 3, "available": 4, "working_offline": 5}


@writes("Set an agent's status", destructive=True, idempotent=True)
async def set_agent_status(
    session: Session,
    agent_id: Annotated[str, argument_field("agent_status.agents.set", "agent_id")],
    status: Literal["logged_out", "on_break", "available", "working_offline"],
    code_list_id: Annotated[
        int | None, Field(description="List that the reason code is from, where the agent's group has codes.")
    ] = None,
    code_item_id: Annotated[int | None, Field(description="Reason code within its list.")] = None,
    code_short_name: Annotated[str | None, Field(description="Short name of the reason code.")] = None,
) -> Result:
    """Change the status of a contact-centre agent. Not every change is allowed from every status. An agent who is logged out
    or set on break takes no more interactions.
    """
    body: AgentStatusRequestDict = {"agent-status": _CODES[status]}
    if code_list_id is not None:
        body["status-code-list-id"] = code_list_id
    if code_item_id is not None:
        body["status-code-item-id"] = code_item_id
    if code_short_name is not None:
        body["status-code-item-short-code"] = code_short_name
    changed = await session.client.agent_status.agents.set(agent_id, body=body)
    return {"agentId": agent_id, "status": status, **({} if changed is None else session.single_result(changed))}


@writes("Create a contact", destructive=False, idempotent=False)
async def create_contact(
    session: Session,
    customer_id: Annotated[
        str, Field(max_length=32, description="Id of the 8x8 customer: customerId of any row of find_contacts.")
    ],
    last_name: Annotated[str, Field(max_length=30, description="Last name.")],
    first_name: Annotated[str | None, Field(max_length=128, description="First name.")] = None,
    company_name: Annotated[
        str | None, Field(max_length=128, description="Company that the contact works for.")
    ] = None,
    job_title: Annotated[str | None, Field(description="Job title.")] = None,
    phone: Annotated[str | None, Field(description="Telephone number at work, in E.164 form.")] = None,
    email: Annotated[str | None, Field(description="Email address at work.")] = None,
) -> Result:
    """Add a company contact to the customer's directory, where colleagues see it."""
    optional_fields = {"firstName": first_name, "companyName": company_name, "jobTitle": job_title}
    contact: Any = {"contactType": "company", "customerId": customer_id, "lastName": last_name}
    contact |= {name: value for name, value in optional_fields.items() if value is not None}
    if phone is not None:
        contact["phones"] = [{"phone": phone, "primary": True, "purposeType": "WORK"}]
    if email is not None:
        contact["emails"] = [{"email": email, "primary": True, "purposeType": "WORK"}]
    return session.single_result(await session.client.contacts.contacts.create(contact=contact))


@writes("Send a chat message", destructive=False, idempotent=False)
async def send_chat_message(
    session: Session,
    conversation_id: Annotated[str, argument_field("chat_gateway.conversations.messages.send", "conversation_id")],
    text: Annotated[str, Field(min_length=1, description="What the customer will read.")],
    author: Annotated[Literal["bot", "user"], Field(description="Who sends, on your side.")] = "bot",
) -> Result:
    """Send a text to a chat conversation. Customer and agent see it at once, and it can't be taken back."""
    messages = session.client.chat_gateway.conversations.messages
    await messages.send(conversation_id, message={"authorType": author, "text": text})
    return {"sent": True, "conversationId": conversation_id}


@writes("Restore a recording", destructive=False, idempotent=False)
async def restore_recording(
    session: Session,
    recording_id: Annotated[str, argument_field("storage.objects.restore", "object_id")],
    days: Annotated[int, Field(ge=1, le=10, description="Days after which the copy is removed again.")] = 7,
    region: Region = None,
) -> Result:
    """Ask for a copy of an ARCHIVED recording from cold storage. It is AVAILABLE hours later; look with get_recording."""
    storage = session.client_for("storage", region).storage
    await storage.objects.restore(recording_id, restore={"expirationDays": days})
    return {"accepted": True, "recordingId": recording_id, "days": days}
