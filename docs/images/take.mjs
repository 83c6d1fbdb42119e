// Takes the pictures of docs/editor.md: Monaco, the editor of VS Code, in a headless browser, asks the real
// basedpyright language server about small programs that use xcaas. Nothing in the pictures is drawn by hand.
//
//   mkdir /tmp/pictures && cd /tmp/pictures
//   npm install monaco-editor@0.57 playwright-core@1
//   node REPOSITORY/docs/images/take.mjs [NAME ...]
//
// It wants Chromium (CHROMIUM=path) and the repository's .venv.

import { spawn } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, extname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const images = dirname(fileURLToPath(import.meta.url));
const repository = resolve(images, "../..");
const require = createRequire(join(process.cwd(), "package.json"));
const { chromium } = require("playwright-core");
const monaco = join(process.cwd(), "node_modules/monaco-editor/min");

const START = "from xcaas import XCaaS\n\nclient = XCaaS.from_env()\n\n";
const LONG = `"""Find the recordings of a queue."""

from xcaas import ClientCredentials, XCaaS

client = XCaaS(credentials=ClientCredentials("eght_…", "…"), region="uk")

for bucket in client.storage.buckets.list():
    print(bucket.name)

for queue in client.cc_realtime.queues.list():
    print(queue.name)

`;

// `‸` is the cursor. What is in `type` comes by keyboard, so that the editor reacts as to a person.
const PICTURES = {
  verbs: {
    program: `${START}client.storage.objects‸`, type: ".", wait: "suggest", down: 4, details: true, size: [1100, 340],
  },
  parameters: {
    program: `${LONG}found = client.storage.objects.search‸`, type: "(", wait: "parameters", size: [1000, 555],
  },
  values: {
    program: `${START}queues = client.cc_realtime.queues.list(metrics=[‸])`, type: '"', wait: "suggest", size: [1000, 340],
  },
  hover: {
    program: `${START}for recording in client.storage.objects.search():\n    print(recording.‸object_state)\n`,
    wait: "hover", size: [1000, 260],
  },
};

/** basedpyright over its pipe: requests by number, notifications, and answers to what it asks itself. */
class LanguageServer {
  constructor() {
    this.process = spawn(join(repository, ".venv/bin/basedpyright-langserver"), ["--stdio"]);
    this.pending = new Map();
    this.buffer = Buffer.alloc(0);
    this.number = 0;
    this.process.stdout.on("data", (data) => this.take(data));
  }

  take(data) {
    this.buffer = Buffer.concat([this.buffer, data]);
    for (;;) {
      const end = this.buffer.indexOf("\r\n\r\n");
      if (end < 0) return;
      const length = Number(/Content-Length: (\d+)/i.exec(this.buffer.subarray(0, end))[1]);
      if (this.buffer.length < end + 4 + length) return;
      const message = JSON.parse(this.buffer.subarray(end + 4, end + 4 + length));
      this.buffer = this.buffer.subarray(end + 4 + length);
      this.receive(message);
    }
  }

  receive(message) {
    if (message.method && message.id !== undefined) {
      const settings = { pythonPath: join(repository, ".venv/bin/python"), analysis: { diagnosticMode: "openFilesOnly" } };
      const result = message.method === "workspace/configuration" ? message.params.items.map(() => settings) : null;
      this.send({ id: message.id, result });
    } else if (this.pending.has(message.id)) {
      this.pending.get(message.id)(message.result);
      this.pending.delete(message.id);
    }
  }

  send(message) {
    const text = Buffer.from(JSON.stringify({ jsonrpc: "2.0", ...message }));
    this.process.stdin.write(`Content-Length: ${text.length}\r\n\r\n`);
    this.process.stdin.write(text);
  }

  notify(method, params) {
    this.send({ method, params });
  }

  ask(method, params) {
    const id = ++this.number;
    this.send({ id, method, params });
    return new Promise((done) => this.pending.set(id, done));
  }

