// Which changes wait, and what of them is taken? A view with a box for each hunk, all of them ticked at first; a hunk
// opens as a diff. What is ticked is applied by the server, which reviews a part anew and asks what it must ask.
import * as vscode from 'vscode'

import type { Pages } from './pages'
import type { Server } from './server'

type Level = 'allow' | 'confirm' | 'approve' | 'deny'

interface Hunk {
  readonly hunk: number | null // null: the file is only right as a whole
  readonly new_start: number
  readonly new_end: number
  readonly level: Level | null
  readonly reasons: string[]
}

interface File {
  readonly kind: 'edit' | 'create' | 'rename' | 'delete'
  readonly path: string
  readonly new_path: string
  readonly before: string
  readonly after: string
  readonly hunks: Hunk[]
}

interface Summary {
  readonly id: string
  readonly summary: string
  readonly description: string
  readonly made_by: string
  readonly level: Level
  readonly reasons: string[]
  readonly findings: { path: string; line: number; message: string }[]
  readonly files: { path: string }[]
}

interface ProposalNode {
  readonly is: 'proposal'
  readonly summary: Summary
  readonly files: FileNode[]
}

interface FileNode {
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

type Node = ProposalNode | FileNode | HunkNode

const VIEW = 'patchwright.changes'

export class Changes implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<undefined>()
  readonly onDidChangeTreeData = this.changed.event
  private readonly view: vscode.TreeView<Node>
  private proposals: ProposalNode[] = []
  private loading: Promise<void> = Promise.resolve()

  constructor(
    private readonly server: Server,
    private readonly pages: Pages,
  ) {
    this.view = vscode.window.createTreeView<Node>(VIEW, { treeDataProvider: this, manageCheckboxStateManually: true })
    this.view.onDidChangeCheckboxState((event) => {
      for (const [node, state] of event.items) tick(node, state === vscode.TreeItemCheckboxState.Checked)
      this.changed.fire(undefined)
    })
  }

  // Asks the server for all that waits. What is unticked stays so while a proposal is the same.
  load(): Promise<void> {
    this.loading = this.loading.then(() => this.fetch()).catch(() => undefined)
    return this.loading
  }

  // Brings a proposal before the user: its view, and the first of its hunks as a diff.
  async review(id?: string): Promise<void> {
    await this.load()
    const proposal = this.find(id)
    if (proposal === undefined) {
      void vscode.window.showInformationMessage('Patchwright: no change waits.')
      return
    }
    await this.view.reveal(proposal, { expand: 2, select: false, focus: false })
    const first = proposal.files[0]?.hunks[0]
    if (first !== undefined) await this.open(first)
  }

  async apply(node?: Node): Promise<void> {
    await this.loading
    const proposal = this.meant(node)
    if (proposal === undefined) return
    const hunks = proposal.files.flatMap((file) => file.hunks)
    const ticked = hunks.filter((hunk) => hunk.ticked)
    if (hunks.length > 0 && ticked.length === 0) {
      void vscode.window.showWarningMessage('Patchwright: nothing is ticked. Tick what to apply, or discard the change.')
      return
    }
    const id = proposal.summary.id
    const chosen = ticked.length === hunks.length ? { id } : { id, hunks: proposal.files.flatMap(parts) }
    await this.server.execute('Applying', 'patchwright.accept', chosen)
  }

  async discard(node?: Node): Promise<void> {
    await this.loading
    const proposal = this.meant(node)
    if (proposal !== undefined) await this.server.execute('Discarding', 'patchwright.reject', { id: proposal.summary.id })
  }

  async open(node: Node): Promise<void> {
    if (node.is === 'proposal' || (node.is === 'hunk' && node.parent === undefined)) return
    const { file, id } = node.is === 'file' ? node : (node.parent as FileNode)
    const at = node.is === 'hunk' ? node.hunk.new_start : 0
    const before = this.pages.put(`${id}/before/${file.path}`, file.before)
    const after = this.pages.put(`${id}/after/${file.new_path}`, file.after)
    const options = { preview: true, preserveFocus: true, selection: new vscode.Range(at, 0, at, 0) }
    await vscode.commands.executeCommand('vscode.diff', before, after, `${file.new_path} (proposed)`, options)
  }

