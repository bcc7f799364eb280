// The extension in a real VS Code (code-server) with a headless Chromium, as its user has it.
//   node24 code_server.js TOOLS patchwright.vsix[,more.vsix] STEPS.json REPORT.json
// What `extensions` names is not installed but taken as it is: the folder of an installation.
// STEPS: { folder, workspace (a file that names several), file, extensions, user: { settings }, environment, shots, trusts, proposed, viewport, steps: [...] }, each step a table with one key of
// STEPS below. REPORT: { editor, steps: [{ step, seconds }], notifications, files, settings, error? }. Nothing leaves 127.0.0.1.
const fs = require('fs')
const net = require('net')
const os = require('os')
const path = require('path')
const { spawn, execFileSync } = require('child_process')

const [tools, , stepsFile, reportFile] = process.argv.slice(2).map((given) => path.resolve(given))
const extensions = process.argv[3].split(',')
const { chromium } = require(path.join(tools, 'tools/node_modules/playwright-core'))
const given = JSON.parse(fs.readFileSync(stepsFile, 'utf8'))
const report = { steps: [], notifications: [], files: {}, settings: '' }
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'patchwright-vscode-'))
const user = path.join(scratch, 'user')
// A browser's own settings, and those of this machine: one for the machine counts only among the latter.
const settingsFiles = ['User', 'Machine'].map((owner) => path.join(user, owner, 'settings.json'))
const PATIENCE = 60_000

const freePort = () =>
  new Promise((done) => {
    const listener = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = listener.address()
      listener.close(() => done(port))
    })
  })

async function until(what, condition) {
  const end = Date.now() + PATIENCE
  while (Date.now() < end) {
    if (await condition()) return
    await new Promise((resume) => setTimeout(resume, 150))
  }
  throw new Error(`${what} did not come`)
}

function files(folder, base = '') {
  const found = {}
  for (const entry of fs.readdirSync(path.join(folder, base), { withFileTypes: true })) {
    const name = path.posix.join(base, entry.name)
    if (entry.isDirectory() && entry.name !== '.git') Object.assign(found, files(folder, name))
    else if (entry.isFile()) found[name] = fs.readFileSync(path.join(folder, name), 'utf8')
  }
  return found
}

const screen = async (page) => (await page.locator('.monaco-workbench').innerText()).replace(/\u00a0/g, ' ')
const row = (page, text) => page.locator('.quick-input-list .monaco-list-row', { hasText: text }).first()

async function find(page, title) {
  await page.keyboard.press('F1')
  await page.waitForSelector('.quick-input-widget input', { state: 'visible', timeout: PATIENCE })
  // At once: after each key, VS Code would look through all commands.
  await page.keyboard.insertText(title)
  await row(page, title).waitFor({ timeout: PATIENCE })
}

async function palette(page, title) {
  await find(page, title)
  await row(page, title).click({ timeout: PATIENCE })
}

async function goTo(page, line) {
  await page.locator('.editor-group-container.active .monaco-editor .view-lines').last().click()
  await page.keyboard.press('Control+g')
  await page.keyboard.type(`${line}\n`)
  // The box closes in its own time, and keeps the keys until it has.
  await page.locator('.quick-input-widget').waitFor({ state: 'hidden', timeout: PATIENCE })
  await until('the editor', () => page.evaluate(() => document.activeElement?.closest('.editor-instance') !== null))
}

function setSettings(settings) {
  for (const file of settingsFiles) fs.writeFileSync(file, JSON.stringify(settings))
}

// The process of the server: the child of code-server that was started with `serve`.
function serverProcess(ancestor) {
  const processes = fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name)).flatMap((id) => {
    try {
      const status = fs.readFileSync(`/proc/${id}/stat`, 'utf8')
      const parent = status.slice(status.lastIndexOf(')') + 2).split(' ')[1]
      return [{ id, parent, command: fs.readFileSync(`/proc/${id}/cmdline`, 'utf8').split('\0') }]
    } catch {
      return []
    }
  })
  const below = (id) => processes.filter((each) => each.parent === String(id)).flatMap((each) => [each, ...below(each.id)])
  return below(ancestor).find((each) => each.command.includes('serve'))?.id
}

