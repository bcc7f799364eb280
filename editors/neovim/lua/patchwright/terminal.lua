--- Commands of the program that talk to a person, in a terminal below.
local client_of = require('patchwright.client')
local options = require('patchwright.options')

local M = {}

--- Runs one of them.
---@param words string[]
function M.open(words)
  local command = vim.list_extend(vim.deepcopy(options.program()), words)
  local program = command[1] or ''
  if vim.fn.executable(program) == 0 then
    client_of.say(program .. ' is not found. `:checkhealth patchwright` says what to do.', vim.log.levels.ERROR)
    return
  end
  local root = client_of.root()
  vim.cmd('botright 15new')
  local started = { cwd = root }
  if vim.fn.has('nvim-0.11') == 1 then
    started.term = true
    vim.fn.jobstart(command, started)
  else
    ---@diagnostic disable-next-line: deprecated
    vim.fn.termopen(command, started)
  end
  vim.cmd.startinsert()
end

return M
