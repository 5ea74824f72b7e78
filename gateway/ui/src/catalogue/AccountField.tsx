import { Select, TextInput } from '@mantine/core'
import type { ReactNode } from 'react'
import { useMay } from '~/access'
import { queries } from '~/api/client'

type Props = { value?: string; onChange?: (id: string) => void; onBlur?: () => void; error?: ReactNode }

const WORDS = { label: 'Account', description: 'Who signs in with it sees the runs this person teaches.' }

/** Whose sign-in it is: chosen by name where accounts may be seen, else by the id an administrator tells. */
export function AccountField(props: Props) {
  return useMay()('users:view') ? <ByName {...props} /> : <ById {...props} />
}

function ByName({ value = '', onChange, onBlur, error }: Props) {
  const accounts = queries.useQuery('get', '/api/v1/auth/users', { params: { query: { limit: 200 } } })
  const known = accounts.data?.items.map(({ id, name }) => ({ value: id, label: name })) ?? []
  const held = value === '' || known.some((account) => account.value === value)
  return (
    <Select
      {...WORDS}
      searchable
      clearable
      clearButtonProps={{ 'aria-label': 'Clear account' }}
      data={held ? known : [...known, { value, label: value }]}
      value={value === '' ? null : value}
      onChange={(id) => onChange?.(id ?? '')}
      onBlur={onBlur}
      nothingFoundMessage="No account has this name."
      error={error}
    />
  )
}

function ById({ value = '', onChange, onBlur, error }: Props) {
  return (
    <TextInput
      label={WORDS.label}
      description={`${WORDS.description} Its id: ask an administrator.`}
      value={value}
      onChange={(event) => onChange?.(event.currentTarget.value)}
      onBlur={onBlur}
      error={error}
    />
  )
}
