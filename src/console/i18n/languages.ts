/** Languages of the console. English is in the first bundle; the others are fetched when somebody wants them. */
import i18next from 'i18next'
import { initReactI18next } from 'react-i18next'
import type { StoryLanguage } from '../calls/story-words.ts'
import { en, type Messages } from './en.ts'

export const languages = { en: 'English', ru: 'Русский', kk: 'Қазақша' } as const
export type Language = keyof typeof languages

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'translation'
    resources: { translation: Messages }
  }
}

const key = 'switchroom.language'

export async function startLanguages(): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: 'en',
    fallbackLng: 'en',
    resources: { en: { translation: en } },
    interpolation: { escapeValue: false },
  })
  await switchLanguage(preferred())
}

/** Sentences of call stories; English ones come ready from the office. */
let story: StoryLanguage | null = null

export function storyLanguage(): StoryLanguage | null {
  return story
}

export async function switchLanguage(language: Language): Promise<void> {
  story = null
  if (language === 'ru') {
    const [words, sentences] = await Promise.all([import('./ru.ts'), import('./story-ru.ts')])
    i18next.addResourceBundle('ru', 'translation', words.ru)
    story = { sentences: sentences.storyRu, words: sentences.spokenRu }
  }
  if (language === 'kk') {
    const [words, sentences] = await Promise.all([import('./kk.ts'), import('./story-kk.ts')])
    i18next.addResourceBundle('kk', 'translation', words.kk)
    story = { sentences: sentences.storyKk, words: sentences.spokenKk }
  }
  await i18next.changeLanguage(language)
  document.documentElement.lang = language
}

export function rememberLanguage(language: Language): void {
  localStorage.setItem(key, language)
}

export function isLanguage(text: string): text is Language {
  return Object.hasOwn(languages, text)
}

function preferred(): Language {
  const wishes = [localStorage.getItem(key) ?? '', ...navigator.languages.map(tag => tag.slice(0, 2).toLowerCase())]
  return wishes.find(isLanguage) ?? 'en'
}
