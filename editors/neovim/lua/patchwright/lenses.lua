--- Accept, reject and diff above each hunk that waits: the server's code lenses, kept up to date.
local M = {}

--- Asks for the lenses of all buffers anew, where Neovim does not do so when the server wishes it (before 0.12).
function M.refresh()
  if vim.lsp.codelens.enable then
    return
  end
  for _, client in ipairs(vim.lsp.get_clients({ name = 'patchwright' })) do
    for buffer in pairs(client.attached_buffers) do
      if vim.api.nvim_buf_is_loaded(buffer) then
        vim.lsp.codelens.refresh({ bufnr = buffer })
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
      local client = vim.lsp.get_client_by_id(event.data.client_id)
      if not client or client.name ~= 'patchwright' then
        return
      end
      if vim.lsp.codelens.enable then
        vim.lsp.codelens.enable(true, { client_id = client.id })
        return
      end
      -- Before Neovim 0.12 the lenses are asked for by hand; what is done here asks for them too.
      vim.api.nvim_create_autocmd({ 'BufEnter', 'InsertLeave' }, {
        group = group,
        buffer = event.buf,
        callback = function()
          vim.lsp.codelens.refresh({ bufnr = event.buf })
        end,
      })
    end,
  })
end

return M
