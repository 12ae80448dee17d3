import { SegmentedControl } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { isLanguage, languages, rememberLanguage, switchLanguage } from '../i18n/languages.ts'

export function LanguageChoice() {
  const { t, i18n } = useTranslation()
  const choose = (value: string) => {
    if (!isLanguage(value)) return
    rememberLanguage(value)
    void switchLanguage(value)
  }
  return (
    <SegmentedControl
      size="xs"
      aria-label={t('app.language')}
      value={i18n.language}
      onChange={choose}
      data={Object.entries(languages).map(([value, label]) => ({ value, label }))}
      data-testid="language"
    />
  )
}
