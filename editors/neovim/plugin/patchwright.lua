-- :Patchwright is there without `setup`; nothing else is loaded before it is used.
if vim.g.loaded_patchwright then
  return
end
vim.g.loaded_patchwright = true

vim.api.nvim_create_user_command('Patchwright', function(call)
  require('patchwright.commands').run(call)
end, {
  nargs = '*',
  range = true,
  desc = 'Describe a change; review the patch',
  complete = function(...)
    return require('patchwright.commands').complete(...)
  end,
})
