/** A list that is read page by page: its errors, what stands in its place when it is empty, and its foot. */
import { Button } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Empty, ErrorNotice } from './page.tsx'
import css from './table.module.css'

/** As `useInfiniteQuery` gives it. */
interface Pages {
  readonly error: Error | null
  readonly isSuccess: boolean
  readonly isPlaceholderData: boolean
  readonly hasNextPage: boolean
  readonly isFetchingNextPage: boolean
  refetch(): unknown
  fetchNextPage(): unknown
}

interface PagedListProps {
  readonly list: Pages
  readonly count: number
  /** Said when there is nothing, and what to do then. */
  readonly none: string
  readonly noneDo: string
  /** The rows, in a table or list. */
  readonly children: ReactNode
}

export function PagedList({ list, count, none, noneDo, children }: PagedListProps) {
  const { t } = useTranslation()
  return (
    <>
      {list.error ? <ErrorNotice error={list.error} onRetry={() => void list.refetch()} /> : null}
      {list.isSuccess && count === 0 ? <Empty what={none} then={noneDo} /> : null}
      {count > 0 ? (
        <div className={css['box']} aria-busy={list.isPlaceholderData}>
          {children}
          <div className={css['more']}>
            {list.hasNextPage ? (
              <Button
                variant="default"
                size="xs"
                loading={list.isFetchingNextPage}
                onClick={() => void list.fetchNextPage()}
                data-testid="more"
              >
                {t('filters.more')}
              </Button>
            ) : (
              <span>{t('filters.end')}</span>
            )}
          </div>
        </div>
      ) : null}
    </>
  )
}
