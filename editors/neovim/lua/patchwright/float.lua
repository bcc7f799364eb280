--- Where is something shown that is only to be looked at? In a floating window: no other window moves for it, and its
--- buffer is wiped when it closes.
local M = {}

local space = vim.api.nvim_create_namespace('patchwright.float')

---@class patchwright.Key
---@field key string
---@field says string
---@field run fun()

---@class patchwright.FloatOptions
---@field title string
---@field focus boolean whether the cursor goes there
---@field stays boolean? whether it is open until it is closed; else it closes when the cursor moves elsewhere
---@field at 'top'|'bottom'|nil where it stands, without the focus; at the top unless it is said
---@field level integer? of vim.log.levels; it colours the border
---@field keys patchwright.Key[]? what can be done there; `q` closes it
---@field on_close fun()? called once, after it closed other than by one of its keys

---@class patchwright.Float
---@field window integer
---@field buffer integer

--- Whether a floating window is still there.
---@param float patchwright.Float?
---@return boolean
function M.is_open(float)
  return float ~= nil and vim.api.nvim_win_is_valid(float.window)
end

--- Closes a floating window, if it is still there.
---@param float patchwright.Float?
function M.close(float)
  if float and vim.api.nvim_win_is_valid(float.window) then
    vim.api.nvim_win_close(float.window, true)
  end
end

--- A text of a server on one line: it may not bring lines of its own.
---@param text string
---@return string
function M.line(text)
  return vim.trim((text:gsub('%s+', ' ')))
end

---@param lines string[]
---@param most integer columns
---@return integer
local function width_of(lines, most)
  local width = 30
  for _, line in ipairs(lines) do
    width = math.max(width, math.min(most, vim.fn.strdisplaywidth(line) + 1))
  end
  return width
end

--- Where a window of a size stands: in the middle, or, where it only informs, at the right edge.
---@param width integer
---@param height integer
---@param options patchwright.FloatOptions
---@return vim.api.keyset.win_config
local function place(width, height, options)
  local row, column = 1, vim.o.columns - width - 2
  if options.focus then
    row, column = math.floor((vim.o.lines - height) / 2) - 2, math.floor((vim.o.columns - width) / 2)
  elseif options.at == 'bottom' then
    row = vim.o.lines - vim.o.cmdheight - height - 3
  end
  return { relative = 'editor', row = math.max(0, row), col = column, width = width, height = height }
end

local BORDERS = { [vim.log.levels.ERROR] = 'DiagnosticError', [vim.log.levels.WARN] = 'DiagnosticWarn' }

---@param keys patchwright.Key[]
---@return string
local function help(keys)
  local words = vim.tbl_map(function(row)
    return row.key .. ' ' .. row.says
  end, keys)
  return ' ' .. table.concat(words, '   ') .. ' '
end

local DIFF = { ['+'] = 'Added', ['-'] = 'Removed', ['@'] = 'Special' }

--- A page of the server, or of ours: headings, and a diff between fences. As plain text with the looks of its lines: it
--- is not taken for Markdown, in which names of code have a meaning.
---@param page string[]
---@return string[] lines
---@return table<integer, string> looks highlight groups by line, from 0
local function drawn(page)
  local lines, looks, in_diff = {}, {}, false
  for _, line in ipairs(page) do
    if line:match('^```') then
      in_diff = not in_diff
    elseif in_diff then
      looks[#lines] = DIFF[line:sub(1, 1)]
      table.insert(lines, line)
    else
      local heading = line:match('^#+ (.*)$')
      looks[#lines] = heading and 'Title' or nil
      table.insert(lines, ((heading or line):gsub('\\([\\`*_{}%[%]<>|#!])', '%1')))
    end
  end
  return lines, looks
end

--- Opens one.
---@param page string[] headings begin with `#`, a diff stands between fences
---@param options patchwright.FloatOptions
---@return patchwright.Float
function M.open(page, options)
  local lines, looks = drawn(page)
  local buffer = vim.api.nvim_create_buf(false, true)
  vim.bo[buffer].bufhidden = 'wipe'
  vim.api.nvim_buf_set_lines(buffer, 0, -1, false, lines)
  vim.bo[buffer].modifiable = false
  for line, group in pairs(looks) do
    vim.api.nvim_buf_set_extmark(buffer, space, line, 0, { end_col = #lines[line + 1], hl_group = group })
  end
  local keys = options.keys or {}
  local share = options.focus and 0.9 or 0.6
  local width = width_of(lines, math.max(40, math.min(90, math.floor(vim.o.columns * share))))
  local shape = {
    style = 'minimal',
    border = 'rounded',
    title = ' ' .. options.title .. ' ',
    footer = #keys > 0 and help(keys) or nil,
    zindex = 60,
  }
  local window = vim.api.nvim_open_win(buffer, options.focus, vim.tbl_extend('error', shape, place(width, 1, options)))
  if options.level and BORDERS[options.level] then
    local highlights = 'FloatBorder:' .. BORDERS[options.level]
    vim.api.nvim_set_option_value('winhighlight', highlights, { scope = 'local', win = window })
  end
  vim.api.nvim_set_option_value('wrap', true, { scope = 'local', win = window })
  vim.api.nvim_set_option_value('linebreak', true, { scope = 'local', win = window })
  local height = math.min(vim.api.nvim_win_text_height(window, {}).all, vim.o.lines - 8)
  vim.api.nvim_win_set_config(window, place(width, math.max(1, height), options))
  local float = { window = window, buffer = buffer }
  M.listen(float, options)
  return float
end

--- Maps the keys of a window, and has it close when it is left.
---@param float patchwright.Float
---@param options patchwright.FloatOptions
function M.listen(float, options)
  local told = false
  local function closed()
    if not told then
      told = true
      M.close(float)
      if options.on_close then
        options.on_close()
      end
    end
  end
  if options.stays then
    return
  end
  if not options.focus then
    -- Not before what opened it has come to an end: that may have moved the cursor.
    vim.schedule(function()
      vim.api.nvim_create_autocmd({ 'CursorMoved', 'CursorMovedI', 'InsertEnter', 'BufLeave' }, {
        once = true,
        callback = closed,
      })
    end)
    return
  end
  for _, row in ipairs(options.keys or {}) do
    vim.keymap.set('n', row.key, function()
      told = true
      M.close(float)
      row.run()
    end, { buffer = float.buffer, nowait = true, desc = row.says })
  end
  for _, key in ipairs({ 'q', '<Esc>' }) do
    vim.keymap.set('n', key, closed, { buffer = float.buffer, nowait = true, desc = 'close' })
  end
  vim.api.nvim_create_autocmd({ 'WinClosed', 'BufLeave' }, {
    buffer = float.buffer,
    once = true,
    callback = vim.schedule_wrap(closed),
  })
end

return M
