/** The built console and, for every other path that a browser asks for as a page, its index: the console routes by itself. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance } from 'fastify'
import { ApiProblem } from './api/problems.ts'

const NOT_BUILT = `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Switchroom</title>
<body style="font-family: system-ui, sans-serif; max-width: 40rem; margin: 4rem auto; line-height: 1.5">
<h1>Switchroom runs</h1>
<p>The console has not been built yet. In the project's folder, run</p>
<pre>npm run build:console</pre>
<p>and load this page again. The interface for programs is described at <a href="/api/openapi.json">/api/openapi.json</a>.</p>
</body></html>
`

export async function serveConsole(app: FastifyInstance, folder: string): Promise<void> {
  await app.register(fastifyStatic, {
    root: folder,
    // Only what the route below asks for: the folder may come into being while we run.
    serve: false,
    cacheControl: false,
    setHeaders: (reply, path) => {
      // Vite names its files by their content; only the pages themselves may change under the same name.
      void reply.header('cache-control', path.includes('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache')
    },
  })
  app.get<{ Params: { '*': string } }>('/*', { schema: { hide: true } } as object, async (request, reply) => {
    const path = request.params['*']
    if (path.startsWith('api/')) return reply.callNotFound()
    if (/\.\w+$/.test(path)) return reply.sendFile(path)
    if (existsSync(join(folder, 'index.html'))) return reply.sendFile('index.html')
    return reply.header('cache-control', 'no-store').type('text/html').send(NOT_BUILT)
  })
  app.setNotFoundHandler(async () => {
    throw new ApiProblem('not-found', 'there is nothing at this address; /api/openapi.json lists what there is')
  })
}
