--- What would a model see for a description? The pieces, best first, in the quickfix list.
local client_of = require('patchwright.client')
local options = require('patchwright.options')

local M = {}

---@param description string
function M.show(description)
  local root = client_of.root()
  local command = vim.list_extend(vim.deepcopy(options.program()), { 'context', '--root', root, '--json', '-' })
  vim.system(command, { stdin = description, text = true }, function(done)
    vim.schedule(function()
      local ok, answer = pcall(vim.json.decode, done.stdout or '')
      if done.code ~= 0 or not ok then
        client_of.say(vim.trim(done.stderr or 'no answer.'), vim.log.levels.ERROR)
        return
      end
      local items = {}
      for _, piece in ipairs(answer.pieces) do
        local file = vim.fs.joinpath(root, piece.path)
        table.insert(items, { filename = file, lnum = piece.start_line, end_lnum = piece.end_line, text = piece.why })
      end
      vim.fn.setqflist({}, ' ', { title = 'Patchwright: ' .. description, items = items })
      vim.cmd('botright copen')
      client_of.say(('%d %s, %d tokens'):format(#items, #items == 1 and 'piece' or 'pieces', answer.tokens))
    end)
  end)
end

return M
