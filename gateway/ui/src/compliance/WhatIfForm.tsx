import { ActionIcon, Button, Checkbox, Group, NumberInput, Select, Stack, Text, TextInput } from '@mantine/core'
import { DatePickerInput } from '@mantine/dates'
import { useForm } from '@mantine/form'
import { X } from 'lucide-react'
import type { Schema } from '~/api/client'
import type { WhatIfSearch } from '~/searches'
import { clockTime, day, dayOf, instantFrom } from '~/time'
import { dutyChoices } from './duties'

type Limit = { key: Schema['ObligationKey'] | null; days: number | '' }
type Values = {
  down: boolean
  hours: number | ''
  beganOn: string | null
  beganAt: string
  limits: Limit[]
  limitsFrom: string | null
  on: string | null
}

const HOURS = { min: 1, max: 1440, usual: 36 }
const DAYS = { min: -60, max: 1830 }
const TIME = /^([01]\d|2[0-3]):[0-5]\d$/
const duties = Object.entries(dutyChoices).map(([value, { word }]) => ({ value, label: word }))

type Props = { search: WhatIfSearch; ask: (search: WhatIfSearch) => void }

/** What to suppose: an outage of TPGateway, other limits, or both. Nothing is changed by asking. */
export function WhatIfForm({ search, ask }: Props) {
  const form = useForm<Values>({
    initialValues: valuesOf(search),
    validate: {
      hours: (hours, { down }) => (down && !within(hours, HOURS) ? 'Enter 1 to 1440 hours.' : null),
      beganAt: (at, { down, beganOn }) =>
        down && beganOn !== null && !TIME.test(at) ? 'Enter a time, as 09:30.' : null,
      limits: {
        key: (key) => (key === null ? 'Choose a duty.' : null),
        days: (days) => (within(days, DAYS) ? null : 'Enter −60 to 1830 days.')
      }
    }
  })
  const { down, limits } = form.values
  const nothing = !down && limits.length === 0
  return (
    <form onSubmit={form.onSubmit((values) => ask(searchOf(values)))} noValidate>
      <Stack gap={12} align="flex-start">
        <Checkbox label="TPGateway is down" {...form.getInputProps('down', { type: 'checkbox' })} />
        {down && (
          <Group gap={12} align="flex-start">
            <NumberInput label="For so many hours" w={160} {...HOURS} {...form.getInputProps('hours')} />
            <DatePickerInput
              label="From this day"
              description={undefined}
              placeholder="Now"
              clearable
              valueFormatter={({ date }) => (typeof date === 'string' ? day(date) : '')}
              w={180}
              {...form.getInputProps('beganOn')}
            />
            {form.values.beganOn !== null && (
              <TextInput label="At, SGT" placeholder="09:30" w={100} {...form.getInputProps('beganAt')} />
            )}
          </Group>
        )}
        {limits.map((limit, index) => (
          // oxlint-disable-next-line react/no-array-index-key
          <Group key={index} gap={12} align="flex-start">
            <Select
              label="The limit of"
              data={duties.filter(({ value }) => value === limit.key || !limits.some(({ key }) => key === value))}
              searchable
              w={220}
              {...form.getInputProps(`limits.${index}.key`)}
            />
            <NumberInput label="Becomes, in days" w={160} {...DAYS} {...form.getInputProps(`limits.${index}.days`)} />
            <ActionIcon
              size={36}
              mt={22}
              aria-label={`Take away limit ${index + 1}`}
              onClick={() => form.removeListItem('limits', index)}
            >
              <X size={16} aria-hidden />
            </ActionIcon>
          </Group>
        ))}
        {limits.length > 0 && (
          <DatePickerInput
            label="For what counts from this day on"
            placeholder="All that stands now"
            clearable
            valueFormatter={({ date }) => (typeof date === 'string' ? day(date) : '')}
            w={260}
            {...form.getInputProps('limitsFrom')}
          />
        )}
        <DatePickerInput
          label="Tell how it stands at the end of"
          placeholder={down ? 'The outage' : 'Now'}
          clearable
          valueFormatter={({ date }) => (typeof date === 'string' ? day(date) : '')}
          w={260}
          {...form.getInputProps('on')}
        />
        <Group gap={8}>
          <Button
            variant="default"
            disabled={limits.length === duties.length}
            onClick={() => form.insertListItem('limits', { key: null, days: 14 } satisfies Limit)}
          >
            Suppose another limit
          </Button>
          <Button type="submit" disabled={nothing}>
            Foretell
          </Button>
        </Group>
        {nothing && (
          <Text size="sm" c="dimmed">
            Suppose an outage or another limit first.
          </Text>
        )}
      </Stack>
    </form>
  )
}

function within(value: number | '', { min, max }: { min: number; max: number }): boolean {
  return typeof value === 'number' && value >= min && value <= max
}

function valuesOf({ hours, began_at, limits = [], limits_from, at }: WhatIfSearch): Values {
  return {
    down: hours !== undefined || limits.length === 0,
    hours: hours ?? HOURS.usual,
    beganOn: began_at === undefined ? null : dayOf(began_at),
    beganAt: began_at === undefined ? '09:00' : clockTime(began_at),
    limits: limits.map((limit) => ({ ...limit })),
    limitsFrom: limits_from ?? null,
    on: at === undefined ? null : dayOf(at)
  }
}

function searchOf({ down, hours, beganOn, beganAt, limits, limitsFrom, on }: Values): WhatIfSearch {
  return {
    ...(down && { hours: Number(hours) }),
    ...(down && beganOn !== null && { began_at: instantFrom(beganOn, beganAt) }),
    ...(limits.length > 0 && { limits: limits.map(({ key, days }) => ({ key: key!, days: Number(days) })) }),
    ...(limits.length > 0 && limitsFrom !== null && { limits_from: limitsFrom }),
    ...(on !== null && { at: instantFrom(on, '23:59') })
  }
}
