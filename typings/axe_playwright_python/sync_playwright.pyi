from typing import TypedDict

from playwright.sync_api import Page

class Node(TypedDict):
    html: str
    failureSummary: str

class Violation(TypedDict):
    id: str
    nodes: list[Node]

class Response(TypedDict):
    violations: list[Violation]

class AxeResults:
    response: Response

class Axe:
    def run(self, page: Page) -> AxeResults: ...
