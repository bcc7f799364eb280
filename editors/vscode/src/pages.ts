// What is shown that is no file? The two sides of a proposal, and the page that a question is about. It can only be read.
import * as vscode from 'vscode'

const SCHEME = 'patchwright-shown'
const OURS = [SCHEME, 'patchwright'] // the server's own
const LANGUAGE = 'patchwright-page'
const KEPT = 200

export class Pages implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly texts = new Map<string, string>()
  private readonly registered = vscode.Disposable.from(
    vscode.workspace.registerTextDocumentContentProvider(SCHEME, this),
    // Prose is wrapped: package.json says so for its language.
    vscode.workspace.onDidOpenTextDocument((document) => {
      if (OURS.includes(document.uri.scheme) && document.uri.path.endsWith('.txt') && document.languageId !== LANGUAGE)
        void vscode.languages.setTextDocumentLanguage(document, LANGUAGE)
    }),
  )
  private last = 0

  // Keeps a text under a name, which says its language; the same text under the same name has the same address.
  put(name: string, text: string): vscode.Uri {
    for (const [address, known] of this.texts) {
      const uri = vscode.Uri.parse(address)
      if (uri.path === `/${name}` && known === text) return uri
    }
    this.last += 1
    const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${name}`, query: String(this.last) })
    this.texts.set(uri.toString(), text)
    for (const old of [...this.texts.keys()].slice(0, -KEPT)) this.texts.delete(old)
    return uri
  }

  // Shows a page beside what has the focus.
  async show(name: string, text: string): Promise<void> {
    const document = await vscode.workspace.openTextDocument(this.put(name, text))
    await vscode.window.showTextDocument(document, { preview: true, preserveFocus: true })
  }

  // Closes the tabs of texts whose names begin so: what they are about is over.
  async close(beginning: string): Promise<void> {
    const isOver = ({ input }: vscode.Tab) => {
      const uri = input instanceof vscode.TabInputTextDiff ? input.modified : input instanceof vscode.TabInputText ? input.uri : undefined
      return uri?.scheme === SCHEME && uri.path.startsWith(`/${beginning}`)
    }
    const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs).filter(isOver)
    if (tabs.length > 0) await vscode.window.tabGroups.close(tabs, true)
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.texts.get(uri.toString()) ?? 'This is no longer kept. Ask again.\n'
  }

  dispose(): void {
    this.registered.dispose()
  }
}
