import { Button, FileInput, Group, Stack, Text, TextInput } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { Download, FileUp } from 'lucide-react'
import { useState, type DragEvent } from 'react'
import { useCommand } from '~/api/command'
import type { Problem } from '~/api/problem'
import { ProblemContent } from '~/components/notices'
import { PageHeader } from '~/components/PageHeader'
import { Section } from '~/components/Section'
import { RunSelect } from '~/enrolments/RunSelect'
import { counted } from '~/words'
import { Earlier } from './Earlier'
import type { Kind } from './kinds'
import { save } from './save'
import { Steps } from './Steps'

const MOST_BYTES = 10 * 1024 * 1024

type Props = { kind: Kind; runId: string | null; setRunId: (id: string | null) => void }

/** The first step: a file, and the run of rows that name none. Sending it writes nothing but the file itself. */
export function Upload(props: Props) {
  const { kind } = props
  return (
    <>
      <PageHeader title={kind.title}>
        <Template kind={kind} />
      </PageHeader>
      <Steps at="Upload" />
      <Form {...props} />
      <Section title="Earlier imports">
        <Earlier kind={kind} />
      </Section>
    </>
  )
}

function Form({ kind, runId, setRunId }: Props) {
  const navigate = useNavigate()
  const [file, setFile] = useState<File | null>(null)
  const [evidence, setEvidence] = useState('')
  const [error, setError] = useState<string | null>(null)
  const [refusal, setRefusal] = useState<Problem | null>(null)
  const send = useCommand(kind.send, {
    affects: kind.affects,
    done: ({ batch, again }) =>
      again
        ? 'This file was sent before; nothing has changed.'
        : `The file with ${counted(batch.rows, 'row')} is here.`,
    // oxlint-disable-next-line unicorn/no-thenable
    then: ({ batch, again }) =>
      void navigate({ to: kind.one, params: { importId: batch.id }, search: again ? { again } : {} }),
    failed: (problem) => (setRefusal(problem), problem.status === 422)
  })

  function choose(chosen: File | null) {
    setFile(chosen)
    setRefusal(null)
    setError(chosen !== null && chosen.size > MOST_BYTES ? 'The file has more than 10 MiB. Send it in parts.' : null)
  }

  function go() {
    if (file === null) setError('Choose a file.')
    else if (error === null) void send.run({ file, runId, evidence })
  }

  function drop(event: DragEvent) {
    event.preventDefault()
    const [dropped] = event.dataTransfer.files
    if (dropped !== undefined) choose(dropped)
  }

  return (
    // Dropping is one more way for the mouse; the field inside does the same for everybody.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <section
      className="panel"
      aria-label="File to import"
      style={{ marginBottom: 16 }}
      onDragOver={(event) => event.preventDefault()}
      onDrop={drop}
    >
      <Stack gap={12} maw={560}>
        {refusal !== null && refusal.status === 422 && (
          <div role="alert">
            <ProblemContent problem={refusal} />
          </div>
        )}
        <FileInput
          label="CSV file"
          description="One row each, names of columns in the first line. Drop it here or choose it; at most 10 MiB."
          placeholder="Choose a file"
          accept=".csv,.txt,text/csv"
          leftSection={<FileUp size={16} aria-hidden />}
          clearable
          clearButtonProps={{ 'aria-label': 'Remove the file' }}
          value={file}
          onChange={choose}
          error={error}
          required
        />
        <RunSelect
          description="For rows that name none in a column run_id."
          optional
          statuses={kind.runs}
          value={runId}
          set={setRunId}
        />
        {kind.evidence && (
          <TextInput
            label="Evidence"
            description="The form or file the marks come from, for rows that name none."
            value={evidence}
            onChange={(event) => setEvidence(event.currentTarget.value)}
          />
        )}
        <Text size="sm" c="dimmed">
          The rows are checked first. Nothing is written before you accept what the check found.
        </Text>
        <Group>
          <Button loading={send.busy} onClick={go}>
            Send to be checked
          </Button>
        </Group>
      </Stack>
    </section>
  )
}

function Template({ kind }: { kind: Kind }) {
  const fetch = useCommand(kind.template, {
    affects: [],
    done: () => 'The template is saved.',
    // oxlint-disable-next-line unicorn/no-thenable
    then: (content) => save(content, `${kind.start.slice(1).replace('/', '-')}-template.csv`)
  })
  return (
    <Button
      variant="default"
      leftSection={<Download size={14} aria-hidden />}
      loading={fetch.busy}
      onClick={() => void fetch.run(undefined)}
    >
      Template
    </Button>
  )
}
