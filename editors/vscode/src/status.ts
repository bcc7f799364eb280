// What does the status bar say? Whether the server runs, and what is being worked on.
import * as vscode from 'vscode'

export type State = 'starting' | 'ready' | 'working' | 'failed'

const ICONS: Record<State, string> = {
  starting: '$(loading~spin)',
  ready: '$(sparkle)',
  working: '$(sync~spin)',
  failed: '$(error)',
}

export class Status implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem('patchwright', vscode.StatusBarAlignment.Right, 90)
  private working = 0

  constructor() {
    this.item.name = 'Patchwright'
    this.item.command = 'patchwright.do.menu'
    this.show('starting', 'Patchwright is starting')
    this.item.show()
  }

  show(state: State, tooltip: string): void {
    this.item.text = `${ICONS[state]} Patchwright`
    this.item.tooltip = tooltip
    this.item.backgroundColor =
      state === 'failed' ? new vscode.ThemeColor('statusBarItem.errorBackground') : undefined
  }

  // Shows that work goes on until the promise settles.
  async during<T>(what: string, work: Promise<T>): Promise<T> {
    this.working += 1
    this.show('working', `${what}. Click for the menu, which can stop it.`)
    try {
      return await work
    } finally {
      this.working -= 1
      if (this.working === 0) this.show('ready', 'Patchwright: describe a change')
    }
  }

  dispose(): void {
    this.item.dispose()
  }
}
