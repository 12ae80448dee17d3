import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { api } from '../api/api.ts'
import { meQuery } from '../api/queries.ts'
import { softphone } from '../phone/page-phone.ts'
import { forgetNumbers } from '../phone/recent-numbers.ts'

/** Ends the session here even when the office cannot be told: whoever sits down next must not find an open console. */
export function useSignOut(): () => Promise<void> {
  const client = useQueryClient()
  const navigate = useNavigate()
  return async () => {
    softphone.send({ was: 'switch-off' })
    forgetNumbers()
    await api.signOut().catch(() => {})
    client.clear()
    client.setQueryData(meQuery.queryKey, null)
    await navigate({ to: '/sign-in', replace: true })
  }
}
