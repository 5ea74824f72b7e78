import { Button, Group, Stack, Title } from '@mantine/core'
import { Failure } from '~/components/Failure'
import { severityLooks } from '~/status'
import type { Choices } from './choices'
import { Clashes, Found, goTo, Missing } from './Judgement'
import { unfilled, type Plan } from './plan'
import styles from './planning.module.css'
import type { Trial } from './useTrial'

type Props = { plan: Plan; trial: Trial; choices: Choices; busy: boolean; save: () => void; publish: () => void }

/** Beside the plan, always in sight: what is missing, what is wrong, who is busy, and what may be done now. */
export function Summary({ plan, trial, choices, busy, save, publish }: Props) {
  const missing = unfilled(plan)
  const { found, judging, error } = trial
  const ready = found?.ready === true && !judging
  return (
    <aside className={`panel ${styles.summary}`} aria-label="Before it is saved and published">
      <Stack gap={12}>
        <Title order={2} size="md">
          {headline(missing.length, trial)}
        </Title>
        <div aria-live="polite" data-reading={judging || undefined}>
          {missing.length > 0 && <Missing of={missing} />}
          {error !== null && <Failure error={error} />}
          {found !== undefined && (
            <>
              {found.clashes.length > 0 && <Clashes of={found.clashes} choices={choices} />}
              <Found title="To mend" of={found.errors} look={severityLooks.block} />
              <Found title="Worth a look" of={found.warnings} look={severityLooks.warn} />
            </>
          )}
        </div>
        <Group gap={8}>
          <Button variant="default" loading={busy} onClick={missing.length > 0 ? () => goTo(missing[0]!.field) : save}>
            Save draft
          </Button>
          <Button loading={busy} disabled={!ready} onClick={publish}>
            Publish run
          </Button>
        </Group>
      </Stack>
    </aside>
  )
}

function headline(missing: number, { found, judging }: Trial): string {
  if (missing > 0) return 'Not filled in yet'
  if (found === undefined) return judging ? 'Being checked' : 'Not checked yet'
  return found.ready ? 'Nothing stands in the way of publishing' : 'It cannot be published yet'
}
