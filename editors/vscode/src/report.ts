// What does a command of the program tell a person? Its output as a page that can be read and searched: a terminal would
// close when the command ends.
import * as vscode from 'vscode'

import type { Pages } from './pages'
import type { Server } from './server'

const COLUMNS = '110'

export async function showReport(server: Server, pages: Pages, what: string, command: string[], input?: object): Promise<void> {
  try {
    const ran = server.program(command, input && JSON.stringify(input), { COLUMNS })
    const { stdout, stderr } = await server.status.during(what, ran)
    await pages.show(`patchwright ${command[0]}.txt`, stdout || stderr)
  } catch (error) {
    if (error instanceof vscode.CancellationError) return
    void vscode.window.showErrorMessage(`Patchwright: ${error instanceof Error ? error.message : String(error)}.`)
  }
}
