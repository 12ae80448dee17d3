/** The lines of a call's story. A line's words come from the log's code where there is a translation, else as the office wrote them. */
import { useTranslation } from 'react-i18next'
import type { Place, StoryLine } from '../../office/api/schemas.ts'
import { formatAfter, isoDuration } from '../format/duration.ts'
import { storyLanguage } from '../i18n/languages.ts'
import { useMoments } from '../parts/clock.tsx'
import { Icon, type IconName } from '../parts/icon.tsx'
import css from './story.module.css'
import { storySteps } from './story-lines.ts'
import { storyWords } from './story-words.ts'

const icons: Readonly<Record<StoryLine['kind'], IconName>> = {
  start: 'start',
  reason: 'reason',
  action: 'action',
  ring: 'ring',
  answer: 'phone',
  talk: 'talk',
  media: 'media',
  recording: 'recording',
  failure: 'warning',
  recovery: 'recovery',
  end: 'hangUp',
}

export function TimeLine({ lines, everything }: { readonly lines: readonly StoryLine[]; readonly everything: boolean }) {
  const { t } = useTranslation()
  const moments = useMoments()
  return (
    <ol className={css['lines']} data-testid="story-lines">
      {storySteps(lines, everything).map((step, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the log is only ever appended to
        <li key={index} className={css['line']} data-kind={step.line.kind} data-code={step.line.code} data-testid="story-line">
          <span className={css['time']}>
            <time dateTime={new Date(step.line.at).toISOString()}>{moments.clock(step.line.at)}</time>
            <time className="soft" dateTime={isoDuration(step.line.afterMs)}>
              {formatAfter(step.line.afterMs)}
            </time>
          </span>
          <span
            className={css['mark']}
            role="img"
            aria-label={t(`story.kinds.${step.line.kind}`)}
            title={t(`story.kinds.${step.line.kind}`)}
          >
            <Icon name={icons[step.line.kind]} size={15} />
          </span>
          <div className={css['words']}>
            <Words line={step.line} />
            {step.reasons.length > 0 ? (
              <ul className={css['reasons']}>
                {step.reasons.map((reason, place) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: the log is only ever appended to
                  <li key={place}>
                    <Words line={reason} />
                  </li>
                ))}
              </ul>
            ) : null}
          </div>
        </li>
      ))}
    </ol>
  )
}

function Words({ line }: { readonly line: StoryLine }) {
  // Subscribes to a change of language.
  useTranslation()
  return (
    <>
      {storyWords(line, storyLanguage())} {line.place ? <PlanPlace place={line.place} /> : null}
    </>
  )
}

function PlanPlace({ place }: { readonly place: Place }) {
  const { t } = useTranslation()
  return (
    <span className={css['place']} title={t('story.place', { path: place.path, file: place.file, line: place.line })}>
      {place.path} · {place.file}:{place.line}
    </span>
  )
}
