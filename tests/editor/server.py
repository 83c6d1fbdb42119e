"""A language server, used as by an editor: open a program, send requests for the position of the cursor."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import cast

from lsprotocol import types as lsp
from pygls.lsp.client import LanguageClient

__all__ = ["Editor", "editor"]

CURSOR = "‸"
BIN = Path(sys.executable).parent
COMMANDS = {"pyright": "basedpyright-langserver --stdio", "jedi": "jedi-language-server"}


class Editor:
    """An editor window. Programs mark the cursor with `‸`."""

    def __init__(self, client: LanguageClient, folder: Path) -> None:
        self._client = client
        self._folder = folder
        self._count = 0

    async def completions(self, program: str) -> dict[str, lsp.CompletionItem]:
        """Return the completions at the cursor, by label."""
        position = self._open(program)
        response = await self._client.text_document_completion_async(lsp.CompletionParams(*position))
        items = response.items if isinstance(response, lsp.CompletionList) else response or ()
        return {item.label.strip("\"'()"): item for item in items}

    async def resolve(self, item: lsp.CompletionItem) -> str:
        """Return the documentation of a completion."""
        return _text((await self._client.completion_item_resolve_async(item)).documentation)

    async def hover(self, program: str) -> str:
        position = self._open(program)
        response = await self._client.text_document_hover_async(lsp.HoverParams(*position))
        return "" if response is None else _text(response.contents)

    async def signature(self, program: str) -> str:
        """Return the signature and documentation of the call at the cursor."""
        position = self._open(program)
        response = await self._client.text_document_signature_help_async(lsp.SignatureHelpParams(*position))
        assert response is not None
        assert response.signatures
        return f"{response.signatures[0].label}\n{_text(response.signatures[0].documentation)}"

    def _open(self, program: str) -> tuple[lsp.TextDocumentIdentifier, lsp.Position]:
        before, marker, after = program.partition(CURSOR)
        assert marker, "the program has no cursor"
        self._count += 1
        uri = (self._folder / f"program_{self._count}.py").as_uri()
        document = lsp.TextDocumentItem(uri=uri, language_id="python", version=1, text=before + after)
        self._client.text_document_did_open(lsp.DidOpenTextDocumentParams(document))
        lines = before.split("\n")
        return lsp.TextDocumentIdentifier(uri), lsp.Position(len(lines) - 1, len(lines[-1]))


def _text(content: object) -> str:
    if isinstance(content, (list, tuple)):
        return "\n".join(_text(part) for part in cast("Sequence[object]", content))
    return content if isinstance(content, str) else str(getattr(content, "value", content or ""))


@asynccontextmanager
async def editor(kind: str, folder: Path) -> AsyncGenerator[Editor]:
    """Open an editor with a language server, in a project that uses the SDK."""
    client = LanguageClient("editor", "1")

    client.feature(lsp.WORKSPACE_CONFIGURATION)(_configure)
    client.feature(lsp.CLIENT_REGISTER_CAPABILITY)(_register)
    # The client library does not read the server's stderr, so the server would block when the pipe is full.
    command = f"exec '{BIN}/{COMMANDS[kind]}' 2>/dev/null".replace(" --stdio'", "' --stdio")
    await client.start_io("sh", "-c", command)  # pyright: ignore[reportUnknownMemberType]
    try:
        await asyncio.wait_for(client.initialize_async(_initialize_params(folder)), 60)
        client.initialized(lsp.InitializedParams())
        yield Editor(client, folder)
        await client.shutdown_async(None)
    finally:
        client.exit(None)
        # jedi-language-server keeps analysing open programs long after the exit notification.
        process = client._server  # pyright: ignore[reportPrivateUsage]
        if process is not None and process.returncode is None:
            process.kill()
        await asyncio.wait_for(client.stop(), 10)  # type: ignore[no-untyped-call]


def _configure(params: lsp.ConfigurationParams) -> list[object]:
    settings = {"pythonPath": sys.executable, "analysis": {"diagnosticMode": "openFilesOnly"}}
    return [settings for _ in params.items]


def _register(_: lsp.RegistrationParams) -> None:
    """Accept dynamic registrations and do nothing."""


def _initialize_params(folder: Path) -> lsp.InitializeParams:
    markdown = [lsp.MarkupKind.Markdown, lsp.MarkupKind.PlainText]
    tags = lsp.CompletionItemTagOptions(value_set=[lsp.CompletionItemTag.Deprecated])
    item = lsp.ClientCompletionItemOptions(documentation_format=markdown, tag_support=tags)
    capabilities = lsp.ClientCapabilities(
        workspace=lsp.WorkspaceClientCapabilities(configuration=True, workspace_folders=True),
        text_document=lsp.TextDocumentClientCapabilities(
            completion=lsp.CompletionClientCapabilities(completion_item=item),
            hover=lsp.HoverClientCapabilities(content_format=markdown),
            signature_help=lsp.SignatureHelpClientCapabilities(
                signature_information=lsp.ClientSignatureInformationOptions(documentation_format=markdown)
            ),
        ),
    )
    root = lsp.WorkspaceFolder(folder.as_uri(), folder.name)
    return lsp.InitializeParams(capabilities=capabilities, root_uri=folder.as_uri(), workspace_folders=[root])
