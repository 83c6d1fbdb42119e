"""The tools, grouped by subject."""

from __future__ import annotations

from .._tool import Tool
from . import _account, _calls, _changes, _chat, _live, _people, _quality, _recordings, _reports

__all__ = ["TOOLS"]

TOOLS: tuple[Tool, ...] = (
    _account.who_am_i,
    _account.read_on,
    _live.queue_state,
    _live.agent_state,
    _recordings.find_recordings,
    _recordings.get_recording,
    _recordings.get_stored_text,
    _quality.find_interactions,
    _quality.get_transcript,
    _quality.find_evaluations,
    _calls.find_call_records,
    _calls.get_customer_history,
    _calls.get_summaries,
    _reports.list_report_types,
    _reports.run_report,
    _people.find_contacts,
    _people.find_users,
    _people.find_sites,
    _chat.find_chats,
    _chat.get_chat_messages,
    _changes.set_agent_status,
    _changes.create_contact,
    _changes.send_chat_message,
    _changes.restore_recording,
)
