// Which settings are the user's own? Those that they set for themselves, handed over when the server starts; what a
// workspace brings the server asks for itself, and believes only where it is stricter.
import * as vscode from 'vscode'

const OWN = ['server', 'trace']

type Settings = Record<string, Record<string, unknown>>

export function userSettings(context: vscode.ExtensionContext): Settings {
  const manifest = context.extension.packageJSON as { contributes: { configuration: { properties: Record<string, unknown> } } }
  const found: Settings = {}
  for (const whole of Object.keys(manifest.contributes.configuration.properties)) {
    const [, section, name] = whole.split('.')
    if (section === undefined || name === undefined || OWN.includes(section)) continue
    const value = vscode.workspace.getConfiguration('patchwright').inspect(`${section}.${name}`)?.globalValue
    if (value !== undefined && value !== null) (found[section] ??= {})[name] = value
  }
  return found
}
