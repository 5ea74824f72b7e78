import { encodeQR } from 'qr'
import { useMemo } from 'react'

const QUIET = 4

/** A link to be scanned: always dark on white, with the white rim readers need. */
export function QrCode({ text, label, size }: { text: string; label: string; size: number | string }) {
  const { path, side } = useMemo(() => drawnAs(text), [text])
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${side} ${side}`}
      width={size}
      height={size}
      shapeRendering="crispEdges"
    >
      <rect width={side} height={side} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  )
}

function drawnAs(text: string): { path: string; side: number } {
  const square = encodeQR(text, 'raw', { ecc: 'medium', border: QUIET })
  const modules = square.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : [])))
  return { path: modules.join(''), side: square.length }
}
