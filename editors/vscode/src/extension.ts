// What begins when VS Code does? The commands at once, the server beside them; a failure to start is said with what to do.
import * as vscode from 'vscode'

import { Changes } from './changes'
import { registerCommands } from './commands'
import { Pages } from './pages'
import { Server } from './server'
import { Status, type Told } from './status'

const SOON = 2_000 // milliseconds, while something is under way
const LATER = 60_000
const QUESTION = 'Patchwright asks.md'

let server: Server | undefined

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const log = vscode.window.createOutputChannel('Patchwright', { log: true })
  const status = new Status()
  const pages = new Pages()
  server = new Server(context, log, status)
  const changes = new Changes(server, pages)
  context.subscriptions.push(log, status, pages, changes, ...registerCommands(context, server, changes, pages, log))
  server.onDidPropose((id) => void changes.review(id))
  server.onDidAsk((page) => void (page && pages.show(QUESTION, page)))
  server.onDidChange(() => {
    void changes.load()
    if (!status.isWorking) void pages.close(QUESTION)
  })
  context.subscriptions.push(followStatus(server, status))
  context.subscriptions.push(vscode.workspace.onDidGrantWorkspaceTrust(() => void server?.restart()))
  // A VS Code that reaches this machine from another may tell its settings only after we began.
  context.subscriptions.push(
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration('patchwright.server')) void server?.restart()
    }),
  )
  await server.start()
}

export async function deactivate(): Promise<void> {
  await server?.stop()
}

// Asks the server how it is: after each command, soon again while it works, else now and then.
function followStatus(running: Server, status: Status): vscode.Disposable {
  let timer: NodeJS.Timeout | undefined
  let asking: Promise<void> | undefined
  const look = async (): Promise<void> => {
    clearTimeout(timer)
    const told = await running.ask<Told>('patchwright.status').catch(() => undefined)
    status.tell(told)
    const busy = told !== undefined && (told.working > 0 || told.index === null || told.index < 1)
    clearTimeout(timer)
    timer = setTimeout(() => void look(), busy ? SOON : LATER)
  }
  const listening = running.onDidChange(() => {
    // One look at a time; what changed meanwhile is looked at once more.
    asking = (asking ?? Promise.resolve()).then(look)
  })
  return { dispose: () => (listening.dispose(), clearTimeout(timer)) }
}
