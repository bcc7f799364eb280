--- How is the server reached? Starting it, asking it, and telling the user what is in the way.
local options = require('patchwright.options')

local M = {}

local NAME = 'patchwright'

---@param message string
---@param level integer?
function M.say(message, level)
  vim.notify('Patchwright: ' .. message, level or vim.log.levels.INFO)
end

--- The client of a buffer.
---@param buffer integer?
---@return vim.lsp.Client?
function M.of(buffer)
  return vim.lsp.get_clients({ name = NAME, bufnr = buffer or vim.api.nvim_get_current_buf() })[1]
end

--- The same, or a message that says what to do.
---@param buffer integer?
---@return vim.lsp.Client?
function M.need(buffer)
  local client = M.of(buffer)
  if not client then
    M.say('no server is attached to this buffer. `:checkhealth patchwright` says why.', vim.log.levels.WARN)
  elseif not client.initialized then
    M.say('the server is starting. Try again in a moment.')
    return nil
  end
  return client
end

--- Neovim 0.11 made the functions of a client into methods.
---@param client vim.lsp.Client
---@param method string
---@param params table
---@param handler fun(problem: table?, result: any)
---@param buffer integer
---@return integer? id of the request
function M.request(client, method, params, handler, buffer)
  local sent, id
  if vim.fn.has('nvim-0.11') == 1 then
    sent, id = client:request(method, params, handler, buffer)
  else
    sent, id = client.request(method, params, handler, buffer)
  end
  return sent and id or nil
end

---@param client vim.lsp.Client
---@param id integer
function M.cancel(client, id)
  if vim.fn.has('nvim-0.11') == 1 then
    client:cancel_request(id)
  else
    client.cancel_request(id)
  end
end

--- The commands that the server announced.
---@param client vim.lsp.Client
---@return string[]
function M.commands(client)
  return vim.tbl_get(client.server_capabilities or {}, 'executeCommandProvider', 'commands') or {}
end

--- Runs a command of the server; what came of it, the server itself tells the user.
---@param client vim.lsp.Client
---@param command string
---@param arguments table[]?
---@param done fun(result: table)?
function M.execute(client, command, arguments, done)
  if not vim.list_contains(M.commands(client), command) then
    M.say(
      ('this server has no %s: its version is older than the plugin. Update it.'):format(command),
      vim.log.levels.WARN
    )
    return
  end
  local params = { command = command, arguments = arguments or {} }
  M.request(client, 'workspace/executeCommand', params, function(problem, result)
    if problem then
      M.say(problem.message or 'the command failed.', vim.log.levels.ERROR)
    elseif done then
      done(result or {})
    end
  end, vim.api.nvim_get_current_buf())
end

--- The lines that a command is about, as an LSP range: whole lines, or the line of the cursor.
---@param call patchwright.Call
---@param encoding string
---@return table
function M.range(call, encoding)
  if call.range > 0 then
    local last = vim.api.nvim_buf_get_lines(0, call.line2 - 1, call.line2, false)[1] or ''
    return {
      start = { line = call.line1 - 1, character = 0 },
      ['end'] = { line = call.line2 - 1, character = M.units(last, #last, encoding) },
    }
  end
  local here = { line = vim.api.nvim_win_get_cursor(0)[1] - 1, character = 0 }
  return { start = here, ['end'] = here }
end

--- How many units of an encoding come before a byte of a line.
---@param text string
---@param column integer bytes
---@param encoding string
---@return integer
function M.units(text, column, encoding)
  if vim.fn.has('nvim-0.11') == 1 then
    return vim.str_utfindex(text, encoding, column, false)
  end
  return vim.lsp.util._str_utfindex_enc(text, column, encoding)
end

--- The workspace's folder: that of the buffer, else of any server that runs.
---@return string
function M.root()
  local client = M.of() or vim.lsp.get_clients({ name = NAME })[1]
  return (client and client.config.root_dir) or vim.fs.root(0, options.current.root_markers) or vim.fn.getcwd()
end

--- Starts the server with the user's options.
function M.enable()
  local config = {
    cmd = options.current.cmd,
    filetypes = options.current.filetypes,
    root_markers = options.current.root_markers,
    init_options = next(options.current.init_options) and options.current.init_options or nil,
  }
  if vim.lsp.config then
    vim.lsp.config(NAME, config)
    vim.lsp.enable(NAME)
    return
  end
  vim.api.nvim_create_autocmd('FileType', {
    group = vim.api.nvim_create_augroup('patchwright.start', {}),
    pattern = options.current.filetypes,
    callback = function(event)
      local root = vim.fs.root(event.buf, options.current.root_markers)
      if root then
        config.name, config.root_dir = NAME, root
        vim.lsp.start(config, { bufnr = event.buf })
      end
    end,
  })
end

--- Ends the server, if it runs, and starts it anew for all buffers that it is for.
function M.restart()
  local buffers = vim.tbl_filter(function(buffer)
    return vim.api.nvim_buf_is_loaded(buffer) and vim.list_contains(options.current.filetypes, vim.bo[buffer].filetype)
  end, vim.api.nvim_list_bufs())
  for _, client in ipairs(vim.lsp.get_clients({ name = NAME })) do
    vim.lsp.stop_client(client.id)
  end
  local tries = 0
  local function again()
    tries = tries + 1
    if next(vim.lsp.get_clients({ name = NAME })) and tries < 60 then
      vim.defer_fn(again, 100)
      return
    end
    for _, buffer in ipairs(buffers) do
      if vim.api.nvim_buf_is_loaded(buffer) then
        vim.api.nvim_exec_autocmds('FileType', { buffer = buffer, modeline = false })
      end
    end
  end
  again()
end

return M
