// What if VS Code had a model of another extension's, as it has Copilot's? The user must allow that it is asked, and it
// answers as a file says, in order.
// SCRIPTED_REPLIES: a JSON list of texts, or of {"hangs": text} and {"fails": message}. SCRIPTED_LOG: what it was asked.
const fs = require('fs')
const vscode = require('vscode')

const model = {
  id: 'small-coder',
  name: 'Small Coder',
  family: 'small',
  version: '1',
  maxInputTokens: 100000,
  maxOutputTokens: 8000,
  capabilities: {},
  requiresAuthorization: { label: 'Ann' },
}
let asked = 0

const provider = {
  provideLanguageModelChatInformation: () => [model],
  provideTokenCount: async (_, text) => Math.ceil((typeof text === 'string' ? text : textOf(text)).length / 4),
  async provideLanguageModelChatResponse({ id }, messages, _, progress, token) {
    const texts = messages.map((message) => ({ role: message.role, text: textOf(message) }))
    fs.appendFileSync(process.env.SCRIPTED_LOG, JSON.stringify({ model: id, messages: texts }) + '\n')
    const reply = JSON.parse(fs.readFileSync(process.env.SCRIPTED_REPLIES, 'utf8'))[asked++]
    if (reply.fails) throw new Error(reply.fails)
    for (const piece of (reply.hangs ?? reply).match(/[^]{1,20}/g)) progress.report(new vscode.LanguageModelTextPart(piece))
    if (!reply.hangs) return
    await new Promise((resolve) => token.onCancellationRequested(resolve))
    fs.appendFileSync(process.env.SCRIPTED_LOG, JSON.stringify({ cancelled: true }) + '\n')
  },
}

const textOf = (message) => message.content.map((part) => part.value ?? '').join('')

exports.activate = (context) => context.subscriptions.push(vscode.lm.registerLanguageModelChatProvider('scripted', provider))
