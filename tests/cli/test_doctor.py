"""`xcaas doctor`: finding problems and printing advice."""

from __future__ import annotations

from tests.cli.running import Command


def findings(text: str) -> dict[str, tuple[str, str]]:
    """Return state and text of each finding, by subject."""
    rows = [line.split(maxsplit=2) for line in text.splitlines()]
    return {subject: (state, message) for state, subject, message in rows}


def test_doctor_reports_ok_for_each_check(xcaas: Command) -> None:
    results = findings(xcaas.out("doctor"))
    assert {state for state, _ in results.values()} == {"ok"}
    assert set(results) == {"credentials", "proxy", "host", "connection", "clock", "token", "products", "regions"}
    assert "us-west" in results["regions"][1]


def test_doctor_reports_problems_and_exits_with_1(xcaas: Command) -> None:
    xcaas.settings.update({"XCAAS_CLIENT_SECRET": "wrong", "HTTPS_PROXY": "http://user:hush@127.0.0.1:1"})
    outcome = xcaas.run("doctor", "--region", "eu")
    results = findings(outcome.out)
    assert (outcome.code, outcome.err) == (1, "")
    assert [name for name, (state, _) in results.items() if state == "FAIL"] == ["token"]
    assert "invalid_client" in results["token"][1]
    assert results["proxy"][1] == "https through 127.0.0.1:1"
    assert "hush" not in outcome.out


def test_doctor_reports_unreachable_and_invalid_addresses() -> None:
    outcome = Command("http://127.0.0.1:9").run("doctor", "--timeout", "0.5")
    assert outcome.code == 1
    assert findings(outcome.out)["connection"][0] == "FAIL"
    outcome = Command("no address").run("doctor")
    assert (outcome.code, outcome.out) == (2, "")
    assert "base_url is not an address" in outcome.err
