// What does the status bar say? Whether the server runs and works, and what `patchwright.status` tells: the index, the
// model, what today cost, what waits. While it works, a click stops it; otherwise it opens the menu.
import * as vscode from 'vscode'

export type State = 'starting' | 'ready' | 'working' | 'failed'

export interface Told {
  readonly index: number | null
  readonly model: string | null
  readonly today: { readonly calls: number; readonly tokens: number; readonly usd: number; readonly unpriced: number }
  readonly working: number
  readonly proposals: number
  readonly approvals: number
}

const ICONS: Record<State, string> = {
  starting: '$(loading~spin)',
  ready: '$(sparkle)',
  working: '$(sync~spin)',
  failed: '$(error)',
}
const READY = 'Patchwright: describe a change'

export class Status implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem('patchwright', vscode.StatusBarAlignment.Right, 90)
  private working = 0
  private state: State = 'starting'
  private said = 'Patchwright is starting'
  private told: Told | undefined

  constructor() {
    this.item.name = 'Patchwright'
    this.draw()
    this.item.show()
  }

  get isWorking(): boolean {
    return this.working > 0
  }

  get hasFailed(): boolean {
    return this.state === 'failed'
  }

  // What the server told of itself last; nothing where it does not run.
  get lastTold(): Told | undefined {
    return this.told
  }

  show(state: State, said: string): void {
    this.state = state
    this.said = said
    this.draw()
  }

  ready(): void {
    this.show('ready', READY)
  }

  // What the server tells of itself; nothing where it does not run.
  tell(told: Told | undefined): void {
    this.told = told
    this.draw()
  }

  // Shows that work goes on until the promise settles.
  async during<T>(what: string, work: Promise<T>): Promise<T> {
    this.working += 1
    this.show('working', `${what}. Click to stop.`)
    try {
      return await work
    } finally {
      this.working -= 1
      if (this.working === 0 && this.state === 'working') this.ready()
    }
  }

  dispose(): void {
    this.item.dispose()
  }

  private draw(): void {
    const lines = [this.said, ...(this.told ? details(this.told) : [])]
    this.item.text = [`${ICONS[this.state]} Patchwright`, ...(this.told ? short(this.told) : [])].join(' ')
    this.item.tooltip = lines.join('\n')
    this.item.accessibilityInformation = { label: lines.join(', ') }
    this.item.command = this.state === 'working' ? 'patchwright.do.cancel' : 'patchwright.do.menu'
    this.item.backgroundColor =
      this.state === 'failed' ? new vscode.ThemeColor('statusBarItem.errorBackground') : undefined
  }
}

function short({ index, today, proposals, approvals }: Told): string[] {
  const indexing = index !== null && index < 1 ? [`${Math.floor(100 * index)}%`] : []
  const waits = proposals + approvals > 0 ? [`$(bell-dot) ${proposals + approvals}`] : []
  return [...indexing, ...(today.calls > 0 ? [cost(today)] : []), ...waits]
}

function details(told: Told): string[] {
  const { index, model, today, proposals, approvals } = told
  const plural = (count: number, word: string) => `${count} ${word}${count === 1 ? '' : 's'}`
  return [
    `Index: ${index === null ? 'not read yet' : index < 1 ? `${Math.floor(100 * index)} %` : 'up to date'}`,
    `Model: ${model ?? 'none connected; exact changes need none'}`,
    `Today: ${plural(today.calls, 'call')}, ${today.tokens.toLocaleString('en')} tokens, $${today.usd.toFixed(4)}` +
      (today.unpriced > 0 ? `, ${plural(today.unpriced, 'call')} without a known price` : ''),
    ...(proposals > 0 ? [`${plural(proposals, 'change')} to review`] : []),
    ...(approvals > 0 ? [`${plural(approvals, 'change')} to approve`] : []),
  ]
}

function cost({ tokens, usd }: Told['today']): string {
  if (usd > 0) return usd < 0.01 ? '<$0.01' : `$${usd.toFixed(2)}`
  return tokens < 1000 ? `${tokens} tokens` : `${Math.round(tokens / 1000)}k tokens`
}
