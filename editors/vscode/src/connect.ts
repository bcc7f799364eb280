// Which model writes the code? Chosen among those that VS Code offers, the servers of this machine and the hosts that the
// program knows; tried with one word before it is stored. Nothing of the user's work is sent for that.
import * as vscode from 'vscode'

import { keepKey, variableOf } from './keys'
import { nameOf, offeredModels, tryModel } from './languageModels'
import type { Server } from './server'

interface Local {
  profile?: string
  title?: string
  endpoint?: string
  base_url?: string
  models?: string[]
}

interface Profile {
  name: string
  title: string
  base_url: string
  key: string
  models: string[]
  prices: string
}

interface Connected {
  stored: boolean
  model?: string
  host?: string
  problem: string | null
  models?: string[]
  overridden_by?: string[]
}

// The arguments of `patchwright connect`, and a key that is kept once the model has answered.
interface Wanted {
  given: string[]
  key?: { variable: string; text: string }
}

type Choice = vscode.QuickPickItem & { ofEditor?: vscode.LanguageModelChat; local?: Local; profile?: Profile; again?: true; other?: true }

const MODEL_TITLE = 'Patchwright: the model, as its host calls it'
const NONE_HERE: Choice = {
  label: '$(refresh) Look again: no model server answers',
  detail: 'Start Ollama, llama.cpp, LM Studio or vLLM first',
  again: true,
}
const OTHER: Choice = {
  label: '$(link) Another Address…',
  detail: 'A server of your own: on your premises, behind a gateway, at another port',
  other: true,
}

export async function connectModel(context: vscode.ExtensionContext, server: Server): Promise<void> {
  const looking = Promise.all([server.program(['models', '--json']), offeredModels()])
  const [listed, ofEditor] = await server.status.during('Looking for models', looking)
  if (listed.code !== 0) {
    void vscode.window.showErrorMessage(`Patchwright: ${listed.stderr.trim()}`)
    return
  }
  const found = JSON.parse(listed.stdout) as { local: Local[]; profiles: Profile[] }
  const chosen = await vscode.window.showQuickPick<Choice>(choices(ofEditor, found.local, found.profiles), {
    title: 'Patchwright: which model writes the code?',
    matchOnDescription: true,
    ignoreFocusOut: true,
  })
  if (chosen === undefined) return
  if (chosen.again) return connectModel(context, server)
  const wanted = await wantedBy(context, server, chosen)
  if (wanted !== undefined) await connect(context, server, wanted)
}

// Has the program try the model and store the choice. Where none is named yet, it says which ones the host has.
async function connect(context: vscode.ExtensionContext, server: Server, { given, key }: Wanted): Promise<void> {
  const environment = key ? { [key.variable]: key.text } : {}
  const ran = await server.status.during('Connecting the model', server.program(['connect', '--json', ...given], '', environment))
  const said = ran.stdout.trim() ? (JSON.parse(ran.stdout) as Connected) : undefined
  if (said?.models !== undefined && said.problem === null) {
    const model = await modelName(said.models)
    if (model !== undefined) await connect(context, server, { given: [...given, '--model', model], key })
    return
  }
  if (ran.code !== 0) {
    const why = said?.problem ? `${said.problem} Nothing was stored.` : ran.stderr.trim()
    const again = await vscode.window.showErrorMessage(`Patchwright: ${why}`, 'Try Again')
    if (again !== undefined) await connectModel(context, server)
    return
  }
  if (key) await keepKey(context.secrets, context.globalState, key.variable, key.text)
  await server.restart()
  const stronger = said?.overridden_by ?? []
  if (stronger.length > 0) {
    const names = stronger.join(', ')
    void vscode.window.showWarningMessage(`Patchwright: the choice is stored, but ${names} in the environment of VS Code wins over it.`)
  } else {
    void vscode.window.showInformationMessage(`Patchwright: the model is connected: ${said?.model} at ${said?.host}.`)
  }
}

// What is to be connected for a choice; nothing if the user stopped, or a model of VS Code did not answer.
async function wantedBy(context: vscode.ExtensionContext, server: Server, chosen: Choice): Promise<Wanted | undefined> {
  if (chosen.ofEditor) return ofVsCode(server, chosen.ofEditor)
  if (chosen.local) return ofThisMachine(chosen.local)
  return chosen.profile ? ofHost(context, chosen.profile) : ofAddress(context)
}

