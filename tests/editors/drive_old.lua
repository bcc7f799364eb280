-- What does an old Neovim (0.7) do with the documented snippet? The steps in the JSON file that DRIVE names:
--   snippet  the user's configuration      root, file  the workspace and its file
--   steps    each a table with one of
--     at, action  runs the code action whose title begins so, on a line from 1
--     run         runs an Ex command and waits for a message
--     type        puts a line at the end of the buffer
--     messages    how many messages to wait for, if not one
--     choose      the number of what is chosen where the server asks; without it, nothing is
--     writing     waits until a model has written an edit, not for a message
--     kill        kills the server, and opens the file again
-- Writes to DRIVE_REPORT, for each step: messages, and the text of every buffer; at the end how many servers ran.
local function read(path)
  local file = assert(io.open(path, 'rb'))
  local text = file:read('*a')
  file:close()
  return text
end
local given = vim.json.decode(read(assert(os.getenv('DRIVE'))))
local report = { steps = {} }
local said, told = {}, {}

local function wait_for(what, condition)
  if not vim.wait(30000, condition, 20) then
    error(what .. ' did not come')
  end
end

local function servers()
  return vim.lsp.get_active_clients()
end

local function buffers()
  local texts = vim.empty_dict()
  for _, buffer in ipairs(vim.api.nvim_list_bufs()) do
    local name = vim.api.nvim_buf_get_name(buffer)
    if vim.api.nvim_buf_is_loaded(buffer) and name ~= '' then
      local lines = vim.api.nvim_buf_get_lines(buffer, 0, -1, false)
      texts[vim.fn.fnamemodify(name, ':t')] = table.concat(lines, '\n') .. '\n'
    end
  end
  return texts
end

local function act(step)
  vim.api.nvim_win_set_cursor(0, { step.at, 0 })
  local chosen = false
  vim.ui.select = function(items, _, choose)
    for index, item in ipairs(items) do
      if not chosen and vim.startswith(item[2].title, step.action) then
        chosen = true
        choose(item, index)
      end
    end
  end
  -- A server that has just started on a busy machine may have no menu yet.
  for _ = 1, 6 do
    vim.lsp.buf.code_action()
    vim.wait(5000, function()
      return chosen
    end, 20)
    if chosen then
      return
    end
  end
  error(step.action .. ' did not come')
end

local function kill()
  local client = servers()[1]
  vim.loop.kill(client.rpc.pid, 'sigkill')
  wait_for('the end of the server', function()
    return servers()[1] == nil
  end)
  vim.cmd('silent wall | edit')
  wait_for('the server', function()
    return servers()[1] ~= nil and servers()[1].initialized
  end)
end

local function carry_out(step)
  said = {}
  if step.type then
    vim.api.nvim_buf_set_lines(0, -1, -1, false, { step.type })
  end
  vim.fn.inputlist = function()
    return step.choose or 0
  end
  if step.kill then
    kill()
  end
  if step.action then
    act(step)
  end
  if step.writing then
    wait_for('the model', function()
      return table.concat(told, ' '):find('wrote edit') ~= nil
    end)
  end
  if step.run then
    vim.cmd(step.run)
  end
  if (step.run or step.action) and not step.writing then
    wait_for('a message', function()
      return #said >= (step.messages or 1)
    end)
  end
  table.insert(report.steps, { messages = said, buffers = buffers() })
end

local ok, problem = pcall(function()
  vim.cmd('filetype on')
  vim.lsp.handlers['window/showMessage'] = function(_, result)
    table.insert(said, result.message)
  end
  vim.lsp.handlers['$/progress'] = function(_, result)
    table.insert(told, result.value.message or '')
  end
  dofile(given.snippet)
  vim.cmd('edit ' .. vim.fn.fnameescape(given.root .. '/' .. given.file))
  wait_for('the server', function()
    return servers()[1] ~= nil and servers()[1].initialized
  end)
  for _, step in ipairs(given.steps) do
    carry_out(step)
  end
  report.servers = #servers()
end)
report.problem = not ok and tostring(problem) or nil
vim.cmd('silent! wall')
local out = assert(io.open(assert(os.getenv('DRIVE_REPORT')), 'wb'))
out:write(vim.json.encode(report))
out:close()
vim.cmd('qa!')
