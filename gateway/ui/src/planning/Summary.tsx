import { Anchor, Button, Group, Stack, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import type { Schema } from '~/api/client'
import { Failure } from '~/components/Failure'
import { Status } from '~/components/Status'
import { fieldName } from '~/runs/Findings'
import { RunLink } from '~/runs/RunName'
import { severityLooks } from '~/status'
import { clockTime, day, dayOf } from '~/time'
import { nameOf, type Choices } from './choices'
import { unfilled, type Plan, type Unfilled } from './plan'
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

/** To the control that holds the field; controls are named as the API names fields. */
function goTo(field: string): void {
  const control = document.getElementById(field)
  control?.scrollIntoView({ block: 'center' })
  control?.focus({ preventScroll: true })
}

function Missing({ of }: { of: readonly Unfilled[] }) {
  return (
    <ul className={styles.list} aria-label="Not filled in yet">
      {of.map(({ field, name }) => (
        <li key={field}>
          <Anchor component="button" type="button" onClick={() => goTo(field)}>
            {name}
          </Anchor>
        </li>
      ))}
    </ul>
  )
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <>
      <p className={styles.state}>{title}</p>
      <ul className={styles.list} aria-label={title}>
        {children}
      </ul>
    </>
  )
}

type FoundProps = { title: string; of: Schema['TrialView']['errors']; look: (typeof severityLooks)['block'] }

function Found({ title, of, look }: FoundProps) {
  if (of.length === 0) return null
  return (
    <Part title={title}>
      {of.map(({ field, code, message, fix }) => (
        <li key={`${field} ${code}`}>
          <Status look={look} />
          <div>
            <Anchor component="button" type="button" fw={600} onClick={() => goTo(field)}>
              {fieldName(field)}
            </Anchor>{' '}
            {message} <span className="dimmed">{fix}</span>
          </div>
        </li>
      ))}
    </Part>
  )
}

function Clashes({ of, choices }: { of: readonly Schema['ClashView'][]; choices: Choices }) {
  return (
    <Part title="Busy elsewhere">
      {of.map(({ session, owner_id, run_id, start_at, end_at }) => (
        <li key={`${session} ${owner_id}`}>
          <b>Session {session + 1}:</b> {nameOf(choices, owner_id)} is taken by <RunLink id={run_id} />,{' '}
          {day(dayOf(start_at))} {clockTime(start_at)}–{clockTime(end_at)} SGT.
        </li>
      ))}
    </Part>
  )
}
