--- The server for `vim.lsp.enable('patchwright')` (Neovim 0.11 or newer). `setup` changes what is said here.
---@type vim.lsp.Config
return {
  cmd = { 'patchwright', 'serve' },
  filetypes = require('patchwright.options').default.filetypes,
  root_markers = require('patchwright.options').default.root_markers,
}
