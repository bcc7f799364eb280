// What can be asked from VS Code's menus? A table: adding a command is a row here and its entry in package.json.
import * as vscode from 'vscode'

import { connectModel } from './connect'
import { showContext } from './context'
import { askForDescription } from './history'
import type { Server } from './server'

type Run = () => Promise<unknown> | unknown

export function registerCommands(
  context: vscode.ExtensionContext,
  server: Server,
  log: vscode.LogOutputChannel,
): vscode.Disposable[] {
  const described = (title: string) => askForDescription(context.globalState, title)
  const table: Record<string, Run> = {
    ask: () => describe(server, described),
    files: () => describeFiles(server, described),
    implement: () => offered(server, ['implementComment', 'implementFunction'], 'There is no comment and no empty function here.'),
    fix: () => offered(server, ['fixDiagnostic', 'fixAll'], 'Nothing is reported here.'),
    tests: () => offered(server, ['writeTests'], 'There is nothing to test here.'),
    document: () => offered(server, ['document'], 'There is nothing to document here.'),
    explain: () => offered(server, ['explain'], 'There is nothing to explain here.'),
    finish: () => offered(server, ['finishChange'], 'There is no change since the last commit here.'),
    conflicts: () => offered(server, ['resolveConflicts'], 'There are no conflicts here.'),
    upgrade: () => offered(server, ['upgradeDependency'], 'This line names no dependency.'),
    proposal: () => server.execute('Showing what waits', 'patchwright.showProposal', {}),
    accept: () => server.execute('Applying', 'patchwright.accept', {}),
    reject: () => server.execute('Rejecting', 'patchwright.reject', {}),
    undo: () => server.execute('Taking the last change back', 'patchwright.undo', uriOfEditor()),
    cancel: () => server.execute('Stopping', 'patchwright.cancel'),
    context: async () => {
      const description = await described('What would a model see for this?')
      if (description !== undefined) await showContext(server, description)
    },
    connect: () => connectModel(context, server),
    usage: () => server.terminal(['usage']),
    doctor: () => server.terminal(['doctor']),
    restart: () => server.restart(),
    log: () => log.show(),
    menu: () => vscode.commands.executeCommand('workbench.action.quickOpen', '>Patchwright: '),
  }
  return Object.entries(table).map(([name, run]) => vscode.commands.registerCommand(`patchwright.do.${name}`, run))
}

// The selected lines change as the description says; without a selection, code is written at the cursor.
async function describe(server: Server, described: (title: string) => Promise<string | undefined>): Promise<void> {
  const editor = vscode.window.activeTextEditor
  if (editor === undefined) return
  const selects = !editor.selection.isEmpty
  const range = selects ? wholeLines(editor) : editor.selection
  const description = await described(selects ? 'Change the selected lines' : 'Write code here')
  if (description === undefined) return
  const command = selects ? 'patchwright.editSelection' : 'patchwright.implementComment'
  await at(server, editor, range, command, description)
}

async function describeFiles(server: Server, described: (title: string) => Promise<string | undefined>): Promise<void> {
  const editor = vscode.window.activeTextEditor
  if (editor === undefined) {
    void vscode.window.showWarningMessage('Patchwright: open a file of the project first; the change begins there.')
    return
  }
  const description = await described('Change as many files as it takes')
  if (description === undefined) return
  await at(server, editor, editor.selection, 'patchwright.changeFiles', description)
}

async function at(server: Server, editor: vscode.TextEditor, range: vscode.Range, command: string, description: string): Promise<void> {
  const place = server.place(editor.document, range)
  if (place !== undefined) await server.execute(description, command, { ...place, description })
}

// Runs the first of the named actions that the server offers at the cursor.
async function offered(server: Server, names: string[], nothing: string): Promise<void> {
  const editor = vscode.window.activeTextEditor
  if (editor === undefined) return
  const actions = await server.offered(editor.document, editor.selection)
  for (const name of names) {
    const found = actions.find((action) => action.command === `patchwright.${name}`)
    if (found !== undefined) {
      await server.execute(found.title, found.command, found.arguments?.[0] as object)
      return
    }
  }
  void vscode.window.showInformationMessage(`Patchwright: ${nothing}`)
}

function wholeLines(editor: vscode.TextEditor): vscode.Range {
  const { start, end } = editor.selection
  const last = end.character === 0 && end.line > start.line ? end.line - 1 : end.line
  return new vscode.Range(start.line, 0, last, editor.document.lineAt(last).text.length)
}

function uriOfEditor(): { uri: string } | undefined {
  const document = vscode.window.activeTextEditor?.document
  return document?.uri.scheme === 'file' ? { uri: document.uri.toString() } : undefined
}
