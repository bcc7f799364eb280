--- How is the server asked, and how is the user told what is in the way?
local options = require('patchwright.options')

local M = {}

M.NAME = 'patchwright'

--- Tells the user something.
---@param message string
---@param level integer? of vim.log.levels
function M.say(message, level)
  require('patchwright.notice').show(message, level)
end

--- The client that an event is about, if it is ours.
---@param event { data: { client_id: integer } }
---@return vim.lsp.Client?
function M.ours(event)
  local client = vim.lsp.get_client_by_id(event.data.client_id)
  return client and client.name == M.NAME and client or nil
end

--- The client of a buffer; where that is of no file, such as a diff, any that runs.
---@param buffer integer?
---@return vim.lsp.Client?
function M.of(buffer)
  buffer = buffer or vim.api.nvim_get_current_buf()
  local client = vim.lsp.get_clients({ name = M.NAME, bufnr = buffer })[1]
  if not client and vim.bo[buffer].buftype ~= '' then
    return vim.lsp.get_clients({ name = M.NAME })[1]
  end
  return client
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

---@alias patchwright.Encoding 'utf-8'|'utf-16'|'utf-32'

--- Neovim 0.11 made the functions of a client into methods.
---@param client vim.lsp.Client
---@return any client as older versions know it
local function older(client)
  return client
end

--- Sends a request.
---@param client vim.lsp.Client
---@param method vim.lsp.protocol.Method.ClientToServer.Request
---@param params table
---@param handler fun(problem: table?, result: any)
---@param buffer integer
---@return integer? id of the request
function M.request(client, method, params, handler, buffer)
  local sent, id
  if vim.fn.has('nvim-0.11') == 1 then
    sent, id = client:request(method, params, handler, buffer)
  else
    sent, id = older(client).request(method, params, handler, buffer)
  end
  return sent and id or nil
end

--- The answer to what the server can tell at once; nil where it takes longer than a user waits for a completion.
---@param client vim.lsp.Client
---@param method vim.lsp.protocol.Method.ClientToServer.Request
---@param params table
---@return any
function M.ask_now(client, method, params)
  local buffer = vim.api.nvim_get_current_buf()
  local answer
  if vim.fn.has('nvim-0.11') == 1 then
    answer = client:request_sync(method, params, 300, buffer)
  else
    answer = older(client).request_sync(method, params, 300, buffer)
  end
  return answer and answer.result
end

--- Ends a server.
---@param client vim.lsp.Client
function M.stop(client)
  if vim.fn.has('nvim-0.11') == 1 then
    client:stop()
  else
    older(client).stop()
  end
end

--- Takes a request back.
---@param client vim.lsp.Client
---@param id integer
function M.cancel(client, id)
  if vim.fn.has('nvim-0.11') == 1 then
    client:cancel_request(id)
  else
    older(client).cancel_request(id)
  end
end

--- A value of the server, which Neovim hands over as null (0.11) or leaves out (0.10) where there is none.
---@generic Value
---@param value Value|vim.NIL|nil
---@return Value?
function M.given(value)
  if value == vim.NIL then
    return nil
  end
  return value
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
---@param failed fun(problem: string)? without it, the user is told
function M.execute(client, command, arguments, done, failed)
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
      local says = problem.message or 'the command failed.'
      if failed then
        failed(says)
      else
        M.say(says, vim.log.levels.ERROR)
      end
    elseif done then
      done(result or {})
    end
  end, vim.api.nvim_get_current_buf())
end

--- The lines that a command is about, as an LSP range: whole lines, or the line of the cursor.
---@param call patchwright.Call
---@param encoding patchwright.Encoding
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
---@param encoding patchwright.Encoding
---@return integer
function M.units(text, column, encoding)
  if vim.fn.has('nvim-0.11') == 1 then
    return vim.str_utfindex(text, encoding, column, false)
  end
  return (vim.lsp.util --[[@as any]])._str_utfindex_enc(text, column, encoding)
end

--- The workspace's folder: that of the buffer, else of any server that runs.
---@return string
function M.root()
  local client = M.of() or vim.lsp.get_clients({ name = M.NAME })[1]
  return (client and client.config.root_dir) or vim.fs.root(0, options.current.root_markers) or vim.fn.getcwd()
end

--- Goes on with the only one of some, or that which the user chooses; says so where there is none.
---@param found { id: string, summary: string }[]
---@param prompt string
---@param none string
---@param go fun(id: string)
function M.pick(found, prompt, none, go)
  if #found <= 1 then
    if found[1] then
      go(found[1].id)
    else
      M.say(none)
    end
    return
  end
  vim.ui.select(found, {
    prompt = prompt,
    format_item = function(each)
      return ('%s: %s'):format(each.id, each.summary)
    end,
  }, function(chosen)
    if chosen then
      go(chosen.id)
    end
  end)
end

return M
