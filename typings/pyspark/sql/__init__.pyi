from typing import Any

class SparkSession:
    builder: Any
    @property
    def dataSource(self) -> Any: ...
    @property
    def read(self) -> Any: ...
    @property
    def readStream(self) -> Any: ...
