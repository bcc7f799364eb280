// What would a model see for a description? The pieces, best first, each with its reason; choosing one opens it.
import * as path from 'node:path'

import * as vscode from 'vscode'

import { folderInFront, type Server } from './server'

interface Piece {
  path: string
  start_line: number
  end_line: number
  why: string
}

export async function showContext(server: Server, described: () => Promise<string | undefined>): Promise<void> {
  const root = folderInFront()?.uri.fsPath
  if (root === undefined) {
    void vscode.window.showWarningMessage('Patchwright: open a folder first.')
    return
  }
  const description = await described()
  if (description === undefined) return
  const ran = await server.status.during('Looking for the code that matters', server.program(['context', '--root', root, '--json', '-'], description))
  if (ran.code !== 0) {
    void vscode.window.showErrorMessage(`Patchwright: ${ran.stderr.trim()}`)
    return
  }
  const answer = JSON.parse(ran.stdout) as { pieces: Piece[]; tokens: number }
  const items = answer.pieces.map((piece) => ({
    label: `${piece.path}:${piece.start_line}–${piece.end_line}`,
    description: piece.why,
    piece,
  }))
  const title = `${items.length} pieces, ${answer.tokens} tokens; nothing was sent`
  const chosen = await vscode.window.showQuickPick(items, { title, matchOnDescription: true })
  if (chosen === undefined) return
  const { piece } = chosen
  const selection = new vscode.Range(piece.start_line - 1, 0, piece.end_line, 0)
  await vscode.window.showTextDocument(vscode.Uri.file(path.join(root, piece.path)), { selection })
}
