--- Which hunks of a change that waits are wanted? A tab of its own with each file before and after it, side by side,
--- and keys that accept or reject. Nothing outside that tab is touched, and its buffers are wiped when it closes.
local client_of = require('patchwright.client')
local proposal_of = require('patchwright.proposal')

local M = {}

local marks = vim.api.nvim_create_namespace('patchwright.review')

---@class patchwright.ProposedHunk
---@field hunk integer|vim.NIL its number; none where the file is only right as a whole
---@field start integer 0-based, in the text before; `end` is no part of it
---@field end integer
---@field new_start integer the same in the text after
---@field new_end integer
---@field level string|vim.NIL
---@field reasons string[]

---@class patchwright.ProposedText: patchwright.ProposedFile
---@field before string
---@field after string
---@field hunks patchwright.ProposedHunk[]

---@alias patchwright.Side 'before'|'after'

---@class patchwright.Review
---@field client vim.lsp.Client
---@field id string
---@field tab integer
---@field origin integer the tab that it was opened from
---@field windows table<patchwright.Side, integer>
---@field proposal patchwright.Proposal
---@field at integer which of its files is shown
---@field text patchwright.ProposedText that file
---@field busy boolean whether the server is working on what the user said

---@type table<integer, patchwright.Review> by tab
local open = {}

---@param review patchwright.Review
---@return boolean
local function is_open(review)
  return vim.api.nvim_tabpage_is_valid(review.tab)
    and vim.api.nvim_win_is_valid(review.windows.before)
    and vim.api.nvim_win_is_valid(review.windows.after)
end

