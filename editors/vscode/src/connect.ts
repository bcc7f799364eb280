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

type Choice = vscode.QuickPickItem & { ofEditor?: vscode.LanguageModelChat; local?: Local; profile?: Profile; again?: true }

const MODEL_TITLE = 'Patchwright: the model, as its host calls it'
const NONE_HERE: Choice = {
  label: '$(refresh) Look again: no model server answers',
  detail: 'Start Ollama, llama.cpp, LM Studio or vLLM first',
  again: true,
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
  const given = await argumentsFor(context, server, chosen)
  if (given === undefined) return
  const ran = await server.status.during('Connecting the model', server.program(['connect', '--json', ...given]))
  if (ran.code !== 0) {
    void vscode.window.showErrorMessage(`Patchwright: ${(ran.stderr || ran.stdout).trim()}`)
    return
  }
  await server.restart()
  void vscode.window.showInformationMessage('Patchwright: the model is connected.')
}

// The arguments of `patchwright connect` for a choice; nothing if the user stopped, or the model did not answer.
async function argumentsFor(context: vscode.ExtensionContext, server: Server, chosen: Choice): Promise<string[] | undefined> {
  if (chosen.ofEditor) return ofVsCode(server, chosen.ofEditor)
  if (chosen.local) return ofThisMachine(chosen.local)
  return chosen.profile && ofHost(context, chosen.profile)
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
  return [...first, parted('On this machine'), ...(here.length > 0 ? here : [NONE_HERE]), parted('Hosts'), ...hosts]
}

// The model is tried here: only VS Code reaches it, and asks the user whether that is allowed.
async function ofVsCode(server: Server, model: vscode.LanguageModelChat): Promise<string[] | undefined> {
  const source = new vscode.CancellationTokenSource()
  const problem = await server.status.during('Trying the model with one word', tryModel(model, source.token))
  source.dispose()
  if (problem === undefined) return ['--no-test', '--endpoint', 'editor:', '--model', nameOf(model)]
  void vscode.window.showErrorMessage(`Patchwright: ${model.name} did not answer (${problem}). Nothing was stored.`)
  return undefined
}

async function ofThisMachine(local: Local): Promise<string[] | undefined> {
  const model = await modelName(local.models ?? [])
  const endpoint = local.endpoint ?? local.base_url
  if (model === undefined || endpoint === undefined) return undefined
  return [...(local.profile ? ['--profile', local.profile] : []), '--endpoint', endpoint, '--model', model]
}

async function ofHost(context: vscode.ExtensionContext, profile: Profile): Promise<string[] | undefined> {
  const model = await askForModel(profile.models)
  if (model === undefined) return undefined
  const given = ['--profile', profile.name, '--model', model]
  // A host whose address holds the name of the user's own resource says so in capitals.
  if (profile.base_url.includes('RESOURCE')) {
    const endpoint = await vscode.window.showInputBox({ title: 'The address of your resource', value: profile.base_url, ignoreFocusOut: true })
    if (!endpoint) return undefined
    given.push('--endpoint', endpoint)
  }
  const key = await vscode.window.showInputBox({
    title: `The key for ${profile.title}`,
    prompt: 'Kept in the secret storage of VS Code. Leave it empty if an environment variable of yours holds it.',
    password: true,
    ignoreFocusOut: true,
  })
  if (key === undefined) return undefined
  if (key.trim()) {
    await keepKey(context.secrets, context.globalState, profile.name, key.trim())
    given.push('--key-env', variableOf(profile.name))
  }
  return given
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
