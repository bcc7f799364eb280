// What does this plugin do besides what the protocol knows? It says so among its capabilities.
import type { ClientCapabilities, FeatureState, StaticFeature } from 'vscode-languageclient/node'

import { canAsk } from './languageModels'

// It draws proposals and questions itself, asks models of VS Code, and knows what any document holds.
export class Announces implements StaticFeature {
  fillClientCapabilities(capabilities: ClientCapabilities): void {
    const known = capabilities.experimental as Record<string, unknown> | undefined
    capabilities.experimental = { ...known, patchwright: { draws: true, languageModel: canAsk(), documentText: true } }
  }

  initialize(): void {}

  getState(): FeatureState {
    return { kind: 'static' }
  }

  clear(): void {}
}
