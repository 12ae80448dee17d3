/** What the signed-in person may do. The office decides again on every request; this only keeps useless buttons away. */
import { useQuery } from '@tanstack/react-query'
import type { Me, Right } from '../../office/api/schemas.ts'
import { meQuery } from '../api/queries.ts'

export function mayAny(me: Me | null | undefined, ...rights: readonly Right[]): boolean {
  return Boolean(me && (me.administrator || rights.some(right => me.rights.includes(right))))
}

export function useMe(): Me | null {
  return useQuery(meQuery).data ?? null
}
