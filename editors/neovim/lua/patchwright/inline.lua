--- How is code suggested at the cursor? By Neovim's own inline completion (0.12), or by text drawn here (older).
local client_of = require('patchwright.client')
local options = require('patchwright.options')

local M = {}

local space = vim.api.nvim_create_namespace('patchwright.inline')
local AUTOMATIC = 2

---@class patchwright.Suggestion
---@field buffer integer
---@field line integer 0-based
---@field column integer bytes
---@field lines string[]

---@type patchwright.Suggestion?
local shown
---@type { client: vim.lsp.Client, id: integer }?
local asked

local function has_own()
  return vim.lsp.inline_completion ~= nil
end

local function hide()
  if shown and vim.api.nvim_buf_is_valid(shown.buffer) then
    vim.api.nvim_buf_clear_namespace(shown.buffer, space, 0, -1)
  end
  shown = nil
  if asked then
    client_of.cancel(asked.client, asked.id)
    asked = nil
  end
end

---@param buffer integer
---@param text string
local function show(buffer, text)
  local row, column = unpack(vim.api.nvim_win_get_cursor(0))
  local lines = vim.split(text, '\n', { plain = true })
  shown = { buffer = buffer, line = row - 1, column = column, lines = lines }
  local below = {}
  for index = 2, #lines do
    table.insert(below, { { lines[index], 'Comment' } })
  end
  vim.api.nvim_buf_set_extmark(buffer, space, row - 1, column, {
    virt_text = { { lines[1], 'Comment' } },
    virt_text_pos = 'inline',
    virt_lines = #below > 0 and below or nil,
  })
end

--- Asks for what belongs at the cursor; the server waits for a pause of the typing.
local function ask()
  hide()
  local buffer = vim.api.nvim_get_current_buf()
  local client = client_of.of(buffer)
  local can = client and vim.tbl_get(client, 'server_capabilities', 'inlineCompletionProvider')
  if not client or not client.initialized or not can then
    return
  end
  local params = vim.lsp.util.make_position_params(0, client.offset_encoding) --[[@as table]]
  params.context = { triggerKind = AUTOMATIC }
  local version, cursor = vim.api.nvim_buf_get_changedtick(buffer), vim.api.nvim_win_get_cursor(0)
  local id
  id = client_of.request(client, 'textDocument/inlineCompletion', params, function(_, result)
    if asked and asked.id == id then
      asked = nil
    end
    local items = result and (result.items or result) or {}
    local text = items[1] and items[1].insertText
    local same = vim.api.nvim_get_mode().mode:sub(1, 1) == 'i'
      and vim.api.nvim_get_current_buf() == buffer
      and vim.api.nvim_buf_get_changedtick(buffer) == version
      and vim.deep_equal(vim.api.nvim_win_get_cursor(0), cursor)
    if type(text) == 'string' and text ~= '' and same then
      show(buffer, text)
    end
  end, buffer)
  asked = id and { client = client, id = id } or nil
end

--- Takes the suggestion at the cursor.
---@return boolean whether there was one
function M.accept()
  if has_own() then
    return vim.lsp.inline_completion.get()
  end
  local taken = shown
  if not taken then
    return false
  end
  hide()
  vim.schedule(function()
    vim.api.nvim_buf_set_text(taken.buffer, taken.line, taken.column, taken.line, taken.column, taken.lines)
    local last = taken.lines[#taken.lines]
    local column = #taken.lines == 1 and taken.column + #last or #last
    vim.api.nvim_win_set_cursor(0, { taken.line + #taken.lines, column })
  end)
  return true
end

local function map_accept()
  local key = options.current.inline.accept
  if not key then
    return
  end
  vim.keymap.set('i', key, function()
    if not M.accept() then
      return key
    end
  end, { expr = true, replace_keycodes = true, desc = 'Take the suggestion of Patchwright' })
end

--- Shows suggestions in insert mode from now on.
function M.enable()
  local group = vim.api.nvim_create_augroup('patchwright.inline', {})
  map_accept()
  if has_own() then
    vim.api.nvim_create_autocmd('LspAttach', {
      group = group,
      callback = function(event)
        local client = client_of.ours(event)
        if client then
          vim.lsp.inline_completion.enable(true, { client_id = client.id })
        end
      end,
    })
    return
  end
  vim.api.nvim_create_autocmd({ 'TextChangedI', 'CursorMovedI', 'InsertEnter' }, { group = group, callback = ask })
  vim.api.nvim_create_autocmd({ 'InsertLeave', 'BufLeave' }, { group = group, callback = hide })
end

return M
