--- What can the user set? One table; `setup` lays the user's own over it.
local M = {}

---@class patchwright.InlineOptions
---@field enabled boolean show code at the cursor while you type
---@field accept string|false the insert mode key that takes it; false maps none

---@class patchwright.Options
---@field cmd string[] how the server is started; what stands before "serve" runs the other commands of the program
---@field filetypes string[]
---@field root_markers string[] what marks the root of a workspace
---@field init_options table settings for this editor alone, see docs/settings of the server
---@field inline patchwright.InlineOptions

---@type patchwright.Options
M.default = {
  cmd = { 'patchwright', 'serve' },
  filetypes = {
    'python',
    'javascript',
    'javascriptreact',
    'typescript',
    'typescriptreact',
    'go',
    'rust',
    'java',
    'c',
    'cpp',
    'cs',
    'ruby',
    'php',
    'kotlin',
    'swift',
    'scala',
    'lua',
    'sh',
    'toml',
    'gomod',
    'json',
    'requirements',
  },
  root_markers = { '.git', 'pyproject.toml', 'package.json', 'go.mod', 'Cargo.toml' },
  init_options = {},
  inline = { enabled = true, accept = '<M-l>' },
}

---@type patchwright.Options
M.current = vim.deepcopy(M.default)

--- Lays the user's options over the defaults; a wrong one is an error that names it.
---@param given table?
function M.set(given)
  given = given or {}
  for name, value in pairs(given) do
    local known = M.default[name]
    if known == nil then
      error(('patchwright: there is no option %q; there are %s'):format(name, table.concat(M.names(), ', ')), 0)
    end
    if type(value) ~= type(known) then
      error(('patchwright: the option %q is a %s'):format(name, type(known)), 0)
    end
  end
  M.current = vim.tbl_deep_extend('force', vim.deepcopy(M.default), given)
end

---@return string[]
function M.names()
  local names = vim.tbl_keys(M.default)
  table.sort(names)
  return names
end

--- The program without "serve", for its other commands: { 'patchwright' }. The first word is what runs.
---@return string[]
function M.program()
  local program = {}
  for _, word in ipairs(M.current.cmd) do
    if word == 'serve' then
      break
    end
    table.insert(program, word)
  end
  return program
end

return M
