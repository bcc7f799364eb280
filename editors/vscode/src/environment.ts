// Which program is the server? The one that the user names, else one in an environment that the extension makes once
// from the wheel it brings. Nothing is taken from the workspace: a folder there must never choose what runs.
import { execFile } from 'node:child_process'
import * as fs from 'node:fs/promises'
import * as path from 'node:path'
import { promisify } from 'node:util'

import * as vscode from 'vscode'

const run = promisify(execFile)
const MINUTES = 10
const PYTHONS = ['python3.14', 'python3.13', 'python3.12', 'python3.11', 'python3', 'python', 'py']

export class CannotStart extends Error {}

// The command that starts the `patchwright` program, without its own arguments.
export async function program(context: vscode.ExtensionContext, log: vscode.LogOutputChannel): Promise<string> {
  const named = setting('server.path')
  if (named) {
    if (!path.isAbsolute(named)) throw new CannotStart(`patchwright.server.path must be a whole path: ${named}`)
    return named
  }
  const wheel = await bundledWheel(context)
  const home = path.join(context.globalStorageUri.fsPath, `server-${path.basename(wheel, '.whl')}`)
  const command = path.join(home, ...(process.platform === 'win32' ? ['Scripts', 'patchwright.exe'] : ['bin', 'patchwright']))
  // The file is written last: an installation that was cut off is made anew.
  const finished = path.join(home, 'finished')
  if ((await exists(finished)) && (await exists(command))) return command
  await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: 'Patchwright: setting up, once' },
    async (progress) => {
      await fs.rm(home, { recursive: true, force: true })
      await fs.mkdir(path.dirname(home), { recursive: true })
      await make(home, wheel, (message) => {
        log.info(message)
        progress.report({ message })
      })
      await fs.writeFile(finished, new Date().toISOString())
    },
  )
  return command
}

function setting(name: string): string {
  // Only what the user set for this machine counts, never a value of the workspace.
  return (vscode.workspace.getConfiguration('patchwright').inspect<string>(name)?.globalValue ?? '').trim()
}

async function bundledWheel(context: vscode.ExtensionContext): Promise<string> {
  const folder = path.join(context.extensionPath, 'server')
  const names = (await fs.readdir(folder).catch(() => [])).filter((name) => name.endsWith('.whl'))
  const [name] = names
  if (name === undefined)
    throw new CannotStart('this build of the extension brings no server. Set patchwright.server.path to a `patchwright` command.')
  return path.join(folder, name)
}

async function make(home: string, wheel: string, tell: (message: string) => void): Promise<void> {
  const options = { timeout: MINUTES * 60_000, maxBuffer: 1 << 24 }
  const python = await findPython()
  try {
    if (await answer('uv', ['--version'])) {
      tell('Making an environment with uv')
      await run('uv', ['venv', '--quiet', '--python', python, home], options)
      tell('Installing the server')
      await run('uv', ['pip', 'install', '--quiet', '--python', pythonIn(home), wheel], options)
      return
    }
    tell('Making an environment')
    await run(python, ['-m', 'venv', home], options)
    tell('Installing the server')
    await run(pythonIn(home), ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', wheel], options)
  } catch (error) {
    const said = (error as { stderr?: string }).stderr ?? String(error)
    throw new CannotStart(`the server could not be installed: ${said.trim().split('\n').slice(-3).join(' ')}`)
  }
}

function pythonIn(home: string): string {
  return path.join(home, ...(process.platform === 'win32' ? ['Scripts', 'python.exe'] : ['bin', 'python']))
}

// The interpreter itself: what a launcher or a shim is called says nothing to uv.
async function findPython(): Promise<string> {
  const named = setting('server.python')
  for (const name of named ? [named] : PYTHONS) {
    const path = await answer(name, ['-I', '-c', 'import sys, venv; print(sys.executable); sys.exit(sys.version_info < (3, 11))'])
    if (path) return path
  }
  throw new CannotStart(
    named
      ? `${named} is no Python 3.11 or newer with venv. Name another in patchwright.server.python.`
      : 'no Python 3.11 or newer with venv was found. Install one and restart, or name one in patchwright.server.python.',
  )
}

// What a program prints; nothing where it is not there, or fails.
async function answer(command: string, given: string[]): Promise<string | undefined> {
  return run(command, given, { timeout: 20_000 }).then(
    ({ stdout }) => stdout.trim(),
    () => undefined,
  )
}

async function exists(file: string): Promise<boolean> {
  return fs.access(file).then(
    () => true,
    () => false,
  )
}
