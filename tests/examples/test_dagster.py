"""The Dagster asset, materialised by Dagster, which `make test-dagster` installs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

pytest.importorskip("dagster", reason="make test-dagster installs it")


@pytest.mark.filterwarnings("default")
@pytest.mark.usefixtures("sandbox")
def test_asset_materialises_a_day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from dagster import materialize

    from examples import dagster_recordings

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    yesterday = (datetime.now(UTC) - timedelta(days=1)).date().isoformat()
    result = materialize([dagster_recordings.recordings], partition_key=yesterday)
    assert result.success
    (materialization,) = result.asset_materializations_for_node("recordings")
    assert materialization.metadata["recordings"].value in (14, 15)
    assert len(list((tmp_path / "recordings" / yesterday).glob("*.parquet"))) == 24
