--- Patchwright in Neovim: describe a change; review the patch. `:help patchwright` has the rest.
local M = {}

--- Starts the server for the file types of the options, with inline suggestions.
---@param given table? see |patchwright-options|
function M.setup(given)
  local options = require('patchwright.options')
  options.set(given)
  require('patchwright.status').listen()
  if options.current.inline.enabled then
    require('patchwright.inline').enable()
  end
  require('patchwright.lenses').enable()
  require('patchwright.server').enable()
end

--- What the server is doing, for a statusline: `%{v:lua.require'patchwright'.statusline()}`.
---@return string
function M.statusline()
  return require('patchwright.status').text()
end

--- Takes the suggestion at the cursor, if there is one.
---@return boolean
function M.accept()
  return require('patchwright.inline').accept()
end

return M
