import { Button, Group, Modal, Select } from '@mantine/core'
import { useDebouncedValue, useDisclosure } from '@mantine/hooks'
import { useState } from 'react'
import { queries } from '~/api/client'
import { EmployerForm } from './EmployerForm'
import type { Employer } from './words'

type Props = { value: string | null; set: (id: string | null) => void; error?: React.ReactNode }
type Option = { value: string; label: string }

const optionOf = ({ id, name, uen }: Employer): Option => ({ value: id, label: `${name}, ${uen}` })

/** Chooses who pays; typing searches name and UEN, and one not known yet is entered on the spot. */
export function EmployerSelect({ value, set, error }: Props) {
  const [typed, setTyped] = useState('')
  const [q] = useDebouncedValue(typed.trim(), 300)
  const [chosen, setChosen] = useState<Option | null>(null)
  const [entering, { open, close }] = useDisclosure()
  const query = { q: q === '' || q === chosen?.label ? undefined : q, limit: 50 }
  const employers = queries.useQuery('get', '/api/v1/employers', { params: { query } })
  const found = (employers.data?.items ?? []).map(optionOf)
  const data = chosen === null || found.some((each) => each.value === chosen.value) ? found : [chosen, ...found]
  return (
    <Group gap={8} align="flex-end" wrap="nowrap">
      <Select
        label="Employer"
        placeholder="Name or UEN"
        required
        searchable
        data={data}
        filter={({ options }) => options}
        value={value}
        onChange={(id, option) => {
          setChosen(option ?? null)
          set(id)
        }}
        onSearchChange={setTyped}
        nothingFoundMessage={employers.isFetching ? 'Searching' : 'No employer has this name or UEN.'}
        error={error ?? (employers.error ? employers.error.detail : null)}
        style={{ flex: 1 }}
      />
      <Button variant="default" onClick={open}>
        New employer
      </Button>
      <Modal opened={entering} onClose={close} title="New employer" attributes={{ header: { role: 'none' } }}>
        <EmployerForm
          employer={null}
          close={close}
          saved={(employer) => {
            setChosen(optionOf(employer))
            set(employer.id)
            close()
          }}
        />
      </Modal>
    </Group>
  )
}
