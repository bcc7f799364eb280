--- What waits for the user, and what does it say? A summary in a floating window: what, why, the checks, the cost, and
--- what a person will be asked about.
local client_of = require('patchwright.client')
local float = require('patchwright.float')

local M = {}

---@class patchwright.ProposedFile
---@field kind 'edit'|'create'|'rename'|'delete'
---@field path string
---@field new_path string

---@class patchwright.Place
---@field path string
---@field line integer 0-based

---@class patchwright.Finding: patchwright.Place
---@field message string
---@field tool string
---@field rule string

---@class patchwright.Site: patchwright.Place
---@field why string

---@class patchwright.Proposal
---@field id string
---@field summary string
---@field description string
---@field made_by 'recipe'|'model'
---@field level 'allow'|'confirm'|'approve'|'deny'
---@field reasons string[]
---@field checks table<string, string>
---@field findings patchwright.Finding[]
---@field uncertain patchwright.Site[]
---@field usage { input_tokens: integer, output_tokens: integer }|vim.NIL
---@field usd number|vim.NIL
---@field seconds number
---@field files patchwright.ProposedFile[]

---@type patchwright.Float?
local shown

--- What waits, the oldest first.
---@param client vim.lsp.Client
---@param done fun(waiting: { id: string, summary: string }[])
function M.waiting(client, done)
  client_of.execute(client, 'patchwright.proposals', {}, function(result)
    done(result.proposals or {})
  end)
end

--- The one that is meant: that with the id, else the only one, else the user's choice.
---@param id string
---@param go fun(client: vim.lsp.Client, id: string)
function M.choose(id, go)
  local client = client_of.need()
  if not client then
    return
  end
  float.close(shown)
  if id ~= '' then
    go(client, id)
    return
  end
  M.waiting(client, function(waiting)
    client_of.pick(waiting, 'Which change?', 'No change waits for you.', function(chosen)
      go(client, chosen)
    end)
  end)
end

---@param file patchwright.ProposedFile
---@return string
function M.happens(file)
  local says = {
    edit = '%s changes',
    create = '%s is new',
    delete = '%s is deleted',
    rename = '%s moves to ' .. file.new_path:gsub('%%', '%%%%'),
  }
  return says[file.kind]:format(file.path)
end

---@param proposal patchwright.Proposal
---@return string
local function maker(proposal)
  if proposal.made_by == 'recipe' then
    return 'A recipe: exact, no model, no cost.'
  end
  local parts = { ('A model, in %.1f s'):format(proposal.seconds) }
  local usage, usd = client_of.given(proposal.usage), client_of.given(proposal.usd)
  if usage then
    table.insert(parts, ('%d tokens in, %d out'):format(usage.input_tokens, usage.output_tokens))
  end
  if usd then
    table.insert(parts, usd == 0 and 'no cost' or ('$%.4f'):format(usd))
  end
  return table.concat(parts, ', ') .. '.'
end

---@param proposal patchwright.Proposal
---@return string[]
local function checked(proposal)
  local passed, lines = {}, {}
  for tool, state in vim.spairs(proposal.checks) do
    if state == 'pass' then
      table.insert(passed, tool)
    else
      table.insert(lines, ('- %s: %s'):format(tool, state))
    end
  end
  local all = #passed > 0 and ('%d passed: %s.'):format(#passed, table.concat(passed, ', ')) or 'None passed.'
  table.insert(lines, 1, all)
  for _, found in ipairs(proposal.findings) do
    table.insert(
      lines,
      ('- %s:%d %s (%s %s)'):format(found.path, found.line + 1, found.message, found.tool, found.rule)
    )
  end
  return lines
end

local ASKED = {
  allow = 'Nothing: you are not asked when you accept.',
  confirm = 'You are asked when you accept:',
  approve = 'It needs your approval, which you are asked for when you accept:',
  deny = 'It is denied:',
}

---@param proposal patchwright.Proposal
---@return string[]
local function waits_for(proposal)
  local lines = { ASKED[proposal.level] or proposal.level }
  if proposal.level == 'allow' and #proposal.reasons > 0 then
    lines[1] = lines[1] .. ' The review remarks:'
  end
  for _, reason in ipairs(proposal.reasons) do
    table.insert(lines, '- ' .. reason)
  end
  for _, site in ipairs(proposal.uncertain) do
    table.insert(lines, ('- look at %s:%d: %s'):format(site.path, site.line + 1, site.why))
  end
  return lines
end

--- The summary, in Markdown.
---@param proposal patchwright.Proposal
---@return string[]
function M.lines(proposal)
  local lines = { '# ' .. proposal.summary }
  ---@param title string
  ---@param more string[]
  local function section(title, more)
    table.insert(lines, '## ' .. title)
    vim.list_extend(lines, more)
  end
  section(
    'What',
    vim.tbl_map(function(file)
      return '- ' .. M.happens(file)
    end, proposal.files)
  )
  section('Why', { '> ' .. proposal.description })
  section('Checks', checked(proposal))
  section('Cost', { maker(proposal) })
  section('What waits for a person', waits_for(proposal))
  return vim.tbl_map(float.line, lines)
end

--- Accepts or rejects a proposal.
---@param client vim.lsp.Client
---@param command 'patchwright.accept'|'patchwright.reject'
---@param id string
function M.decide(client, command, id)
  client_of.execute(client, command, { { id = id } }, require('patchwright.lenses').refresh)
end

--- Shows the summary of a proposal.
---@param client vim.lsp.Client
---@param id string
---@param focus boolean whether the cursor goes there, and its keys are there
function M.show(client, id, focus)
  client_of.execute(client, 'patchwright.readProposal', { { id = id } }, function(proposal)
    ---@cast proposal patchwright.Proposal
    float.close(shown)
    shown = float.open(M.lines(proposal), {
      title = 'Patchwright ' .. id,
      focus = focus,
      keys = focus and {
        {
          key = '<CR>',
          says = 'diff',
          run = function()
            require('patchwright.review').open(client, id)
          end,
        },
        {
          key = 'A',
          says = 'accept',
          run = function()
            M.decide(client, 'patchwright.accept', id)
          end,
        },
        {
          key = 'R',
          says = 'reject',
          run = function()
            M.decide(client, 'patchwright.reject', id)
          end,
        },
      } or { { key = ':Patchwright review', says = 'shows the diff' } },
    })
  end)
end

--- What happens when the server tells that a proposal waits: a glance at it, which takes no key and moves no cursor.
---@param client vim.lsp.Client
---@param id string
function M.arrived(client, id)
  require('patchwright.lenses').refresh()
  M.show(client, id, false)
end

return M
