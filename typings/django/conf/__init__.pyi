class LazySettings:
    configured: bool
    def configure(self, **options: object) -> None: ...

settings: LazySettings
