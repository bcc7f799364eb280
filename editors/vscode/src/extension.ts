// What begins when VS Code does? The commands at once, the server beside them; a failure to start is said with what to do.
import * as vscode from 'vscode'

import { registerCommands } from './commands'
import { Server } from './server'
import { Status } from './status'

let server: Server | undefined

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const log = vscode.window.createOutputChannel('Patchwright', { log: true })
  const status = new Status()
  server = new Server(context, log, status)
  context.subscriptions.push(log, status, ...registerCommands(context, server, log))
  await server.start()
}

export async function deactivate(): Promise<void> {
  await server?.stop()
}
