--- What does the server ask, and what about? Its questions are put with `vim.ui.select`, beside the diff that they are
--- about. Whatever is not a clear answer is none, and the server takes that for a no.
local float = require('patchwright.float')

local M = {}

local LOOK = { title = 'Read it first' }

---@class patchwright.Action
---@field title string

---@type table<string, string> pages by the message of the question that is about to come
local pages = {}

--- Keeps what the next question with that message is about.
---@param params { message: string, page: string }
function M.prepare(params)
  pages[params.message] = params.page
end

---@param lines string[]
---@param message string
---@param actions patchwright.Action[]
---@param decide fun(action: patchwright.Action?)
local function ask(lines, message, actions, decide)
  local shown = float.open(lines, { title = 'Patchwright asks', focus = false, stays = true })
  local is_cut = vim.api.nvim_win_get_height(shown.window) < #lines
  vim.cmd.redraw()
  vim.ui.select(is_cut and vim.list_extend(vim.list_slice(actions), { LOOK }) or actions, {
    prompt = message,
    kind = 'patchwright',
    format_item = function(action)
      return float.line(action.title)
    end,
  }, function(chosen)
    float.close(shown)
    if chosen ~= LOOK then
      decide(chosen)
      return
    end
    float.open(lines, {
      title = 'Patchwright asks',
      focus = true,
      on_close = function()
        ask(lines, message, actions, decide)
      end,
    })
  end)
end

--- Answers `window/showMessageRequest`; what is about nothing in particular is Neovim's own affair.
---@param problem table?
---@param params { message: string, actions: patchwright.Action[]? }
---@param context table
---@return any
function M.answer(problem, params, context)
  local page = pages[params.message]
  pages[params.message] = nil
  local routine, is_main = coroutine.running()
  if not page or page == '' or not routine or is_main then
    return vim.lsp.handlers['window/showMessageRequest'](problem, params, context)
  end
  vim.schedule(function()
    ask(vim.split(page, '\n', { trimempty = true }), params.message, params.actions or {}, function(chosen)
      coroutine.resume(routine, chosen or vim.NIL)
    end)
  end)
  ---@diagnostic disable-next-line: await-in-sync
  return coroutine.yield()
end

return M
