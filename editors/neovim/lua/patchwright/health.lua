--- Why does it not work? `:checkhealth patchwright`.
local client_of = require('patchwright.client')
local options = require('patchwright.options')

local M = {}

local function check_neovim()
  local version = tostring((vim.version --[[@as any]])())
  if vim.fn.has('nvim-0.10') == 0 then
    vim.health.error(
      'Neovim ' .. version .. ' is older than 0.10',
      { 'Use the snippet for old versions in the README of the plugin.' }
    )
  elseif vim.fn.has('nvim-0.12') == 1 then
    vim.health.ok('Neovim ' .. version .. ', with inline completion of its own')
  else
    vim.health.ok('Neovim ' .. version .. '; suggestions at the cursor are drawn by the plugin')
  end
end

local function check_program()
  local program = options.program()
  local first = program[1] or ''
  if vim.fn.executable(first) == 0 then
    vim.health.error(first .. ' is not found', {
      'Install it: uv tool install patchwright, or pipx install patchwright.',
      "Or name it: require('patchwright').setup({ cmd = { '/path/to/patchwright', 'serve' } })",
    })
    return
  end
  local doctor = vim.list_extend(vim.deepcopy(program), { 'doctor', '--editor', '--root', client_of.root() })
  local told = vim.json.encode(next(options.current.init_options) and options.current.init_options or vim.empty_dict())
  local done = vim.system(doctor, { text = true, stdin = told, env = { NO_COLOR = '1' } }):wait(30000)
  vim.health.info('`patchwright doctor` says:\n' .. vim.trim((done.stdout or '') .. (done.stderr or '')))
end

local function check_server()
  local clients = vim.lsp.get_clients({ name = client_of.NAME })
  if #clients == 0 then
    vim.health.warn('no server runs', {
      "Call require('patchwright').setup{} or vim.lsp.enable('patchwright') in your configuration.",
      'Open a file of a project: a folder with ' .. table.concat(options.current.root_markers, ', ') .. '.',
    })
  end
  for _, client in ipairs(clients) do
    local buffers = vim.tbl_count(client.attached_buffers)
    local status = client_of.ask_now(client, 'workspace/executeCommand', { command = 'patchwright.status' })
    local known = status and require('patchwright.status').words(status) or { 'it does not say more at once' }
    local place = ('a server runs for %s (%d %s)'):format(
      client.config.root_dir or '?',
      buffers,
      buffers == 1 and 'buffer' or 'buffers'
    )
    vim.health.ok(place .. ': ' .. table.concat(known, ', '))
    if not vim.list_contains(client_of.commands(client), 'patchwright.readProposal') then
      vim.health.warn('the server is older than the plugin', { 'Install both from the same checkout.' })
    end
  end
end

--- Whether suggestions, the statusline and the user's options are there.
local function check_setup()
  if not pcall(vim.api.nvim_get_autocmds, { group = 'patchwright.status' }) then
    vim.health.info("`require('patchwright').setup{}` was not called: no suggestions at the cursor, no statusline")
  elseif options.current.inline.enabled then
    vim.health.ok(('`setup` was called; %s takes a suggestion'):format(options.current.inline.accept or 'no key'))
  else
    vim.health.ok('`setup` was called, without suggestions at the cursor')
  end
end

--- Says what there is and what is missing.
function M.check()
  vim.health.start('Patchwright')
  check_neovim()
  check_setup()
  check_program()
  check_server()
end

return M
