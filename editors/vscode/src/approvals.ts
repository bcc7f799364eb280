// What waits for a person's approval? Listed with its reasons; choosing one makes the server ask, and show the diff.
// Nothing here approves: the answer to the server's own question does.
import * as vscode from 'vscode'

import type { Server } from './server'

interface Pending {
  id: string
  summary: string
  paths: string[]
  reasons: string[]
  seconds_left: number
}

export async function approve(server: Server): Promise<void> {
  const listed = await server.ask<{ pending: Pending[] }>('patchwright.pending')
  const waiting = listed?.pending ?? []
  if (waiting.length === 0) {
    void vscode.window.showInformationMessage('Patchwright: nothing waits for approval.')
    return
  }
  const items = waiting.map((each) => ({
    label: `$(lock) ${each.summary}`,
    description: `${each.paths.join(', ')}, ${Math.max(1, Math.round(each.seconds_left / 60))} min left`,
    detail: each.reasons.join(' '),
    id: each.id,
  }))
  const title = 'Patchwright: what waits for your approval. You see the diff before you answer.'
  const chosen = await vscode.window.showQuickPick(items, { title, matchOnDetail: true })
  if (chosen !== undefined) await server.execute('Waiting for your answer', 'patchwright.review', { id: chosen.id })
}
