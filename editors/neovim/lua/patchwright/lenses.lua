--- Accept, reject and diff above each hunk that waits: the server's code lenses, kept up to date.
local client_of = require('patchwright.client')

local M = {}

--- Neovim 0.12 asks for lenses by itself, and when the server wishes it.
---@return boolean
local function asks_by_itself()
  return (vim.lsp.codelens --[[@as any]]).enable ~= nil
end

---@param buffer integer
local function ask(buffer)
  ---@diagnostic disable-next-line: deprecated
  vim.lsp.codelens.refresh({ bufnr = buffer })
end

--- Asks for the lenses of all buffers anew, where Neovim does not do so.
function M.refresh()
  if asks_by_itself() then
    return
  end
  for _, client in ipairs(vim.lsp.get_clients({ name = client_of.NAME })) do
    for buffer in pairs(client.attached_buffers) do
      if vim.api.nvim_buf_is_loaded(buffer) then
        ask(buffer)
      end
    end
  end
end

--- Shows the lenses of the server's buffers from now on; `vim.lsp.codelens.run()` runs the one on the cursor's line.
function M.enable()
  local group = vim.api.nvim_create_augroup('patchwright.lenses', {})
  vim.api.nvim_create_autocmd('LspAttach', {
    group = group,
    callback = function(event)
      local client = client_of.ours(event)
      if not client then
        return
      end
      if asks_by_itself() then
        vim.lsp.codelens.enable(true, { client_id = client.id })
        return
      end
      vim.api.nvim_create_autocmd({ 'BufEnter', 'InsertLeave' }, {
        group = group,
        buffer = event.buf,
        callback = function()
          ask(event.buf)
        end,
      })
    end,
  })
end

return M
