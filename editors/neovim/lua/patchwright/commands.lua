--- What can be asked with :Patchwright? A table: adding one is a row, its line in doc/patchwright.txt, and a test.
local client_of = require('patchwright.client')

local M = {}

---@class patchwright.Call
---@field range integer
---@field line1 integer
---@field line2 integer
---@field bang boolean

---@class patchwright.Row
---@field says string
---@field text boolean? whether a description may follow
---@field lists string? the command of the server that lists the ids of which one may follow
---@field run fun(call: patchwright.Call, text: string)

--- Gives the description, or asks for it; an empty one asks for nothing.
---@param text string
---@param prompt string
---@param go fun(description: string)
local function described(text, prompt, go)
  if text ~= '' then
    go(text)
    return
  end
  vim.ui.input({ prompt = prompt }, function(given)
    if given and vim.trim(given) ~= '' then
      go(vim.trim(given))
    end
  end)
end

--- Runs a command of the server on the lines of a call.
---@param command string
---@param call patchwright.Call
---@param description string?
---@param diagnostics table[]?
local function at_place(command, call, description, diagnostics)
  local client = client_of.need()
  if client then
    local given = { uri = vim.uri_from_bufnr(0), range = client_of.range(call, client.offset_encoding) }
    given.description, given.diagnostics = description, diagnostics
    client_of.execute(client, command, { given })
  end
end

--- Runs the action with a name at the place of a call; whether there is something to do, the server says.
---@param name string
---@return fun(call: patchwright.Call)
local function here(name)
  return function(call)
    at_place('patchwright.' .. name, call)
  end
end

--- Implements the comment at the cursor, if the server offers that, else the function around it.
---@param call patchwright.Call
local function implement(call)
  local client = client_of.need()
  if not client then
    return
  end
  local buffer = vim.api.nvim_get_current_buf()
  local params = {
    textDocument = { uri = vim.uri_from_bufnr(buffer) },
    range = client_of.range(call, client.offset_encoding),
    context = { diagnostics = {}, triggerKind = 1 },
  }
  client_of.request(client, 'textDocument/codeAction', params, function(problem, actions)
    if problem then
      client_of.say(problem.message, vim.log.levels.ERROR)
      return
    end
    local command = 'patchwright.implementFunction'
    for _, action in ipairs(actions or {}) do
      if vim.tbl_get(action, 'command', 'command') == 'patchwright.implementComment' then
        command = 'patchwright.implementComment'
      end
    end
    at_place(command, call)
  end, buffer)
end

--- Fixes what is reported in the lines of a call, or, where nothing is, what the server itself finds in the file.
---@param call patchwright.Call
local function fix(call)
  local client = client_of.need()
  if not client then
    return
  end
  local found = require('patchwright.diagnostics').within(0, call, client)
  if #found > 0 then
    at_place('patchwright.fixDiagnostic', call, nil, found)
  else
    at_place('patchwright.fixAll', call)
  end
end

--- Runs a command of the server that needs no place.
---@param command string
---@return fun()
local function plain(command)
  return function()
    local client = client_of.need()
    if client then
      client_of.execute(client, command, {})
    end
  end
end

--- Does something with the change that waits, or with that which is named.
---@param go fun(client: vim.lsp.Client, id: string)
---@return fun(call: patchwright.Call, id: string)
local function with_proposal(go)
  return function(_, id)
    require('patchwright.proposal').choose(id, go)
  end
end

--- Accepts or rejects the change that waits.
---@param command 'patchwright.accept'|'patchwright.reject'
---@return fun(call: patchwright.Call, id: string)
local function on_proposal(command)
  return with_proposal(function(client, id)
    require('patchwright.proposal').decide(client, command, id)
  end)
end

--- Has the server ask again for the approval that something waits for: only its own question can give it.
---@param id string
local function approve(_, id)
  local client = client_of.need()
  if not client then
    return
  end
  --- Has the server put its question.
  ---@param chosen string
  local function ask(chosen)
    client_of.execute(client, 'patchwright.review', { { id = chosen } })
  end
  if id ~= '' then
    ask(id)
    return
  end
  client_of.execute(client, 'patchwright.pending', {}, function(result)
    client_of.pick(result.pending or {}, 'Which change?', 'Nothing waits for approval.', ask)
  end)
end

--- Runs a command of the program in a terminal below.
---@param words string[]
---@return fun()
local function in_terminal(words)
  return function()
    require('patchwright.terminal').open(words)
  end
end

