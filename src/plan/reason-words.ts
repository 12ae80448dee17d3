/**
 * Words that stand inside reasons as values: '@class-mobile', '@voicemail-box office'. A value that begins with '@' is looked up here
 * in the reader's language, and what follows the word takes the place of its '{}'; one that is not found stays as it is (a caller's name may begin with '@').
 */
import type { Language } from './schema/scalars.ts'

type Words = Readonly<Record<Language, string>>

export const WORDS = {
  'voicemail-box': { en: 'voicemail {}', ru: 'почтовый ящик {}', kk: '{} дауыстық жәшігі' },
  'mobile-of': { en: '{} (mobile)', ru: '{} (мобильный)', kk: '{} (ұялы)' },
  'class-internal': { en: 'internal', ru: 'внутренние', kk: 'ішкі' },
  'class-local': { en: 'local', ru: 'местные', kk: 'жергілікті' },
  'class-national': { en: 'national', ru: 'междугородние', kk: 'қалааралық' },
  'class-mobile': { en: 'mobile', ru: 'мобильные', kk: 'ұялы' },
  'class-international': { en: 'international', ru: 'международные', kk: 'халықаралық' },
  'class-premium': { en: 'premium', ru: 'платные', kk: 'ақылы' },
  'class-emergency': { en: 'emergency', ru: 'экстренные', kk: 'шұғыл' },
  'language-en': { en: 'English', ru: 'по-английски', kk: 'ағылшынша' },
  'language-ru': { en: 'Russian', ru: 'по-русски', kk: 'орысша' },
  'language-kk': { en: 'Kazakh', ru: 'по-казахски', kk: 'қазақша' },
  'strategy-together': { en: 'all together', ru: 'все вместе', kk: 'бәрі бірге' },
  'strategy-one-by-one': { en: 'one by one as written', ru: 'по порядку в плане', kk: 'жоспардағы рет бойынша' },
  'strategy-round-robin': { en: 'in turn', ru: 'по кругу', kk: 'айналыммен' },
  'strategy-longest-idle': {
    en: 'whoever has been idle longest first',
    ru: 'первым тот, кто дольше свободен',
    kk: 'алдымен ең ұзақ бос тұрған',
  },
  'strategy-fewest-calls': {
    en: 'whoever had the fewest calls first',
    ru: 'первым тот, у кого меньше звонков',
    kk: 'алдымен қоңырауы ең аз',
  },
  'strategy-weighted': { en: 'by their weight', ru: 'по весу', kk: 'салмағы бойынша' },
  'condition-vip': { en: 'the caller is on the VIP list', ru: 'звонящий в списке VIP', kk: 'қоңырау шалушы VIP тізімінде' },
  'condition-anonymous': { en: 'the caller withholds their number', ru: 'номер звонящего скрыт', kk: 'қоңырау шалушының нөмірі жасырын' },
  'when-always': { en: 'always', ru: 'всегда', kk: 'әрқашан' },
  'when-busy': { en: 'when busy', ru: 'когда занято', kk: 'бос емес кезде' },
  'when-no-answer': { en: 'when there is no answer', ru: 'когда нет ответа', kk: 'жауап болмағанда' },
  'when-unreachable': { en: 'when not reachable', ru: 'когда недоступен', kk: 'қолжетімсіз кезде' },
  'when-rejected': { en: 'when refused', ru: 'при отказе', kk: 'қабылданбағанда' },
  'when-failed': { en: 'when the call fails', ru: 'при неудаче', kk: 'сәтсіз болғанда' },
  'state-full': { en: 'full', ru: 'занят полностью', kk: 'толық бос емес' },
  'state-down': { en: 'down', ru: 'не работает', kk: 'істемейді' },
  'withheld-number': { en: 'a withheld number', ru: 'скрытого номера', kk: 'жасырын' },
  'no-number': { en: 'no number', ru: 'без номера', kk: 'нөмірсіз' },
  'shows-caller': { en: "the caller's own", ru: 'номер самого звонящего', kk: 'қоңырау шалушының өз нөмірі' },
  'shows-line': { en: 'the line that was dialled', ru: 'набранная линия', kk: 'терілген желі' },
  'shows-rule': { en: 'as the rule says', ru: 'так сказано в правиле', kk: 'ережеде солай айтылған' },
  'shows-last-line': { en: 'the line this client last spoke by', ru: 'последняя линия этого клиента', kk: 'осы клиенттің соңғы желісі' },
  'shows-device': { en: "the device's", ru: 'номер аппарата', kk: 'аппарат нөмірі' },
  'shows-person': { en: "the person's", ru: 'личный номер', kk: 'жеке нөмірі' },
  'shows-role': { en: "the role's", ru: 'номер роли', kk: 'рөл нөмірі' },
  'shows-department': { en: "the department's", ru: 'номер отдела', kk: 'бөлім нөмірі' },
  'shows-site': { en: "the site's", ru: 'номер площадки', kk: 'алаң нөмірі' },
  'shows-trunk': { en: "the trunk's", ru: 'номер канала', kk: 'арна нөмірі' },
  'shows-office': { en: "the office's", ru: 'номер офиса', kk: 'кеңсе нөмірі' },
  'shows-registered': { en: 'the number the trunk is registered with', ru: 'номер регистрации канала', kk: 'арна тіркелген нөмір' },
  'shows-nobody': { en: 'none is known', ru: 'номер неизвестен', kk: 'нөмір белгісіз' },
  'end-over': { en: 'it had ended already', ru: 'он уже был завершён', kk: 'ол бұрын аяқталған' },
  'end-no-place': { en: 'the plan has no such place', ru: 'в плане нет такого места', kk: 'жоспарда мұндай орын жоқ' },
  'end-loop': { en: 'a loop', ru: 'петля', kk: 'тұйық айналым' },
  'end-hops': { en: 'too many hops', ru: 'слишком много переходов', kk: 'өту тым көп' },
  'end-said': { en: 'all has been said', ru: 'всё сказано', kk: 'бәрі айтылды' },
  'end-closed': { en: 'closed', ru: 'закрыто', kk: 'жабық' },
  'end-caller-unknown': { en: 'the caller is unknown', ru: 'звонящий неизвестен', kk: 'қоңырау шалушы белгісіз' },
  'end-unassigned': { en: 'nobody has this number', ru: 'этот номер никому не назначен', kk: 'бұл нөмір ешкімде жоқ' },
  'end-number-unknown': { en: 'no such number', ru: 'такого номера нет', kk: 'мұндай нөмір жоқ' },
  'end-trunk-unknown': { en: 'the trunk is unknown', ru: 'канал неизвестен', kk: 'арна белгісіз' },
  'end-no-line': { en: 'no such line', ru: 'такой линии нет', kk: 'мұндай желі жоқ' },
  'end-not-allowed': { en: 'not allowed', ru: 'не разрешено', kk: 'рұқсат жоқ' },
  'end-no-trunk-free': { en: 'no trunk is free', ru: 'нет свободного канала', kk: 'бос арна жоқ' },
  'end-no-trunk': { en: 'there is no trunk', ru: 'каналов нет', kk: 'арна жоқ' },
  'end-declared-busy': { en: 'the plan says busy', ru: 'по плану — занято', kk: 'жоспар бойынша — бос емес' },
  'end-declared': { en: 'the plan says so', ru: 'так сказано в плане', kk: 'жоспарда солай айтылған' },
  'end-busy': { en: 'busy', ru: 'занято', kk: 'бос емес' },
  'end-no-answer': { en: 'no answer', ru: 'нет ответа', kk: 'жауап жоқ' },
  'end-unreachable': { en: 'nobody could be reached', ru: 'никого не удалось найти', kk: 'ешкім табылмады' },
  'end-rejected': { en: 'the call was refused', ru: 'звонок отклонён', kk: 'қоңырау қабылданбады' },
  'end-failed': { en: 'the call could not be put through', ru: 'соединить не удалось', kk: 'қосу мүмкін болмады' },
  'end-refused-outside': { en: 'the other side refused it', ru: 'другая сторона отказала', kk: 'екінші тарап қабылдамады' },
  'end-blocked': { en: 'the caller is blocked', ru: 'звонящий заблокирован', kk: 'қоңырау шалушы бұғатталған' },
  'end-outage': { en: 'the plan says so for this outage', ru: 'так предусмотрено на случай аварии', kk: 'апат кезіне солай көзделген' },
} as const satisfies Record<string, Words>

export type Word = keyof typeof WORDS

/** `value` for a reader of `language`. */
export function inWords(value: string, language: Language): string {
  if (value.charCodeAt(0) !== 64) return value
  const space = value.indexOf(' ')
  const word = space < 0 ? value.slice(1) : value.slice(1, space)
  if (!Object.hasOwn(WORDS, word)) return value
  const text = WORDS[word as Word][language]
  return space < 0 ? text : text.replace('{}', () => value.slice(space + 1))
}
