--- Why does it not work? `:checkhealth patchwright`.
local client_of = require('patchwright.client')
local options = require('patchwright.options')

local M = {}

local function check_neovim()
  local version = tostring(vim.version())
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
  if vim.fn.executable(program[1]) == 0 then
    vim.health.error(program[1] .. ' is not found', {
      'Install it: uv tool install patchwright, or pipx install patchwright.',
      "Or name it: require('patchwright').setup({ cmd = { '/path/to/patchwright', 'serve' } })",
    })
    return
  end
  local doctor = vim.list_extend(vim.deepcopy(program), { 'doctor', '--root', client_of.root() })
  local done = vim.system(doctor, { text = true, env = { NO_COLOR = '1' } }):wait(30000)
  vim.health.info('`patchwright doctor` says:\n' .. vim.trim((done.stdout or '') .. (done.stderr or '')))
end

local function check_server()
  local clients = vim.lsp.get_clients({ name = 'patchwright' })
  if #clients == 0 then
    vim.health.warn('no server runs', {
      "Call require('patchwright').setup{} or vim.lsp.enable('patchwright') in your configuration.",
      'Open a file of a project: a folder with ' .. table.concat(options.current.root_markers, ', ') .. '.',
    })
  end
  for _, client in ipairs(clients) do
    local buffers = #vim.tbl_keys(client.attached_buffers or {})
    vim.health.ok(('a server runs for %s (%d buffers)'):format(client.config.root_dir or '?', buffers))
  end
end

function M.check()
  vim.health.start('Patchwright')
  check_neovim()
  check_program()
  check_server()
end

return M
