class BlockMetadata:
    def __init__(
        self,
        *,
        num_rows: int | None,
        size_bytes: int | None,
        exec_stats: object,
        input_files: list[str] | None,
    ) -> None: ...
