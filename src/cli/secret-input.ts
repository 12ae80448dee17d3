/** Reads something that must not be seen: from the terminal without echo, or the first line of what is piped in. Never from the command line. */
import { createInterface } from 'node:readline'

export async function readSecret(question: string): Promise<string> {
  const { stdin, stderr } = process
  if (!stdin.isTTY) {
    const lines = createInterface({ input: stdin })
    for await (const line of lines) {
      lines.close()
      return line
    }
    return ''
  }
  stderr.write(question)
  stdin.setRawMode(true)
  stdin.setEncoding('utf8')
  let text = ''
  try {
    for await (const chunk of stdin as AsyncIterable<string>)
      for (const key of chunk) {
        if (key === '\r' || key === '\n') return text
        if (key === '\u0003') process.exit(130)
        if (key === '\u007f' || key === '\b') text = text.slice(0, -1)
        else text += key
      }
    return text
  } finally {
    stdin.setRawMode(false)
    stdin.pause()
    stderr.write('\n')
  }
}