  async start() {
    const root = pathToFileURL(process.cwd()).href;
    const formats = ["markdown", "plaintext"];
    await this.ask("initialize", {
      processId: process.pid, rootUri: root, workspaceFolders: [{ uri: root, name: "program" }],
      capabilities: {
        workspace: { configuration: true, workspaceFolders: true },
        textDocument: {
          completion: { completionItem: { documentationFormat: formats, snippetSupport: false } },
          hover: { contentFormat: formats },
          signatureHelp: { signatureInformation: { documentationFormat: formats, activeParameterSupport: true } },
        },
      },
    });
    this.notify("initialized", {});
  }
}

/** Runs in the page: an editor whose providers pass everything on to the language server. */
function openEditor({ text, line, column, uri }) {
  const { languages, editor, Uri } = window.monaco;
  const at = (model, position) => ({
    textDocument: { uri }, position: { line: position.lineNumber - 1, character: position.column - 1 },
  });
  const range = (r) => ({
    startLineNumber: r.start.line + 1, startColumn: r.start.character + 1,
    endLineNumber: r.end.line + 1, endColumn: r.end.character + 1,
  });
  const markdown = (doc) => (doc === undefined ? undefined : { value: typeof doc === "string" ? doc : doc.value });
  const ask = async (method, model, position) => {
    await window.changed(model.getValue());
    return window.ask(method, at(model, position));
  };
  languages.registerCompletionItemProvider("python", {
    triggerCharacters: [".", '"', "'", "[", "("],
    async provideCompletionItems(model, position) {
      const found = await ask("textDocument/completion", model, position);
      const word = model.getWordUntilPosition(position);
      const here = { startLineNumber: position.lineNumber, endLineNumber: position.lineNumber,
        startColumn: word.startColumn, endColumn: position.column };
      return { suggestions: (found?.items ?? found ?? []).map((item) => ({
        label: item.label, kind: item.kind - 1 in KINDS ? KINDS[item.kind - 1] : 0, sortText: item.sortText,
        insertText: item.textEdit?.newText ?? item.insertText ?? item.label, filterText: item.filterText,
        range: item.textEdit ? range(item.textEdit.range) : here, original: item,
      })) };
    },
    async resolveCompletionItem(item) {
      const full = await window.ask("completionItem/resolve", item.original);
      return { ...item, detail: full.detail, documentation: markdown(full.documentation) };
    },
  });
  // The protocol's numbers of kinds, in its order, as the editor's.
  const K = languages.CompletionItemKind;
  const KINDS = [K.Text, K.Method, K.Function, K.Constructor, K.Field, K.Variable, K.Class, K.Interface, K.Module,
    K.Property, K.Unit, K.Value, K.Enum, K.Keyword, K.Snippet, K.Color, K.File, K.Reference, K.Folder,
    K.EnumMember, K.Constant, K.Struct, K.Event, K.Operator, K.TypeParameter];
  languages.registerHoverProvider("python", {
    async provideHover(model, position) {
      const found = await ask("textDocument/hover", model, position);
      return found && { contents: [markdown(found.contents)] };
    },
  });
  languages.registerSignatureHelpProvider("python", {
    signatureHelpTriggerCharacters: ["(", ","],
    async provideSignatureHelp(model, position) {
      const found = await ask("textDocument/signatureHelp", model, position);
      if (!found) return null;
      const signatures = found.signatures.map((s) => ({
        label: s.label, documentation: markdown(s.documentation),
        parameters: (s.parameters ?? []).map((p) => ({ label: p.label, documentation: markdown(p.documentation) })),
      }));
      const value = { signatures, activeSignature: found.activeSignature ?? 0, activeParameter: found.activeParameter ?? 0 };
      return { value, dispose() {} };
    },
  });
  const model = editor.createModel(text, "python", Uri.parse(uri));
  window.editor = editor.create(document.getElementById("editor"), {
    model, theme: "vs", fontFamily: "DejaVu Sans Mono", fontSize: 14, lineHeight: 21, minimap: { enabled: false },
    scrollBeyondLastLine: false, overviewRulerLanes: 0, hideCursorInOverviewRuler: true, renderLineHighlight: "none",
    lineNumbersMinChars: 3, folding: false, glyphMargin: false, scrollbar: { vertical: "hidden", horizontal: "hidden" },
    autoClosingBrackets: "never", autoClosingQuotes: "always", quickSuggestions: { strings: true, other: true },
    suggest: { showStatusBar: false, showWords: false, preview: false }, wordBasedSuggestions: "off", hover: { delay: 100, above: false },
    cursorBlinking: "solid", padding: { top: 12 }, occurrencesHighlight: "off", matchBrackets: "never",
    parameterHints: { enabled: true }, unicodeHighlight: { ambiguousCharacters: false },
  });
  window.editor.setPosition({ lineNumber: line, column });
  window.editor.focus();
}

