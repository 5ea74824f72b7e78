import { Button, Select } from '@mantine/core'
import { Plus } from 'lucide-react'
import { newId } from '~/api/ids'
import { Empty } from '~/components/Empty'
import { Section } from '~/components/Section'
import type { Part } from './CourseSection'
import { venueName } from './choices'
import { nextSession } from './plan'
import styles from './planning.module.css'
import { RemoveButton } from '~/components/RemoveButton'
import { SessionFields } from './SessionFields'
import { wrongAt } from './useTrial'

export function SessionsSection({ plan, change, choices, trial }: Part) {
  const add = (
    <Button
      variant="default"
      leftSection={<Plus size={14} aria-hidden />}
      onClick={() => change({ sessions: [...plan.sessions, nextSession(plan, newId())] })}
    >
      Add session
    </Button>
  )
  return (
    <Section title="Sessions">
      <Select
        id="venue_id"
        label="Room of the run"
        placeholder="No room yet"
        searchable
        clearable
        clearButtonProps={{ 'aria-label': 'No room for the run' }}
        data={choices.venues.map((venue) => ({ value: venue.id, label: venueName(venue) }))}
        value={plan.venueId}
        onChange={(venueId) => change({ venueId })}
        error={wrongAt(trial, 'venue_id')}
        maw={360}
        mb={12}
      />
      {plan.sessions.length === 0 ? (
        <Empty next={add}>No session yet. A run is published with at least one.</Empty>
      ) : (
        <>
          <ol className={styles.sessions} aria-label="Planned sessions, SGT">
            {plan.sessions.map((session, index) => (
              <li key={session.key} aria-label={`Session ${index + 1}`}>
                <span className={styles.number}>{index + 1}</span>
                <SessionFields
                  at={`sessions.${index}`}
                  name={`Session ${index + 1}`}
                  session={session}
                  change={(next) => change({ sessions: plan.sessions.with(index, next) })}
                  held={plan.held}
                  runVenueId={plan.venueId}
                  people={plan.people}
                  choices={choices}
                  wrong={(field) => wrongAt(trial, `sessions.${index}.${field}`)}
                />
                <div className={styles.remove}>
                  <RemoveButton
                    what={`session ${index + 1}`}
                    remove={() => change({ sessions: plan.sessions.toSpliced(index, 1) })}
                  />
                </div>
              </li>
            ))}
          </ol>
          {add}
        </>
      )}
    </Section>
  )
}
