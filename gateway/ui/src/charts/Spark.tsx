import styles from './charts.module.css'

const WIDTH = 96
const HEIGHT = 20
const INSET = 2

/** How one number went, too small for an axis; `told` says the same in words. */
export function Spark({ values, told }: { values: readonly number[]; told: string }) {
  return (
    <svg
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={told}
      className={styles.spark}
    >
      <path d={sparkPath(values, WIDTH, HEIGHT, INSET)} />
    </svg>
  )
}

/** A line through the values, from edge to edge, the lowest at the bottom; what never changed lies in the middle. */
export function sparkPath(values: readonly number[], width: number, height: number, inset: number): string {
  const low = Math.min(...values)
  const span = Math.max(...values) - low
  const x = (index: number) => inset + (index / Math.max(1, values.length - 1)) * (width - 2 * inset)
  const y = (value: number) =>
    span === 0 ? height / 2 : height - inset - ((value - low) / span) * (height - 2 * inset)
  return values.map((value, index) => `${index === 0 ? 'M' : 'L'}${round(x(index))} ${round(y(value))}`).join('')
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
