// The extension in a real VS Code (code-server) with a headless Chromium, as its user has it.
//   node24 code_server.js TOOLS patchwright.vsix STEPS.json REPORT.json
// STEPS: { folder, file, user: { settings }, environment, shots, steps: [...] }, each step a table with one of
//   click: a line, from 1        select: [first, last]       palette: a command's title        type: text + Enter
//   press: a key                 wait: { file, holds }, { gone }, { text } or { status }        shot: a screenshot's name
//   refactor: a code action's title
// REPORT: { editor, steps: [{ step, seconds }], notifications, files, error? }. Nothing leaves 127.0.0.1.
const fs = require('fs')
const net = require('net')
const os = require('os')
const path = require('path')
const { spawn, execFileSync } = require('child_process')

const [tools, vsix, stepsFile, reportFile] = process.argv.slice(2).map((given) => path.resolve(given))
const { chromium } = require(path.join(tools, 'tools/node_modules/playwright-core'))
const given = JSON.parse(fs.readFileSync(stepsFile, 'utf8'))
const report = { steps: [], notifications: [], files: {} }
const PATIENCE = 90_000

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

async function carryOut(page, step) {
  const lines = page.locator('.monaco-editor .view-lines').first()
  if (step.click) {
    await lines.click()
    await page.keyboard.press('Control+g')
    await page.keyboard.type(`${step.click}\n`)
  } else if (step.select) {
    await carryOut(page, { click: step.select[0] })
    await page.keyboard.press('Home')
    for (let line = step.select[0]; line < step.select[1]; line++) await page.keyboard.press('Shift+ArrowDown')
    await page.keyboard.press('Shift+End')
  } else if (step.palette) {
    await page.keyboard.press('F1')
    await page.waitForSelector('.quick-input-widget input', { state: 'visible', timeout: PATIENCE })
    await page.keyboard.type(step.palette)
    await page.locator('.quick-input-list .monaco-list-row', { hasText: step.palette }).first().click({ timeout: PATIENCE })
  } else if (step.type !== undefined) {
    // Our boxes have a title; the palette, which may still be closing, has none.
    await page.locator('.quick-input-title', { hasText: /\S/ }).first().waitFor({ timeout: PATIENCE })
    await page.keyboard.type(step.type)
    await until('the box', async () => (await page.locator('.quick-input-widget input').first().inputValue()) === step.type)
    await page.waitForTimeout(300)
    await page.keyboard.press('Enter')
  } else if (step.insert) {
    await page.keyboard.type(step.insert)
  } else if (step.press) {
    await page.keyboard.press(step.press)
  } else if (step.refactor) {
    await page.keyboard.press('Control+Shift+R')
    await page.locator('.action-widget .monaco-list-row', { hasText: step.refactor }).first().click({ timeout: PATIENCE })
  } else if (step.save) {
    await page.keyboard.press('Control+K')
    await page.keyboard.press('s')
  } else if (step.shot) {
    if (given.shots) await page.screenshot({ path: path.join(given.shots, `${step.shot}.png`) })
  } else if (step.wait) {
    const { file, holds, lacks, text, status, ghost } = step.wait
    const read = () => (fs.existsSync(path.join(given.folder, file)) ? fs.readFileSync(path.join(given.folder, file), 'utf8') : '')
    if (holds) await until(`${file} with ${holds}`, () => read().includes(holds))
    if (lacks) await until(`${file} without ${lacks}`, () => !read().includes(lacks))
    if (text) await until(`the text ${text}`, async () => (await page.locator('.monaco-workbench').innerText()).replace(/\u00a0/g, ' ').includes(text))
    if (ghost) await until('a suggestion', async () => (await page.locator('[class*=ghost-text]').count()) > 0)
    if (status) await until(`the status ${status}`, async () => (await page.locator('.statusbar').innerHTML()).includes(status))
  } else throw new Error(`no such step: ${JSON.stringify(step)}`)
}

async function main() {
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'patchwright-vscode-'))
  const user = path.join(scratch, 'user')
  fs.mkdirSync(path.join(user, 'User'), { recursive: true })
  fs.writeFileSync(path.join(user, 'User', 'settings.json'), JSON.stringify(given.user ?? {}))
  const folders = ['--user-data-dir', user, '--extensions-dir', path.join(scratch, 'extensions')]
  const command = path.join(tools, 'bin/code-server')
  execFileSync(command, [...folders, '--install-extension', vsix], { stdio: 'ignore' })
  const port = await freePort()
  const log = fs.openSync(path.join(scratch, 'server.log'), 'w')
  const flags = ['--bind-addr', `127.0.0.1:${port}`, '--auth', 'none', '--disable-telemetry', '--disable-update-check', '--disable-workspace-trust']
  const server = spawn(command, [...folders, ...flags], { env: { ...process.env, ...given.environment }, stdio: ['ignore', log, log] })
  let browser
  try {
    await until('code-server', () => fetch(`http://127.0.0.1:${port}/healthz`).then(() => true, () => false))
    const quiet = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']
    browser = await chromium.launch({ executablePath: process.env.CHROMIUM || '/usr/bin/chromium', args: quiet })
    const page = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage()
    try {
      await page.goto(`http://127.0.0.1:${port}/?folder=${encodeURIComponent(given.folder)}`)
      await page.locator('.explorer-folders-view .monaco-list-row', { hasText: given.file }).first().dblclick({ timeout: PATIENCE })
      await page.waitForSelector('.monaco-editor .view-line', { timeout: PATIENCE })
      await until('the status bar', async () => (await page.locator('.statusbar').innerText()).includes('Patchwright'))
      for (const step of given.steps) {
        const began = Date.now()
        await carryOut(page, step)
        report.steps.push({ step, seconds: (Date.now() - began) / 1000 })
      }
      await page.waitForTimeout(500)
      report.notifications = await page.locator('.notification-list-item-message').allInnerTexts()
    } catch (error) {
      if (given.shots) await page.screenshot({ path: path.join(given.shots, 'failed.png') })
      throw error
    }
  } catch (error) {
    report.error = String(error).slice(0, 800)
    report.log = fs.readFileSync(path.join(scratch, 'server.log'), 'utf8').slice(-2000)
  } finally {
    if (browser) await browser.close()
    server.kill('SIGTERM')
    report.files = files(given.folder)
    fs.writeFileSync(reportFile, JSON.stringify(report))
    fs.rmSync(scratch, { recursive: true, force: true, maxRetries: 5 })
  }
}

main().catch((error) => {
  console.error(error)
  process.exit(1)
})
