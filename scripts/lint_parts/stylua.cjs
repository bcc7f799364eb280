// Formats Lua, or says what is not formatted: node stylua.cjs [--write] FILE... (exit 1). NODE_PATH leads to the package.
const fs = require('fs')
const { formatCode, Config, IndentType, OutputVerification, QuoteStyle } = require('@johnnymorganz/stylua')

function house() {
  const config = Config.new() // formatCode takes it away: each file needs its own
  config.indent_type = IndentType.Spaces
  config.indent_width = 2
  config.column_width = 120
  config.quote_style = QuoteStyle.AutoPreferSingle
  return config
}

const [write, files] = process.argv[2] === '--write' ? [true, process.argv.slice(3)] : [false, process.argv.slice(2)]
for (const file of files) {
  const text = fs.readFileSync(file, 'utf8')
  const formatted = formatCode(text, house(), undefined, OutputVerification.Full)
  if (formatted === text) continue
  if (write) fs.writeFileSync(file, formatted)
  else {
    console.error(`${file}: not formatted; run scripts/lint-lua --write`)
    process.exitCode = 1
  }
}
