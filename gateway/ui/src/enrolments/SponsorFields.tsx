import { Group, Radio, Stack } from '@mantine/core'
import type { Schema } from '~/api/client'
import { EmployerSelect } from '~/people/EmployerSelect'

export type Sponsor = { sponsorship: Schema['Sponsorship']; employer_id: string | null }

/** An employer who pays is named; an individual pays alone. */
export function SponsorFields({
  value,
  set,
  error
}: {
  value: Sponsor
  set: (sponsor: Sponsor) => void
  error?: React.ReactNode
}) {
  const pays = value.sponsorship === 'EMPLOYER'
  return (
    <Stack gap={12}>
      <Radio.Group
        label="Paid by"
        value={value.sponsorship}
        onChange={(sponsorship) =>
          set({
            sponsorship: sponsorship as Schema['Sponsorship'],
            employer_id: sponsorship === 'EMPLOYER' ? value.employer_id : null
          })
        }
      >
        <Group gap={16} mt={4}>
          <Radio value="INDIVIDUAL" label="The trainee" />
          <Radio value="EMPLOYER" label="An employer" />
        </Group>
      </Radio.Group>
      {pays && (
        <EmployerSelect value={value.employer_id} set={(id) => set({ ...value, employer_id: id })} error={error} />
      )}
    </Stack>
  )
}

export function sponsorError({ sponsorship, employer_id }: Sponsor): string | null {
  return sponsorship === 'EMPLOYER' && employer_id === null ? 'Choose the employer.' : null
}
