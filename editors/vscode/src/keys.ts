// Where are the keys of hosts? In VS Code's secret storage, handed to the server's process in its environment: neither
// a settings file nor an argument ever holds one.
import type * as vscode from 'vscode'

const NAMES = 'patchwright.keys'

// The environment variable under which the server finds the key of a host: of its profile, or of its address.
export function variableOf(host: string): string {
  return `PATCHWRIGHT_KEY_${host.toUpperCase().replace(/[^A-Z0-9]/g, '_')}`
}

export async function keepKey(secrets: vscode.SecretStorage, state: vscode.Memento, variable: string, key: string): Promise<void> {
  await secrets.store(variable, key)
  await state.update(NAMES, [...new Set([...state.get<string[]>(NAMES, []), variable])])
}

export async function keysForServer(secrets: vscode.SecretStorage, state: vscode.Memento): Promise<Record<string, string>> {
  const found: Record<string, string> = {}
  for (const variable of state.get<string[]>(NAMES, [])) {
    const key = await secrets.get(variable)
    if (key !== undefined) found[variable] = key
  }
  return found
}
