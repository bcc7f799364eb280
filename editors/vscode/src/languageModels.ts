// A model that VS Code has access to, asked for the server: it decides what is sent, this only carries it. The server
// asks with `patchwright/languageModel/ask`; parts of the reply go back as they come, the answer says how it ended.
import * as vscode from 'vscode'
import type { LanguageClient } from 'vscode-languageclient/node'

const ASK = 'patchwright/languageModel/ask'
const PART = 'patchwright/languageModel/part'
const JUSTIFICATION = 'Patchwright writes the change that you describe. It sends the code that this change is about.'
const COUNTING = 3000 // milliseconds

interface Asked {
  readonly token: string
  readonly model: string
  readonly messages: { role: 'system' | 'user' | 'assistant'; text: string }[]
  readonly temperature: number | null
  readonly tools: { name: string; description: string; parameters: object }[]
}

interface Usage {
  readonly inputTokens: number
  readonly outputTokens: number
}

interface Failed {
  readonly code: string
  readonly message: string
}

type Ending = { stopped: 'end'; usage?: Usage } | { failed: Failed }
type Part = { text: string } | { tool: { index: number; name: string; arguments: string } }

// Whose a model is and how they call it, as the server's settings name it.
export function nameOf(model: vscode.LanguageModelChat): string {
  return `${model.vendor}/${model.id}`
}

// The models that VS Code offers to extensions.
export async function offeredModels(): Promise<vscode.LanguageModelChat[]> {
  return canAsk() ? vscode.lm.selectChatModels() : []
}

// Whether this VS Code has models at all: some forks have none.
export function canAsk(): boolean {
  return typeof vscode.lm?.selectChatModels === 'function'
}

export function answerAsks(client: LanguageClient): vscode.Disposable {
  return client.onRequest(ASK, async (asked: Asked, token: vscode.CancellationToken): Promise<Ending> => {
    const [vendor, ...id] = asked.model.split('/')
    const [model] = await vscode.lm.selectChatModels({ vendor, id: id.join('/') })
    if (model === undefined) return { failed: { code: 'NotFound', message: '' } }
    return askModel(model, asked, (part) => client.sendNotification(PART, { token: asked.token, ...part }), token)
  })
}

// Asks for one word: VS Code lets the user decide whether that is allowed. What is wrong is the message; nothing if all is well.
export async function tryModel(model: vscode.LanguageModelChat, token: vscode.CancellationToken): Promise<string | undefined> {
  const word = { role: 'user', text: 'Reply with the one word: ready' } as const
  const asked = { token: '', model: nameOf(model), messages: [word], temperature: null, tools: [] }
  const ending = await askModel(model, asked, () => Promise.resolve(), token)
  return 'failed' in ending ? ending.failed.message || ending.failed.code : undefined
}

async function askModel(
  model: vscode.LanguageModelChat,
  asked: Asked,
  say: (part: Part) => Promise<void>,
  token: vscode.CancellationToken,
): Promise<Ending> {
  try {
    // There is no role for the system: what it says begins the conversation.
    const messages = asked.messages.map(({ role, text }) =>
      role === 'assistant' ? vscode.LanguageModelChatMessage.Assistant(text) : vscode.LanguageModelChatMessage.User(text),
    )
    const response = await model.sendRequest(messages, options(asked), token)
    await say({ text: '' })
    let written = ''
    let calls = 0
    for await (const part of response.stream) {
      if (part instanceof vscode.LanguageModelTextPart) {
        written += part.value
        await say({ text: part.value })
      } else if (part instanceof vscode.LanguageModelToolCallPart) {
        const called = JSON.stringify(part.input)
        written += called
        await say({ tool: { index: calls++, name: part.name, arguments: called } })
      }
    }
    return { stopped: 'end', usage: await counted(model, messages, written) }
  } catch (error) {
    return { failed: described(error) }
  }
}

function options(asked: Asked): vscode.LanguageModelChatRequestOptions {
  const tools = asked.tools.map(({ name, description, parameters }) => ({ name, description, inputSchema: parameters }))
  return {
    justification: JUSTIFICATION,
    ...(asked.temperature === null ? {} : { modelOptions: { temperature: asked.temperature } }),
    ...(tools.length > 0 ? { tools } : {}),
  }
}

// Counted by the model's own tokenizer, since VS Code does not say what was counted; nothing where that takes long or fails.
async function counted(
  model: vscode.LanguageModelChat,
  messages: vscode.LanguageModelChatMessage[],
  written: string,
): Promise<Usage | undefined> {
  const late = new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), COUNTING))
  const counting = Promise.all([...messages, written].map((text) => model.countTokens(text))).then(
    (counts) => ({
      inputTokens: counts.slice(0, -1).reduce((sum, count) => sum + count, 0),
      outputTokens: counts.at(-1) ?? 0,
    }),
    () => undefined,
  )
  return Promise.race([counting, late])
}

function described(error: unknown): Failed {
  if (!(error instanceof Error)) return { code: '', message: String(error) }
  const cause = error.cause instanceof Error ? error.cause.message : ''
  if (cause.includes('off_topic')) return { code: 'OffTopic', message: '' }
  const code = error instanceof vscode.LanguageModelError ? error.code : ''
  return { code, message: cause || error.message }
}
