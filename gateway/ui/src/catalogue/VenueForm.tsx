import { Checkbox, NumberInput, SimpleGrid, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { api } from '~/api/client'
import { ifMatch, useCommand } from '~/api/command'
import { fieldErrors, showIn } from '~/api/rules'
import { useOpened } from '~/conflicts/Meanwhile'
import { RecordForm } from '~/components/RecordForm'
import { patchOf, valuesOf, venueRules, wishOf, type Venue, type VenueValues } from './venueValues'

type Props = { venue: Venue | null; close: () => void; saved: (venue: Venue) => void }

/** One bookable room; a building with three rooms is three venues. */
export function VenueForm({ venue, close, saved }: Props) {
  const opened = useOpened(venue)
  const form = useForm<VenueValues>({
    mode: 'uncontrolled',
    initialValues: valuesOf(opened),
    validate: venueRules,
    validateInputOnBlur: true
  })
  const save = useCommand(
    (values: VenueValues, headers) =>
      venue === null
        ? api.POST('/api/v1/venues', { body: wishOf(values), params: { header: headers } })
        : api.PATCH('/api/v1/venues/{venue_id}', {
            body: patchOf(values, opened ?? venue),
            params: { path: { venue_id: venue.id }, header: { ...headers, ...ifMatch(venue) } }
          }),
    {
      affects: ['/api/v1/venues', '/api/v1/course-runs'],
      done: ({ name }) => `${name} is saved.`,
      // oxlint-disable-next-line unicorn/no-thenable
      then: saved,
      failed: ({ fields }) => showIn(form, fieldErrors(fields))
    }
  )
  const at = (name: keyof VenueValues) => ({ ...form.getInputProps(name), key: form.key(name) })
  return (
    <RecordForm
      opened={opened}
      now={venue}
      verb={venue === null ? 'Enter venue' : 'Save'}
      busy={save.busy}
      submit={form.onSubmit((values) => void save.run(values))}
      close={close}
    >
      <TextInput
        label="Name"
        description="What people here call it."
        required
        data-autofocus={venue === null || undefined}
        {...at('name')}
      />
      <SimpleGrid cols={2} spacing={12}>
        <TextInput label="Block" {...at('block')} />
        <TextInput label="Street" {...at('street')} />
        <TextInput label="Floor" {...at('floor')} />
        <TextInput label="Unit" {...at('unit')} />
        <TextInput label="Building" {...at('building')} />
        <TextInput label="Postal code" inputMode="numeric" {...at('postal_code')} />
        <TextInput label="Room" {...at('room')} />
        <NumberInput label="Capacity" allowDecimal={false} {...at('capacity')} />
      </SimpleGrid>
      <Checkbox
        label="Wheelchair access"
        key={form.key('wheelchair_access')}
        {...form.getInputProps('wheelchair_access', { type: 'checkbox' })}
      />
    </RecordForm>
  )
}