---@type table<string, patchwright.Row>
M.table = {
  ask = {
    says = 'change the selected lines as a description says; without a selection, write code at the cursor',
    text = true,
    run = function(call, text)
      local command = call.range > 0 and 'patchwright.editSelection' or 'patchwright.implementComment'
      described(text, call.range > 0 and 'Change these lines: ' or 'Write here: ', function(description)
        at_place(command, call, description)
      end)
    end,
  },
  files = {
    says = 'change as many files as it takes',
    text = true,
    run = function(call, text)
      described(text, 'Change: ', function(description)
        at_place('patchwright.changeFiles', call, description)
      end)
    end,
  },
  implement = {
    says = 'implement the comment or the empty function at the cursor',
    run = implement,
  },
  fix = {
    says = 'fix what is reported at the cursor',
    run = fix,
  },
  tests = { says = 'write tests for this', run = here('writeTests') },
  document = { says = 'document this', run = here('document') },
  explain = { says = 'explain this', run = here('explain') },
  finish = {
    says = 'finish what was changed since the last commit',
    run = here('finishChange'),
  },
  conflicts = {
    says = 'resolve the merge conflicts in this file',
    run = here('resolveConflicts'),
  },
  upgrade = {
    says = 'upgrade the dependency on this line',
    run = here('upgradeDependency'),
  },
  review = {
    says = 'look at the change that waits in a tab, and accept or reject its hunks',
    lists = 'patchwright.proposals',
    run = with_proposal(function(client, id)
      require('patchwright.review').open(client, id)
    end),
  },
  proposal = {
    says = 'show what the change that waits is, and why',
    lists = 'patchwright.proposals',
    run = with_proposal(function(client, id)
      require('patchwright.proposal').show(client, id, true)
    end),
  },
  accept = {
    says = 'apply the change that waits',
    lists = 'patchwright.proposals',
    run = on_proposal('patchwright.accept'),
  },
  reject = {
    says = 'reject the change that waits',
    lists = 'patchwright.proposals',
    run = on_proposal('patchwright.reject'),
  },
  approve = {
    says = 'be asked again about what waits for approval',
    lists = 'patchwright.pending',
    run = approve,
  },
  undo = {
    says = 'take the last change back; what came later stays',
    run = function()
      local client = client_of.need()
      if client then
        client_of.execute(client, 'patchwright.undo', { { uri = vim.uri_from_bufnr(0) } })
      end
    end,
  },
  context = {
    says = 'show what a model would see for a description, in the quickfix list',
    text = true,
    run = function(_, text)
      described(text, 'What would a model see for: ', require('patchwright.context').show)
    end,
  },
  cancel = { says = 'stop what is being worked on', run = plain('patchwright.cancel') },
  connect = { says = 'choose a model', run = in_terminal({ 'connect' }) },
  doctor = { says = 'say what is missing', run = in_terminal({ 'doctor' }) },
  usage = { says = 'show tokens and money by day', run = in_terminal({ 'usage' }) },
  restart = { says = 'end the server and start it anew', run = require('patchwright.server').restart },
  log = {
    says = 'open the log of the language servers',
    run = function()
      -- Neovim 0.10 has the module, but does not say so.
      vim.cmd.tabedit(vim.fn.fnameescape(require('vim.lsp.log').get_filename()))
    end,
  },
}

---@return string[]
local function names()
  local found = vim.tbl_keys(M.table)
  table.sort(found)
  return found
end

--- Carries out :Patchwright.
---@param call table what Neovim says of the command
function M.run(call)
  local name, text = call.args:match('^(%S+)%s*(.*)$')
  if not name then
    vim.ui.select(names(), {
      prompt = 'Patchwright',
      format_item = function(item)
        return item .. ': ' .. M.table[item].says
      end,
    }, function(chosen)
      if chosen then
        M.table[chosen].run(call, '')
      end
    end)
    return
  end
  local row = M.table[name]
  if not row then
    client_of.say(('there is no %q; there are %s.'):format(name, table.concat(names(), ', ')), vim.log.levels.ERROR)
  elseif text ~= '' and not (row.text or row.lists) then
    client_of.say(('%s takes no description.'):format(name), vim.log.levels.ERROR)
  else
    row.run(call, text)
  end
end

--- The ids that a command of the server lists; none where it does not answer at once.
---@param command string
---@return string[]
local function ids(command)
  local client = client_of.of()
  if not client or not client.initialized then
    return {}
  end
  local answer = client_of.ask_now(client, 'workspace/executeCommand', { command = command })
  local _, found = next(answer or {})
  return vim.tbl_map(function(each)
    return each.id
  end, type(found) == 'table' and found or {})
end

--- Completes the first word, and the ids that a command takes.
---@param lead string
---@param line string
---@return string[]
function M.complete(lead, line)
  local name, more = line:match('Patchwright!?%s+(%S+)%s+(.*)$')
  local words = names()
  if name and more then
    local row = M.table[name]
    words = row and row.lists and not more:find('%s') and ids(row.lists) or {}
  end
  return vim.tbl_filter(function(word)
    return vim.startswith(word, lead)
  end, words)
end

return M
