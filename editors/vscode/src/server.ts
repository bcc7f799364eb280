// The server: how it is started, asked, and started again. VS Code's own client library speaks to it.
import { execFile, type ChildProcess } from 'node:child_process'

import * as vscode from 'vscode'
import { CloseAction, ErrorAction, LanguageClient, State, type LanguageClientOptions } from 'vscode-languageclient/node'

import { Announces } from './announced'
import { answerTexts } from './documentText'
import { CannotStart, program } from './environment'
import { keysForServer } from './keys'
import { answerAsks } from './languageModels'
import { userSettings } from './settings'
import type { Status } from './status'

const MOST_RESTARTS = 3
const WITHIN = 3 * 60_000 // milliseconds
const TITLES: Record<string, string> = {
  connect: 'Connect a Model…',
  context: 'Show What It Would See…',
  doctor: 'Why Does It Not Work?',
  settings: 'Settings',
  usage: 'Show Tokens and Cost',
}
// By how the call of a model failed; the model itself is to blame for all others.
const WAYS_OUT: Record<string, string[]> = {
  budget: ['settings', 'usage'],
  timeout: ['settings', 'doctor'],
  rate: ['connect'],
  overloaded: ['connect'],
  context_too_long: ['connect', 'settings'],
}
const SHOW_DIFF = 'patchwright.showDiff'

interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export class Server {
  private client: LanguageClient | undefined
  private command: string | undefined
  private ends: number[] = []
  private starts = 0
  private readonly programs = new Set<ChildProcess>()
  private readonly changed = new vscode.EventEmitter<void>()
  private readonly proposed = new vscode.EventEmitter<string>()
  private readonly asked = new vscode.EventEmitter<string>()

  // What waits, or what was used, may be another: a command has ended, or the server has started.
  readonly onDidChange = this.changed.event
  // A change waits to be looked at: its id.
  readonly onDidPropose = this.proposed.event
  // The server is about to ask something: what that is about, as Markdown.
  readonly onDidAsk = this.asked.event

  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly log: vscode.LogOutputChannel,
    readonly status: Status,
  ) {}

  async start(): Promise<void> {
    const start = ++this.starts
    this.status.show('starting', 'Patchwright is starting')
    try {
      const command = await program(this.context, this.log)
      // Meanwhile another was begun, with other settings.
      if (start !== this.starts) return
      this.command = command
      const run = { command, args: ['serve'], options: { env: await this.environment() } }
      this.client = new LanguageClient('patchwright', 'Patchwright', { run, debug: run }, this.options())
      this.client.registerFeature(new Announces())
      answerAsks(this.client)
      answerTexts(this.client)
      this.client.onNotification('patchwright/proposal', ({ id }: { id: string }) => this.proposed.fire(id))
      this.client.onNotification('patchwright/question', ({ page }: { page: string }) => this.asked.fire(page))
      this.client.onDidChangeState((change) => {
        if (change.newState === State.Running) this.status.ready()
        this.changed.fire()
      })
      await this.client.start()
    } catch (error) {
      if (start !== this.starts) return
      this.failed(error instanceof CannotStart ? error.message : `the server did not start: ${String(error)}`)
    }
  }

  async stop(): Promise<void> {
    const client = this.client
    this.client = undefined
    if (client?.state === State.Starting) await client.start().catch(() => undefined)
    await client?.stop().catch(() => undefined)
  }

  async restart(): Promise<void> {
    this.ends = []
    await this.stop()
    await this.start()
  }

  // Runs a command of the server. It tells the user itself what came of it.
  async execute(what: string, command: string, argument?: object): Promise<void> {
    const client = this.running()
    if (client === undefined) return
    try {
      offerModel(await this.status.during(what, request(client, command, argument)))
    } catch (error) {
      void vscode.window.showErrorMessage(`Patchwright: ${error instanceof Error ? error.message : String(error)}`)
    } finally {
      this.changed.fire()
    }
  }

  // What a command that only reads gives; nothing where the server does not run.
  async ask<T>(command: string, argument?: object): Promise<T | undefined> {
    return this.client?.state === State.Running ? request<T>(this.client, command, argument) : undefined
  }

  // A place as the server's commands take it.
  place(document: vscode.TextDocument, range: vscode.Range): { uri: string; range: object } | undefined {
    const client = this.running()
    if (client === undefined) return undefined
    const { code2ProtocolConverter: convert } = client
    return { uri: convert.asUri(document.uri), range: convert.asRange(range) }
  }

  // The server's code actions at a place, as commands with their arguments.
  async offered(document: vscode.TextDocument, range: vscode.Range): Promise<vscode.Command[]> {
    const client = this.running()
    if (client === undefined) return []
    const actions = await client.sendRequest<{ command?: vscode.Command }[] | null>('textDocument/codeAction', {
      textDocument: client.code2ProtocolConverter.asTextDocumentIdentifier(document),
      range: client.code2ProtocolConverter.asRange(range),
      context: { diagnostics: [], triggerKind: 1 },
    })
    return (actions ?? []).flatMap((action) => (action.command === undefined ? [] : [action.command]))
  }

  // What any tool reports in a range, as the protocol says it.
  async reported(document: vscode.TextDocument, range: vscode.Range): Promise<object[]> {
    const problems = vscode.languages.getDiagnostics(document.uri).filter((problem) => problem.range.intersection(range))
    return (await this.running()?.code2ProtocolConverter.asDiagnostics(problems)) ?? []
  }

  // Stops all that is under way: jobs of the server, and other commands of the program.
  async cancel(): Promise<void> {
    for (const child of this.programs) child.kill()
    if (this.programs.size === 0 || this.client?.state === State.Running) await this.execute('Stopping', 'patchwright.cancel')
  }

  // Runs another command of the program to its end, in the folder of the workspace that is in front. Throws if it is stopped.
  async program(given: string[], input = '', environment: Record<string, string> = {}): Promise<Ran> {
    const command = this.command
    if (command === undefined) throw new CannotStart('the server has not started')
    const cwd = folderInFront()?.uri.fsPath
    const env = { ...(await this.environment()), ...environment, NO_COLOR: '1' }
    return new Promise((resolve, reject) => {
      const child = execFile(command, given, { cwd, maxBuffer: 1 << 24, env }, (error, stdout, stderr) => {
        this.programs.delete(child)
        if (child.killed) return reject(new vscode.CancellationError())
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1
        resolve({ code, stdout, stderr: stderr || (code === 0 ? '' : String(error)) })
      })
      this.programs.add(child)
      child.stdin?.end(input)
    })
  }

  private async environment(): Promise<NodeJS.ProcessEnv> {
    return { ...process.env, ...(await keysForServer(this.context.secrets, this.context.globalState)) }
  }

  // What the server believes of the user's own. Trust is the user's word, asked for by VS Code: no file of a workspace says it.
  handedOver(): object {
    return { userSettings: userSettings(this.context), trusted: vscode.workspace.isTrusted }
  }

  private running(): LanguageClient | undefined {
    if (this.client?.state === State.Running) return this.client
    void vscode.window
      .showWarningMessage('Patchwright: the server is not running.', 'Restart', 'Show the log')
      .then((chosen) => this.mend(chosen))
    return undefined
  }

  private options(): LanguageClientOptions {
    return {
      documentSelector: [{ scheme: 'file' }, { scheme: 'vscode-notebook-cell' }],
      outputChannel: this.log,
      // The commands of code actions and lenses.
      middleware: {
        executeCommand: async (command, given, next) => {
          // The view draws what the server would say.
          if (command === SHOW_DIFF) return this.proposed.fire((given[0] as { id: string }).id)
          try {
            const ended = await this.status.during('Working', Promise.resolve(next(command, given) as unknown))
            offerModel(ended)
            return ended
          } finally {
            this.changed.fire()
          }
        },
        workspace: {
          didChangeConfiguration: async (sections, next) => {
            // First: what the user allows themselves would else be taken for what a workspace wants.
            await this.client?.sendNotification('patchwright/userSettings', this.handedOver())
            await next(sections)
          },
        },
      },
      // Asked for each time it starts.
      initializationOptions: () => this.handedOver(),
      errorHandler: {
        error: () => ({ action: ErrorAction.Continue }),
        closed: () => {
          this.ends = [...this.ends.filter((when) => when > Date.now() - WITHIN), Date.now()]
          if (this.client === undefined) return { action: CloseAction.DoNotRestart, handled: true }
          if (this.ends.length <= MOST_RESTARTS) {
            this.status.show('starting', 'Patchwright ended and is started again')
            return { action: CloseAction.Restart, handled: true }
          }
          this.failed(`the server ended ${this.ends.length} times in a short time.`)
          return { action: CloseAction.DoNotRestart, handled: true }
        },
      },
    }
  }

  private failed(why: string): void {
    this.log.error(why)
    this.status.show('failed', `Patchwright: ${why}`)
    void vscode.window
      .showErrorMessage(`Patchwright: ${why}`, 'Restart', 'Show the log', 'Settings')
      .then((chosen) => this.mend(chosen))
  }

  private mend(chosen: string | undefined): void {
    if (chosen === 'Restart') void this.restart()
    if (chosen === 'Show the log') this.log.show()
    if (chosen === 'Settings') void vscode.commands.executeCommand('workbench.action.openSettings', 'patchwright')
  }
}

