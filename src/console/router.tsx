/** The map of the console. Each page is fetched when it is first opened or pointed at; filters live in the address, so that a search can be sent to a colleague. */
import type { QueryClient } from '@tanstack/react-query'
import { createRootRouteWithContext, createRoute, createRouter, lazyRouteComponent, Outlet, redirect } from '@tanstack/react-router'
import { meQuery } from './api/queries.ts'
import { NotFound, PageFailed, PagePending } from './layout/page-states.tsx'
import { asText, callsSearch, recordingsSearch } from './search.ts'
import { SignInPage } from './session/sign-in-page.tsx'

const root = createRootRouteWithContext<{ queryClient: QueryClient }>()({ component: Outlet, notFoundComponent: NotFound })

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  // Only addresses of this console: a link to the sign-in page must not lead elsewhere afterwards.
  validateSearch: (search: Record<string, unknown>): { back?: string; ended?: boolean } => {
    const back = asText(search['back'])
    return { ...(back && /^\/(?![/\\])/.test(back) ? { back } : {}), ...(search['ended'] ? { ended: true } : {}) }
  },
  component: SignInPage,
})

const firstPassword = createRoute({
  getParentRoute: () => root,
  path: '/password',
  beforeLoad: async ({ context }) => {
    if (!(await context.queryClient.ensureQueryData(meQuery))) throw redirect({ to: '/sign-in' })
  },
  component: lazyRouteComponent(() => import('./session/first-password-page.tsx'), 'FirstPasswordPage'),
})

const shell = createRoute({
  getParentRoute: () => root,
  id: 'shell',
  beforeLoad: async ({ context, location }) => {
    const me = await context.queryClient.ensureQueryData(meQuery)
    if (!me) throw redirect({ to: '/sign-in', search: location.pathname === '/' ? {} : { back: location.href } })
    if (me.mustChangePassword) throw redirect({ to: '/password' })
  },
  component: lazyRouteComponent(() => import('./layout/shell.tsx'), 'Shell'),
})

const home = createRoute({
  getParentRoute: () => shell,
  path: '/',
  beforeLoad: ({ context }) => {
    const me = context.queryClient.getQueryData(meQuery.queryKey)
    throw redirect({ to: me?.extension ? '/phone' : '/live', replace: true })
  },
})

const phone = createRoute({
  getParentRoute: () => shell,
  path: '/phone',
  validateSearch: (search: Record<string, unknown>): { number?: string } => {
    const number = asText(search['number'])
    return number ? { number } : {}
  },
  component: lazyRouteComponent(() => import('./phone/phone-page.tsx'), 'PhonePage'),
})
const live = createRoute({
  getParentRoute: () => shell,
  path: '/live',
  component: lazyRouteComponent(() => import('./calls/live-page.tsx'), 'LivePage'),
})
const calls = createRoute({
  getParentRoute: () => shell,
  path: '/calls',
  validateSearch: callsSearch,
  component: lazyRouteComponent(() => import('./calls/history-page.tsx'), 'HistoryPage'),
})
const story = createRoute({
  getParentRoute: () => shell,
  path: '/calls/$id',
  component: lazyRouteComponent(() => import('./calls/story-page.tsx'), 'StoryPage'),
})
const recordings = createRoute({
  getParentRoute: () => shell,
  path: '/recordings',
  validateSearch: recordingsSearch,
  component: lazyRouteComponent(() => import('./recordings/recordings-page.tsx'), 'RecordingsPage'),
})
const recording = createRoute({
  getParentRoute: () => shell,
  path: '/recordings/$id',
  component: lazyRouteComponent(() => import('./recordings/recording-page.tsx'), 'RecordingPage'),
})
const voicemail = createRoute({
  getParentRoute: () => shell,
  path: '/voicemail',
  validateSearch: (search: Record<string, unknown>): { box?: string } => {
    const box = asText(search['box'])
    return box ? { box } : {}
  },
  component: lazyRouteComponent(() => import('./voicemail/voicemail-page.tsx'), 'VoicemailPage'),
})
const audit = createRoute({
  getParentRoute: () => shell,
  path: '/audit',
  component: lazyRouteComponent(() => import('./audit/audit-page.tsx'), 'AuditPage'),
})
const plan = createRoute({
  getParentRoute: () => shell,
  path: '/plan',
  component: lazyRouteComponent(() => import('./plan/plan-page.tsx'), 'PlanPage'),
})
const change = createRoute({
  getParentRoute: () => shell,
  path: '/plan/$id',
  component: lazyRouteComponent(() => import('./plan/change-page.tsx'), 'ChangePage'),
})
const account = createRoute({
  getParentRoute: () => shell,
  path: '/account',
  component: lazyRouteComponent(() => import('./session/account-page.tsx'), 'AccountPage'),
})

const tree = root.addChildren([
  signIn,
  firstPassword,
  shell.addChildren([home, phone, live, calls, story, recordings, recording, voicemail, plan, change, audit, account]),
])

export function createConsoleRouter(queryClient: QueryClient) {
  return createRouter({
    routeTree: tree,
    context: { queryClient },
    defaultPreload: 'intent',
    defaultPreloadStaleTime: 0,
    defaultPendingComponent: PagePending,
    defaultErrorComponent: PageFailed,
    scrollRestoration: true,
  })
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createConsoleRouter>
  }
}
