/** The console's start: languages, look, queries, router. Everything a first page does not need comes later. */
import './theme/mantine.css'
import './theme/base.css'
import { MantineProvider } from '@mantine/core'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { createQueryClient, meQuery } from './api/queries.ts'
import { startLanguages } from './i18n/languages.ts'
import { softphone } from './phone/page-phone.ts'
import { createConsoleRouter } from './router.tsx'
import { theme } from './theme/theme.ts'

const queryClient = createQueryClient(() => {
  if (queryClient.getQueryData(meQuery.queryKey) === null) return
  softphone.send({ was: 'switch-off' })
  queryClient.setQueryData(meQuery.queryKey, null)
  void router.navigate({ to: '/sign-in', search: { back: router.state.location.href, ended: true }, replace: true })
})
const router = createConsoleRouter(queryClient)

await startLanguages()
const root = document.getElementById('root')
if (root) {
  createRoot(root).render(
    <StrictMode>
      <MantineProvider theme={theme} defaultColorScheme="auto">
        <QueryClientProvider client={queryClient}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </MantineProvider>
    </StrictMode>,
  )
}
