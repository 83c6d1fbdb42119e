from playwright.sync_api import Page

class AxeResults:
    response: dict[str, object]

class Axe:
    def run(self, page: Page) -> AxeResults: ...