--- The lines of a text, as the server counts them.
---@param text string
---@return string[]
local function lines_of(text)
  local lines = vim.split(text:gsub('\r\n', '\n'):gsub('\r', '\n'), '\n', { plain = true })
  if lines[#lines] == '' then
    table.remove(lines)
  end
  return lines
end

---@param text string
---@return string
local function escaped(text)
  return (text:gsub('%%', '%%%%'))
end

---@param window integer
---@param name string
---@param value any
local function set(window, name, value)
  vim.api.nvim_set_option_value(name, value, { scope = 'local', win = window })
end

---@param review patchwright.Review
---@param side patchwright.Side
---@return integer buffer
local function buffer_of(review, side)
  local file = review.text
  local buffer = vim.api.nvim_create_buf(false, true)
  vim.bo[buffer].bufhidden = 'wipe'
  local path = side == 'after' and file.new_path or file.path
  vim.api.nvim_buf_set_name(buffer, ('patchwright://%s.%d/%s/%s'):format(review.id, buffer, side, path))
  vim.api.nvim_buf_set_lines(buffer, 0, -1, false, lines_of(file[side]))
  vim.bo[buffer].modifiable = false
  -- Not by the file type: its autocommands belong to files, and may start servers.
  vim.bo[buffer].syntax = vim.filetype.match({ filename = path }) or ''
  return buffer
end

---@param review patchwright.Review
local function mark_hunks(review)
  local buffer, hunks = vim.api.nvim_win_get_buf(review.windows.after), review.text.hunks
  for number, hunk in ipairs(hunks) do
    local level = client_of.given(hunk.level)
    local asks = level ~= nil and level ~= 'allow'
    local says = ('hunk %d of %d'):format(number, #hunks)
    if asks then
      says = ('%s, %s: %s'):format(says, level, table.concat(hunk.reasons, ' '))
    end
    local line = math.min(hunk.new_start, vim.api.nvim_buf_line_count(buffer) - 1)
    vim.api.nvim_buf_set_extmark(buffer, marks, line, 0, {
      virt_text = { { '  ' .. says, asks and 'DiagnosticVirtualTextWarn' or 'Comment' } },
    })
  end
end

local DECIDE = 'a accept  r reject  A all  R none  q close'
local MOVE = ']c [c hunk  ]f [f file  s summary'

---@param review patchwright.Review
local function draw(review)
  for _, side in ipairs({ 'before', 'after' }) do
    local window, buffer = review.windows[side], buffer_of(review, side)
    vim.api.nvim_win_set_buf(window, buffer)
    M.map(review, buffer)
    vim.api.nvim_win_call(window, function()
      vim.cmd('diffthis')
    end)
  end
  local place = ('%d/%d %s'):format(review.at, #review.proposal.files, proposal_of.happens(review.text))
  set(review.windows.before, 'winbar', escaped(place) .. '   ' .. MOVE .. '%<')
  set(review.windows.after, 'winbar', DECIDE .. '%<')
  mark_hunks(review)
  local first = assert(review.text.hunks[1], 'a file of a proposal has a hunk')
  local last = vim.api.nvim_buf_line_count(vim.api.nvim_win_get_buf(review.windows.after))
  vim.api.nvim_win_set_cursor(review.windows.after, { math.max(1, math.min(first.new_start + 1, last)), 0 })
  vim.cmd('syncbind')
end

---@param review patchwright.Review
local function close(review)
  open[review.tab] = nil
  if not vim.api.nvim_tabpage_is_valid(review.tab) then
    return
  end
  local is_current = vim.api.nvim_get_current_tabpage() == review.tab
  if #vim.api.nvim_list_tabpages() == 1 then
    vim.cmd.tabnew()
  end
  vim.cmd.tabclose(vim.api.nvim_tabpage_get_number(review.tab))
  if is_current and vim.api.nvim_tabpage_is_valid(review.origin) then
    vim.api.nvim_set_current_tabpage(review.origin)
  end
end

--- Reads a file of the proposal.
---@param review patchwright.Review
---@param at integer
---@param done fun(text: patchwright.ProposedText)
local function read(review, at, done)
  local file = assert(review.proposal.files[at], 'a proposal has files')
  client_of.execute(review.client, 'patchwright.readProposedFile', { { id = review.id, path = file.path } }, done)
end

---@param review patchwright.Review
---@param at integer counted round
local function go_to(review, at)
  local count = #review.proposal.files
  at = (at - 1) % count + 1
  read(review, at, function(text)
    if is_open(review) then
      review.at, review.text = at, text
      draw(review)
    end
  end)
end

--- Shows what still waits of the proposal, or closes the tab where nothing does.
---@param review patchwright.Review
local function refresh(review)
  proposal_of.waiting(review.client, function(waiting)
    review.busy = false
    if not is_open(review) then
      return
    end
    local waits = false
    for _, each in ipairs(waiting) do
      waits = waits or each.id == review.id
    end
    if not waits then
      close(review)
      return
    end
    client_of.execute(review.client, 'patchwright.readProposal', { { id = review.id } }, function(proposal)
      review.proposal = proposal
      go_to(review, math.min(review.at, #proposal.files))
    end)
  end)
end

--- The hunk at the cursor of one of the two windows.
---@param review patchwright.Review
---@return patchwright.ProposedHunk?
local function hunk_here(review)
  local is_before = vim.api.nvim_get_current_win() == review.windows.before
  local line = vim.api.nvim_win_get_cursor(0)[1] - 1
  --- The hunk whose lines hold the cursor's.
  ---@param reach integer how many lines above and below count too
  ---@return patchwright.ProposedHunk?
  local function within(reach)
    for _, hunk in ipairs(review.text.hunks) do
      local first = is_before and hunk.start or hunk.new_start
      local last = is_before and hunk['end'] or hunk.new_end
      if first - reach <= line and line < math.max(last, first + reach) then
        return hunk
      end
    end
  end
  -- Where a hunk has no line on this side, the cursor stands beside it.
  return within(0) or within(1)
end

--- What is done where the server could not: the user is told, and the hunks are shown as they are.
---@param review patchwright.Review
---@return fun(problem: string)
local function failed(review)
  return function(problem)
    client_of.say(problem, vim.log.levels.WARN)
    refresh(review)
  end
end

--- Says a word about some hunks to the server, and shows what is left.
---@param review patchwright.Review
---@param word 'accept'|'reject'
---@param hunks { path: string, hunk: integer|vim.NIL }[]? all of it without them
local function say(review, word, hunks)
  review.busy = true
  local argument = { id = review.id, hunks = hunks }
  client_of.execute(review.client, 'patchwright.' .. word, { argument }, function()
    refresh(review)
    require('patchwright.lenses').refresh()
  end, failed(review))
end

--- Accepts or rejects the hunk at the cursor, if it is still what the user sees.
---@param review patchwright.Review
---@param word 'accept'|'reject'
local function decide(review, word)
  local hunk = hunk_here(review)
  if not hunk then
    client_of.say('no hunk is at the cursor: ]c goes to the next.')
    return
  end
  review.busy = true
  local seen = review.text
  client_of.execute(
    review.client,
    'patchwright.readProposedFile',
    { { id = review.id, path = seen.path } },
    function(now)
      -- Another way to accept, a lens, may have been used meanwhile: the numbers of the hunks are others then.
      if now.before ~= seen.before or now.after ~= seen.after then
        client_of.say('the change is another one by now: look again.', vim.log.levels.WARN)
        refresh(review)
      else
        say(review, word, { { path = seen.path, hunk = hunk.hunk } })
      end
    end,
    failed(review)
  )
end

--- What can be done in the tab.
---@type table<string, { says: string, run: fun(review: patchwright.Review) }>
local ACTIONS = {
  a = {
    says = 'accept this hunk',
    run = function(review)
      decide(review, 'accept')
    end,
  },
  r = {
    says = 'reject this hunk',
    run = function(review)
      decide(review, 'reject')
    end,
  },
  A = {
    says = 'accept all that waits',
    run = function(review)
      say(review, 'accept')
    end,
  },
  R = {
    says = 'reject all that waits',
    run = function(review)
      say(review, 'reject')
    end,
  },
  s = {
    says = 'show the summary',
    run = function(review)
      proposal_of.show(review.client, review.id, true)
    end,
  },
  q = { says = 'close the tab; what waits still waits', run = close },
  [']f'] = {
    says = 'next file',
    run = function(review)
      go_to(review, review.at + 1)
    end,
  },
  ['[f'] = {
    says = 'previous file',
    run = function(review)
      go_to(review, review.at - 1)
    end,
  },
}

---@param review patchwright.Review
---@param buffer integer
function M.map(review, buffer)
  for key, action in pairs(ACTIONS) do
    vim.keymap.set('n', key, function()
      if review.busy and key ~= 'q' then
        client_of.say('the server is still working on this.')
      elseif is_open(review) then
        action.run(review)
      end
    end, { buffer = buffer, nowait = true, desc = 'Patchwright: ' .. action.says })
  end
  -- A window that is closed by itself leaves nothing to compare with.
  vim.api.nvim_create_autocmd('WinClosed', {
    buffer = buffer,
    callback = function()
      if open[review.tab] == review then
        vim.schedule(function()
          close(review)
        end)
      end
    end,
  })
end

--- Opens the tab for a proposal, or goes there.
---@param client vim.lsp.Client
---@param id string
function M.open(client, id)
  for tab, review in pairs(open) do
    if review.id == id and is_open(review) then
      vim.api.nvim_set_current_tabpage(tab)
      refresh(review)
      return
    end
  end
  client_of.execute(client, 'patchwright.readProposal', { { id = id } }, function(proposal)
    local review = { client = client, id = proposal.id, proposal = proposal, at = 1, busy = false }
    read(review, 1, function(text)
      review.text = text
      review.origin = vim.api.nvim_get_current_tabpage()
      vim.cmd.stopinsert()
      vim.cmd.tabnew()
      review.tab = vim.api.nvim_get_current_tabpage()
      local before = vim.api.nvim_get_current_win()
      vim.bo.bufhidden = 'wipe'
      vim.cmd('rightbelow vertical split')
      review.windows = { before = before, after = vim.api.nvim_get_current_win() }
      open[review.tab] = review
      draw(review)
    end)
  end)
end

return M
