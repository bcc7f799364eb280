--- What is the server doing, and what is there to know of it? For a statusline: from its progress, and from what it
--- says of itself whenever work has come to an end.
local client_of = require('patchwright.client')

local M = {}

---@class patchwright.Today
---@field calls integer
---@field tokens integer
---@field usd number without the calls whose price is not known
---@field unpriced integer how many those are

---@class patchwright.Status
---@field index number|vim.NIL the share of the workspace that is indexed, from 0 to 1
---@field model string|vim.NIL
---@field today patchwright.Today
---@field working integer
---@field proposals integer how many wait for the user
---@field approvals integer how many wait for approval

local SECONDS = 60

---@type table<string|integer, { title: string, message: string }>
local under_way = {}
---@type patchwright.Status?
local known
local asked = -math.huge

---@param value table a work-done progress value
---@param token string|integer
local function take(token, value)
  if value.kind == 'end' then
    under_way[token] = nil
    return
  end
  local before = under_way[token] or { title = '', message = '' }
  under_way[token] = { title = value.title or before.title, message = value.message or before.message }
end

--- Asks the server about itself.
---@param client vim.lsp.Client
local function ask(client)
  asked = vim.uv.now()
  if not client.initialized or not vim.list_contains(client_of.commands(client), 'patchwright.status') then
    return
  end
  client_of.execute(client, 'patchwright.status', {}, function(status)
    known = status
    vim.cmd.redrawstatus()
  end, function() end)
end

--- Listens to the server from now on.
function M.listen()
  local group = vim.api.nvim_create_augroup('patchwright.status', {})
  vim.api.nvim_create_autocmd('LspProgress', {
    group = group,
    callback = function(event)
      local client = client_of.ours(event)
      -- Neovim 0.10 hands over the result, newer ones the params; both hold the token and the value.
      local told = event.data.params or event.data.result or {}
      if client and told.token and type(told.value) == 'table' then
        take(told.token, told.value)
        vim.cmd.redrawstatus()
        if told.value.kind == 'end' then
          ask(client)
        end
      end
    end,
  })
  vim.api.nvim_create_autocmd('LspDetach', {
    group = group,
    callback = function(event)
      if client_of.ours(event) then
        under_way, known, asked = {}, nil, -math.huge
      end
    end,
  })
end

---@return string[]
local function working()
  local parts = {}
  for _, work in pairs(under_way) do
    local title = work.title:gsub('^Patchwright: ', '')
    table.insert(parts, work.message ~= '' and (title .. ': ' .. work.message) or title)
  end
  table.sort(parts)
  return parts
end

--- The model, what today cost, what waits, and how far the index is.
---@param status patchwright.Status
---@return string[]
function M.words(status)
  local model = client_of.given(status.model) --[[@as string?]]
  local parts = { model or 'no model' }
  local index, today, waits = client_of.given(status.index), status.today, status.proposals + status.approvals
  if today.usd > 0 then
    table.insert(parts, ('$%.2f today'):format(today.usd))
  elseif today.unpriced > 0 then
    table.insert(parts, ('%d tokens today'):format(today.tokens))
  end
  if waits > 0 then
    table.insert(parts, ('%d %s'):format(waits, waits == 1 and 'change waits' or 'changes wait'))
  end
  if index and index < 1 then
    table.insert(parts, ('%d %% indexed'):format(math.floor(index * 100)))
  end
  return parts
end

--- What is under way; when nothing is, the model, what today cost, what waits, and how far the index is. Empty where no
--- server is attached. It asks nothing that takes time.
---@return string
function M.text()
  local client = client_of.of()
  if not client then
    return ''
  end
  if vim.uv.now() - asked > SECONDS * 1000 then
    ask(client)
  end
  local parts = working()
  if #parts > 0 then
    return table.concat(parts, ' | ')
  end
  return table.concat(vim.list_extend({ 'Patchwright' }, known and M.words(known) or {}), ' · ')
end

return M
