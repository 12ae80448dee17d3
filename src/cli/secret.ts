import { parseArgs } from 'node:util'
import { dataPaths } from '../store/exchange-config.ts'
import { Secrets } from '../store/secrets.ts'
import { dataFolder } from './options.ts'
import { readSecret } from './secret-input.ts'
import { UsageError } from './usage-error.ts'

const help = `switchroom secret set NAME [--data DIR]
switchroom secret list [--data DIR]

  set   keeps a password that the plan names as 'secret:NAME'. It is asked for without echo, or read from the first line of
        standard input; it is never an argument, where every program on the machine could read it. The running exchange takes
        it over within a second: a trunk registers anew, a telephone has to come with the new password.
  list  the names that have a value; never the values`

export async function run(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { data: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
  })
  const [what, given, ...more] = positionals
  if (values.help || what === undefined) {
    console.log(help)
    return values.help ? 0 : 2
  }
  const { secrets: path } = dataPaths(dataFolder(values.data))
  process.umask(0o077)
  if (what === 'list') {
    for (const name of new Secrets(path).names) console.log(name)
    return 0
  }
  if (what !== 'set') throw new UsageError(`secret ${what}: there is no such thing`, 'set or list')
  const name = given?.replace(/^secret:/, '')
  if (name === undefined || !/^[A-Za-z0-9][A-Za-z0-9._/-]*$/.test(name))
    throw new UsageError('which secret?', "give its name as it stands in the plan, without 'secret:'")
  if (more.length > 0) throw new UsageError('the value does not belong on the command line', 'leave it out: you will be asked for it')
  const value = await readSecret(`Value of secret:${name}: `)
  if (value === '') throw new UsageError('nothing was entered', 'nothing was changed')
  new Secrets(path).set(name, value)
  console.log(`secret:${name} is kept.`)
  return 0
}
