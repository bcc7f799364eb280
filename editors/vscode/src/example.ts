// What can be tried in the first minute? A small file, put into the open folder once and opened beside the walkthrough.
import * as vscode from 'vscode'

const NAME = 'patchwright_example.py'
const TEXT = `# dataclass Point with x: int, y: int = 0


def load_user(name):
    return {"name": name}


print(load_user("ada"))
`

export async function openExample(): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.[0]
  if (folder === undefined) {
    const chosen = await vscode.window.showWarningMessage('Patchwright: open a folder first; the example is put there.', 'Open a Folder')
    if (chosen !== undefined) await vscode.commands.executeCommand('workbench.action.files.openFolder')
    return
  }
  const uri = vscode.Uri.joinPath(folder.uri, NAME)
  const isThere = await vscode.workspace.fs.stat(uri).then(() => true, () => false)
  if (!isThere) await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(TEXT))
  const selection = new vscode.Range(0, 0, 0, 0)
  await vscode.window.showTextDocument(uri, { viewColumn: vscode.ViewColumn.Beside, selection })
}