const WIDGETS = { suggest: ".suggest-widget.visible .monaco-list-row", parameters: ".parameter-hints-widget.visible .docs",
  hover: ".monaco-hover:not(.hidden) .hover-contents" };

async function take(browser, server, name) {
  const { program, type, wait, down, details, size } = PICTURES[name];
  const [before, after] = program.split("‸");
  const uri = pathToFileURL(join(process.cwd(), `${name}.py`)).href;
  const page = await browser.newPage({ viewport: { width: size[0], height: size[1] }, deviceScaleFactor: 1.5 });
  page.on("pageerror", (error) => console.error(name, error.message));
  await page.route("http://editor/**", (route) => serve(route));
  let version = 1;
  let known = before + after;
  server.notify("textDocument/didOpen", { textDocument: { uri, languageId: "python", version, text: known } });
  await page.exposeFunction("ask", (method, params) => server.ask(method, params));
  await page.exposeFunction("changed", (text) => {
    if (text === known) return;
    known = text;
    server.notify("textDocument/didChange", { textDocument: { uri, version: ++version }, contentChanges: [{ text }] });
  });
  await page.goto("http://editor/index.html");
  await page.waitForFunction(() => window.monaco);
  const lines = before.split("\n");
  await page.evaluate(openEditor, { text: known, line: lines.length, column: lines.at(-1).length + 1, uri });
  await page.waitForTimeout(500);
  if (type) await page.keyboard.type(type);
  else await page.evaluate(() => window.editor.trigger("picture", "editor.action.showHover", {}));
  await page.waitForSelector(WIDGETS[wait], { timeout: 60000 });
  await page.waitForTimeout(500);
  if (details) await page.evaluate(() => window.editor.trigger("picture", "toggleSuggestionDetails", {}));
  for (let step = 0; step < (down ?? 0); step++) await page.keyboard.press("ArrowDown");
  await page.waitForTimeout(1500);
  const path = join(images, `editor-${name}.png`);
  await page.screenshot({ path });
  console.log(`${path}: ${statSync(path).size} bytes`);
  await page.close();
}

const TYPES = { ".js": "text/javascript", ".css": "text/css", ".html": "text/html", ".ttf": "font/ttf" };
const PAGE = `<!doctype html><meta charset="utf-8"><style>html,body{margin:0;height:100%}#editor{height:100%}</style>
<div id="editor"></div><script src="vs/loader.js"></script>
<script>require.config({paths:{vs:"vs"}});require(["vs/editor/editor.main"],(found)=>{window.monaco??=found})</script>`;

async function serve(route) {
  const path = new URL(route.request().url()).pathname;
  if (path === "/index.html") return route.fulfill({ contentType: "text/html", body: PAGE });
  try {
    return await route.fulfill({ contentType: TYPES[extname(path)], body: readFileSync(join(monaco, path)) });
  } catch {
    return route.fulfill({ status: 404, body: "" });
  }
}

const server = new LanguageServer();
await server.start();
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--force-color-profile=srgb"],
});
for (const name of process.argv.slice(2).length ? process.argv.slice(2) : Object.keys(PICTURES)) {
  await take(browser, server, name);
}
await browser.close();
server.process.kill();
