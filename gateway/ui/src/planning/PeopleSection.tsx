import { MultiSelect, Select } from '@mantine/core'
import { roleName } from '~/words'
import type { Schema } from '~/api/client'
import { Section } from '~/components/Section'
import type { Part } from './CourseSection'
import { nameOf } from './choices'
import type { Person, PlannedSession } from './plan'
import styles from './planning.module.css'
import { RemoveButton } from '~/components/RemoveButton'
import { wrongAt } from './useTrial'

/** Who teaches and assesses: each person once, in roles they hold. */
export function PeopleSection({ plan, change, choices, trial }: Part) {
  const set = (people: Person[]) => change({ people, sessions: plan.sessions.map((each) => withOnly(people, each)) })
  const free = choices.trainers.filter(({ id }) => !plan.people.some(({ trainerId }) => trainerId === id))
  return (
    <Section title="People">
      {plan.people.length > 0 && (
        <ul className={styles.people} aria-label="People on the run">
          {plan.people.map((person, index) => {
            const name = nameOf(choices, person.trainerId)
            const held = choices.trainers.find(({ id }) => id === person.trainerId)?.roles ?? person.roles
            return (
              <li key={person.trainerId}>
                <span>{name}</span>
                <MultiSelect
                  id={`trainers.${index}.roles`}
                  aria-label={`Roles of ${name}`}
                  data={held.map((role) => ({ value: String(role), label: roleName(role) }))}
                  value={person.roles.map(String)}
                  onChange={(roles) =>
                    roles.length > 0 && set(plan.people.with(index, { ...person, roles: roles.map(Number) as Roles }))
                  }
                  error={wrongAt(trial, `trainers.${index}.roles`)}
                />
                <RemoveButton what={name} remove={() => set(plan.people.toSpliced(index, 1))} />
              </li>
            )
          })}
        </ul>
      )}
      <Select
        id="trainers"
        label="Add a trainer or assessor"
        placeholder={free.length > 0 ? 'Name' : 'Everybody is on the run'}
        searchable
        data={free.map(({ id, name }) => ({ value: id, label: name }))}
        value={null}
        onChange={(id) => id !== null && set([...plan.people, inTheirRoles(free.find((each) => each.id === id)!)])}
        nothingFoundMessage="Nobody has this name."
        error={wrongAt(trial, 'trainers')}
        maw={360}
      />
    </Section>
  )
}

type Roles = Person['roles']

function inTheirRoles({ id, roles }: Schema['TrainerView']): Person {
  return { trainerId: id, roles: roles as Roles }
}

/** Sessions name only people who are on the run. */
function withOnly(people: readonly Person[], session: PlannedSession): PlannedSession {
  const left = session.trainerIds?.filter((id) => people.some(({ trainerId }) => trainerId === id)) ?? []
  return { ...session, trainerIds: left.length > 0 ? left : null }
}
