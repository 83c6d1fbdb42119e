from collections.abc import Callable, Mapping, Sequence

class Log:
    def info(self, msg: str) -> None: ...

class AssetExecutionContext:
    partition_key: str
    log: Log

class PartitionsDefinition: ...

class DailyPartitionsDefinition(PartitionsDefinition):
    def __init__(self, start_date: str) -> None: ...

class MaterializeResult:
    metadata: Mapping[str, object] | None
    def __init__(self, *, metadata: Mapping[str, object] | None = None) -> None: ...

class AssetsDefinition: ...

class Definitions:
    def __init__(self, *, assets: Sequence[AssetsDefinition]) -> None: ...

class Materialization:
    metadata: Mapping[str, MetadataValue]

class MetadataValue:
    value: object

class ExecuteInProcessResult:
    success: bool
    def asset_materializations_for_node(self, node_name: str) -> Sequence[Materialization]: ...

def asset(
    *, partitions_def: PartitionsDefinition
) -> Callable[[Callable[[AssetExecutionContext], MaterializeResult]], AssetsDefinition]: ...
def materialize(assets: Sequence[AssetsDefinition], *, partition_key: str) -> ExecuteInProcessResult: ...
