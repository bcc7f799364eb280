--- How is the user told something? On the command line where it fits. What does not fit there would have to be
--- dismissed with a key, so it goes to a window at the edge, and to |:messages|. Another `vim.notify` gets it all.
local float = require('patchwright.float')

local M = {}

local SECONDS = 12

---@type patchwright.Float?
local shown

--- Whether `vim.notify` is Neovim's own, which is compiled into it or lies in a folder of its runtime that is its own.
---@return boolean
local function is_own()
  local source = assert(debug.getinfo(vim.notify, 'S')).source
  return source == '?' or source:find('vim/_', 1, true) ~= nil
end

---@param text string
---@return boolean
local function fits(text)
  return not text:find('\n', 1, true) and vim.fn.strdisplaywidth(text) <= vim.v.echospace
end

---@param message string
---@param level integer? of vim.log.levels
function M.show(message, level)
  local text = 'Patchwright: ' .. message
  level = level or vim.log.levels.INFO
  if fits(text) or not is_own() or #vim.api.nvim_list_uis() == 0 then
    vim.notify(text, level)
    return
  end
  local lines = vim.split(message, '\n', { trimempty = true })
  for _, line in ipairs(lines) do
    vim.cmd(('silent echomsg %s'):format(vim.fn.string('Patchwright: ' .. line)))
  end
  float.close(shown)
  local told = float.open(lines, { title = 'Patchwright', focus = false, at = 'bottom', level = level })
  shown = told
  vim.defer_fn(function()
    float.close(told)
  end, SECONDS * 1000)
end

local LEVELS = { vim.log.levels.ERROR, vim.log.levels.WARN }

--- Shows a `window/showMessage` of the server.
---@param params { type: integer, message: string }
function M.from_server(params)
  M.show(params.message, LEVELS[params.type] or vim.log.levels.INFO)
end

return M