function choices(ofEditor: vscode.LanguageModelChat[], local: Local[], profiles: Profile[]): Choice[] {
  const offered = ofEditor.map((each) => ({
    label: `$(hubot) ${each.name}`,
    description: nameOf(each),
    detail: 'Counted by your plan there; Patchwright counts tokens',
    ofEditor: each,
  }))
  const here = local.map((each) => ({
    label: `$(vm) ${each.title ?? each.profile ?? 'Server'}`,
    description: each.endpoint ?? each.base_url ?? '',
    detail: (each.models ?? []).join(', '),
    local: each,
  }))
  const hosts = profiles.map((each) => ({ label: `$(cloud) ${each.title}`, description: each.base_url, detail: `Prices: ${each.prices}`, profile: each }))
  const parted = (label: string) => ({ label, kind: vscode.QuickPickItemKind.Separator })
  const first = offered.length > 0 ? [parted('Models of VS Code'), ...offered] : []
  return [...first, parted('On this machine'), ...(here.length > 0 ? here : [NONE_HERE]), parted('Elsewhere'), OTHER, ...hosts]
}

// The model is tried here: only VS Code reaches it, and asks the user whether that is allowed.
async function ofVsCode(server: Server, model: vscode.LanguageModelChat): Promise<Wanted | undefined> {
  const source = new vscode.CancellationTokenSource()
  const problem = await server.status.during('Trying the model with one word', tryModel(model, source.token))
  source.dispose()
  if (problem === undefined) return { given: ['--no-test', '--endpoint', 'editor:', '--model', nameOf(model)] }
  void vscode.window.showErrorMessage(`Patchwright: ${model.name} did not answer (${problem}). Nothing was stored.`)
  return undefined
}

async function ofThisMachine(local: Local): Promise<Wanted | undefined> {
  const model = await modelName(local.models ?? [])
  const endpoint = local.endpoint ?? local.base_url
  if (model === undefined || endpoint === undefined) return undefined
  return { given: [...(local.profile ? ['--profile', local.profile] : []), '--endpoint', endpoint, '--model', model] }
}

async function ofHost(context: vscode.ExtensionContext, profile: Profile): Promise<Wanted | undefined> {
  const model = await askForModel(profile.models)
  if (model === undefined) return undefined
  const given = ['--profile', profile.name, '--model', model]
  // A host whose address holds the name of the user's own resource says so in capitals.
  if (profile.base_url.includes('RESOURCE')) {
    const endpoint = await vscode.window.showInputBox({ title: 'The address of your resource', value: profile.base_url, ignoreFocusOut: true })
    if (!endpoint) return undefined
    given.push('--endpoint', endpoint)
  }
  const otherwise = 'Leave it empty if an environment variable of yours holds it.'
  return withKey(context, given, profile.title, variableOf(profile.name), otherwise)
}

async function ofAddress(context: vscode.ExtensionContext): Promise<Wanted | undefined> {
  const address = await vscode.window.showInputBox({
    title: 'Patchwright: the address of the model server',
    placeHolder: 'https://models.example.com/v1',
    prompt: 'The base URL, most often ending in /v1.',
    ignoreFocusOut: true,
    validateInput: (text) => (text.trim() === '' || hostOf(text) ? undefined : 'An address begins with https:// or http://'),
  })
  const host = hostOf(address ?? '')
  if (address === undefined || host === undefined) return undefined
  return withKey(context, ['--endpoint', address.trim()], host, variableOf(host), 'Leave it empty if it asks for none.')
}

function hostOf(address: string): string | undefined {
  const text = address.trim()
  return /^https?:\/\//.test(text) && URL.canParse(text) ? new URL(text).host : undefined
}

// Asks for the key of a host; one that is kept already stays, unless another is given.
async function withKey(
  context: vscode.ExtensionContext,
  given: string[],
  host: string,
  variable: string,
  otherwise: string,
): Promise<Wanted | undefined> {
  const isKept = (await context.secrets.get(variable)) !== undefined
  const key = await vscode.window.showInputBox({
    title: `The key for ${host}`,
    prompt: `Kept in the secret storage of VS Code. ${isKept ? 'Leave it empty to use the one that is kept there.' : otherwise}`,
    password: true,
    ignoreFocusOut: true,
  })
  if (key === undefined) return undefined
  const text = key.trim()
  if (text) return { given: [...given, '--key-env', variable], key: { variable, text } }
  return { given: isKept ? [...given, '--key-env', variable] : given }
}

async function modelName(known: string[]): Promise<string | undefined> {
  if (known.length === 0) return askForModel([])
  return known.length === 1 ? known[0] : vscode.window.showQuickPick(known, { title: MODEL_TITLE, ignoreFocusOut: true })
}

async function askForModel(examples: string[]): Promise<string | undefined> {
  const placeHolder = examples.length > 0 ? `for example ${examples.slice(0, 3).join(', ')}` : undefined
  const given = await vscode.window.showInputBox({ title: MODEL_TITLE, placeHolder, ignoreFocusOut: true })
  return given?.trim() || undefined
}
