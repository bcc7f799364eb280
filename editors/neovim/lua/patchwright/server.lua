--- How is the server started, and what does Neovim's client need to know of it?
local client_of = require('patchwright.client')
local options = require('patchwright.options')

local M = {}

--- What the server sends that is ours to answer. Nothing is loaded before the first of it comes.
---@return table<string, function>
local function handlers()
  return {
    ['patchwright/documentText'] = function(_, params, context)
      return M.document_text(params.textDocument.uri, context.client_id)
    end,
    ['window/showMessageRequest'] = function(problem, params, context)
      return require('patchwright.questions').answer(problem, params, context)
    end,
    ['window/showMessage'] = function(_, params)
      require('patchwright.notice').from_server(params)
    end,
    ['patchwright/question'] = function(_, params)
      require('patchwright.questions').prepare(params)
    end,
    ['patchwright/proposal'] = function(_, params, context)
      local client = vim.lsp.get_client_by_id(context.client_id)
      if client then
        require('patchwright.proposal').arrived(client, params.id)
      end
    end,
  }
end

--- The text of a document and its version, for a server that is no longer sure of it; null for what is not open.
---@param uri string
---@param id integer of the client
---@return { text: string, version: integer }|vim.NIL
function M.document_text(uri, id)
  local buffer, client = vim.uri_to_bufnr(uri), vim.lsp.get_client_by_id(id)
  if not client or not vim.lsp.buf_is_attached(buffer, id) then
    return vim.NIL
  end
  -- Before a request Neovim sends what it has not told yet: else the server would hear of it twice.
  local params = { textDocument = { uri = uri } }
  client_of.request(client, 'textDocument/codeLens', params, function() end, buffer)
  local ending = ({ dos = '\r\n', mac = '\r' })[vim.bo[buffer].fileformat] or '\n'
  local text = table.concat(vim.api.nvim_buf_get_lines(buffer, 0, -1, true), ending)
  text = vim.bo[buffer].eol and text .. ending or text
  return { text = text, version = vim.lsp.util.buf_versions[buffer] or 0 }
end

--- Commands of lenses that are shown here, not by the server.
---@return table<string, fun(command: lsp.Command, context: table)>
local function commands()
  --- Calls something with the id that a lens names.
  ---@param show fun(client: vim.lsp.Client, id: string)
  ---@return fun(command: lsp.Command, context: table)
  local function shown(show)
    return function(command, context)
      local client = vim.lsp.get_client_by_id(context.client_id)
      if client then
        show(client, vim.tbl_get(command.arguments or {}, 1, 'id') or '')
      end
    end
  end
  return {
    ['patchwright.showDiff'] = shown(function(client, id)
      require('patchwright.review').open(client, id)
    end),
    ['patchwright.showProposal'] = shown(function(client, id)
      require('patchwright.proposal').show(client, id, true)
    end),
  }
end

--- The configuration for `vim.lsp.config` or `vim.lsp.start`.
---@return vim.lsp.ClientConfig
function M.config()
  local capabilities = vim.lsp.protocol.make_client_capabilities()
  capabilities.experimental = { patchwright = { draws = true, documentText = true } }
  local edits = vim.tbl_get(capabilities, 'workspace', 'workspaceEdit')
  if edits and edits.changeAnnotationSupport then
    -- Neovim 0.12 tells the labels of an edit in a message that has to be dismissed, and asks about whole files: here
    -- hunks are looked at in a tab.
    edits.changeAnnotationSupport = vim.NIL
  end
  return {
    cmd = options.current.cmd,
    filetypes = options.current.filetypes,
    root_markers = options.current.root_markers,
    init_options = next(options.current.init_options) and options.current.init_options or nil,
    capabilities = capabilities,
    handlers = handlers(),
    commands = commands(),
  }
end

--- Starts the server with the user's options.
function M.enable()
  if vim.fn.has('nvim-0.11') == 1 then
    vim.lsp.config(client_of.NAME, M.config())
    vim.lsp.enable(client_of.NAME)
    return
  end
  vim.api.nvim_create_autocmd('FileType', {
    group = vim.api.nvim_create_augroup('patchwright.start', {}),
    pattern = options.current.filetypes,
    callback = function(event)
      local root = vim.bo[event.buf].buftype == '' and vim.fs.root(event.buf, options.current.root_markers)
      if root then
        local config = M.config()
        config.name, config.root_dir = client_of.NAME, root
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
  for _, client in ipairs(vim.lsp.get_clients({ name = client_of.NAME })) do
    client_of.stop(client)
  end
  local tries = 0
  local function again()
    tries = tries + 1
    if next(vim.lsp.get_clients({ name = client_of.NAME })) and tries < 60 then
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
