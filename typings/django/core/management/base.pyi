from argparse import ArgumentParser
from collections.abc import Callable

class CommandError(Exception): ...

class OutputWrapper:
    def write(self, msg: str = "") -> None: ...

class Style:
    SUCCESS: Callable[[str], str]

class BaseCommand:
    help: str
    stdout: OutputWrapper
    style: Style
    def add_arguments(self, parser: ArgumentParser) -> None: ...
