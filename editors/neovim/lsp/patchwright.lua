--- The server for `vim.lsp.enable('patchwright')` (Neovim 0.11 or newer). `setup` changes what is said here.
---@type vim.lsp.Config
return require('patchwright.server').config()
