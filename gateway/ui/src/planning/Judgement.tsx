import { Anchor } from '@mantine/core'
import type { ReactNode } from 'react'
import type { Schema } from '~/api/client'
import { Status } from '~/components/Status'
import { fieldName } from '~/runs/Findings'
import { RunLink } from '~/runs/RunName'
import { severityLooks } from '~/status'
import { clockTime, day, dayOf } from '~/time'
import { nameOf, type Choices } from './choices'
import { byPlace, type Unfilled } from './plan'
import styles from './planning.module.css'

// What is said of a plan: what is missing, what is wrong, who is busy; each leads to the control that holds it.

/** To the control that holds the field; controls are named as the API names fields. */
export function goTo(field: string): void {
  const control = document.getElementById(field)
  control?.scrollIntoView({ block: 'center' })
  control?.focus({ preventScroll: true })
}

export function Missing({ of }: { of: readonly Unfilled[] }) {
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

type FoundProps = {
  title: string
  of: Schema['TrialView']['errors']
  look: (typeof severityLooks)['block']
  /** How people call the field, where the place in the plan does not tell. */
  named?: (field: string) => string
}

export function Found({ title, of, look, named = fieldName }: FoundProps) {
  if (of.length === 0) return null
  return (
    <Part title={title}>
      {of.map(({ field, code, message, fix }) => (
        <li key={`${field} ${code}`}>
          <Status look={look} />
          <div>
            <Anchor component="button" type="button" fw={600} onClick={() => goTo(field)}>
              {named(field)}
            </Anchor>{' '}
            {message} <span className="dimmed">{fix}</span>
          </div>
        </li>
      ))}
    </Part>
  )
}

type ClashesProps = {
  of: readonly Schema['ClashView'][]
  choices: Choices
  /** The session's own number, by its place in the plan. */
  numberOf?: (place: number) => number
}

export function Clashes({ of, choices, numberOf = byPlace }: ClashesProps) {
  return (
    <Part title="Busy elsewhere">
      {of.map(({ session, owner_id, run_id, start_at, end_at }) => (
        <li key={`${session} ${owner_id}`}>
          <b>Session {numberOf(session)}:</b> {nameOf(choices, owner_id)} is taken by <RunLink id={run_id} />,{' '}
          {day(dayOf(start_at))} {clockTime(start_at)}–{clockTime(end_at)} SGT.
        </li>
      ))}
    </Part>
  )
}
