import type { Schema } from '~/api/client'
import { counted } from '~/words'

type Span = Schema['SpanView']

const units: Record<string, string> = { days: 'day', working_days: 'working day', hours: 'hour', years: 'year' }

/** `14 days after the first day of the run`, `by its first session`: when, for one kind of provider. */
export function spanWords(span: Span, providerType: string, rule: { counts_from: string; trigger: string }): string {
  const size = providerType === 'in_house' ? span.in_house : span.public
  const from = span.counts_from === 'trigger' ? rule.trigger : rule.counts_from
  if (span.unit === 'moment' || size === 0) return span.counts_from === 'trigger' ? `as soon as ${from}` : `by ${from}`
  const length = counted(Math.abs(size), units[span.unit] ?? span.unit)
  return `${length} ${size < 0 ? 'before' : 'after'} ${from}`
}

/** When it warns: by days left in long windows, by the share that has passed in shorter ones. */
export function levelWords(levels: Schema['LevelsView']): string {
  const { long_from_days, amber_days, red_days, amber_percent, red_percent } = levels
  const long = `${counted(amber_days, 'day')} before, red ${counted(red_days, 'day')} before`
  return `Amber ${long}; in windows under ${counted(long_from_days, 'day')} at ${amber_percent} % and ${red_percent} %`
}
