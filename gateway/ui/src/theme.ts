import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core'

// Every colour of the house. Ten shades a tone: 1 is the tint states stand on, 8 what is filled, 9 text on the tint.
// Contrast was chosen against body and tint in both schemes; axe checks it on every page.
const shades: Record<string, MantineColorsTuple> = {
  harbour: [
    '#f1f8fb',
    '#e2f0f6',
    '#c3dde9',
    '#9cc6d8',
    '#7ab8d0',
    '#4d97b3',
    '#2b7f9d',
    '#146a85',
    '#0b5a70',
    '#0b4a5e'
  ],
  good: ['#f1faf4', '#e3f4e9', '#c4e5d0', '#9dd0b0', '#7fb796', '#4f9a6d', '#2f7f4f', '#226a3f', '#195a33', '#14532d'],
  warn: ['#fef9ec', '#fdf2d6', '#f7e0a6', '#efc965', '#e0ac2e', '#c98a04', '#a87200', '#8a5d00', '#7a5300', '#6b4a00'],
  bad: ['#fef3f2', '#fde7e5', '#f9cbc7', '#f3a69f', '#ff9d90', '#df5a4e', '#c93b2e', '#b42318', '#a31e14', '#8c1d13'],
  odd: ['#f6f3fd', '#eee9fb', '#dcd2f6', '#c3b3ee', '#a993e4', '#8b6fd6', '#7553c4', '#6241ac', '#553699', '#4a2c91'],
  idle: ['#f7f9fa', '#eef1f4', '#dde2e7', '#c3cbd3', '#a3aeb8', '#7f8c98', '#66727e', '#535f6a', '#46515b', '#3d4852'],
  dark: ['#d5dbe0', '#b8c1c9', '#aab5bf', '#7d8993', '#343c43', '#2a3137', '#1b2024', '#14181b', '#0f1214', '#0a0c0e']
}

export const theme = createTheme({
  colors: shades,
  primaryColor: 'harbour',
  primaryShade: 8,
  fontFamily: "'Inter Variable', system-ui, sans-serif",
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, monospace',
  fontSizes: { xs: '12px', sm: '13px', md: '14px', lg: '16px', xl: '20px' },
  lineHeights: { xs: '1.4', sm: '1.4', md: '1.4', lg: '1.4', xl: '1.4' },
  headings: {
    fontWeight: '600',
    sizes: { h1: { fontSize: '20px', lineHeight: '1.4' }, h2: { fontSize: '16px', lineHeight: '1.4' } }
  },
  spacing: { xs: '4px', sm: '8px', md: '12px', lg: '16px', xl: '24px' },
  radius: { xs: '2px', sm: '4px', md: '4px', lg: '4px', xl: '4px' },
  defaultRadius: 'sm',
  shadows: { xs: 'none', sm: 'none', md: '0 4px 16px rgb(0 0 0 / 12%)', lg: '0 4px 16px rgb(0 0 0 / 12%)', xl: 'none' },
  respectReducedMotion: true,
  components: {
    Button: { defaultProps: { size: 'sm' } },
    ActionIcon: { defaultProps: { variant: 'subtle', color: 'idle' } },
    Anchor: { defaultProps: { fz: 'inherit' } },
    Modal: { defaultProps: { centered: true, closeButtonProps: { 'aria-label': 'Close' } } },
    Tooltip: {
      defaultProps: { withArrow: true, events: { hover: true, focus: true, touch: true }, multiline: true, maw: 320 }
    }
  }
})

type Tones = Record<'good' | 'busy' | 'warn' | 'bad' | 'odd' | 'idle', { tint: string; text: string; fill: string }>

const light: Tones = {
  good: { tint: '#e3f4e9', text: '#14532d', fill: '#7fb796' },
  busy: { tint: '#e2f0f6', text: '#0b4a5e', fill: '#4d97b3' },
  warn: { tint: '#fdf2d6', text: '#6b4a00', fill: '#c98a04' },
  bad: { tint: '#fde7e5', text: '#8c1d13', fill: '#b42318' },
  odd: { tint: '#eee9fb', text: '#4a2c91', fill: '#8b6fd6' },
  idle: { tint: '#eef1f4', text: '#3d4852', fill: '#a3aeb8' }
}
const dark: Tones = {
  good: { tint: '#14301f', text: '#a3dfb9', fill: '#4f9a6d' },
  busy: { tint: '#10323e', text: '#a5d8ea', fill: '#4d97b3' },
  warn: { tint: '#362a0a', text: '#f0cd76', fill: '#c98a04' },
  bad: { tint: '#431814', text: '#ffb8ae', fill: '#df5a4e' },
  odd: { tint: '#2d2150', text: '#d0c1f8', fill: '#8b6fd6' },
  idle: { tint: '#272e34', text: '#c7cfd6', fill: '#66727e' }
}

function toneVariables(tones: Tones): Record<string, string> {
  const named = Object.entries(tones).flatMap(([tone, { tint, text, fill }]) => [
    [`--${tone}-tint`, tint],
    [`--${tone}-text`, text],
    [`--${tone}-fill`, fill]
  ])
  return Object.fromEntries(named) as Record<string, string>
}

export const variables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    ...toneVariables(light),
    '--side': '#f5f7f9',
    '--hairline': '#d8dee4',
    '--mantine-color-text': '#14181b',
    '--mantine-color-dimmed': '#52606b',
    '--mantine-color-placeholder': '#667480',
    '--mantine-color-error': '#b42318',
    '--mantine-color-default-border': '#c3cbd3',
    '--mantine-color-anchor': '#0b5a70'
  },
  dark: {
    ...toneVariables(dark),
    '--side': '#1b2024',
    '--hairline': '#343c43',
    '--mantine-color-text': '#e3e8ec',
    '--mantine-color-dimmed': '#aab5bf',
    '--mantine-color-placeholder': '#97a3ad',
    '--mantine-color-error': '#ff9d90',
    '--mantine-color-default-border': '#4a545c',
    '--mantine-color-anchor': '#8cc9de'
  }
})