// The folder of the workspace that holds the file in front; the first where none does.
export function folderInFront(): vscode.WorkspaceFolder | undefined {
  const document = vscode.window.activeTextEditor?.document
  return (document && vscode.workspace.getWorkspaceFolder(document.uri)) ?? vscode.workspace.workspaceFolders?.[0]
}

// Where a command came to nothing for want of a model, or the model failed, what can be done is a click away; all else
// the server says itself.
function offerModel(ended: unknown): void {
  const { outcome, message, failure } = (ended ?? {}) as { outcome?: string; message?: string; failure?: string }
  if (outcome !== 'needs-model' && failure === undefined) return
  const ways = failure === undefined ? ['connect', 'context'] : (WAYS_OUT[failure] ?? ['connect', 'doctor'])
  const titles = ways.map((way) => TITLES[way] ?? way)
  const show = failure === undefined ? vscode.window.showInformationMessage : vscode.window.showWarningMessage
  void show(`Patchwright: ${message}`, ...titles).then((chosen) => {
    if (chosen !== undefined) void vscode.commands.executeCommand(`patchwright.do.${ways[titles.indexOf(chosen)]}`)
  })
}

function request<T>(client: LanguageClient, command: string, argument?: object): Promise<T> {
  const given = argument === undefined ? [] : [argument]
  return client.sendRequest<T>('workspace/executeCommand', { command, arguments: given })
}
