// Which changes wait, and what of them is taken? A view with a box for each hunk, all of them ticked at first; a hunk
// opens as a diff. What is ticked is applied by the server, which reviews a part anew and asks what it must ask.
import * as vscode from 'vscode'

import type { Pages } from './pages'
import { isSame, itemOf, parts, proposalNode, tick, type File, type FileNode, type Node, type ProposalNode, type Summary } from './proposal'
import type { Server } from './server'

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

  // Brings a proposal before the user: its view, and the first of its hunks as a diff, in the file in front if it is one of them.
  async review(id?: string): Promise<void> {
    await this.load()
    const proposal = this.find(id)
    if (proposal === undefined) {
      void vscode.window.showInformationMessage('Patchwright: no change waits.')
      return
    }
    await this.view.reveal(proposal, { expand: 2, select: false, focus: false })
    const document = vscode.window.activeTextEditor?.document
    const inFront = document && vscode.workspace.asRelativePath(document.uri, false)
    const file = proposal.files.find((each) => each.file.path === inFront) ?? proposal.files[0]
    const first = file?.hunks[0]
    if (first === undefined || !this.proposals.includes(proposal)) return
    await this.open(first)
    // Discarded while its diff was opened.
    if (!this.proposals.includes(proposal)) await this.pages.close(`${proposal.summary.id}/`)
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
    return itemOf(node)
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
    const listed = await this.server.ask<{ proposals: { id: string; old: boolean }[] }>('patchwright.proposals')
    // A server that is only just started again keeps what waits.
    if (listed === undefined) return
    const known = new Map(this.proposals.map((each) => [each.summary.id, each]))
    const found: ProposalNode[] = []
    for (const { id, old } of listed.proposals) {
      const proposal = await this.read(id, old)
      const before = known.get(id)
      if (proposal !== undefined) found.push(before !== undefined && isSame(before, proposal) ? before : proposal)
    }
    for (const gone of this.proposals.filter((each) => !found.includes(each))) await this.pages.close(`${gone.summary.id}/`)
    this.proposals = found
    this.view.badge = found.length > 0 ? { value: found.length, tooltip: `${found.length} wait for you` } : undefined
    await vscode.commands.executeCommand('setContext', 'patchwright.waits', found.length > 0)
    this.changed.fire(undefined)
  }

  private async read(id: string, isOld: boolean): Promise<ProposalNode | undefined> {
    const summary = await this.server.ask<Summary>('patchwright.readProposal', { id })
    if (summary === undefined) return undefined
    const files: File[] = []
    for (const { path } of summary.files) {
      const file = await this.server.ask<File>('patchwright.readProposedFile', { id, path })
      if (file !== undefined) files.push(file)
    }
    return proposalNode(summary, files, isOld)
  }
}
