"""What stands in the way is found, and how to mend it is said."""

from __future__ import annotations

from tests.cli.running import Command


def findings(text: str) -> dict[str, tuple[str, str]]:
    """State and text by what was looked at."""
    rows = [line.split(maxsplit=2) for line in text.splitlines()]
    return {subject: (state, said) for state, subject, said in rows}


def test_all_is_well(xcaas: Command) -> None:
    found = findings(xcaas.out("doctor"))
    assert {state for state, _ in found.values()} == {"ok"}
    assert set(found) == {"credentials", "proxy", "host", "connection", "clock", "token", "products", "regions"}
    assert "us-west" in found["regions"][1]


def test_each_thing_to_mend_is_a_line(xcaas: Command) -> None:
    xcaas.settings.update({"XCAAS_CLIENT_SECRET": "wrong", "HTTPS_PROXY": "http://user:hush@127.0.0.1:1"})
    outcome = xcaas.run("doctor", "--region", "eu")
    found = findings(outcome.out)
    assert (outcome.code, outcome.err) == (1, "")
    assert [name for name, (state, _) in found.items() if state == "FAIL"] == ["token"]
    assert "invalid_client" in found["token"][1]
    assert found["proxy"][1] == "https through 127.0.0.1:1"
    assert "hush" not in outcome.out


def test_a_server_that_is_down_and_names_that_are_none() -> None:
    outcome = Command("http://127.0.0.1:9").run("doctor", "--timeout", "0.5")
    assert outcome.code == 1
    assert findings(outcome.out)["connection"][0] == "FAIL"
    outcome = Command("no address").run("doctor")
    assert (outcome.code, outcome.out) == (2, "")
    assert "base_url is not an address" in outcome.err
