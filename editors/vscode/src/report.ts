// What does a command of the program tell a person? Its output as a page that can be read and searched: a terminal would
// close when the command ends.
import type { Pages } from './pages'
import type { Server } from './server'

const COLUMNS = '96'

export async function showReport(server: Server, pages: Pages, what: string, command: string[], input?: object): Promise<void> {
  const ran = server.program(command, input && JSON.stringify(input), { COLUMNS })
  const { stdout, stderr } = await server.status.during(what, ran)
  await pages.show(`patchwright ${command[0]}.txt`, withoutMargins(stdout || stderr))
}

// A table fills its lines with blanks, which would wrap where an editor is narrow.
function withoutMargins(text: string): string {
  return text.replace(/[ \t]+$/gm, '').replace(/^\n+/, '')
}
