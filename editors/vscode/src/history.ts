// A description is asked for with those given before: typing filters them, and what fits none is a new one.
import * as vscode from 'vscode'

const KEY = 'patchwright.descriptions'
const MOST = 30

export async function askForDescription(state: vscode.Memento, title: string): Promise<string | undefined> {
  const known = state.get<string[]>(KEY, [])
  const given = known.length === 0 ? await box(title) : await pick(title, known)
  const description = given?.trim()
  if (!description) return undefined
  await state.update(KEY, [description, ...known.filter((each) => each !== description)].slice(0, MOST))
  return description
}

function box(title: string): Thenable<string | undefined> {
  return vscode.window.showInputBox({ title, placeHolder: 'rename load_user to fetch_user', ignoreFocusOut: true })
}

function pick(title: string, known: string[]): Promise<string | undefined> {
  const picker = vscode.window.createQuickPick()
  picker.title = title
  picker.placeholder = 'Say what to change, or choose what you said before'
  picker.ignoreFocusOut = true
  const old = known.map((label) => ({ label }))
  picker.items = old
  picker.onDidChangeValue((value) => {
    const fresh = value.trim() && !known.includes(value.trim()) ? [{ label: value, alwaysShow: true }] : []
    picker.items = [...fresh, ...old]
  })
  return new Promise((resolve) => {
    picker.onDidAccept(() => {
      resolve(picker.selectedItems[0]?.label ?? picker.value)
      picker.hide()
    })
    picker.onDidHide(() => {
      resolve(undefined)
      picker.dispose()
    })
    picker.show()
  })
}
