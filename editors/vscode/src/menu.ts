// What does a click on the status bar offer? The commands that make sense now, in the order in which they are wanted; the
// palette has them all.
import * as vscode from 'vscode'

import type { Status, Told } from './status'

interface Group {
  readonly title: string
  readonly commands: readonly string[]
}

const WAITING: Group = { title: 'What waits', commands: ['review', 'approve'] }
const CHANGE: Group = {
  title: 'Change',
  commands: ['ask', 'files', 'implement', 'fix', 'tests', 'document', 'explain', 'finish', 'undo'],
}
const MODEL: Group = { title: 'Model', commands: ['connect', 'context', 'usage'] }
const HELP: Group = { title: 'Help', commands: ['start', 'doctor', 'settings', 'restart', 'log'] }

type Item = vscode.QuickPickItem & { command?: string }

export async function showMenu(context: vscode.ExtensionContext, status: Status): Promise<void> {
  const titles = titlesOf(context)
  const groups = status.hasFailed ? [HELP] : [WAITING, CHANGE, MODEL, HELP]
  const items = groups.flatMap(({ title, commands }) => {
    const entries = commands.flatMap((name) => entry(name, titles[name] ?? name, status.lastTold))
    return entries.length > 0 ? [{ label: title, kind: vscode.QuickPickItemKind.Separator }, ...entries] : []
  })
  const chosen = await vscode.window.showQuickPick<Item>(items, { title: 'Patchwright', placeHolder: 'What shall be done?' })
  if (chosen?.command !== undefined) await vscode.commands.executeCommand(chosen.command)
}

// An entry with what is to be known of it; none for what waits where nothing does.
function entry(name: string, label: string, told: Told | undefined): Item[] {
  const command = `patchwright.do.${name}`
  const counts: Record<string, number> = { review: told?.proposals ?? 0, approve: told?.approvals ?? 0 }
  const count = counts[name]
  if (count === 0) return []
  const description = count === undefined ? (name === 'connect' ? (told?.model ?? 'none is connected') : '') : `${count}`
  return [{ label, description, command }]
}

// The titles of the commands, as the palette shows them.
function titlesOf(context: vscode.ExtensionContext): Record<string, string> {
  const manifest = context.extension.packageJSON as { contributes: { commands: { command: string; title: string }[] } }
  return Object.fromEntries(manifest.contributes.commands.map(({ command, title }) => [command.split('.').at(-1), title]))
}
