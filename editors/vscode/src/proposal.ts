// What does a change that waits look like? As the server gives it, and as entries of a view: the change, its files, and
// a box for each hunk.
import * as vscode from 'vscode'

type Level = 'allow' | 'confirm' | 'approve' | 'deny'

interface Hunk {
  readonly hunk: number | null // null: the file is only right as a whole
  readonly new_start: number
  readonly new_end: number
  readonly level: Level | null
  readonly reasons: string[]
}

export interface File {
  readonly kind: 'edit' | 'create' | 'rename' | 'delete'
  readonly path: string
  readonly new_path: string
  readonly before: string
  readonly after: string
  readonly hunks: Hunk[]
}

export interface Summary {
  readonly id: string
  readonly summary: string
  readonly description: string
  readonly made_by: string
  readonly level: Level
  readonly reasons: string[]
  readonly findings: { path: string; line: number; message: string }[]
  readonly files: { path: string }[]
}

export interface ProposalNode {
  readonly is: 'proposal'
  readonly summary: Summary
  readonly isOld: boolean // an earlier server made it; it is reviewed anew when it is applied
  readonly files: FileNode[]
}

export interface FileNode {
  readonly is: 'file'
  readonly id: string
  readonly file: File
  readonly hunks: HunkNode[]
  parent?: ProposalNode
}

interface HunkNode {
  readonly is: 'hunk'
  readonly hunk: Hunk
  ticked: boolean
  parent?: FileNode
}

export type Node = ProposalNode | FileNode | HunkNode

export function proposalNode(summary: Summary, files: File[], isOld: boolean): ProposalNode {
  const node: ProposalNode = { is: 'proposal', summary, isOld, files: files.map((file) => fileNode(summary.id, file)) }
  for (const file of node.files) file.parent = node
  return node
}

function fileNode(id: string, file: File): FileNode {
  const hunks = file.hunks.map((hunk): HunkNode => ({ is: 'hunk', hunk, ticked: true }))
  const node: FileNode = { is: 'file', id, file, hunks }
  for (const hunk of hunks) hunk.parent = node
  return node
}

export function isSame(one: ProposalNode, other: ProposalNode): boolean {
  const texts = (proposal: ProposalNode) => JSON.stringify(proposal.files.map(({ file }) => [file.path, file.before, file.after]))
  return one.isOld === other.isOld && texts(one) === texts(other)
}

// What is ticked of a file, as the server takes it: null is all of it.
export function parts({ file, hunks }: FileNode): { path: string; hunk: number | null }[] {
  const ticked = hunks.filter((each) => each.ticked)
  if (ticked.length === hunks.length) return [{ path: file.path, hunk: null }]
  return ticked.map((each) => ({ path: file.path, hunk: each.hunk.hunk }))
}

export function tick(node: Node, ticked: boolean): void {
  if (node.is === 'hunk') node.ticked = ticked
  if (node.is === 'file') for (const hunk of node.hunks) hunk.ticked = ticked
}

export function itemOf(node: Node): vscode.TreeItem {
  if (node.is === 'proposal') return proposalItem(node)
  return node.is === 'file' ? fileItem(node) : hunkItem(node)
}

function box(ticked: boolean): vscode.TreeItemCheckboxState {
  return ticked ? vscode.TreeItemCheckboxState.Checked : vscode.TreeItemCheckboxState.Unchecked
}

function proposalItem({ summary, isOld }: ProposalNode): vscode.TreeItem {
  const item = new vscode.TreeItem(summary.summary, vscode.TreeItemCollapsibleState.Expanded)
  item.id = summary.id
  item.description = isOld ? `${summary.made_by}, from an earlier session` : summary.made_by
  item.iconPath = icon(summary.level)
  item.contextValue = 'proposal'
  const found = summary.findings.map((each) => `${each.path}:${each.line + 1} ${each.message}`)
  item.tooltip = [summary.description, ...summary.reasons, ...found].join('\n')
  return item
}

function fileItem(node: FileNode): vscode.TreeItem {
  const { file, hunks } = node
  const label = file.kind === 'rename' ? `${file.path} → ${file.new_path}` : file.path
  const item = new vscode.TreeItem(label, vscode.TreeItemCollapsibleState.Expanded)
  item.id = `${node.id}/${file.path}`
  item.description = file.kind === 'edit' ? '' : file.kind
  item.checkboxState = box(hunks.every((hunk) => hunk.ticked))
  item.command = { command: 'patchwright.changes.open', title: 'Show', arguments: [node] }
  return item
}

function hunkItem(node: HunkNode): vscode.TreeItem {
  const { hunk, parent } = node
  const lines = (parent?.file.after ?? '').split(/\r?\n/).slice(hunk.new_start, hunk.new_end)
  const said = lines.find((line) => line.trim())?.trim() ?? 'lines go'
  const item = new vscode.TreeItem(said)
  item.id = `${parent?.id}/${parent?.file.path}/${hunk.hunk}`
  item.description = `line ${hunk.new_start + 1}`
  item.checkboxState = box(node.ticked)
  item.iconPath = icon(hunk.level)
  item.tooltip = hunk.reasons.join('\n') || said
  item.command = { command: 'patchwright.changes.open', title: 'Show', arguments: [node] }
  return item
}

function icon(level: Level | null): vscode.ThemeIcon {
  const names: Record<Level, string> = { allow: 'diff', confirm: 'warning', approve: 'lock', deny: 'error' }
  return new vscode.ThemeIcon(names[level ?? 'allow'])
}
