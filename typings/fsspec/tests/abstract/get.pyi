from typing import Any

class AbstractGetTests:
    def test_get_with_source_and_destination_as_list(self, *fixtures: Any) -> None: ...
