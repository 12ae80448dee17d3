/** From what people are called to words that the plan can name them by: 'Айгүл Сәрсенова' → 'aigul-sarsenova'. */

const LATIN: Readonly<Record<string, string>> = {
  а: 'a',
  ә: 'a',
  б: 'b',
  в: 'v',
  г: 'g',
  ғ: 'g',
  д: 'd',
  е: 'e',
  ё: 'e',
  ж: 'zh',
  з: 'z',
  и: 'i',
  й: 'i',
  к: 'k',
  қ: 'k',
  л: 'l',
  м: 'm',
  н: 'n',
  ң: 'n',
  о: 'o',
  ө: 'o',
  п: 'p',
  р: 'r',
  с: 's',
  т: 't',
  у: 'u',
  ұ: 'u',
  ү: 'u',
  ф: 'f',
  х: 'kh',
  һ: 'h',
  ц: 'ts',
  ч: 'ch',
  ш: 'sh',
  щ: 'sch',
  ъ: '',
  ы: 'y',
  і: 'i',
  ь: '',
  э: 'e',
  ю: 'yu',
  я: 'ya',
  є: 'e',
  ї: 'i',
  ґ: 'g',
  ß: 'ss',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ı: 'i',
}

/** Words that the language keeps for itself where a call is sent. */
const KEPT = ['hang-up', 'busy', 'voicemail', 'mobile', 'everyone', 'nobody', 'all', 'closed']

/** Gives every name a word of its own; the sections of a plan share their words, so one of these serves a whole import. */
export class Ids {
  private readonly taken = new Set<string>(KEPT)

  /** The first two words of a name, and a number when they are taken. `fallback` where nothing can be read from it. */
  of(name: string, fallback: string, words = 2): string {
    const parts = plainWords(name).slice(0, words)
    const base =
      parts
        .join('-')
        .replace(/^\d+-?/, '')
        .slice(0, 40)
        .replace(/-+$/, '') || fallback
    let id = base
    for (let n = 2; this.taken.has(id); n++) id = `${base}-${n}`
    this.taken.add(id)
    return id
  }
}

/** Lower-case Latin words and numbers of a text. */
export function plainWords(text: string): string[] {
  let out = ''
  for (const c of text.toLowerCase().normalize('NFC')) out += LATIN[c] ?? c
  return out
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/['’ʼ`]/g, '')
    .split(/[^a-z0-9]+/)
    .filter(w => w !== '')
}
