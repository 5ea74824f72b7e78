import { useElementSize } from '@mantine/hooks'
import type { Tone } from '~/status'
import styles from './charts.module.css'
import { Numbers } from './Numbers'

export type Part = { tone: Tone; word: string; value: number }
export type BarOf = { label: string; title: string; parts: readonly Part[] }

type Bars = {
  /** What is shown, as a whole sentence: the caption of the table that carries the same numbers. */
  caption: string
  /** What each bar stands for: the head of the table's first column. */
  of: string
  bars: readonly BarOf[]
  height?: number
}

const LEFT = 32
const BOTTOM = 22
const TOP = 8
const NARROW = 560
const THICKEST = 72
const FEW = 7

/** Parts of a whole, bar by bar; the first part stands at the bottom. The same numbers are a hidden table. */
export function StackedBars({ caption, of, bars, height = 200 }: Bars) {
  const { ref, width } = useElementSize()
  const most = Math.max(1, ...bars.map((bar) => total(bar)))
  const steps = ticks(most)
  const top = steps.at(-1)!
  const inner = height - BOTTOM - TOP
  const y = (value: number) => TOP + inner - (value / top) * inner
  const each = Math.max(0, width - LEFT) / Math.max(1, bars.length)
  const thick = Math.min(each * 0.6, THICKEST)
  const every = bars.length > FEW && width < NARROW ? 3 : 1
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
          {bars.map((bar, index) => (
            <g key={bar.label} transform={`translate(${LEFT + each * index} 0)`}>
              <title>{`${bar.title}: ${bar.parts.map(({ word, value }) => `${value} ${word.toLowerCase()}`).join(', ')}`}</title>
              <rect x={0} y={TOP} width={each} height={inner} fill="transparent" />
              <Stack parts={bar.parts} x={(each - thick) / 2} width={thick} y={y} />
              {index % every === 0 && (
                <text x={each / 2} y={height - 6} textAnchor="middle">
                  {bar.label}
                </text>
              )}
            </g>
          ))}
        </svg>
      </div>
      <Legend parts={bars[0]?.parts ?? []} />
      <Numbers
        caption={caption}
        of={of}
        heads={bars[0]?.parts.map(({ word }) => word) ?? []}
        rows={bars.map(({ label, title, parts }) => ({
          key: label,
          name: title,
          values: parts.map(({ value }) => value)
        }))}
      />
    </figure>
  )
}

type Stacked = { parts: readonly Part[]; x: number; width: number; y: (value: number) => number }

function Stack({ parts, x, width, y }: Stacked) {
  return parts.map(({ tone, word, value }, index) => {
    const below = parts.slice(0, index).reduce((sum, part) => sum + part.value, 0)
    const height = y(below) - y(below + value)
    return <rect key={word} x={x} y={y(below + value)} width={width} height={height} fill={`var(--${tone}-fill)`} />
  })
}

function Legend({ parts }: { parts: readonly Part[] }) {
  return (
    <figcaption className={styles.legend}>
      {parts.map(({ tone, word }) => (
        <span key={word}>
          <i style={{ background: `var(--${tone}-fill)` }} />
          {word}
        </span>
      ))}
    </figcaption>
  )
}

function total(bar: BarOf): number {
  return bar.parts.reduce((sum, part) => sum + part.value, 0)
}

/** A few round numbers from nothing to at least the most. */
export function ticks(most: number): number[] {
  const rough = most / 4
  const size = 10 ** Math.floor(Math.log10(rough))
  const step = Math.max(
    1,
    [1, 2, 5, 10].map((times) => times * size).find((found) => found >= rough)!
  )
  return Array.from({ length: Math.ceil(most / step) + 1 }, (_, index) => index * step)
}
