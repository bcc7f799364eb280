// What can be asked from VS Code's menus? A table: adding a command is a row here and its entry in package.json.
import * as vscode from 'vscode'

import { approve } from './approvals'
import type { Changes } from './changes'
import { connectModel } from './connect'
import { showContext } from './context'
import { openExample } from './example'
import { askForDescription } from './history'
import { showMenu } from './menu'
import type { Pages } from './pages'
import { showReport } from './report'
import type { Server } from './server'

type Node = Parameters<Changes['open']>[0]
type Run = (node?: Node) => Promise<unknown> | unknown

const COMMENT = /^\s*(#|\/\/|\/\*|--|"""|''')/
const FILES = ['file', 'vscode-notebook-cell']

export function registerCommands(
  context: vscode.ExtensionContext,
  server: Server,
  changes: Changes,
  pages: Pages,
  log: vscode.LogOutputChannel,
): vscode.Disposable[] {
  const described = (title: string) => askForDescription(context.globalState, title)
  const table: Record<string, Run> = {
    ask: () => describe(server, described),
    files: () => describeFiles(server, described),
    implement: () => implement(server),
    fix: () => fix(server),
    tests: () => here(server, 'writeTests'),
    document: () => here(server, 'document'),
    explain: () => here(server, 'explain'),
    finish: () => here(server, 'finishChange'),
    conflicts: () => here(server, 'resolveConflicts'),
    upgrade: () => here(server, 'upgradeDependency'),
    review: () => changes.review(),
    accept: (node) => changes.apply(node),
    reject: (node) => changes.discard(node),
    approve: () => approve(server),
    undo: () => server.execute('Taking the last change back', 'patchwright.undo', uriOfEditor()),
    cancel: () => server.cancel(),
    context: () => showContext(server, () => described('What would a model see for this?')),
    connect: () => connectModel(context, server),
    usage: () => showReport(server, pages, 'Counting', ['usage']),
    doctor: () => showReport(server, pages, 'Looking at everything', ['doctor', '--editor'], server.handedOver()),
    restart: () => server.restart(),
    log: () => log.show(),
    menu: () => showMenu(context, server.status),
    start: () => vscode.commands.executeCommand('workbench.action.openWalkthrough', `${context.extension.id}#start`),
    example: () => openExample(),
    settings: () => vscode.commands.executeCommand('workbench.action.openSettings', `@ext:${context.extension.id}`),
  }
  return [
    ...Object.entries(table).map(([name, run]) => vscode.commands.registerCommand(`patchwright.do.${name}`, (node?: Node) => carryOut(run, node))),
    vscode.commands.registerCommand('patchwright.changes.open', (node: Node) => changes.open(node)),
  ]
}

// What goes wrong is said: VS Code would open a dialog. Whoever stopped it themselves knows.
async function carryOut(run: Run, node?: Node): Promise<void> {
  try {
    await run(node)
  } catch (error) {
    if (error instanceof vscode.CancellationError) return
    void vscode.window.showErrorMessage(`Patchwright: ${error instanceof Error ? error.message : String(error)}.`)
  }
}

// The selected lines change as the description says; without a selection, code is written at the cursor.
async function describe(server: Server, described: (title: string) => Promise<string | undefined>): Promise<void> {
  const editor = editorInFront()
  if (editor === undefined) return
  const selects = !editor.selection.isEmpty
  const range = selects ? wholeLines(editor) : editor.selection
  const description = await described(selects ? 'Change the selected lines' : 'Write code here')
  if (description === undefined) return
  const command = selects ? 'patchwright.editSelection' : 'patchwright.implementComment'
  await at(server, editor, range, command, description)
}

async function describeFiles(server: Server, described: (title: string) => Promise<string | undefined>): Promise<void> {
  const editor = editorInFront()
  if (editor === undefined) return
  const description = await described('Change as many files as it takes')
  if (description === undefined) return
  await at(server, editor, editor.selection, 'patchwright.changeFiles', description)
}

async function at(server: Server, editor: vscode.TextEditor, range: vscode.Range, command: string, description: string): Promise<void> {
  const place = server.place(editor.document, range)
  if (place !== undefined) await server.execute(description, command, { ...place, description })
}

// Runs the action with a name at the cursor; whether there is something to do, the server says.
async function here(server: Server, name: string, more: object = {}): Promise<void> {
  const editor = editorInFront()
  const place = editor && server.place(editor.document, editor.selection)
  if (place !== undefined) await server.execute('Working', `patchwright.${name}`, { ...place, ...more })
}

// Implements the comment at the cursor or the function around it, as the server offers it. One that has only just started
// offers nothing yet; then a line that looks like a comment is one.
async function implement(server: Server): Promise<void> {
  const editor = editorInFront()
  if (editor === undefined) return
  const actions = await server.offered(editor.document, editor.selection)
  const offers = (name: string) => actions.some((action) => action.command === `patchwright.${name}`)
  const looksSo = COMMENT.test(editor.document.lineAt(editor.selection.active.line).text)
  const isComment = offers('implementComment') || (looksSo && !offers('implementFunction'))
  await here(server, isComment ? 'implementComment' : 'implementFunction')
}

// Fixes what is reported at the cursor, or, where nothing is, what the server itself finds in the file.
async function fix(server: Server): Promise<void> {
  const editor = editorInFront()
  if (editor === undefined) return
  const diagnostics = await server.reported(editor.document, editor.selection)
  await (diagnostics.length > 0 ? here(server, 'fixDiagnostic', { diagnostics }) : here(server, 'fixAll'))
}

// The editor that is meant: the one in front or, where that is no editor (the walkthrough), the only one to be seen. Where
// there is none, or its text is no file yet, the user is told.
function editorInFront(): vscode.TextEditor | undefined {
  const seen = vscode.window.visibleTextEditors.filter(isFile)
  const editor = vscode.window.activeTextEditor ?? (seen.length === 1 ? seen[0] : undefined)
  if (editor !== undefined && isFile(editor)) return editor
  const what = editor?.document.isUntitled ? 'save this file in the project first' : 'open a file of the project first'
  void vscode.window.showWarningMessage(`Patchwright: ${what}; the change begins there.`)
  return undefined
}

function isFile({ document }: vscode.TextEditor): boolean {
  return FILES.includes(document.uri.scheme)
}

function wholeLines(editor: vscode.TextEditor): vscode.Range {
  const { start, end } = editor.selection
  const last = end.character === 0 && end.line > start.line ? end.line - 1 : end.line
  return new vscode.Range(start.line, 0, last, editor.document.lineAt(last).text.length)
}

function uriOfEditor(): { uri: string } | undefined {
  const document = vscode.window.activeTextEditor?.document
  return document && FILES.includes(document.uri.scheme) ? { uri: document.uri.toString() } : undefined
}