  getChildren(node?: Node): Node[] {
    if (node === undefined) return this.proposals
    if (node.is === 'proposal') return node.files
    return node.is === 'file' ? node.hunks : []
  }

  getParent(node: Node): Node | undefined {
    return node.is === 'proposal' ? undefined : node.parent
  }

  getTreeItem(node: Node): vscode.TreeItem {
    if (node.is === 'proposal') return proposalItem(node)
    return node.is === 'file' ? fileItem(node) : hunkItem(node)
  }

  dispose(): void {
    this.view.dispose()
    this.changed.dispose()
  }

  private find(id?: string): ProposalNode | undefined {
    return id === undefined ? this.proposals.at(-1) : this.proposals.find((each) => each.summary.id === id)
  }

  private meant(node?: Node): ProposalNode | undefined {
    const proposal = node?.is === 'proposal' ? this.find(node.summary.id) : this.find()
    if (proposal === undefined) void vscode.window.showInformationMessage('Patchwright: no change waits.')
    return proposal
  }

  private async fetch(): Promise<void> {
    const listed = await this.server.ask<{ proposals: { id: string }[] }>('patchwright.proposals')
    const known = new Map(this.proposals.map((each) => [each.summary.id, each]))
    const found: ProposalNode[] = []
    for (const { id } of listed?.proposals ?? []) {
      const proposal = await this.read(id)
      const before = known.get(id)
      if (proposal !== undefined) found.push(before !== undefined && isSame(before, proposal) ? before : proposal)
    }
    for (const gone of this.proposals.filter((each) => !found.includes(each))) await this.pages.close(`${gone.summary.id}/`)
    this.proposals = found
    this.view.badge = found.length > 0 ? { value: found.length, tooltip: `${found.length} wait for you` } : undefined
    await vscode.commands.executeCommand('setContext', 'patchwright.waits', found.length > 0)
    this.changed.fire(undefined)
  }

  private async read(id: string): Promise<ProposalNode | undefined> {
    const summary = await this.server.ask<Summary>('patchwright.readProposal', { id })
    if (summary === undefined) return undefined
    const files: FileNode[] = []
    for (const { path } of summary.files) {
      const file = await this.server.ask<File>('patchwright.readProposedFile', { id, path })
      if (file !== undefined) files.push(fileNode(id, file))
    }
    const proposal: ProposalNode = { is: 'proposal', summary, files }
    for (const file of files) file.parent = proposal
    return proposal
  }
}

function fileNode(id: string, file: File): FileNode {
  const hunks = file.hunks.map((hunk): HunkNode => ({ is: 'hunk', hunk, ticked: true }))
  const node: FileNode = { is: 'file', id, file, hunks }
  for (const hunk of hunks) hunk.parent = node
  return node
}

function isSame(one: ProposalNode, other: ProposalNode): boolean {
  const texts = (proposal: ProposalNode) => JSON.stringify(proposal.files.map(({ file }) => [file.path, file.before, file.after]))
  return texts(one) === texts(other)
}

// What is ticked of a file, as the server takes it: null is all of it.
function parts({ file, hunks }: FileNode): { path: string; hunk: number | null }[] {
  const ticked = hunks.filter((each) => each.ticked)
  if (ticked.length === hunks.length) return [{ path: file.path, hunk: null }]
  return ticked.map((each) => ({ path: file.path, hunk: each.hunk.hunk }))
}

function tick(node: Node, ticked: boolean): void {
  if (node.is === 'hunk') node.ticked = ticked
  if (node.is === 'file') for (const hunk of node.hunks) hunk.ticked = ticked
}

function box(ticked: boolean): vscode.TreeItemCheckboxState {
  return ticked ? vscode.TreeItemCheckboxState.Checked : vscode.TreeItemCheckboxState.Unchecked
}

function proposalItem({ summary }: ProposalNode): vscode.TreeItem {
  const item = new vscode.TreeItem(summary.summary, vscode.TreeItemCollapsibleState.Expanded)
  item.id = summary.id
  item.description = summary.made_by
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
