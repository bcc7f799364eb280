-- What does the plugin do in a real Neovim? The steps in the JSON file that DRIVE names, one after another:
--   plugin   the plugin's folder; without it, the user has installed it     options  what `setup` is given
--   root, file  the workspace and its file
--   steps    each a table with one of
--     at         puts the cursor on a line, from 1
--     run        runs an Ex command and waits for what `until` names, see UNTIL
--     type       replaces a line's text: { line, text }
--     input      answers the next vim.ui.input; `choose` the next vim.ui.select or message request, by its beginning
--     suggest    goes to insert mode at the end of a line, waits for a suggestion and takes it
--     kill       kills the server's process
--     keys       presses keys
--     holds      waits until a Lua expression is true
--     see        Lua expressions by name, whose values go into the report
-- Writes to DRIVE_REPORT, for each step: messages, the buffer's text, statusline, what was seen; at the end all
-- buffers, and what stood in floating windows beside each question that was asked.
local function read(path)
  local file = assert(io.open(path, 'rb'))
  local text = file:read('*a')
  file:close()
  return text
end
local given = vim.json.decode(read(assert(os.getenv('DRIVE'))))
local report = { steps = {}, asked = {}, beside = {} }
local said, answers, wanted = {}, {}, {}

local function text_of(buffer)
  return table.concat(vim.api.nvim_buf_get_lines(buffer, 0, -1, false), '\n') .. '\n'
end

local function floating()
  local texts = {}
  for _, window in ipairs(vim.api.nvim_list_wins()) do
    if vim.api.nvim_win_get_config(window).relative ~= '' then
      table.insert(texts, text_of(vim.api.nvim_win_get_buf(window)))
    end
  end
  return texts
end

local function value_of(expression)
  return assert(load('local floating = ...; return ' .. expression))(floating)
end

local function finish(problem)
  report.problem = problem and tostring(problem) or nil
  report.buffers = vim.empty_dict()
  for _, buffer in ipairs(vim.api.nvim_list_bufs()) do
    local name = vim.api.nvim_buf_get_name(buffer)
    if vim.api.nvim_buf_is_loaded(buffer) and name ~= '' then
      report.buffers[vim.fn.fnamemodify(name, ':t')] = text_of(buffer)
    end
  end
  vim.cmd('silent! wall')
  local out = assert(io.open(assert(os.getenv('DRIVE_REPORT')), 'wb'))
  out:write(vim.json.encode(report))
  out:close()
  vim.cmd('qa!')
end

local function wait_for(what, condition)
  if not vim.wait(30000, condition, 20) then
    error(what .. ' did not come')
  end
end

if given.plugin then
  vim.opt.rtp:prepend(given.plugin)
  vim.cmd('runtime plugin/patchwright.lua')
end
vim.cmd('filetype on')
vim.notify = function(message)
  -- What an edit is labelled with, Neovim 0.12 tells by itself.
  if not vim.startswith(message, 'Applied changes:') then
    table.insert(said, message)
  end
end
vim.lsp.handlers['window/showMessage'] = function(_, result)
  table.insert(said, result.message)
end
vim.ui.input = function(options, done)
  table.insert(report.asked, options.prompt)
  done(table.remove(answers, 1))
end
vim.ui.select = function(items, options, done)
  table.insert(report.asked, options.prompt)
  table.insert(report.beside, table.concat(floating(), '\n'))
  local format = options.format_item or tostring
  for index, item in ipairs(items) do
    if wanted[1] and vim.startswith(format(item), wanted[1]) then
      table.remove(wanted, 1)
      return done(item, index)
    end
  end
  done(nil)
end

local function client()
  return vim.lsp.get_clients({ name = 'patchwright' })[1]
end
local function started()
  return client() ~= nil and client().initialized
end

local UNTIL = {
  message = function()
    return #said > 0
  end,
  quickfix = function()
    return #vim.fn.getqflist() > 0
  end,
  started = started,
  gone = function()
    return client() == nil
  end,
  writing = function()
    return require('patchwright').statusline():find('wrote edit') ~= nil
  end,
}

local function suggest(step)
  vim.api.nvim_win_set_cursor(0, { step.suggest, 0 })
  vim.api.nvim_feedkeys('A', 'n', false)
  local before = text_of(0)
  -- Suggestions live in insert mode only, so what follows must come from the event loop.
  local function try(left)
    if text_of(0) == before and left > 0 then
      require('patchwright').accept()
      vim.defer_fn(function()
        try(left - 1)
      end, 200)
      return
    end
    vim.cmd('stopinsert')
    vim.schedule(step.done)
  end
  vim.defer_fn(function()
    try(50)
  end, 300)
end

local function carry_out(step)
  if step.input then
    table.insert(answers, step.input)
  end
  if step.choose then
    table.insert(wanted, step.choose)
  end
  if step.at then
    vim.api.nvim_win_set_cursor(0, { step.at, 0 })
  end
  if step.type then
    vim.api.nvim_buf_set_lines(0, step.type[1] - 1, step.type[1], false, { step.type[2] })
  end
  if step.kill then
    vim.uv.kill(
      client().rpc.pid or vim.fn.systemlist({ 'pgrep', '-P', tostring(vim.uv.os_getpid()) })[1] + 0,
      'sigkill'
    )
  end
  if step.run then
    vim.cmd(step.run)
  end
  if step.keys then
    vim.api.nvim_feedkeys(vim.keycode(step.keys), 'xt', false)
  end
  if step.holds then
    wait_for(step.holds, function()
      return value_of(step.holds)
    end)
  end
  local awaited = step['until'] or (step.run and not step.holds and 'message')
  if awaited and awaited ~= 'nothing' then
    wait_for(awaited, assert(UNTIL[awaited], awaited))
  end
  if step.run then
    vim.wait(200)
  end -- what else may come must not be missed
end

local function record(step)
  local seen = vim.empty_dict()
  for name, expression in pairs(step.see or {}) do
    seen[name] = value_of(expression)
  end
  table.insert(report.steps, {
    seen = seen,
    messages = said,
    text = text_of(0),
    status = require('patchwright').statusline(),
    name = vim.api.nvim_buf_get_name(0),
    quickfix = #vim.fn.getqflist(),
  })
  said = {}
end

local function go(index)
  local step = given.steps[index]
  if not step then
    return finish()
  end
  if step.suggest then
    step.done = function()
      record(step)
      go(index + 1)
    end
    return suggest(step)
  end
  local ok, problem = pcall(carry_out, step)
  record(step)
  if not ok then
    return finish(problem)
  end
  go(index + 1)
end

local ok, problem = pcall(function()
  if given.plugin then
    require('patchwright').setup(given.options)
  end
  vim.cmd.edit(vim.fn.fnameescape(given.root .. '/' .. given.file))
  wait_for('initialize', started)
end)
if ok then
  vim.schedule(function()
    go(1)
  end)
else
  finish(problem)
end