const STEPS = {
  // A line of the file in front, from 1.
  click: goTo,
  select: async (page, [first, last]) => {
    await goTo(page, first)
    await page.keyboard.press('Home')
    for (let line = first; line < last; line++) await page.keyboard.press('Shift+ArrowDown')
    await page.keyboard.press('Shift+End')
  },
  // A command's title: looked for, and run.
  find,
  palette,
  // Text into one of our boxes, which have a title; the palette, which may still be closing, has none.
  write: async (page, text) => {
    await page.locator('.quick-input-title', { hasText: /\S/ }).first().waitFor({ timeout: PATIENCE })
    await page.keyboard.type(text)
    await until('the box', async () => (await page.locator('.quick-input-widget input').first().inputValue()) === text)
    await page.waitForTimeout(300)
  },
  // The same, and Enter.
  type: async (page, text) => {
    await STEPS.write(page, text)
    await page.keyboard.press('Enter')
  },
  // An entry of a list.
  choose: (page, text) => row(page, text).click({ timeout: PATIENCE }),
  // The box before an entry of one of our views.
  tick: (page, text) =>
    page.locator('.tree-explorer-viewlet-tree-view .monaco-list-row, .pane-body .monaco-list-row', { hasText: text }).first()
      .locator('.monaco-custom-toggle').click({ timeout: PATIENCE }),
  // An entry of one of our views.
  entry: (page, text) => page.locator('.pane-body .monaco-list-row', { hasText: text }).first().click({ timeout: PATIENCE }),
  // A step of a walkthrough.
  walk: (page, title) => page.locator('.getting-started-step', { hasText: title }).first().click({ timeout: PATIENCE }),
  // A button of a message, a dialog or a view.
  button: (page, title) =>
    page.locator('.monaco-button, .monaco-dialog-box .dialog-buttons .monaco-text-button', { hasText: title }).first().click({ timeout: PATIENCE }),
  tab: (page, name) => page.locator('.tab', { has: page.getByText(name, { exact: true }) }).first().click({ timeout: PATIENCE }),
  // One of the actions above a line.
  lens: (page, title) => page.locator('.codelens-decoration a', { hasText: title }).first().click({ timeout: PATIENCE }),
  // An entry of our part of the context menu, and what that has not: [entry, missing].
  menu: async (page, [title, missing]) => {
    await page.locator('.editor-group-container.active .monaco-editor .view-line').first().click({ button: 'right' })
    await page.locator('.context-view .action-item', { hasText: 'Patchwright' }).first().hover()
    const entry = (text) => page.locator('.monaco-submenu .action-item', { hasText: text }).first()
    await entry(title).waitFor({ timeout: PATIENCE })
    if (await entry(missing).isVisible()) throw new Error(`there is ${missing}`)
    for (let open = 0; open < 2; open++) await page.keyboard.press('Escape')
  },
  // The user changes their settings: { name: value }.
  set: (_, values) => setSettings({ ...JSON.parse(fs.readFileSync(settingsFiles[0], 'utf8')), ...values }),
  action: (page, title) => page.locator(`.action-label[aria-label^="${title}"]`).first().click({ timeout: PATIENCE }),
  // An entry of the right of the status bar; progress stands on its left.
  status: (page, text) => page.locator('.right-items .statusbar-item', { hasText: text }).first().click({ timeout: PATIENCE }),
  insert: (page, text) => page.keyboard.type(text),
  press: (page, key) => page.keyboard.press(key),
  // A line in a cell of a notebook.
  cell: (page, text) => page.locator('.notebookOverlay .monaco-editor .view-line', { hasText: text }).first().click({ timeout: PATIENCE }),
  // Another file of the folder.
  open: async (page, file) => {
    await page.locator('.explorer-folders-view .monaco-list-row', { hasText: file }).first().dblclick({ timeout: PATIENCE })
    await page.locator('.tab.active', { hasText: file }).first().waitFor({ timeout: PATIENCE })
  },
  refactor: async (page, title) => {
    await page.keyboard.press('Control+Shift+R')
    await page.locator('.action-widget .monaco-list-row', { hasText: title }).first().click({ timeout: PATIENCE })
  },
  save: (page) => palette(page, 'File: Save All'),
  // The server dies, and the user sees it.
  kill: async (page, _, codeServer) => {
    const id = serverProcess(codeServer.pid)
    if (id === undefined) throw new Error('no server runs')
    process.kill(Number(id), 'SIGKILL')
    await until('the news of its end', async () => !(await page.locator('.statusbar').innerHTML()).includes('describe a change'))
  },
  // A program that the user installs meanwhile: [what, where].
  link: (_, [what, where]) => fs.symlinkSync(what, where),
  pause: (page, milliseconds) => page.waitForTimeout(milliseconds),
  shot: async (page, name) => {
    if (!given.shots) return
    // Away from what would show a tooltip.
    await page.mouse.move(700, 560)
    await page.waitForTimeout(200)
    await page.screenshot({ path: path.join(given.shots, `${name}.png`) })
  },
  // { file, holds, lacks }, { text }, { gone }, { front }: the tab, { status } or { ghost }
  wait: async (page, { file, holds, lacks, text, gone, front, status, ghost }) => {
    const whole = path.resolve(given.folder, file ?? '')
    const read = () => (fs.existsSync(whole) ? fs.readFileSync(whole, 'utf8') : '')
    if (holds) await until(`${file} with ${holds}`, () => read().includes(holds))
    if (lacks) await until(`${file} without ${lacks}`, () => !read().includes(lacks))
    if (text) await until(`the text ${text}`, async () => (await screen(page)).includes(text))
    if (gone) await until(`the end of ${gone}`, async () => !(await screen(page)).includes(gone))
    if (front) await page.locator('.tab.active', { hasText: front }).first().waitFor({ timeout: PATIENCE })
    if (ghost) await until('a suggestion', async () => (await page.locator('[class*=ghost-text]').count()) > 0)
    if (status) await until(`the status ${status}`, async () => (await page.locator('.statusbar').innerHTML()).includes(status))
  },
}

