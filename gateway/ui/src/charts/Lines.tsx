import { useElementSize } from '@mantine/hooks'
import type { Tone } from '~/status'
import styles from './charts.module.css'
import { Numbers } from './Numbers'
import { ticks } from './StackedBars'

export type Series = { word: string; tone: Tone; dashed?: boolean; values: readonly number[] }

type Props = {
  /** What is shown, as a whole sentence: the caption of the table that carries the same numbers. */
  caption: string
  /** What stands along the bottom: the head of the table's first column. */
  of: string
  /** Where each value stands, as a number that grows: an instant in milliseconds, or a count. */
  at: readonly number[]
  labels: readonly string[]
  series: readonly Series[]
  height?: number
}

const LEFT = 40
const BOTTOM = 22
const TOP = 8
const EACH_LABEL = 120

/** Values over time, stepwise: each holds until the next. The same numbers are a hidden table. */
export function Lines({ caption, of, at, labels, series, height = 180 }: Props) {
  const { ref, width } = useElementSize()
  const steps = ticks(Math.max(1, ...series.flatMap(({ values }) => values)))
  const inner = height - BOTTOM - TOP
  const y = (value: number) => TOP + inner - (value / steps.at(-1)!) * inner
  const [first = 0, last = 1] = [at[0], at.at(-1)]
  const x = (value: number) => LEFT + ((value - first) / Math.max(1, last - first)) * Math.max(0, width - LEFT - 8)
  const every = Math.max(1, Math.ceil((labels.length * EACH_LABEL) / Math.max(1, width)))
  return (
    <figure className={styles.figure}>
      <div ref={ref}>
        <svg width="100%" height={height} aria-hidden className={styles.chart}>
          {steps.map((step) => (
            <g key={step}>
              <line x1={LEFT} x2={width} y1={y(step)} y2={y(step)} className={styles.rule} />
              <text x={LEFT - 8} y={y(step) + 4} textAnchor="end">
                {step}
              </text>
            </g>
          ))}
          {labels.map((label, index) =>
            index % every === 0 ? (
              <text key={label} x={x(at[index]!)} y={height - 6} textAnchor={index === 0 ? 'start' : 'middle'}>
                {label}
              </text>
            ) : null
          )}
          {width > 0 &&
            series.map(({ word, tone, dashed, values }) => (
              <path
                key={word}
                d={stepped(values, (index) => x(at[index]!), y)}
                fill="none"
                stroke={`var(--${tone}-fill)`}
                strokeWidth={2}
                strokeDasharray={dashed ? '4 4' : undefined}
              />
            ))}
        </svg>
      </div>
      <figcaption className={styles.legend}>
        {series.map(({ word, tone, dashed }) => (
          <span key={word}>
            <i
              className={styles.stroke}
              style={{ borderTop: `2px ${dashed ? 'dashed' : 'solid'} var(--${tone}-fill)` }}
            />
            {word}
          </span>
        ))}
      </figcaption>
      <Numbers
        caption={caption}
        of={of}
        heads={series.map(({ word }) => word)}
        rows={labels.map((label, index) => ({
          key: label,
          name: label,
          values: series.map(({ values }) => values[index])
        }))}
      />
    </figure>
  )
}

/** A path that goes across and then up or down: between two readings nothing is made up. */
export function stepped(values: readonly number[], x: (index: number) => number, y: (value: number) => number): string {
  return values
    .map((value, index) =>
      index === 0
        ? `M${round(x(0))} ${round(y(value))}`
        : `H${round(x(index))}${value === values[index - 1] ? '' : `V${round(y(value))}`}`
    )
    .join('')
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
