--- What is the server doing? From its progress, for a statusline.
local M = {}

---@type table<string|integer, { title: string, message: string }>
local under_way = {}

---@param value table a work-done progress value
---@param token string|integer
local function take(token, value)
  if value.kind == 'end' then
    under_way[token] = nil
    return
  end
  local known = under_way[token] or { title = '', message = '' }
  under_way[token] = { title = value.title or known.title, message = value.message or known.message }
end

--- Listens to the server's progress.
function M.listen()
  vim.api.nvim_create_autocmd('LspProgress', {
    group = vim.api.nvim_create_augroup('patchwright.status', {}),
    callback = function(event)
      local client = vim.lsp.get_client_by_id(event.data.client_id)
      if not client or client.name ~= 'patchwright' then
        return
      end
      -- Neovim 0.10 hands over the result, newer ones the params; both hold the token and the value.
      local told = event.data.params or event.data.result or {}
      if told.token and type(told.value) == 'table' then
        take(told.token, told.value)
        vim.cmd.redrawstatus()
      end
    end,
  })
  vim.api.nvim_create_autocmd('LspDetach', {
    group = 'patchwright.status',
    callback = function(event)
      local client = vim.lsp.get_client_by_id(event.data.client_id)
      if client and client.name == 'patchwright' then
        under_way = {}
      end
    end,
  })
end

--- What is under way, the newest first; empty when nothing is, or where no server is attached.
---@return string
function M.text()
  if not require('patchwright.client').of() then
    return ''
  end
  local parts = {}
  for _, work in pairs(under_way) do
    local title = work.title:gsub('^Patchwright: ', '')
    table.insert(parts, work.message ~= '' and (title .. ': ' .. work.message) or title)
  end
  table.sort(parts)
  return #parts > 0 and table.concat(parts, ' | ') or 'Patchwright'
end

return M
