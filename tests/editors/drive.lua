-- What does a real Neovim do? One code action in a headless one, by the steps in the JSON file that DRIVE names:
--   server   the language server's command, a list      root    the workspace
--   file     the file to open, relative to root          line    the cursor's, from 1; `last` ends a selection
--   title    how the code action's title begins          saves   whether to :wall at the end
--   cancel   run patchwright.cancel once the model has been asked for so many ms
--   answer   the title to choose where the server asks
-- Writes what happened to DRIVE_REPORT: titles, messages, outcome, buffers by path with their text and whether changed.
local function read(path)
  local file = assert(io.open(path, 'rb'))
  local text = file:read('*a')
  file:close()
  return text
end
local steps = vim.json.decode(read(assert(os.getenv('DRIVE'))))
local report = {
  titles = {},
  messages = {},
  progress = {},
  buffers = vim.empty_dict(),
  errors = {},
  labels = vim.empty_dict(),
  confirmed = {},
}

local function finish(problem)
  report.problem = problem and tostring(problem) or nil
  for _, buffer in ipairs(vim.api.nvim_list_bufs()) do
    local name = vim.api.nvim_buf_get_name(buffer)
    if vim.api.nvim_buf_is_loaded(buffer) and vim.startswith(name, steps.root .. '/') then
      local lines = vim.api.nvim_buf_get_lines(buffer, 0, -1, false)
      report.buffers[name:sub(#steps.root + 2)] =
        { text = table.concat(lines, '\n') .. '\n', changed = vim.bo[buffer].modified }
    end
  end
  if steps.saves then
    vim.cmd('silent! wall')
  end
  local out = assert(io.open(assert(os.getenv('DRIVE_REPORT')), 'wb'))
  out:write(vim.json.encode(report))
  out:close()
  vim.cmd('qa!')
end

local function wait_for(what, ms, condition)
  if not vim.wait(ms, condition, 10) then
    error(what .. ' did not come in ' .. ms .. ' ms')
  end
end

local function drive()
  vim.cmd('filetype on')
  vim.lsp.config('patchwright', { cmd = steps.server, root_dir = steps.root, filetypes = { 'python' } })
  vim.lsp.enable('patchwright')

  vim.lsp.handlers['window/showMessage'] = function(_, result)
    table.insert(report.messages, result.message)
  end
  local shown = vim.lsp.handlers['$/progress']
  vim.lsp.handlers['$/progress'] = function(problem, result, ...)
    table.insert(report.progress, result.value)
    return shown and shown(problem, result, ...)
  end
  vim.ui.select = function(items, _, choose)
    for index, item in ipairs(items) do
      table.insert(report.titles, item.action.title)
      if vim.startswith(item.action.title, steps.title) and not report.chosen then
        report.chosen = true
        choose(item, index)
      end
    end
    if not report.chosen then
      choose(nil)
    end
  end
  vim.lsp.handlers['window/showMessageRequest'] = function(_, asked)
    return vim.iter(asked.actions):find(function(item)
      return item.title == steps.answer
    end) or vim.NIL
  end
  local apply = vim.lsp.handlers['workspace/applyEdit']
  vim.lsp.handlers['workspace/applyEdit'] = function(problem, sent, ...)
    report.labels = vim.tbl_extend('force', report.labels, sent.edit.changeAnnotations or {})
    return apply(problem, sent, ...)
  end
  local confirm = vim.fn.confirm
  vim.fn.confirm = function(question, ...)
    table.insert(report.confirmed, question)
    return confirm(question, ...)
  end
  local notify = vim.notify
  vim.notify = function(message, level, ...)
    if level == vim.log.levels.ERROR then
      table.insert(report.errors, message)
    end
    return notify(message, level, ...)
  end

  vim.cmd.edit(vim.fn.fnameescape(steps.root .. '/' .. steps.file))
  wait_for('initialize', 20000, function()
    report.client = vim.lsp.get_clients({ bufnr = 0 })[1]
    return report.client and report.client.initialized
  end)
  local client = report.client
  report.client = nil
  report.encoding = client.offset_encoding
  vim.api.nvim_win_set_cursor(0, { steps.line, 0 })

  local function menu()
    return #report.titles > 0 or #report.messages > 0
  end
  local started = vim.uv.hrtime()
  local range = steps.last and { start = { steps.line, 0 }, ['end'] = { steps.last, 999 } } or nil
  -- A server that has just started on a busy machine may have no menu yet.
  for _ = 1, 4 do
    if not menu() then
      vim.lsp.buf.code_action({ range = range })
      vim.wait(5000, menu, 10)
    end
  end
  wait_for('the menu', 1, menu)
  if not report.chosen then
    error('no action begins with ' .. steps.title)
  end
  if steps.cancel then
    wait_for('the model', 20000, function()
      return vim.iter(report.progress):any(function(value)
        return (value.message or ''):find('Asking')
      end)
    end)
    vim.wait(steps.cancel)
    client:exec_cmd({ title = 'cancel', command = 'patchwright.cancel' })
  end
  wait_for('a message', 30000, function()
    return #report.messages > 0
  end)
  report.milliseconds = (vim.uv.hrtime() - started) / 1e6
  vim.wait(200) -- whatever else may come must not be missed
end

local ok, problem = pcall(drive)
finish(not ok and problem or nil)
