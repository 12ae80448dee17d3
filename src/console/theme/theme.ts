/** Colours and type: calm sea green for what can be done, red only for ending and failing, tabular figures for everything counted. */
import { Button, createTheme, Input, type MantineColorsTuple, SegmentedControl } from '@mantine/core'

const sea: MantineColorsTuple = [
  '#eaf7f6',
  '#d5ebe9',
  '#a8d8d4',
  '#78c4be',
  '#51b3ab',
  '#38a89f',
  '#26968e',
  '#1a7f78',
  '#126864',
  '#07504c',
]

/** White words on shade 7 keep a contrast of at least 4.5 : 1 (WCAG 1.4.3). */
const green: MantineColorsTuple = [
  '#e9f7ef',
  '#d3eedd',
  '#a7dcbb',
  '#77c897',
  '#4fb678',
  '#359f62',
  '#278a51',
  '#1c7a43',
  '#146336',
  '#0b4a27',
]
const red: MantineColorsTuple = [
  '#fdecea',
  '#f9d6d3',
  '#f0aca7',
  '#e88079',
  '#e05c53',
  '#d5443b',
  '#c93a32',
  '#b92d26',
  '#98221c',
  '#741712',
]

/** Mantine's dark greys with a breath of the same green. */
const dark: MantineColorsTuple = [
  '#dbe2e2',
  '#b6c1c2',
  '#8d9a9d',
  '#657276',
  '#454d50',
  '#343b3d',
  '#272d2e',
  '#1e2223',
  '#191c1d',
  '#131616',
]

export const theme = createTheme({
  components: {
    Button: Button.extend({ styles: { label: { fontWeight: 500 } } }),
    InputWrapper: Input.Wrapper.extend({ styles: { label: { fontSize: '0.8125rem', fontWeight: 500, marginBottom: '0.125rem' } } }),
    SegmentedControl: SegmentedControl.extend({ defaultProps: { withItemsBorders: false }, styles: { label: { fontWeight: 500 } } }),
  },
  primaryColor: 'sea',
  primaryShade: 7,
  colors: { sea, dark, green, red },
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", monospace',
  fontSizes: { xs: '0.75rem', sm: '0.875rem', md: '0.9375rem', lg: '1.0625rem', xl: '1.25rem' },
  defaultRadius: 'sm',
  cursorType: 'pointer',
  respectReducedMotion: true,
  headings: {
    fontWeight: '600',
    sizes: {
      h1: { fontSize: '1.375rem', lineHeight: '1.3' },
      h2: { fontSize: '1.0625rem', lineHeight: '1.35' },
      h3: { fontSize: '0.9375rem', lineHeight: '1.4' },
    },
  },
})
