/** The frame of the pages before the console proper: sign in and the first password. */
import type { ReactNode } from 'react'
import css from './card.module.css'
import { LanguageChoice } from './language-choice.tsx'

export function SessionCard({ children }: { readonly children: ReactNode }) {
  return (
    <main className={css['page']}>
      <div>
        <div className={css['card']}>
          <div className={css['brand']}>
            <img src="/icon.svg" alt="" width="28" height="28" />
            Switchroom
          </div>
          {children}
        </div>
        <div className={css['foot']}>
          <LanguageChoice />
        </div>
      </div>
    </main>
  )
}
