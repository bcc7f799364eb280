--- Which diagnostics lie in the lines of a call? In the form in which servers speak of them.
local client_of = require('patchwright.client')

local M = {}

---@param buffer integer
---@param call patchwright.Call
---@param client vim.lsp.Client
---@return table[]
function M.within(buffer, call, client)
  local first = (call.range > 0 and call.line1 or vim.api.nvim_win_get_cursor(0)[1]) - 1
  local last = call.range > 0 and call.line2 - 1 or first
  local found = {}
  for _, diagnostic in ipairs(vim.diagnostic.get(buffer)) do
    if diagnostic.lnum <= last and (diagnostic.end_lnum or diagnostic.lnum) >= first then
      table.insert(found, M.as_lsp(buffer, diagnostic, client.offset_encoding))
    end
  end
  return found
end

---@param buffer integer
---@param line integer
---@param column integer bytes
---@param encoding patchwright.Encoding
---@return table
local function position(buffer, line, column, encoding)
  local text = vim.api.nvim_buf_get_lines(buffer, line, line + 1, false)[1] or ''
  return { line = line, character = client_of.units(text, math.min(column, #text), encoding) }
end

---@param buffer integer
---@param diagnostic vim.Diagnostic
---@param encoding patchwright.Encoding
---@return table
function M.as_lsp(buffer, diagnostic, encoding)
  -- What a server sent is handed back as it was.
  local sent = vim.tbl_get(diagnostic, 'user_data', 'lsp')
  local known = type(sent) == 'table' and sent or {}
  return {
    range = known.range or {
      start = position(buffer, diagnostic.lnum, diagnostic.col, encoding),
      ['end'] = position(
        buffer,
        diagnostic.end_lnum or diagnostic.lnum,
        diagnostic.end_col or diagnostic.col,
        encoding
      ),
    },
    severity = diagnostic.severity,
    source = diagnostic.source,
    code = diagnostic.code,
    message = diagnostic.message,
  }
end

return M
