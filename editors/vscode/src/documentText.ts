// The text of a document, for the server when it is no longer sure of it. Every change before it has been sent by then.
import * as vscode from 'vscode'
import type { LanguageClient } from 'vscode-languageclient/node'

const ASK = 'patchwright/documentText'

interface Asked {
  readonly textDocument: { readonly uri: string }
}

export function answerTexts(client: LanguageClient): vscode.Disposable {
  return client.onRequest(ASK, ({ textDocument }: Asked) => {
    const uri = client.protocol2CodeConverter.asUri(textDocument.uri).toString()
    const document = vscode.workspace.textDocuments.find((each) => each.uri.toString() === uri)
    return document === undefined ? null : { text: document.getText(), version: document.version }
  })
}
