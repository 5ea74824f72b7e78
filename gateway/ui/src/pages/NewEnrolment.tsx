import { Button, Checkbox, Group, Stack, Text, Textarea } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { Can } from '~/access'
import { api, type Schema } from '~/api/client'
import { useCommand } from '~/api/command'
import { fieldErrors, rules } from '~/api/rules'
import { PageHeader } from '~/components/PageHeader'
import { Section } from '~/components/Section'
import { AFFECTS } from '~/enrolments/Actions'
import { FeeFields, feeRules, type FeeValues } from '~/enrolments/FeeFields'
import { cents } from '~/enrolments/money'
import { RunSelect } from '~/enrolments/RunSelect'
import { Seats } from '~/enrolments/Seats'
import { SponsorFields, sponsorError, type Sponsor } from '~/enrolments/SponsorFields'
import { ChosenTrainee } from '~/people/ChosenTrainee'
import { FindTrainee } from '~/people/FindTrainee'

type Values = FeeValues & { override: boolean; reason: string }

const nothing: Values = { full_fee: '', nett_fee: '', discount: '', fee_due_on: null, override: false, reason: '' }
const { reason: reasonRule } = rules('EnrolmentWish', { reason: 'the reason' })

export function Page() {
  const { run_id: runId = null, trainee_id: traineeId = null } = useSearch({ from: '/shell/enrolments/new' })
  const navigate = useNavigate({ from: '/enrolments/new' })
  const [sponsor, setSponsor] = useState<Sponsor>({ sponsorship: 'INDIVIDUAL', employer_id: null })
  const [missing, setMissing] = useState<Record<string, string>>({})
  const form = useForm<Values>({
    mode: 'uncontrolled',
    initialValues: nothing,
    validate: {
      ...feeRules,
      reason: (value, { override }) => (override && value.trim() === '' ? 'Enter a reason.' : reasonRule!(value))
    },
    validateInputOnBlur: true
  })
  const register = useCommand(
    (wish: Schema['EnrolmentWish'], headers) =>
      api.POST('/api/v1/enrolments', { body: wish, params: { header: headers } }),
    {
      affects: AFFECTS,
      done: ({ course_reference }) => `A draft on ${course_reference} is made. No seat is held before it is confirmed.`,
      // oxlint-disable-next-line unicorn/no-thenable
      then: ({ id, run_id }) => void navigate({ to: '/enrolments', search: { run_id, open: id } }),
      failed: ({ fields }) => {
        const errors = fieldErrors(fields)
        form.setErrors(errors)
        setMissing(errors as Record<string, string>)
        return fields.length > 0 && fields.every(({ field }) => field in nothing || field.endsWith('_id'))
      }
    }
  )
  const choose = (found: { run_id?: string; trainee_id?: string }) =>
    void navigate({ search: (old) => ({ ...old, ...found }), replace: true })

  function submit({ override, reason, fee_due_on, ...fees }: Values) {
    const payer = sponsorError(sponsor)
    const absent = {
      ...(runId === null && { run_id: 'Choose a run.' }),
      ...(traineeId === null && { trainee_id: 'Find or enter the trainee.' }),
      ...(payer !== null && { employer_id: payer })
    }
    setMissing(absent)
    if (runId === null || traineeId === null || payer !== null) return
    const { full_fee, nett_fee, discount } = fees
    void register.run({
      ...sponsor,
      run_id: runId,
      trainee_id: traineeId,
      full_fee: cents(full_fee),
      nett_fee: nett_fee === '' ? null : cents(nett_fee),
      discount: cents(discount),
      fee_due_on,
      override,
      reason: reason.trim() || null
    })
  }

  return (
    <>
      <PageHeader title="New enrolment" />
      <Section title="Trainee">
        {traineeId === null ? (
          <FindTrainee choose={(id) => choose({ trainee_id: id })} />
        ) : (
          <ChosenTrainee id={traineeId} runId={runId} another={() => choose({ trainee_id: undefined })} />
        )}
        {missing.trainee_id !== undefined && (
          <Text c="var(--mantine-color-error)" role="alert">
            {missing.trainee_id}
          </Text>
        )}
      </Section>
      <form onSubmit={form.onSubmit(submit)} noValidate>
        <Section title="Run">
          <Stack gap={8} maw={560}>
            <RunSelect value={runId} set={(id) => choose({ run_id: id ?? undefined })} error={missing.run_id} />
            {runId !== null && <Seats runId={runId} />}
          </Stack>
        </Section>
        <Section title="Fees and who pays">
          <Stack gap={12} maw={560}>
            <SponsorFields value={sponsor} set={setSponsor} error={missing.employer_id} />
            <FeeFields form={form} />
          </Stack>
        </Section>
        <Can do="enrolments:override">
          <Section title="Set aside a rule">
            <Stack gap={12} maw={560}>
              <Checkbox
                label="Outside the registration window"
                key={form.key('override')}
                {...form.getInputProps('override', { type: 'checkbox' })}
              />
              <Textarea
                label="Reason"
                description="Kept in the audit log. No names, no ID numbers."
                key={form.key('reason')}
                {...form.getInputProps('reason')}
              />
            </Stack>
          </Section>
        </Can>
        <Group gap={8}>
          <Button type="submit" loading={register.busy}>
            Make draft
          </Button>
          <Text size="sm" c="dimmed">
            Confirm it next: that takes a seat, and TPGateway hears of it.
          </Text>
        </Group>
      </form>
    </>
  )
}
