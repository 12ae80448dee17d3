/** The `switchroom` command. Each command is a module of its own, loaded only when asked for: `up` stays small. */
import { UsageError } from './usage-error.ts'

interface Command {
  readonly says: string
  readonly load: () => Promise<{ run(args: string[]): Promise<number> }>
}

const commands: Readonly<Record<string, Command>> = {
  up: { says: 'start the exchange and keep it running', load: () => import('./up.ts') },
  status: { says: 'what runs, who is registered, which trunks are up', load: () => import('./status.ts') },
  calls: { says: 'calls that are up and calls that were; --follow to watch', load: () => import('./calls.ts') },
  why: { says: 'the story of one call: what was decided, and why', load: () => import('./why.ts') },
  recordings: { says: 'what was recorded and where it lies', load: () => import('./recordings.ts') },
  route: { says: 'where a call would go: --from A --to B --at TIME', load: () => import('./route.ts') },
  document: { says: 'tables, guide, diagrams and recovery procedure to read and print', load: () => import('./document.ts') },
  'next-free': { says: 'which number to give next: --for people --site branch', load: () => import('./next-free.ts') },
  plan: { says: 'change the plan of the running exchange: propose, approve, apply, roll back', load: () => import('./plan.ts') },
  prompts: { says: 'what callers are told, and its sound: upload your own', load: () => import('./prompts.ts') },
  override: { says: 'open or close hours by hand: override office closed --until 18:00', load: () => import('./override.ts') },
  forward: { says: 'forwards and do-not-disturb of a person', load: () => import('./forward.ts') },
  secret: { says: 'keep a password that the plan names', load: () => import('./secret.ts') },
  explain: { says: 'all that the plan says of a number, person, queue, line', load: () => import('./explain.ts') },
  'what-if': { says: 'what still works when a link, trunk, site or UPS fails', load: () => import('./what-if.ts') },
  diff: { says: 'what two plans do differently: behaviour, not text', load: () => import('./diff.ts') },
  check: { says: 'check a plan file without applying it', load: () => import('./check.ts') },
  'plan-schema': { says: 'the language of plans, for editors; --reference to read it', load: () => import('./plan-schema.ts') },
  import: { says: 'begin a plan from spreadsheets or a FreePBX backup', load: () => import('./import.ts') },
}

function usage(): string {
  const rows = Object.entries(commands).map(([name, c]) => `  ${name.padEnd(12)}${c.says}`)
  return `switchroom COMMAND [options]\n\n${rows.join('\n')}\n\nEach command explains itself with --help.`
}

async function main(argv: string[]): Promise<number> {
  const [name, ...rest] = argv
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    console.log(usage())
    return name === undefined ? 2 : 0
  }
  if (name === 'version' || name === '--version') {
    console.log((await import('./version.ts')).version)
    return 0
  }
  const command = commands[name]
  if (!command) throw new UsageError(`there is no command '${name}'`, `one of: ${Object.keys(commands).join(', ')}`)
  return (await command.load()).run(rest)
}

main(process.argv.slice(2)).then(
  code => {
    process.exitCode = code
  },
  (error: unknown) => {
    if (error instanceof UsageError) console.error(`switchroom: ${error.message}\n  ${error.remedy}`)
    else if (error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS'))
      console.error(`switchroom: ${error.message.split('\n')[0]}\n  see: switchroom ${process.argv[2]} --help`)
    else {
      console.error(error)
      process.exitCode = 1
      return
    }
    process.exitCode = 2
  },
)
