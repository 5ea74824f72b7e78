import { Anchor } from '@mantine/core'
import { Figure, Figures } from '~/components/Figure'
import { count } from '~/words'
import { countOf, type Batch, type Kind, type Verdict } from './kinds'

type Props = { kind: Kind; batch: Batch; chosen: Verdict | undefined; show: (verdict: Verdict | undefined) => void }

/** How many rows have which verdict; each leads to its rows. */
export function Verdicts({ kind, batch, chosen, show }: Props) {
  return (
    <Figures label="Verdicts">
      {kind.verdicts.map(({ verdict, look }) => (
        <Figure
          key={verdict}
          name={look.word}
          value={count(countOf(batch, verdict))}
          link={
            countOf(batch, verdict) > 0 && (
              <Anchor
                component="button"
                type="button"
                size="sm"
                aria-pressed={chosen === verdict}
                aria-label={`Show rows: ${look.word}`}
                onClick={() => show(chosen === verdict ? undefined : verdict)}
              >
                {chosen === verdict ? 'Show all rows' : 'Show rows'}
              </Anchor>
            )
          }
        />
      ))}
    </Figures>
  )
}
