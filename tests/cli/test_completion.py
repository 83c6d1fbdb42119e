"""Shell completion: the scripts, and the completions they receive."""

from __future__ import annotations

import pytest

from tests.cli.running import Command


@pytest.mark.parametrize(
    ("shell", "line"), [("bash", "bash_complete"), ("zsh", "zsh_complete"), ("fish", "fish_complete")]
)
def test_completion_scripts_call_the_command(xcaas: Command, shell: str, line: str) -> None:
    assert f"_XCAAS_COMPLETE={line}" in xcaas.run("completion", shell).out


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("xcaas stor", ["storage"]),
        ("xcaas storage bu", ["buckets", "bulk-downloads"]),
        ("xcaas storage objects search --sort-d", ["--sort-direction"]),
        ("xcaas storage objects search --sort-direction D", ["DESC"]),
        ("xcaas storage objects search --region us-", ["us-east", "us-west"]),
        ("xcaas storage objects search --output j", ["json", "jsonl"]),
        ("xcaas contacts contacts create --field contactType=c", ["contactType=company", "contactType=corporate"]),
    ],
)
def test_completion_offers_names_and_known_values(xcaas: Command, words: str, expected: list[str]) -> None:
    xcaas.settings.update(
        {"_XCAAS_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(words.count(" "))}
    )
    assert xcaas.out().splitlines() == [f"plain,{value}" for value in expected]