async function carryOut(page, step, codeServer) {
  const [[name, value]] = Object.entries(step)
  if (STEPS[name] === undefined) throw new Error(`no such step: ${JSON.stringify(step)}`)
  await STEPS[name](page, value, codeServer)
}

async function main() {
  for (const file of settingsFiles) fs.mkdirSync(path.dirname(file), { recursive: true })
  setSettings(given.user ?? {})
  const folders = ['--user-data-dir', user, '--extensions-dir', given.extensions ?? path.join(scratch, 'extensions')]
  const command = path.join(tools, 'bin/code-server')
  if (!given.extensions) execFileSync(command, [...folders, ...extensions.flatMap((vsix) => ['--install-extension', vsix])], { stdio: 'ignore' })
  const port = await freePort()
  const log = fs.openSync(path.join(scratch, 'server.log'), 'w')
  const flags = ['--bind-addr', `127.0.0.1:${port}`, '--auth', 'none', '--disable-telemetry', '--disable-update-check']
  flags.push(...(given.proposed ?? []).flatMap((id) => ['--enable-proposed-api', id]))
  if (given.trusts !== false) flags.push('--disable-workspace-trust')
  const server = spawn(command, [...folders, ...flags], { env: { ...process.env, ...given.environment }, stdio: ['ignore', log, log] })
  let browser
  try {
    await until('code-server', () => fetch(`http://127.0.0.1:${port}/healthz`).then(() => true, () => false))
    const quiet = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']
    browser = await chromium.launch({ executablePath: process.env.CHROMIUM || '/usr/bin/chromium', args: quiet })
    const page = await (await browser.newContext({ viewport: given.viewport ?? { width: 1280, height: 800 } })).newPage()
    try {
      const opens = given.workspace ? { workspace: given.workspace } : { folder: given.folder }
      await page.goto(`http://127.0.0.1:${port}/?${new URLSearchParams(opens)}`, { timeout: PATIENCE })
      await STEPS.open(page, given.file)
      await page.waitForSelector('.monaco-editor .view-line', { timeout: PATIENCE })
      await until('the status bar', async () => (await page.locator('.statusbar').innerText()).includes('Patchwright'))
      for (const step of given.steps) {
        const began = Date.now()
        await carryOut(page, step, server)
        report.steps.push({ step, seconds: (Date.now() - began) / 1000 })
      }
      await page.waitForTimeout(500)
      report.notifications = await page.locator('.notification-list-item-message').allInnerTexts()
    } catch (error) {
      if (given.shots) await page.screenshot({ path: path.join(given.shots, 'failed.png') })
      report.screen = (await screen(page)).slice(-3000)
      throw error
    }
  } catch (error) {
    report.error = String(error).slice(0, 800)
    report.log = fs.readFileSync(path.join(scratch, 'server.log'), 'utf8').slice(-2000)
  } finally {
    if (browser) await browser.close()
    server.kill('SIGTERM')
    report.files = files(given.folder)
    report.settings = settingsFiles.map((file) => fs.readFileSync(file, 'utf8')).join('\n')
    fs.writeFileSync(reportFile, JSON.stringify(report))
    fs.rmSync(scratch, { recursive: true, force: true, maxRetries: 5 })
  }
}

main().catch((error) => {
  console.error(error)
  process.exit(1)
})
