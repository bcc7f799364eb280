// What does this plugin do besides what the protocol knows? It says so among its capabilities.
import type { ClientCapabilities, FeatureState, StaticFeature } from 'vscode-languageclient/node'

import { canAsk } from './languageModels'

// It draws proposals and questions itself, connects and asks models, and knows what any document holds.
export class Announces implements StaticFeature {
  fillClientCapabilities(capabilities: ClientCapabilities): void {
    const known = capabilities.experimental as Record<string, unknown> | undefined
    const patchwright = { draws: true, connects: true, languageModel: canAsk(), documentText: true }
    capabilities.experimental = { ...known, patchwright }
  }

  initialize(): void {}

  getState(): FeatureState {
    return { kind: 'static' }
  }

  clear(): void {}
}
