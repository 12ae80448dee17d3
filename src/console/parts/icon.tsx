/** The console's own small set of line icons (24-unit grid). Decorative: the words stand beside them or in `aria-label`. */
const paths = {
  phone: 'M6.5 3.5h3l1.5 4.5-2 1.5a12 12 0 0 0 5.5 5.5l1.5-2 4.5 1.5v3a2 2 0 0 1-2 2A16 16 0 0 1 4.5 5.500a2 2 0 0 1 2-2z',
  hangUp: 'M3 14.500c0-1.500 1-2.500 2-3 4.500-2 9.500-2 14 0 1 .5 2 1.500 2 3v1.500h-5v-3a14 14 0 0 0-8 0v3H3z',
  live: 'M3 12h4l2.500-7 5 14 2.500-7h4',
  calls: 'M4 6h16M4 12h16M4 18h10',
  recording: 'M12 4a3 3 0 0 1 3 3v5a3 3 0 0 1-6 0V7a3 3 0 0 1 3-3zM6 12a6 6 0 0 0 12 0M12 18v3',
  voicemail: 'M6.500 9a3.500 3.500 0 1 1 0 7 3.500 3.500 0 0 1 0-7zM17.500 9a3.500 3.500 0 1 1 0 7 3.500 3.500 0 0 1 0-7zM6.500 16h11',
  audit: 'M7 3h7l4 4v14H7zM10 12h5M10 16h5M14 3v4h4',
  plan: 'M6 4a2 2 0 1 1 0 4 2 2 0 0 1 0-4zM18 9a2 2 0 1 1 0 4 2 2 0 0 1 0-4zM6 16a2 2 0 1 1 0 4 2 2 0 0 1 0-4zM6 8v8M6 10.500c0 1.500 2 2 4 2l6-1.500',
  account: 'M12 4a4 4 0 1 1 0 8 4 4 0 0 1 0-8zM4.500 20.500c1-4 4-5.500 7.500-5.500s6.500 1.500 7.500 5.500',
  in: 'M18 6 7 17M7 9v8h8',
  out: 'M6 18 17 7M9 7h8v8',
  internal: 'M4 9h13M14 5.500 17.500 9 14 12.500M20 16H7M10 12.500 6.500 16l3.500 3.500',
  play: 'M8 5.500v13l10.500-6.500z',
  pause: 'M8 5.500v13M16 5.500v13',
  back: 'M11 6 5 12l6 6M5 12h14',
  hold: 'M9 6v12M15 6v12',
  resume: 'M8 5.500v13l10.500-6.500z',
  mic: 'M12 4a3 3 0 0 1 3 3v5a3 3 0 0 1-6 0V7a3 3 0 0 1 3-3zM6 12a6 6 0 0 0 12 0M12 18v3',
  micOff: 'M9 9v3a3 3 0 0 0 4.500 2.600M15 11V7a3 3 0 0 0-5.800-1M6 12a6 6 0 0 0 9 5.200M18 12v.5M12 18v3M4 4l16 16',
  keypad: 'M6 5h.01M12 5h.01M18 5h.01M6 11h.01M12 11h.01M18 11h.01M6 17h.01M12 17h.01M18 17h.01',
  erase: 'M9 6h11v12H9l-5.500-6zM12.500 10l4 4M16.500 10l-4 4',
  search: 'M10.500 4.500a6 6 0 1 1 0 12 6 6 0 0 1 0-12zM15 15l5 5',
  lock: 'M6.500 11h11v9h-11zM8.500 11V8a3.500 3.500 0 0 1 7 0v3',
  warning: 'M12 4 2.500 20h19zM12 10v4.500M12 17.500h.01',
  ok: 'M5 12.500l4.500 4.500L19 7.500',
  down: 'M6 9l6 6 6-6',
  close: 'M6 6l12 12M18 6L6 18',
  download: 'M12 4v11M7.500 11l4.500 4.500 4.500-4.500M5 20h14',
  start: 'M12 4a8 8 0 1 1 0 16 8 8 0 0 1 0-16z',
  reason: 'M9.500 9a2.500 2.500 0 1 1 3.500 2.300c-.7.4-1 .9-1 1.700v.5M12 17h.01',
  action: 'M5 12h13M13 7l5 5-5 5',
  ring: 'M6 16V11a6 6 0 0 1 12 0v5l1.500 2h-15zM10.500 20.500h3',
  talk: 'M4 5h16v10H10l-4 4v-4H4z',
  media: 'M4 10v4M8 7v10M12 4v16M16 7v10M20 10v4',
  recovery: 'M5 12a7 7 0 1 0 2-5M7 3v4h4',
} as const

export type IconName = keyof typeof paths

export function Icon({ name, size = 18 }: { readonly name: IconName; readonly size?: number }) {
  const dots = name === 'keypad'
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth={dots ? 3 : 1.8}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      <path d={paths[name]} />
    </svg>
  )
}
